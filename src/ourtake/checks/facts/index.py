"""The numbers of a document by what they measure, each with the words of its sentence: what figures.py sets a take's
number beside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import nan
from typing import NamedTuple

from ourtake.checks.evidence import Document
from ourtake.checks.quotes.attribution import sentence_at
from ourtake.checks.sentences import sentence_terms
from ourtake.text.dates import PAIR
from ourtake.text.number_words import WORD_NUMBER, ratio_of, value_of
from ourtake.text.numbers import Number, figure_in, numbers_in
from ourtake.text.parsed import kept

_ITEM = re.compile(r"[.)]\s")


LEAST_BARE = 3
"""A bare number that bears one with a unit out: "the two" says nothing of two megawatts."""


class Mention(NamedTuple):
    """A document's number with the content stems of its sentence."""

    number: Number
    around: frozenset[str]
    counted: frozenset[str]


def rows_beside(document: Document, said: Number) -> Sequence[Mention]:
    """The document's numbers that may be of the same thing."""
    if said.kind == "date":
        # "In 2025" is borne out by "2024-25"; a pair of years is so only by itself, or loosely by one of them.
        return dates_of(document.text, document.published, said.unit) + dates_of(
            document.text, document.published, "" if said.unit else PAIR
        )
    index = _indexed(document.text)
    if said.kind == "count":
        return index.get(("count", ""), ())
    rows = index.get((said.kind, said.unit), ())
    if said.kind == "money":
        # $5 for £5 is another number of the same thing.
        rows = tuple(
            held if held.number.unit == said.unit else held._replace(number=held.number._replace(value=nan))
            for (kind, _), numbers in index.items()
            if kind == "money"
            for held in numbers
        )
    bare = index.get(("count", ""), ())
    if not bare or (said.unit == "times" and not said.digits):
        return rows
    part = ratio_of(said.text)[0] if " in " in said.text or " out of " in said.text else 0.0
    figure = part or stated(said.text, said.value)
    return rows + tuple(
        held._replace(number=held.number._replace(kind=said.kind, unit=said.unit, value=said.value))
        for held in bare
        if held.number.value == figure and (part or (not held.counted and figure >= LEAST_BARE))
    )


@kept
def dates_of(text: str, published: str | None, unit: str) -> tuple[Mention, ...]:
    """The dates of a text, each in the year that the day of its publication gives it."""
    return tuple(
        held._replace(number=_in_its_year(held.number, published, last=text[: held.number.start].endswith("last ")))
        for held in _indexed(text).get(("date", unit), ())
    )


@kept
def _indexed(text: str) -> dict[tuple[str, str], tuple[Mention, ...]]:
    found: dict[tuple[str, str], list[Mention]] = {}
    for number in numbers_in(text):
        if (
            number.kind == "count"
            and _ITEM.match(text, number.end)
            and (not number.start or text[number.start - 1] == "\n")
        ):
            continue  # "7." before an item of a list counts nothing
        around = sentence_content(text, sentence_at(text, number.start))
        found.setdefault((number.kind, number.unit), []).append(Mention(number, around, frozenset(number.counted)))
    return {key: tuple(rows) for key, rows in found.items()}


@kept
def by_figure(text: str) -> dict[float, tuple[Number, ...]]:
    """The numbers of a text by the figure with which each is written, whatever it measures."""
    found: dict[float, list[Number]] = {}
    for rows in _indexed(text).values():
        for held in rows:
            found.setdefault(stated(held.number.text, held.number.value), []).append(held.number)
    return {figure: tuple(numbers) for figure, numbers in found.items()}


def passage_content(text: str, index: int) -> frozenset[str]:
    """The content stems and figures of a sentence of a text and of its neighbours."""
    return frozenset[str]().union(*sentence_terms(text)[max(0, index - 1) : index + 2])


def sentence_content(text: str, index: int) -> frozenset[str]:
    """The content stems and figures of a sentence of a text."""
    return sentence_terms(text)[index]


@kept
def stated(text: str, value: float) -> float:
    """The figure as it is written: "95 per cent" is borne out by a bare 95, "three megawatts" by a bare three."""
    figure = figure_in(text)
    word = re.match(rf"{WORD_NUMBER}\b", text, re.IGNORECASE)
    return figure if figure is not None else value_of(word[0]) if word else value


def _in_its_year(number: Number, published: str | None, *, last: bool) -> Number:
    """A day or month that a document gives without a year is one of the year in which it was published, or of the year
    before; a day that lies behind in its own year is one of that year.
    """
    if published is None:
        return number
    year = int(published[:4])
    if not any(day.month and not day.year for day in number.days):
        return number
    month = int(published[5:7] or 12)
    found = []
    for day in number.days:
        # One that is behind already may also be meant for the year after.
        before = {year} if day.day and day.month <= month and not last else {year, year - 1}
        years = {day.year} if day.year else before | ({year + 1} if day.month <= month else set())
        found += [day._replace(year=one) for one in sorted(years, reverse=True)]
    return number._replace(days=tuple(found))
