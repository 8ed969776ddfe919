"""JSONL lines: the short way of reading one gives what validation gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourtake.documents import Article, trusted_article
from ourtake.intake.items import Line
from ourtake.intake.lines import Read, _is_plain, read_line
from ourtake.store.articles import read
from ourtake.values import clean_text

WORDS = st.one_of(
    st.text(max_size=8), st.sampled_from(["a\n b", "2020-01-01", " 2020-01-01", "2020-01-01T10:00:00Z", "a, b"])
)
VALUES = st.one_of(
    WORDS, st.none(), st.integers(), st.booleans(), st.lists(st.one_of(WORDS, st.none(), st.integers()), max_size=3)
)
KEYS = st.sampled_from(
    ["id", "url", "title", "text", "published", "summary", "tags", "author", "updated", "links", "more"]
)


@given(st.dictionaries(KEYS, VALUES), WORDS)
def test_a_plain_line_is_what_validation_gives(given_: dict[str, Any], word: str) -> None:
    table = {"url": word, "title": word, "text": word, **given_}
    if _is_plain(table):
        valid, trusted = Article.model_validate(table), trusted_article(dict(table))
        assert valid == trusted and valid.model_dump_json() == trusted.model_dump_json()


@pytest.mark.parametrize(
    ("more", "plain"),
    [
        ({}, True),
        ({"id": "a", "published": "2020-01-01", "tags": ["x"], "links": [], "summary": None}, True),
        ({"title": "tab\there"}, True),
        ({"title": "bell\x07"}, False),
        ({"id": 7}, False),
        ({"tags": "x, y"}, False),
        ({"tags": ["x", None]}, False),
        ({"unknown": {"kept": [1]}}, False),
    ],
)
def test_what_is_stored_reads_back_as_the_article(more: dict[str, Any], plain: bool) -> None:
    table = {"url": "https://x.example/1", "title": "T", "text": "Text.", **more}
    found = read_line(Line("f", 1, json.dumps(table).encode()))
    assert isinstance(found, Read)
    assert (found.document is not None) == plain
    assert found.article == Article.model_validate(table) == read(found.document or found.article.model_dump_json())
    assert found.article.model_extra == Article.model_validate(table).model_extra


@given(st.text())
def test_clean_text_takes_out_what_it_always_did(text: str) -> None:
    assert clean_text(text) == "".join(
        c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c in "\t\n" or not _unsafe(c)
    )


def _unsafe(character: str) -> bool:
    return ord(character) < 32 or 0x7F <= ord(character) < 0xA0 or 0xD800 <= ord(character) < 0xE000
