"""Publishing from the page, to a server with the contract of Ghost's Admin API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.publish.ghost_server import KEY, GhostServer
from tests.web.conftest import RunningDesk, Serve
from tests.web.drafts import DRAFT


@pytest.fixture
def ghost() -> Iterator[GhostServer]:
    running = GhostServer()
    yield running
    running.close()


@pytest.fixture
def publishing(paper: Path, faulty: Path, ghost: GhostServer, serve: Serve) -> RunningDesk:
    """A desk with a site to publish to."""
    (paper / "ourtake.db").write_bytes((faulty / "ourtake.db").read_bytes())
    settings = paper / "ourtake.toml"
    site = f'\n[publish.ghost]\nurl = "{ghost.url}"\nsecret_env = "CMS_PASSWORD"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + site, encoding="utf-8")
    return serve("--as", "Ines Calloway", folder=paper, draft=DRAFT, env={"CMS_PASSWORD": KEY})


def test_a_take_is_published_once_and_an_edit_in_the_cms_is_not_overwritten(
    publishing: RunningDesk, ghost: GhostServer, tab: Page
) -> None:
    tab.goto(publishing.at("/sign"))
    tab.get_by_role("button", name="Publish to ghost").click()
    expect(tab.locator("#done")).to_contain_text("Created: ")
    expect(tab.locator("#done")).to_contain_text("AI-generated")
    tab.get_by_role("button", name="Publish to ghost").click()
    expect(tab.locator("#done")).to_contain_text("Unchanged: ")
    (post,) = ghost.posts.values()
    post["html"] = post["html"].replace("modest request", "modest demand")
    tab.get_by_role("button", name="Publish to ghost").click()
    expect(tab.locator("main")).to_contain_text("was changed in the CMS since it was sent; nothing was overwritten.")
    assert "modest demand" in post["html"]
    tab.goto(publishing.address)
    expect(tab.locator("tr[data-row]", has_text="Six weeks to say")).to_contain_text("Changed outside")
