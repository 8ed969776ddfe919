"""Takes that link to an article which changed since: listed by a command, and said when one is exported."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourtake.documents import Article
from ourtake.store.posts import PostRecord
from ourtake.store.store import Store
from tests.conftest import Run
from tests.publish.conftest import Desk
from tests.publish.drafts import FIRST, SECOND, made_draft

TEXT = "The first entry was made in 1987. It [lists](https://x.example/) every power cut."
FOUND: dict[str, Any] = {"id": "1", "url": FIRST, "title": "The Outage Ledger", "text": TEXT, "published": "2026-03-31"}
CHANGES = {
    "nothing": ({}, ""),
    "updated before the take": ({"updated": "2026-09-01"}, ""),
    "updated after it": ({"updated": "2026-09-20"}, "was updated on 2026-09-20"),
    "another title": ({"title": "Another Ledger"}, "is now titled \u201cAnother Ledger\u201d"),
    "another text": ({"text": "The first entry was made in 1989."}, "no longer has the passage"),
}


def listed(run: Run, desk: Desk) -> list[dict[str, str]]:
    done = run("drafts", "outdated", "--json", folder=desk.folder)
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


@pytest.fixture
def linking(desk: Desk) -> Store:
    """The desk's store, where the draft's articles are as the writer saw them."""
    draft = made_draft(id="aaaa00000001")
    first = draft.related[0].model_copy(update={"passage": "first entry was made in 1987. It lists every power cut."})
    desk.save(draft.model_copy(update={"related": (first, *draft.related[1:])}))
    store = Store.open(f"sqlite:///{desk.folder / 'ourtake.db'}")
    store.save_articles([Article(**FOUND), Article(id="2", url=SECOND, title="Who Pays?", text="We ask.")])
    return store


@pytest.mark.parametrize("change", CHANGES)
def test_an_article_that_changed_since_is_listed(run: Run, desk: Desk, linking: Store, change: str) -> None:
    new, why = CHANGES[change]
    linking.save_articles([Article(**(FOUND | new))])
    linking.close()
    found = [one for one in listed(run, desk) if one["draft_id"] == "aaaa00000001"]
    assert [one["url"] for one in found] == ([FIRST] if why else [])
    assert all(why in one["why"] for one in found)
    done = run("export", "aaaa00000001", folder=desk.folder)
    assert done.returncode == 0 and ("which" in done.stderr) == bool(why)


def test_an_article_that_was_removed_is_listed(run: Run, desk: Desk, linking: Store) -> None:
    linking.remove_article("1")
    linking.close()
    assert {one["why"] for one in listed(run, desk)} == {"is no longer in the archive"}


def test_a_take_of_ours_that_was_killed_is_known_by_its_posts(run: Run, desk: Desk, linking: Store) -> None:
    own = desk.save(made_draft(id="bbbb00000002", body="No links here.", summary="None."))
    linking.posts.save(PostRecord("wordpress https://paper.example", own.id, "slug", "7", FIRST))
    linking.close()
    assert listed(run, desk) == []
    desk.set_up("wordpress", "https://paper.example", user="boss")
    assert run("kill", own.id, "--as", "Ines Calder", folder=desk.folder).returncode == 0
    found = listed(run, desk)
    assert {one["url"] for one in found} == {FIRST} and all("was withdrawn on 20" in one["why"] for one in found)
