"""Candidates of a large archive: without its common words, before a day, the same whatever the segments; and the
passage of one article.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st

from ourtake.archive import index as indexing
from ourtake.archive import query
from ourtake.archive.passage import best_passage
from ourtake.documents import Article
from ourtake.store.articles import Change, Position
from ourtake.values import ordinal

RARE = [f"word{n}" for n in range(60)]


def made(folder: Path, *, parts: int) -> tuple[Any, Any]:
    """400 articles, each with "common" and two of the rarer words, in so many segments at least."""
    chance = random.Random(2)
    changes = []
    for n in range(400):
        text = f"common {' '.join(chance.choices(RARE, k=2))}"
        article = Article(
            id=f"a{n}",
            url=f"https://x.example/{n}",
            title="T",
            text=text,
            published=f"20{10 + n // 25}-01-01" if n % 10 else None,
        )
        changes.append(Change(f"a{n}", article, True, n))
    with indexing.index_writer(folder, store=1) as writer:
        assert writer is not None
        for part in range(parts):
            writer.apply(changes[part::parts], Position(1, part, 0))
            writer.commit()
    index = indexing.open_index(folder)
    return index.searcher(), index.schema


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "LARGE", 100)
    monkeypatch.setattr(query, "LEAST_TERMS", 2)


def test_common_words_are_not_searched_for_unless_there_is_nothing_else(tmp_path: Path) -> None:
    searcher, _ = made(tmp_path / "i", parts=1)
    assert query.selective(searcher, dict.fromkeys(["common", *RARE[:4]], 1.0)) == dict.fromkeys(RARE[:4], 1.0)
    assert query.selective(searcher, {"common": 1.0, "word1": 1.0}) == {"common": 1.0, "word1": 1.0}


@pytest.mark.parametrize("before", [None, "2012-01-01", "2016-06-01", "2030-01-01"])
@pytest.mark.parametrize("count", [3, 40])
def test_candidates_are_those_of_a_filter_in_the_query(tmp_path: Path, before: str | None, count: int) -> None:
    day = ordinal(before) or None
    terms = dict.fromkeys(RARE[:9], 1.0)
    found = []
    for parts in (1, 7):
        searcher, schema = made(tmp_path / f"i{parts}", parts=parts)
        hits = query.candidates(searcher, schema, terms, before=day, count=count)
        filtered = searcher.search(query.field_query(schema, terms, before_day=day), count).hits
        assert [round(hit.score, 3) for hit in hits] == [round(score, 3) for score, _ in filtered]
        assert all(day is None or hit.day < day for hit in hits)
        assert [query.id_at(searcher, hit.address) for hit in hits] == [f"a{hit.number}" for hit in hits]
        found.append([hit.number for hit in hits])
    assert found[0] == found[1]


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        st.one_of(
            st.sampled_from("aZ9 .'_-\n\u2019\u201c\u2014\u00a3\u00e9\u0130\u00df\u0301\u0661"),
            st.characters(exclude_categories=["Cs"]),
        )
    )
)
def test_words_are_split_as_the_index_splits_them(text: str) -> None:
    simple = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase()).build()
    assert query._words(text) == simple.analyze(text)


def test_no_terms_no_candidates(tmp_path: Path) -> None:
    searcher, schema = made(tmp_path / "i", parts=1)
    assert query.candidates(searcher, schema, {}, before=None, count=5) == []
    assert len(query.best(searcher, tantivy.Query.all_query(), count=5)) == 5


@pytest.mark.parametrize(
    ("text", "words", "passage"),
    [
        ("Nothing here.\n\nThe grid waits. It is full.", "grid", "The grid waits. It is full."),
        ("# Grid\n\n- the grid\n- waits\n\nGrid operators met.", "operators", "Grid operators met."),
        ("The grid.\n\nThe grid.", "grid", "The grid."),
        ("A **grid** and a [link](https://x.example/grid).", "grid", "A grid and a link."),
        ("", "grid", ""),
    ],
)
def test_the_best_passage(text: str, words: str, passage: str) -> None:
    assert best_passage(text, dict.fromkeys(query.stems(words), 1.0)) == passage
