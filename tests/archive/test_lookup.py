"""What is offered for a source and what never is; the index as a cache that may be lost at any moment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourtake.archive.lookup import Archive
from ourtake.documents import Article, Source
from ourtake.store import Store
from ourtake.text.words import count_words

GRID = "The electricity grid needs forty megawatts for the halls. The regulator waits for an answer about the load."


def article(n: int, published: str | None, title: str = "", text: str = GRID) -> Article:
    return Article(url=f"https://paper.example/{n}", title=title or f"Grid report {n}", text=text, published=published)


SOURCE = Source(
    title="Regulator asks about the grid",
    outlet="The Post",
    url="https://post.example/1",
    blurb="The regulator wants to know where forty megawatts of electricity for the halls will come from.",
    published="2025-06-10T08:00:00+02:00",
)
ARTICLES = [
    article(1, "2025-06-09"),
    article(2, "2025-06-10"),
    article(3, "2025-06-11"),
    article(4, None),
    article(5, "2025-01-01", title="Grid report 1"),
    article(6, "2024-01-01", title="On bread", text="Bread is made of flour and water, and of patience. " * 5),
    Article(url="http://post.example/1/", title="Grid, republished", text=GRID, published="2025-01-01"),
]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles(ARTICLES)
        yield Archive(store, tmp_path / "s.index")


def test_only_earlier_articles_never_the_source_each_story_once(archive: Archive) -> None:
    found = archive.related(SOURCE, count=8, threshold=0.2)
    assert {item.url.rsplit("/", 1)[1] for item in found} == {"1", "4"}
    assert [item.handle for item in found] == ["a1", "a2"]
    assert all(item.passage in GRID and 0 < item.score <= 1 for item in found)


def test_nothing_related_is_an_answer(archive: Archive) -> None:
    source = SOURCE.model_copy(
        update={"title": "Violin wins prize", "blurb": "A violin from Cremona was sold at auction."}
    )
    assert archive.related(source, threshold=0.2) == []


def test_a_passage_is_whole_sentences_of_at_most_120_words(archive: Archive) -> None:
    long = article(
        9, "2024-05-05", text=" ".join(f"Sentence number {n} is about the grid and its megawatts." for n in range(60))
    )
    archive._store.save_articles([long])
    archive.refresh()
    passage = next(item.passage for item in archive.related(SOURCE) if item.url == long.url)
    assert count_words(passage) <= 120 and passage.startswith("Sentence number") and passage.endswith(".")


@pytest.mark.parametrize("wreck", ["gone", "emptied", "garbled"])
def test_a_lost_index_is_built_again(archive: Archive, tmp_path: Path, wreck: str) -> None:
    before = archive.related(SOURCE)
    folder = tmp_path / "s.index"
    if wreck == "gone":
        shutil.rmtree(folder)
    elif wreck == "emptied":
        for file in folder.iterdir():
            if file.name != "VERSION":
                file.unlink()
    else:
        (folder / "meta.json").write_text("{not json")
    again = Archive(archive._store, folder)
    again.refresh()
    assert again.related(SOURCE) == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=80))
def test_no_text_breaks_a_query(archive: Archive, words: str) -> None:
    archive.search(words)
    archive.titles_like(words)
    archive.related(SOURCE.model_copy(update={"title": words or "x", "blurb": words or "x"}))


def test_stats_know_the_first_and_the_last_day_and_count_undated_articles(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/s.db") as store:
        store.save_articles([article(1, None), article(2, None)])
        undated = Archive(store, tmp_path / "i").stats()
        assert (undated.articles, undated.first, undated.last) == (2, None, None)
        store.save_articles([article(3, "2025-03-02"), article(4, "2024-05-06"), article(5, "2025-03-01")])
        store.remove_article("https://paper.example/1")
        found = Archive(store, tmp_path / "i").stats()
    assert (found.articles, found.first, found.last) == (4, "2024-05-06", "2025-03-02")
