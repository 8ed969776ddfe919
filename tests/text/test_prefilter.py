"""Guarded patterns find what they find when run over the whole text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourtake.checks.prose import promotion
from ourtake.checks.quotes import attribution
from ourtake.checks.safety import residue
from ourtake.text.prefilter import Prefilter, Row, rows
from ourtake.text.tokens import lowered

TABLES = {"pitches": promotion._PITCHES, "residue": residue._RESIDUE, "named": attribution._NAMED}
PIECES = sorted({need for table in TABLES.values() for row in table.rows for need in row.needs})
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.sampled_from(
            'we our the wrote have own free trial tools Acme handles 40% a1 ] ) } " . \u201c \n \n\n for your it is '
            "that here".split(" ")
        ),
    ),
    max_size=25,
).map(" ".join)


@pytest.mark.parametrize("name", TABLES)
@given(text=TEXTS)
def test_all_that_the_patterns_find(name: str, text: str) -> None:
    lower = lowered(text)
    found = [(label, match.span()) for label, match in TABLES[name].matches(text, lower=lower)]
    assert found == [(row.label, span) for row in TABLES[name].rows for span in everywhere(row, text, lower)]


@pytest.mark.parametrize("name", TABLES)
def test_a_row_without_its_pieces_is_not_run(name: str) -> None:
    assert all(row.needs and all(row.needs) for row in TABLES[name].rows)
    assert list(TABLES[name].matches("Nothing to see.", lower="nothing to see.")) == []


def test_what_is_read() -> None:
    text = "one: two\nthree\nTwo"
    table = Prefilter(
        rows("line", ("two", r"two|three")),
        rows("all", ("two", r"two\nthree"), reads="all"),
        rows("begins", ("t", "t[a-z]+"), reads="begins"),
    )
    found = [(label, match.span()) for label, match in table.matches(text, lower=text.lower())]
    # "three" stands in a line without "two".
    assert found == [
        ("line", (5, 8)),
        ("line", (15, 18)),
        ("all", (5, 14)),
        ("begins", (5, 8)),
        ("begins", (9, 14)),
        ("begins", (15, 18)),
    ]


def everywhere(row: Row, text: str, lower: str) -> list[tuple[int, int]]:
    """Where a pattern that needs no line of its own matches in the whole text, in lines that hold one of its pieces."""
    read = lower if row.any_case else text
    held = [match.span() for match in re.compile(row.text, re.NOFLAG if row.any_case else re.IGNORECASE).finditer(read)]
    return [
        (start, end)
        for start, end in held
        if row.reads == "all" or any(need in whole_lines(lower, start, end) for need in row.needs)
    ]


def whole_lines(text: str, start: int, end: int) -> str:
    last = text.find("\n", end)
    return text[text.rfind("\n", 0, start) + 1 : last if last >= 0 else len(text)]
