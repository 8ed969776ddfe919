"""The numbers of a document by what they measure, each with the words of its sentence: what a take's
number is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import nan
from typing import NamedTuple

from ourtake.checks.evidence import Document
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import sentence_terms
from ourtake.text.dates import PAIR
from ourtake.text.language import short_language_of
from ourtake.text.numbers import Number, figure_in, numbers_in
from ourtake.text.numbers.shares import ratio_at
from ourtake.text.numbers.words import words_at
from ourtake.text.parsed import kept
from ourtake.text.sentences import sentences

_ITEM = re.compile(r"[.)]\s")


LEAST_BARE = 3
"""The least bare number that can support one with a unit: "the two" says nothing of two megawatts."""


class Mention(NamedTuple):
    """A document's number with the content stems of its sentence."""

    number: Number
    around: frozenset[str]
    counted: frozenset[str]


def comparable(document: Document, number: Number) -> Sequence[Mention]:
    """The document's numbers that may be of the same thing."""
    if number.kind == "date":
        # "2024-25" supports "in 2025"; a pair of years is supported only by itself, or loosely by one of them.
        return dates_of(document.text, document.published, number.unit) + dates_of(
            document.text, document.published, "" if number.unit else PAIR
        )
    index = _indexed(document.text)
    if number.kind == "count":
        return index.get(("count", ""), ()) + _as_thousands(document.text, number)
    rows = index.get((number.kind, number.unit), ())
    if number.kind == "money":
        # $5 for £5 is another number of the same thing.
        rows = tuple(
            mention
            if mention.number.unit == number.unit
            else mention._replace(number=mention.number._replace(value=nan))
            for (kind, _), numbers in index.items()
            if kind == "money"
            for mention in numbers
        )
    bare = index.get(("count", ""), ())
    if not bare or (number.unit == "times" and not number.digits):
        return rows
    ratio = ratio_at(number.text)
    part = ratio.part if ratio else 0.0
    figure = part or stated(number.text, number.value)
    return rows + tuple(
        mention._replace(number=mention.number._replace(kind=number.kind, unit=number.unit, value=number.value))
        for mention in bare
        if mention.number.value == figure and (part or (not mention.counted and figure >= LEAST_BARE))
    )


_POINTED = re.compile(r"\d{1,3}\.\d{3}")
"""A figure that is a decimal in English and a whole number in most other languages."""


def _as_thousands(text: str, number: Number) -> tuple[Mention, ...]:
    """The counts of a text in another language than English that are the number said, read as it reads them: there
    "1.438" is 1,438.
    """
    if _POINTED.fullmatch(number.text):
        rows, wanted, times = _indexed(text).get(("count", ""), ()), number.value * 1000, 1
    else:
        rows, wanted, times = _pointed(text), number.value, 1000
    found = [
        one._replace(number=one.number._replace(value=number.value))
        for one in rows
        if round(one.number.value * times) == wanted
    ]
    return tuple(found) if found and short_language_of(text) not in ("", "en") else ()


@kept
def _pointed(text: str) -> tuple[Mention, ...]:
    """The counts of a text that are written with a point before three figures."""
    return tuple([one for one in _indexed(text).get(("count", ""), ()) if _POINTED.fullmatch(one.number.text)])


@kept
def dates_of(text: str, published: str | None, unit: str) -> tuple[Mention, ...]:
    """The dates of a text, each in the year that the day of its publication gives it."""
    return tuple(
        mention._replace(
            number=_in_its_year(mention.number, published, last=text[: mention.number.start].endswith("last "))
        )
        for mention in _indexed(text).get(("date", unit), ())
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
        around = sentence_terms(text, sentence_at(text, number.start))
        found.setdefault((number.kind, number.unit), []).append(Mention(number, around, frozenset(number.counted)))
    return {key: tuple(rows) for key, rows in found.items()}


@kept
def by_figure(text: str) -> dict[float, tuple[Number, ...]]:
    """The numbers of a text by the figure with which each is written, whatever it measures."""
    found: dict[float, list[Number]] = {}
    for rows in _indexed(text).values():
        for mention in rows:
            found.setdefault(stated(mention.number.text, mention.number.value), []).append(mention.number)
    return {figure: tuple(numbers) for figure, numbers in found.items()}


def passage_content(text: str, index: int) -> frozenset[str]:
    """The content stems and figures of a sentence of a text and of its neighbours."""
    last = len(sentences(text)) - 1
    return sentence_terms(text, index).union(
        *(sentence_terms(text, at) for at in (index - 1, index + 1) if 0 <= at <= last)
    )


@kept
def stated(text: str, value: float) -> float:
    """The figure as it is written: a bare 95 supports "95 per cent", a bare three "three megawatts"."""
    figure = figure_in(text)
    word = words_at(text)
    return figure if figure is not None else word.value if word else value


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
