"""Articles in the store: their numbers, what changed since, their links; and an old store that becomes one of
today's.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from ourtake.documents import Article
from ourtake.errors import StoreError
from ourtake.store import Store
from ourtake.store import schema as schemas
from ourtake.store.article_rows import Entry, LinkedBy


def article(n: int, **more: Any) -> Article:
    return Article.model_validate(
        {"id": f"a{n}", "url": f"https://x.example/{n}", "title": f"Title {n}", "text": "Some text.", **more}
    )


def test_what_changed_since_a_position(store_address: str) -> None:
    with Store.open(store_address) as store:
        store.save_articles([article(1), article(2), article(3)])
        since = store.position()
        assert list(store.changes(since)) == []
        store.save_articles([article(1), article(2, title="New"), article(4)])
        assert store.remove_article("https://x.example/3/")
        assert not store.remove_article("a3")
        found = [(change.id, change.article.title if change.article else None) for change in store.changes(since)]
        assert sorted(found[:2]) == [("a2", None), ("a3", None)]
        assert found[2:] == [("a2", "New"), ("a4", "Title 4")]
        assert store.count_articles() == 3


def test_two_that_become_one_story(store_address: str) -> None:
    with Store.open(store_address) as store:
        store.save_articles([article(1), article(2)])
        assert store.save_articles([article(2, url="https://x.example/1")]) == ["updated"]
        assert [one.id for one in store.articles()] == ["a2"]
        assert store.count_articles() == 1


@pytest.mark.parametrize("together", [True, False])
def test_an_address_that_was_left_is_free(store_address: str, together: bool) -> None:
    given = [
        article(1, url="https://x.example/new"),
        Article(url="https://x.example/1", title="Another", text="Some text."),
    ]
    with Store.open(store_address) as store:
        store.save_articles([article(1)])
        outcomes = store.save_articles(given) if together else [store.save_articles([one])[0] for one in given]
        assert outcomes == ["updated", "added"]
        assert store.count_articles() == 2


def test_links_count_where_there_is_an_article(store_address: str) -> None:
    with Store.open(store_address) as store:
        store.save_articles(
            [
                article(
                    1,
                    links=["https://x.example/2?utm_source=x", "https://x.example/1", "https://gone.example/"],
                    published="2025-01-02",
                )
            ]
        )
        assert store.links_out_of(["a1"]) == {}
        store.save_articles([article(2, published="2024-01-02"), article(3, links=["http://x.example/2/"])])
        assert store.links_out_of(["a1", "a2", "a3", "none"]) == {"a1": ("a2",), "a3": ("a2",)}
        with store.article_rows() as rows:
            assert rows.position().number == 3
            assert rows.out_of([1, 2, 3, 9]) == {1: (2,), 3: (2,)}
            assert rows.into([1, 2]) == {2: [LinkedBy(739253, 1), LinkedBy(0, 3)]}
            assert rows.entries([3, 1, 9]) == [Entry(1, "a1", 739253), Entry(3, "a3", 0)]
            assert rows.entries_of(["a3", "a2", "none"]) == [Entry(2, "a2", 738887), Entry(3, "a3", 0)]
            assert {number: one.id for number, one in rows.articles([3, 2, 9]).items()} == {2: "a2", 3: "a3"}
        tally = store.tally_links()
        assert (tally.linking, tally.links, tally.orphans, tally.most) == (2, 3, 2, (("Title 2", 2),))
        assert tally.broken == (("https://x.example/1", "https://gone.example"),)
        store.save_articles([article(1, links=["https://x.example/1"])])
        store.remove_article("a3")
        with store.article_rows() as rows:
            assert rows.into([2]) == {} and store.tally_links().links == 0
            assert rows.entries([1]) == [] and rows.entries_of(["a1"]) == [Entry(4, "a1", 739253)]


def test_rows_are_of_one_moment(store_address: str) -> None:
    with Store.open(store_address) as store, Store.open(store_address) as other:
        store.save_articles([article(1)])
        with store.article_rows() as rows:
            before = rows.position()
            other.save_articles([article(1, text="Another text."), article(2)])
            assert rows.position() == before != other.position()
            assert [one.text for one in rows.articles([1, 2, 3]).values()] == [article(1).text]
        with store.article_rows() as rows:
            assert rows.position() == other.position()
            assert [one.text for one in rows.articles([1, 2, 3]).values()] == ["Another text.", article(2).text]


def test_a_store_that_cannot_be_read_is_an_error_of_the_store(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store.open(f"sqlite:///{path}") as store:
        store.save_articles([article(1)])
        with sqlite3.connect(path) as outside:
            outside.execute("DROP TABLE links")
        outside.close()
        with pytest.raises(StoreError, match="can't be read or written: no such table"), store.article_rows() as rows:
            rows.out_of([1])
        assert store.count_articles() == 1


def test_an_update_turns_no_known_value_into_nothing(store_address: str) -> None:
    rich: dict[str, Any] = {
        "published": "2025-01-02",
        "tags": ["port"],
        "author": "A. Writer",
        "summary": "Short.",
        "links": ["https://x.example/2"],
        "series": "Harbour",
    }
    with Store.open(store_address) as store:
        store.save_articles([article(1, **rich)])
        assert store.save_articles([article(1)]) == ["unchanged"]
        assert store.save_articles([article(1, text="Another text.", tags=["sea"])]) == ["updated"]
        found = store.article("a1")
        assert found is not None and found.text == "Another text." and found.tags == ("sea",)
        assert (found.published, found.author, found.summary) == ("2025-01-02", "A. Writer", "Short.")
        assert found.links == ("https://x.example/2",) and found.model_extra == {"series": "Harbour"}


def test_an_unread_date_goes_when_a_date_is_known(store_address: str) -> None:
    with Store.open(store_address) as store:
        store.save_articles([article(1, unread_dates={"published": "soon"})])
        store.save_articles([article(1, published="2025-01-02")])
        found = store.article("a1")
        assert found is not None and found.published == "2025-01-02" and found.model_extra == {}
        store.save_articles([article(1, unread_dates={"published": "later"})])
        found = store.article("a1")
        assert found is not None and found.published == "2025-01-02"


def old_row(n: int) -> tuple[str, ...]:
    document = article(n, links=["https://x.example/1"], published="2025-01-02").model_dump_json()
    return f"a{n}", f"https://x.example/{n}", f"title {n}", "0" * 64, document


def an_old_store(path: Path, until: str, *, rows: int = 2500) -> None:
    """A store as the program of that revision left it."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(schemas.__file__).parent / "migrations"))
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, until)
    if not rows:
        return
    with sqlite3.connect(path) as old:
        insert = "INSERT INTO articles (id, canonical_url, folded_title, digest, document) VALUES (?, ?, ?, ?, ?)"
        old.executemany(insert, map(old_row, range(rows)))
        old.execute("INSERT INTO ourtake_meta (name, value) VALUES ('archive_version', 7)")
        old.execute("INSERT INTO drafts (id, status, document) VALUES ('d', 'failed', '{}')")
    old.close()


def test_www_goes_from_the_addresses_of_an_old_store(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    an_old_store(path, "0013", rows=0)
    places = ["https://www.x.example/1", "https://www.x.example/2", "https://x.example/2"]
    with sqlite3.connect(path) as old:
        for number, url in enumerate(places, 1):
            document = article(number, url=url, links=["https://www.x.example/1"]).model_dump_json()
            row = (number, f"a{number}", url, 0, 0, document)
            old.execute(
                "INSERT INTO articles (number, id, canonical_url, title_hash, day, document) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        targets = [(2, places[0]), (3, places[0]), (3, "https://x.example/1")]
        old.executemany("INSERT INTO links (article, target) VALUES (?, ?)", targets)
    old.close()
    with Store.open(f"sqlite:///{path}") as store:
        assert store.count_articles() == 3, "nothing is lost where both forms were stored"
        first, second = store.article("https://x.example/1"), store.article("https://www.x.example/2")
        assert first is not None and first.id == "a1" and first.url == places[0]
        assert second is not None and second.id == "a3"
        assert store.links_out_of(["a2", "a3"]) == {"a2": ("a1",), "a3": ("a1",)}
        assert store.save_articles([article(2, url=places[1], text="Another text.")]) == ["updated"]
        assert store.count_articles() == 2, "imported again, the pair is one article"


def test_an_old_store_keeps_its_articles(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    an_old_store(path, "0003")
    with Store.open(f"sqlite:///{path}") as store:
        assert store.count_articles() == 2500 == len(list(store.articles()))
        found = store.article("https://x.example/7")
        assert found is not None and found.id == "a7" and found.links == ("https://x.example/1",)
        assert store.article_by_title("TITLE 8") is not None
        assert store.save_articles([found]) == ["unchanged"]
        assert store.links_out_of(["a7"]) == {"a7": ("a1",)}
        assert store.tally_links().links == 2499
        assert store.position().number == 2500
    with sqlite3.connect(path) as after:
        assert after.execute("SELECT count(*) FROM drafts").fetchone() == (1,)
        assert {row[0] for row in after.execute("SELECT name FROM sqlite_master WHERE name LIKE '%old%'")} == set()
    after.close()
