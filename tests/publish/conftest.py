"""A folder with a draft to publish, and the sites it can be published to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ourtake.documents import Draft
from ourtake.store.store import Store
from tests.publish.drafts import made_draft
from tests.publish.ghost_server import GhostServer
from tests.publish.real_wordpress import RealWordPress, missing

SETTINGS = """
[publication]
name = "The Lantern Quarter"
url = "https://paper.example"

[review]
editor = "Ines Calder"

[publish.NAME]
url = "URL"
USER
secret_env = "CMS_PASSWORD"
timeout_seconds = 20
"""


class Desk:
    """A folder with settings and a store of drafts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def set_up(self, name: str, url: str, *, user: str = "") -> None:
        """Write the settings for one site."""
        text = SETTINGS.replace("NAME", name).replace("URL", url).replace("USER", f'user = "{user}"' if user else "")
        (self.folder / "ourtake.toml").write_text(text, encoding="utf-8")

    def save(self, draft: Draft) -> Draft:
        """Store a draft."""
        with Store.open(f"sqlite:///{self.folder / 'ourtake.db'}") as store:
            asyncio.run(store.save_draft(draft))
        return draft

    def draft(self, draft_id: str) -> Draft:
        """The stored draft."""
        with Store.open(f"sqlite:///{self.folder / 'ourtake.db'}") as store:
            found = store.draft(draft_id)
        assert found is not None
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder with one draft in its store."""
    made = Desk(tmp_path / "desk")
    made.save(made_draft())
    return made


@pytest.fixture
def ghost() -> Iterator[GhostServer]:
    running = GhostServer()
    yield running
    running.close()


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealWordPress]:
    """A real WordPress for the test run."""
    if lacking := missing():
        pytest.skip(f"not installed: {', '.join(lacking)}")
    running = RealWordPress(tmp_path_factory.mktemp("wordpress"))
    yield running
    running.close()
