"""Numbers that a writer works out from two of a document's without saying so: a share or a change in per cent, a
difference, a sum, and the span between two dates.

Some number or other is the sum of two somewhere. So both must be close together in one document, count the same thing
where they say what they count, and be in sentences that share words with the take's.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.compare import equal
from ourtake.checks.facts.days import LEAP, ordinal
from ourtake.checks.facts.number_claims import NumberClaim
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import sentence_terms
from ourtake.text.dates import Day
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.parsed import kept

_LEAST = 13
"""The least sum or difference that is taken for one: smaller ones are met by chance."""

_CLOSE = 4
"""A number is combined with this many that follow it."""

_TOLD = 2
"""Words that the sentences of the two share with the take's."""

_PLACES = re.compile(r"\.(\d+)")
_WEEKS, _YEARS = re.compile(r"weeks?\b", re.IGNORECASE), re.compile(r"(?:years?|yrs?|decades?)\b", re.IGNORECASE)


class _Result(NamedTuple):
    """What can be worked out from numbers of a text: `starts` are theirs. Two shares differ by points."""

    value: float
    measure: Literal["number", "percent", "points"]
    starts: tuple[int, ...]
    counted: frozenset[str]
    alike: bool


def is_derived(case: Case, claim: NumberClaim) -> bool:
    """Whether a number is worked out from two numbers of one document that are about the same thing.

    It is not if the document has another number for that thing, unless that is one of the two.
    """
    number = claim.number
    if number.kind == "quantity" and number.unit in ("day", "month"):
        return claim.compared.other is None and any(
            _is_span(number, one, two) and _is_told_of(claim, document, (start, end))
            for document in case.documents
            for one, two, start, end in _spans(document.text)
        )
    if number.kind not in ("count", "money", "percent") or number.value <= 0:
        return False
    if number.kind == "percent" and claim.compared.other is None and _is_the_rest(case, claim):
        return True
    return any(
        _is_result(number, result)
        and _is_allowed(claim, document, result)
        and _is_told_of(claim, document, result.starts)
        for document in case.documents
        for result in _results(document.text)
    )


def _is_the_rest(case: Case, claim: NumberClaim) -> bool:
    """Whether a share is what a document's share leaves of the whole: "two fifths failed" of "58% completion"."""
    return any(
        equal(claim.number, one._replace(value=100 - one.value)) and _is_told_of(claim, document, (one.start,))
        for document in case.documents
        for one in numbers_in(document.text)
        if one.kind == "percent" and 0 < one.value < 100 and "point" not in one.counted
    )


def _is_allowed(claim: NumberClaim, document: Document, result: _Result) -> bool:
    other, number = claim.compared.other, claim.number
    named = number.kind != "count" or number.counted
    return other is None or bool(named and other.document.name == document.name and other.number.start in result.starts)


def _is_told_of(claim: NumberClaim, document: Document, starts: tuple[int, ...]) -> bool:
    """Whether the sentences of the numbers share words with the take's, each of them one at least; for a span between
    dates one of them is enough.
    """
    rows = [sentence_terms(document.text, place) for place in {sentence_at(document.text, one) for one in starts}]
    shared = [claim.around & row for row in rows]
    spans = claim.number.kind == "quantity"
    return any(shared) if spans else all(shared) and len(frozenset[str]().union(*shared)) >= _TOLD


def _is_result(number: Number, result: _Result) -> bool:
    """Whether a number is what was worked out: to its last place if it is a share, else exactly."""
    if number.kind == "percent":
        if result.measure != "percent":
            return False
        places = _PLACES.search(number.text)
        off = abs(result.value - number.value)
        return off <= 0.5 * 10.0 ** -(len(places[1]) if places else 0) + 1e-6  # rounded, and nothing more
    if result.measure != ("points" if "point" in number.counted else "number") or number.near == "about":
        return False
    same = result.alike if not number.counted else not result.counted or not result.counted.isdisjoint(number.counted)
    return same and math.isclose(number.value, result.value)


@kept
def _results(text: str) -> tuple[_Result, ...]:
    """The shares, changes, differences and sums of the numbers of a text that are close together."""
    numbers = [one for one in numbers_in(text) if one.kind in ("count", "money", "percent") and one.value > 0]
    found = list[_Result]()
    for at, one in enumerate(numbers):
        place = sentence_at(text, one.start)
        close = [two for two in numbers[at + 1 : at + 1 + _CLOSE] if sentence_at(text, two.start) - place <= 1]
        for two in close:
            found += _of_two(one, two, together=sentence_at(text, two.start) == place)
        total, starts = one.value, [one.start]
        for two in close:
            if not _alike(one, two):
                break
            total, starts = total + two.value, [*starts, two.start]
            if len(starts) > 2 and total >= _LEAST:
                found.append(_Result(total, _measure(one), tuple(starts), frozenset(one.counted), True))
    return tuple(found)


def _measure(number: Number) -> Literal["number", "percent"]:
    return "percent" if number.kind == "percent" else "number"


def _measured_alike(one: Number, two: Number) -> bool:
    """Whether two numbers are of one kind and unit: "140,000 euros" and "85,000" are, too."""
    if one.kind == two.kind and one.unit == two.unit:
        return True
    return {one.kind, two.kind} == {"money", "count"} and not one.counted and not two.counted


def _alike(one: Number, two: Number) -> bool:
    """Whether they may be of one thing: "35 cranes" and "28"."""
    named_alike = not one.counted or not two.counted or not set(one.counted).isdisjoint(two.counted)
    return _measured_alike(one, two) and (named_alike or one.kind == "percent")


def _of_two(one: Number, two: Number, *, together: bool) -> Iterator[_Result]:
    """What can be worked out from two numbers, of one sentence or not. Only one thing has risen from the less to the
    more; of two that are counted as different things one may be a share of the other, where one sentence has both.
    """
    if not _measured_alike(one, two):
        return
    starts, counted, alike = (one.start, two.start), frozenset((*one.counted, *two.counted)), _alike(one, two)
    less, more = sorted((one.value, two.value))
    percent = one.kind == "percent"
    if percent or more - less >= _LEAST:
        yield _Result(round(more - less, 6), "points" if percent else "number", starts, counted, alike)
    if more + less >= _LEAST:
        yield _Result(round(more + less, 6), _measure(one), starts, counted, alike)
    if not percent and less < more:
        shares = (less / more, (more - less) / more) if together or alike else ()
        for value in (*shares, *(((more - less) / less,) if alike else ())):
            yield _Result(100 * value, "percent", starts, counted, alike)


@kept
def _spans(text: str) -> tuple[tuple[Day, Day, int, int], ...]:
    """Two dates each of neighbouring sentences, the earlier first, with where they are."""
    dates = [(one.days[0], one.start) for one in numbers_in(text) if one.kind == "date" and len(one.days) == 1]
    dates = [(day, start) for day, start in dates if not day.decade]
    return tuple(
        (min(one, two), max(one, two), start, end)
        for (one, start), (two, end) in itertools.pairwise(dates)
        if bool(one.year) == bool(two.year)
        and one != two
        and sentence_at(text, end) - sentence_at(text, start) <= _TOLD
    )


def _is_span(number: Number, one: Day, two: Day) -> bool:
    """Whether a span of days, weeks, months or years lies between two dates."""
    if number.unit == "day":
        first, last = (ordinal(day, day.year or LEAP) for day in (one, two))
        apart = last - first if first and last else -1
        return (
            abs(apart - number.value) <= 3 if _WEEKS.search(number.text) else apart in (number.value, number.value - 1)
        )
    if not one.year:
        return False
    years = _YEARS.search(number.text) is not None
    if one.month and two.month:
        months = 12 * (two.year - one.year) + two.month - one.month
        less = 1 if one.day and two.day and two.day < one.day else 0
        return abs(months - number.value) < 12 if years else number.value in (months, months - less)
    return years and equal(number, number._replace(value=12.0 * (two.year - one.year)))
