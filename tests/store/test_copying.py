"""A store copied to another one: between a file and PostgreSQL, stopped and continued, and compared."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ourtake.documents import Article, Draft, Source
from ourtake.errors import StoreError
from ourtake.store import Store, copying
from ourtake.store.calls import CallEnd, CallStart, Terms
from ourtake.store.copying import copy, tables

START = CallStart(draft_id="d", provider="p", model="m", task="take", request_hash="h", prompt="x", reserved=3 * 10**9)


def article(n: int, **more: object) -> Article:
    given = {
        "url": f"https://x.example/{n}",
        "title": f"Title {n} é",
        "text": "Text.",
        "links": ["https://x.example/0"],
    }
    return Article.model_validate(given | more)


def filled(address: str) -> None:
    with Store.open(address) as store:
        store.save_articles([article(n) for n in range(40)])
        store.save_articles([article(3, title="Changed")])
        store.remove_article("https://x.example/39")
        store.save_ranking("{}")
        source = Source(title="t", outlet="o", url="https://y.example/", blurb="b")
        asyncio.run(store.save_draft(Draft(id="d", status="failed", source=source, model="m", created="2026-01-01")))
        for hashed in ("one", "two"):
            start = START.model_copy(update={"request_hash": hashed})
            call = asyncio.run(store.begin_call(start, process_id=store.enroll(), terms=Terms())).call_id
            assert call is not None
            end = CallEnd(state="answered", status="complete", reply="{}", stop_reason="s", seconds=0.1 + 0.2)
            asyncio.run(store.finish_call(call, end))


@pytest.fixture
def addresses(store_address: str, tmp_path: Path) -> tuple[str, str]:
    """From a file to the kind of store_address, and from that to a file."""
    return f"sqlite:///{tmp_path}/from.db", store_address


@pytest.mark.parametrize("back", [False, True], ids=["from-a-file", "to-a-file"])
def test_a_copy_is_the_same_and_goes_on_as_the_source_would(addresses: tuple[str, str], back: bool) -> None:
    source, target = addresses[::-1] if back else addresses
    filled(source)
    with Store.open(source) as one, Store.open(target, half_copied=True) as two:
        copied = copy(one, two)
        assert {row.table for row in copied} == {table.name for table in tables()}
        assert {row.table: row.rows for row in copied}["articles"] == 39
        assert one.position() == two.position() and one.calls() == two.calls()
        assert list(one.articles()) == list(two.articles()) and one.costs("day") == two.costs("day")
    with Store.open(target) as two:
        assert two.save_articles([article(50), article(3, title="Changed")]) == ["added", "unchanged"]
        assert (two.position().number, two.count_articles()) == (42, 40)
        assert asyncio.run(two.begin_call(START, process_id=two.enroll(), terms=Terms())).call_id == 3


def test_a_copy_that_was_stopped_is_refused_until_it_is_continued(
    addresses: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "GROUP", 10)
    source, target = addresses
    filled(source)
    moved: list[tuple[str, int]] = []

    def stopping(table: str, done: int, _: int) -> None:
        if (table, done) == ("articles", 20):
            raise KeyboardInterrupt

    with Store.open(source) as one, Store.open(target, half_copied=True) as two, pytest.raises(KeyboardInterrupt):
        copy(one, two, on_progress=stopping)
    with pytest.raises(StoreError, match="a copy that is not complete"):
        Store.open(target)
    with Store.open(source) as one, Store.open(target, half_copied=True) as two:
        copy(one, two, on_progress=lambda table, done, _: moved.append((table, done)))
    assert [done for table, done in moved if table == "articles"] == [20, 30, 39]
    with Store.open(target) as two:
        assert two.count_articles() == 39


def test_a_target_that_holds_something_is_left_as_it_is(addresses: tuple[str, str]) -> None:
    source, target = addresses
    filled(source)
    with Store.open(target) as two:
        two.save_articles([article(1)])
    with (
        Store.open(source) as one,
        Store.open(target, half_copied=True) as two,
        pytest.raises(StoreError, match="not empty: it has articles, links"),
    ):
        copy(one, two)
    with Store.open(target) as two:
        assert two.count_articles() == 1


def test_a_source_that_changes_meanwhile_is_noticed(addresses: tuple[str, str]) -> None:
    source, target = addresses
    filled(source)

    def changing(table: str, *_: int) -> None:
        if table == "links":
            with Store.open(source) as other:
                other.save_articles([article(60)])

    with (
        Store.open(source) as one,
        Store.open(target, half_copied=True) as two,
        pytest.raises(StoreError, match="The copy of articles is not the same: 40 rows here, 39 in the copy"),
    ):
        copy(one, two, on_progress=changing)
