"""Numbers of a take in a language other than English, compared with documents in that language.

The rules read English forms, units and nouns only. In other languages, a number is known if a document has its value in
any form. Words such as "fewer" are not read, so a number that the take worked out can't be told from a wrong one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import combinations
from math import isclose
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.foreign_days import is_known_day, is_known_hour
from ourtake.checks.facts.foreign_values import Value, values_in, values_of
from ourtake.checks.facts.number_claims import NumberClaim
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import sentence_terms
from ourtake.text.parsed import kept
from ourtake.values import day_of

_CLOSE = 6
"""Other numbers on each side of one, in a paragraph or a document, that are put together with it. With 3, honest sums
are errors (tests/checks/test_languages.py).
"""
_LARGE = 100
"""A whole number below this is the sum or the share of something almost everywhere."""
_ROUNDED = 0.06
"""Rounding to two figures moves a number by less than this share of it: what is further away need not be rounded."""


def is_foreign(case: Case) -> bool:
    """Whether the take is in a language other than English."""
    return case.language not in ("", "en")


def is_known(case: Case, claim: NumberClaim) -> bool:
    """Whether a document has a number's value in another form: "1,4 Millionen" for 1.400.000, "Prozent" for %; for a
    date or an hour, the same parts as one date or hour.
    """
    number = claim.number
    if number.kind == "date":
        return is_known_day(case, claim)
    if number.kind == "time":
        return is_known_hour(case, claim)
    own = _own(case, claim)
    wanted = {own.scaled, own.shared} if own else {number.value}
    return any(not wanted.isdisjoint(values_of(document.text, case.language)) for document in case.documents)


def worked_out_of(case: Case, claim: NumberClaim) -> tuple[str, str] | None:
    """Two numbers, as they are written, of which one operation makes a number: both in its paragraph, or one there and
    one close to it in a document, or the difference or sum of two that a document has in sentences of the same.
    """
    own = _own(case, claim)
    if own is None or claim.number.kind == "date":
        return None
    text = case.text(claim.field)
    if _YEARS.match(text, own.end) and (years := _years_since(case, own)):
        return years
    paragraph = _paragraph(case, claim, own)
    for one in paragraph:
        if one.value < 100 and _is(own, _Result(100 - one.value)):
            return text[one.start : one.end], "100"
    pairs: list[tuple[_Placed, _Placed]] = list(combinations([(str(text), one) for one in paragraph], 2))
    pairs += [pair for document in case.documents for pair in _pairs_with(case, document, text, paragraph)]
    for (one_text, one), (two_text, two) in pairs:
        if _makes(own, one, two):
            return one_text[one.start : one.end], two_text[two.start : two.end]
    sentence = [one for one in paragraph if claim.sentence.start <= one.start < claim.sentence.end]
    for one, two in combinations(sentence, 2):
        less, more = sorted((one.scaled, two.scaled))
        if less > 1 and more >= _LARGE and _is(own, _Result(more / less, rounded=True)):
            return text[one.start : one.end], text[two.start : two.end]
    if found := _apart_in_the_take(case, own, text, paragraph):
        return found
    for document in case.documents:
        for one, two in _results(document.text, case.language).get(round(own.scaled, 4), ()):
            told = sentence_terms(document.text, sentence_at(document.text, one.start))
            if not claim.around.isdisjoint(told):
                return document.text[one.start : one.end], document.text[two.start : two.end]
    return _rest_shared_out(text, own, paragraph)


_YEARS = re.compile(r"\s(?:\w+\s)?(?:jahr|jaar|ans\b|ann\u00e9e|a\u00f1o|anni\b|anno|ano|\u00e5r)", re.IGNORECASE)
"""Right behind a number: it is one of years, in one of the languages that are read."""


def _years_since(case: Case, own: Value) -> tuple[str, str] | None:
    """A year of the documents or of the take and that of the source, if a number is how many lie between them."""
    day = day_of(case.source.published) or ""
    texts = (case.text("summary"), case.text("body"), *(document.text for document in case.documents))
    year = float(day[:4]) - own.scaled if day else 0.0
    if not 0 < own.scaled < _LARGE or not year:
        return None
    for text in texts:
        for one in values_in(text, case.language):
            if one.scaled == year:
                return text[one.start : one.end], day[:4]
    return None


def _apart_in_the_take(case: Case, own: Value, text: str, paragraph: list[Value]) -> tuple[str, str] | None:
    """A large number of a paragraph, and one of another that it differs from by this one: "2 700 more than before"."""
    if own.scaled < _LARGE:
        return None
    large = [one for one in values_in(text, case.language) if one.scaled >= _LARGE and not one.dated]
    for one in paragraph:
        for two in large if one.scaled >= _LARGE else ():
            if isclose(abs(one.scaled - two.scaled), own.scaled, abs_tol=1e-9):
                return text[one.start : one.end], text[two.start : two.end]
    return None


def _own(case: Case, claim: NumberClaim) -> Value | None:
    values = values_in(case.text(claim.field), case.language)
    at = bisect_left(values, claim.number.start, key=lambda one: one.start)
    return values[at] if at < len(values) and values[at].start < claim.number.end else None


def _paragraph(case: Case, claim: NumberClaim, own: Value) -> list[Value]:
    """The nearest other numbers of a claim's paragraph, each value once, without years and months."""
    text = case.text(claim.field)
    begin, end = text.rfind("\n\n", 0, own.start), text.find("\n\n", own.end)
    values = values_in(text, case.language)
    first = bisect_left(values, max(begin, 0), key=lambda one: one.start)
    last = bisect_right(values, end if end >= 0 else len(text), key=lambda one: one.start)
    at = bisect_left(values, own.start, key=lambda one: one.start)
    near = values[max(first, at - _CLOSE) : min(last, at + 1 + _CLOSE)]
    return list({one.scaled: one for one in near if not one.dated and one.start != own.start}.values())


_Placed = tuple[str, Value]


def _pairs_with(case: Case, document: Document, text: str, paragraph: list[Value]) -> Iterator[tuple[_Placed, _Placed]]:
    """The numbers of a paragraph that a document has, each with the document's numbers close to it."""
    values, places = values_in(document.text, case.language), _by_value(document.text, case.language)
    for one in paragraph:
        for at in places.get(one.scaled, ())[:_CLOSE]:
            for two in values[max(0, at - _CLOSE) : at + 1 + _CLOSE]:
                if not two.dated and two.scaled != one.scaled:
                    yield (text, one), (document.text, two)


@kept
def _by_value(text: str, language: str) -> dict[float, list[int]]:
    found: dict[float, list[int]] = {}
    for at, one in enumerate(values_in(text, language)):
        found.setdefault(one.scaled, []).append(at)
    return found


@kept
def _results(text: str, language: str) -> dict[float, list[tuple[Value, Value]]]:
    """Differences and sums of numbers of a text that are close together, large ones only."""
    values = [one for one in values_in(text, language) if not one.dated]
    found: dict[float, list[tuple[Value, Value]]] = {}
    for at, one in enumerate(values):
        for two in values[at + 1 : at + 1 + _CLOSE]:
            for result in (abs(one.scaled - two.scaled), one.scaled + two.scaled):
                if result >= _LARGE or result % 1:
                    found.setdefault(round(result, 4), []).append((one, two))
    return found


class _Result(NamedTuple):
    value: float
    rounded: bool = False


def _makes(own: Value, one: Value, two: Value) -> bool:
    return any(_is(own, result) for result in _made_of(one.scaled, two.scaled, large=own.scaled >= _LARGE))


def _made_of(one: float, two: float, *, large: bool) -> Iterator[_Result]:
    """What can be worked out from two numbers; of small ones no products, and shares only of two large ones."""
    less, more = sorted((one, two))
    yield from (_Result(more + less), _Result(more - less))
    yield _Result(100 * (more - less), rounded=True)  # in cents
    if large:
        yield _Result(one * two)
    if less <= 100:
        yield from (_Result(less * more / 100, rounded=True), _Result((100 - less) * more / 100, rounded=True))
    if less > 0 and (large or less >= _LARGE):
        for value in (more / less, less / more, (more - less) / less, (more - less) / more):
            yield from (_Result(value, rounded=True), _Result(100 * value, rounded=True))


def _is(own: Value, result: _Result) -> bool:
    """Whether a number is a result, rounded to its figures where the result is not exact."""
    value = own.scaled
    if isclose(value, result.value, abs_tol=1e-9):  # fractions have no exact form
        return True
    if abs(result.value - value) > _ROUNDED * value:
        return False
    figures = len(f"{own.value:.6f}".replace(".", "").strip("0"))
    return result.rounded and figures >= 2 and float(f"{result.value:.{figures}g}") == value


def _rest_shared_out(text: str, own: Value, paragraph: list[Value]) -> tuple[str, str] | None:
    """The difference of two large numbers of a paragraph and a third that it is shared out to: "the 118 members paid
    the rest, some 615 each".
    """
    if own.scaled < _LARGE:
        return None
    for one, two in combinations([value for value in paragraph if value.scaled >= _LARGE], 2):
        rest = abs(one.scaled - two.scaled)
        for three in paragraph:
            shared = three.scaled > 1 and three not in (one, two)
            if shared and _is(own, _Result(rest / three.scaled, rounded=True)):
                return text[one.start : one.end], text[three.start : three.end]
    return None
