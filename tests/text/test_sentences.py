"""Sentences survive what trips simple splitters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourtake.text.sentences import sentences

CASES = {
    "Mr. Harlow left. He came back.": ["Mr. Harlow left.", "He came back."],
    "The U.S. grew 3.5 per cent. Nobody noticed.": ["The U.S. grew 3.5 per cent.", "Nobody noticed."],
    "\u201cIt broke.\u201d She laughed.": ["\u201cIt broke.\u201d", "She laughed."],
    "J. R. Doe wrote it. We read it.": ["J. R. Doe wrote it.", "We read it."],
    "Who pays? The town does!": ["Who pays?", "The town does!"],
    "Dr. Ames and Prof. Lee met at 5 p.m. on Monday.": ["Dr. Ames and Prof. Lee met at 5 p.m. on Monday."],
    "": [],
}


@pytest.mark.parametrize("text", CASES)
def test_sentences(text: str) -> None:
    assert [span.text for span in sentences(text)] == CASES[text]


@given(st.text(max_size=200))
def test_every_sentence_is_where_it_says(text: str) -> None:
    last = 0
    for span in sentences(text):
        assert text[span.start : span.end] == span.text and span.start >= last
        last = span.end
