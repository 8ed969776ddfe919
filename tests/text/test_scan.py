"""Patterns that are only tried where they can begin find what they find when tried everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourtake.checks.facts import attributed
from ourtake.checks.prose import style
from ourtake.text import names, quotations, saying, speakers
from ourtake.text import tokens as matching
from ourtake.text.numbers import scan as numbers
from ourtake.text.scan import Beginnings, tried

PIECES = st.sampled_from(
    "a the in of and by to half three one nineteen twenty-one hundred million third quarters dozen doubling May march "
    "Sept. Jan early-in "
    "2019 2019-20 1,000 3.5 12th 5 24/7 GPT-4 v1.2.3 $ US$ \u00a3 GBP % percent per-cent km o'clock 10:30 p.m. U.S. J. "
    "Smith Jane O'Neil iPhone eBay "
    "macOS 18F \u00c9mile de van Ferrow's AT&T e.g. etc. Dr. Inc. \u201c \u201d \u2018 "
    "\u2019 \" ' \u00ab \u00bb \u201e ( ) [ ] . , ? ! ... \u2026 - \u2014 * _ > "
    "don't workers' '90s \n \n\n".split(" ")
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["", " ", " "])), max_size=30).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)


@pytest.mark.parametrize(
    ("pattern", "at"),
    [
        (quotations._DOUBLE, quotations._MARK),
        (quotations._OPEN, quotations._MARK),
        (quotations._SINGLE_OPEN, quotations._SINGLE_MARK),
    ],
    ids=["double", "open", "single"],
)
@settings(max_examples=200)
@given(text=TEXTS)
def test_marks(pattern: re.Pattern[str], at: re.Pattern[str], text: str) -> None:
    assert spans(tried(pattern, text, at=at)) == spans(pattern.finditer(text))


@settings(max_examples=500)
@given(text=TEXTS)
def test_names(text: str) -> None:
    plain = matching.blanked(text)
    assert spans(names._matches(plain)) == spans(names._NAME.finditer(plain))


@settings(max_examples=500)
@given(text=TEXTS)
def test_numbers(text: str) -> None:
    plain = matching.blanked(text)
    everywhere, at = [], 0
    while at < len(plain):
        found = numbers._read(plain, at)
        everywhere += [number for number in found.numbers] if found else []
        at = found.end if found else at + 1
    assert [number for _, found in numbers.readings(plain) for number in found.numbers] == everywhere


@settings(max_examples=300)
@given(text=TEXTS)
def test_places_of_words(text: str) -> None:
    said = matching.tokenize(text)
    assert said.spans == tuple(match.span() for match in matching._TOKEN.finditer(matching.blanked(text)))
    assert len(said.spans) == len(said.words)


VERBS = (
    "says said write writing calls called tells told label labels labelled denies denied replied replies concludes "
    "concede conceded think thought "
    "stress stresses emphasised emphasize points out pointed has it according to in the words of in his words our call "
    "for not never no longer less "
    "more than goes beyond go went moved moving extends isn't n\u2019t but it's they're about just only how to re-said "
    "unsaid"
    " \u2014 ; . - \u201c It This"
).split(" ")
SENTENCES = st.lists(st.tuples(st.sampled_from(VERBS), st.sampled_from([" ", " ", ""])), max_size=14).map(
    lambda parts: "".join(a + b for a, b in parts)
)


@settings(max_examples=500)
@given(text=SENTENCES)
def test_verbs_of_saying_and_turns(text: str) -> None:
    lower = matching.lowered(text)
    assert speakers.says(text) == (saying.SAYING.search(text) is not None)
    assert [(span.start, span.end) for span in attributed.claiming_words(text)] == spans(
        saying.CLAIMING.finditer(lower)
    )
    assert {match.start() for match in style._CONTRAST.finditer(text)} <= {
        *style._BEGINS.starts(lower),
        *(m.start() for m in style._SHORTENED.finditer(lower)),
    }
    if speakers._BEFORE_VERB.search(text) or speakers._AFTER_VERB.search(text) or speakers._SAID_THE.search(text):
        assert speakers._verbs(text)


@pytest.mark.parametrize("verb", [verb for verb in saying.SPEAKING.split("|") if verb.isalpha()])
def test_every_verb_is_found(verb: str) -> None:
    assert speakers.says(f"And so they {verb}.")


def test_beginnings_of_words() -> None:
    assert Beginnings(("no", "not", "go ")).starts("not now_no (no) ago go on") == [0, 4, 12, 20]


def test_a_part_of_a_text() -> None:
    found = tried(re.compile(r"a+"), "aa baa a", at=re.compile("a"), begin=3, stop=6)
    assert spans(found) == [(4, 6)]


def spans(matches: Iterator[re.Match[str]]) -> list[tuple[int, int]]:
    return [match.span() for match in matches]
