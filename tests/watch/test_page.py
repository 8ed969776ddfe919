"""What the desk's pages show of watching."""

from __future__ import annotations

import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Run
from tests.intake.site import Answer
from tests.watch.conftest import LABEL, Outlets, drafts, once, stories, story
from tests.web.conftest import Serve, browser, serve
from tests.web.test_accessible import AXE, CONTEXTS, looked_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser", "serve"]


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=600) as answer:
        return str(answer.read().decode())


def test_the_queue_and_a_drafts_page_say_why_and_what_became_of_it(run: Run, outlets: Outlets, serve: Serve) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(recheck_hours=0)
    outlets.feed("/feed", story(site, "/news/label"))
    outlets.feed("/other", story(site, "/other/label"), outlet="The <b>Harbour</b> Times")
    once(run, paper)
    (draft,) = drafts(run, paper)
    site.pages["/news/label"] = Answer(status=404)
    once(run, paper)
    desk = serve(folder=paper)
    for page in (read(f"{desk.address}/"), read(f"{desk.address}/drafts/{draft['id']}")):
        assert "of the 3 links that a take needs" in page
        assert "The story is gone: the page no longer exists (404)" in page
    assert "At 2 outlets: " in page and "The &lt;b&gt;Harbour&lt;/b&gt; Times" in page and "<b>Harbour" not in page


def test_a_planned_story_has_a_page(run: Run, outlets: Outlets, serve: Serve) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(do="plan")
    outlets.feed("/feed", story(site, "/news/label"))
    once(run, paper)
    (draft,) = drafts(run, paper)
    desk = serve(folder=paper)
    assert "planned, no take yet" in read(f"{desk.address}/")
    page = read(f"{desk.address}/drafts/{draft['id']}")
    assert LABEL[0] in page and f"ourtake watch draft {draft['id']}" in page
    refused = run("approve", draft["id"], "--as", "Ann", folder=paper)
    assert refused.returncode == 2 and "no take has been written yet" in refused.stderr
    request = urllib.request.Request(
        f"{desk.address}/drafts/{draft['id']}/write", data=b"angle=", headers={"Origin": desk.address}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=600) as answer:
        job = answer.url
    while "What we know about this" not in (page := read(job)):
        assert "Looking up related articles" in page or "What we know" in page, page
        time.sleep(0.2)
    (after,) = drafts(run, paper)
    assert after["id"] == draft["id"] and after["status"] in ("ready", "needs-work")
    assert [row["decision"] for row in stories(run, paper)] == ["drafted"]


@pytest.mark.skipif(not AXE, reason="OURTAKE_TEST_AXE names no axe.min.js; .ci/run installs it")
def test_axe_finds_nothing_at_a_planned_story(run: Run, outlets: Outlets, serve: Serve, browser: Browser) -> None:
    outlets.settle(do="plan")
    outlets.feed("/feed", story(outlets.site, "/news/label"))
    once(run, outlets.paper)
    (draft,) = drafts(run, outlets.paper)
    desk = serve("--as", "Ines Calloway", folder=outlets.paper)
    found = []
    for kind, given in CONTEXTS.items():
        page = browser.new_context(**given).new_page()
        for address in (f"{desk.address}/drafts/{draft['id']}", desk.address):
            page.goto(address)
            found += looked_at(page, address, kind)
    assert found == []
