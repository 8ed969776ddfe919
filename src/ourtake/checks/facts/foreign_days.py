"""Dates and hours of a take in another language than English: the same day or hour in a document, in another form.

A date is a month by its name with the numbers beside it, or figures that one sign joins: the day before the month, or
the year first. An hour is two numbers that a sign or a word for "o'clock" joins.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.foreign_values import Value, values_in
from ourtake.checks.facts.number_claims import NumberClaim
from ourtake.text.parsed import kept
from ourtake.values import day_of

_SIGN = re.compile(r"\s?([./\u2010-\u2013-])\s?")
_BESIDE = re.compile(r"(?:er|[.\u00ba\u00b0])?[\s\u00a0]*(?:(?:de|del|do|di)\s)?", re.IGNORECASE)
"""Between a day and a month's name, or that and a year."""

_LISTED = re.compile(
    r"(?:er|[.\u00ba\u00b0])?(?:,|\s?[-\u2013]|\s(?:bis|und|oder|et|au|ou|y|o|al?|e|en|of|tot))\s?(?:l[ea]\s|el\s)?"
)
"""Between two days of one month: "3. und 4. Mai"."""

_LONGEST = 31
"""Days of a month."""
_HOUR = re.compile(r"\s?(?:[.:h]|uhr|heures?|uur|ore|horas|y|e|et|und)\s?", re.IGNORECASE)


class _Day(NamedTuple):
    """A date, with 0 for a day or year that is not said."""

    day: int
    month: int
    year: int


def is_known_day(case: Case, claim: NumberClaim) -> bool:
    """Whether a document has a take's date. A document's date without a year is of a year that it names elsewhere, or
    of the year in which it was published.
    """
    number, days = claim.number, _days(case.text(claim.field), case.language)
    at = bisect_left(days, number.start, key=lambda one: one[0])
    if at == len(days) or days[at][0] >= number.end:
        return False
    own = days[at][1]
    return any(_is_in(own, document, case.language) for document in case.documents)


def _is_in(own: _Day, document: Document, language: str) -> bool:
    known = _known(document.text, language)
    if not own.year:
        return own in known.days
    published = (day_of(document.published) or "")[:4]
    is_its_year = own.year in known.years or str(own.year) == published
    return own in known.days or (is_its_year and own._replace(year=0) in known.without_year)


class _Known(NamedTuple):
    """The dates of a text with what may be left out of them, those that it has without a year, and its years."""

    days: frozenset[_Day]
    without_year: frozenset[_Day]
    years: frozenset[int]


@kept
def _known(text: str, language: str) -> _Known:
    found = {day._replace(day=number) for _, day in _days(text, language) for number in (0, day.day)}
    years = frozenset(int(one.value) for one in values_in(text, language) if one.dated)
    without_year = frozenset(day for day in found if not day.year)
    return _Known(frozenset(found | {day._replace(year=0) for day in found}), without_year, years)


def is_known_hour(case: Case, claim: NumberClaim) -> bool:
    """Whether a document has the hour and the minute of a take side by side."""
    number = claim.number
    own = [
        one.value for one in values_in(case.text(claim.field), case.language) if number.start <= one.start < number.end
    ]
    return len(own) == 2 and any((own[0], own[1]) in _hours(one.text, case.language) for one in case.documents)


@kept
def _hours(text: str, language: str) -> frozenset[tuple[float, float]]:
    pairs = pairwise(values_in(text, language))
    return frozenset((one.value, two.value) for one, two in pairs if _HOUR.fullmatch(text, one.end, two.start))


@kept
def _days(text: str, language: str) -> tuple[tuple[int, _Day], ...]:
    """The dates of a text, each with the place where it begins."""
    return tuple(sorted(_read_days(text, values_in(text, language))))


def _read_days(text: str, values: tuple[Value, ...]) -> Iterator[tuple[int, _Day]]:
    for at, one in enumerate(values):
        if one.dated and one.value <= 12:
            yield from _named(text, values, at)
            continue
        signs = [_SIGN.fullmatch(text, left.end, right.start) for left, right in pairwise(values[at : at + 3])]
        first, second, third = [*(int(two.value) for two in values[at : at + 3]), 0, 0][:3]
        if len(signs) == 2 and signs[0] and signs[1] and signs[0][1] == signs[1][1]:
            yield one.start, _Day(third, second, first) if one.dated else _Day(first, second, third)
        elif signs and signs[0] and not one.dated:
            yield one.start, _Day(0, first, second) if values[at + 1].dated else _Day(first, second, 0)


def _named(text: str, values: tuple[Value, ...], at: int) -> Iterator[tuple[int, _Day]]:
    """The dates with the month's name at `at`: of each of the days before it, or of the month."""
    month, year = values[at], 0
    after = values[at + 1] if at + 1 < len(values) else None
    if after is not None and after.dated and after.value > 12 and _BESIDE.fullmatch(text, month.end, after.start):
        year = int(after.value)
    between, later = _BESIDE, month
    for day in reversed(values[max(0, at - _LONGEST) : at]):
        if day.value > _LONGEST or not between.fullmatch(text, day.end, later.start):
            break
        yield day.start, _Day(int(day.value), int(month.value), year)
        between, later = _LISTED, day
    yield month.start, _Day(0, int(month.value), year)
