"""A take's numbers set beside those of the documents: which say the same, and which say another number of the same thing.

Two numbers are of the same thing when they are of one kind and unit and their sentences share words; how many is the `bond`. A number that is
found only where nothing else agrees, while another of the same thing stands in a sentence that agrees in much, has been altered.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ourtake.checks.attribution import SOURCE, sentence_at, sentences_in
from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.text.dates import PAIR, Day
from ourtake.text.matching import find_words, wording
from ourtake.text.number_words import WORD_NUMBER, ratio_of, value_of
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.stems import content
from ourtake.values import day_of

SAME_THING = 3
"""Bond from which an absent number is taken for an altered one."""

OVERRULES = 6
"""Bond of another number from which it overrules the same number found where nothing agrees (a bond of LOOSE or less)."""

LOOSE = 0

BONDED = {"over": 2, "under": 2, "about": 1, "": 1}
"""Least bond of a number that is only near the one said: "more than 300" is not borne out by any number above 300."""

FURTHEST = 0.12
"""How far, as a share, any number may be from one that bears it out."""

ABOUT = 0.06
"""How far, as a share, "about" a number of one or two figures may be from the real one."""


class Match(NamedTuple):
    """A document's number, and its bond with the take's: words that their sentences share, two more where they count the same thing."""

    document: Document
    number: Number
    bond: int


class Compared(NamedTuple):
    """`same`: the best match of the same value, if any; `other`: the best of the same thing with another value; `known`: found without one.

    `loosely`: it is the date of a document that is not named near it, or a month without a year.
    """

    same: Match | None
    other: Match | None
    known: bool = False
    loosely: bool = False


class _Held(NamedTuple):
    """A document's number with the content stems of its sentence."""

    number: Number
    around: frozenset[str]
    counted: frozenset[str]


@lru_cache(maxsize=1024)
def _indexed(text: str) -> dict[tuple[str, str], tuple[_Held, ...]]:
    found: dict[tuple[str, str], list[_Held]] = {}
    for number in numbers_in(text):
        around = _sentence_content(text, sentence_at(text, number.start))
        found.setdefault((number.kind, number.unit), []).append(_Held(number, around, frozenset(number.counted)))
    return {key: tuple(rows) for key, rows in found.items()}


@lru_cache(maxsize=65536)
def _sentence_content(text: str, index: int) -> frozenset[str]:
    return content(sentences_in(text)[index].text)


def equal(said: Number, real: Number) -> bool:
    """Whether the real number bears out the number said, as exactly as it means to be."""
    if said.unit == PAIR == real.unit:
        return said.days == real.days
    if said.kind == "date":
        return any(day.fits(other) for day in said.days for other in real.days)
    one, two = said.value, real.value
    if abs(one - two) <= 1e-9 * max(abs(one), abs(two)):
        return True
    apart = abs(one - two)
    # No rounding and no "about" goes further; most numbers end here.
    if not one or not two or (apart > 1 and apart > FURTHEST * max(abs(one), abs(two))):
        return False
    if (said.near == "about" and _figures(one) <= 2) or (real.near == "about" and _figures(two) <= 2):
        return abs(one - two) <= (1 if said.kind == "percent" and said.digits else ABOUT * abs(two))
    if said.near == "over":
        return one < two <= 1.1 * one
    if said.near == "under":
        return 0.9 * one <= two < one
    return said.digits and _rounded(two, one)


def _rounded(exact: float, said: float) -> bool:
    """Whether `said`, of two figures or more, is the exact number rounded to as many."""
    figures = _figures(said)
    return figures >= 2 and float(f"{exact:.{figures}g}") == said


@lru_cache(maxsize=4096)
def _figures(value: float) -> int:
    return len(f"{value:.12f}".replace(".", "").replace("-", "").strip("0"))


def compare(
    case: Case, said: Number, around: frozenset[str], *, dated: frozenset[str] = frozenset(), near: frozenset[str], reckon: bool = False
) -> Compared:
    """The documents' numbers that the take's number, in a sentence with these content stems, can be measured by.

    `dated`: names of the documents whose own date the sentence gives with this number; `near`: of those that are named near it; `reckon`: it may be
    the writer's sum of two of theirs.
    """
    own = [document for document in case.documents if document.name in dated and document.published]
    if own:
        stated = any(equal(said, _in_its_year(held.number, document)) for document in own for held in _indexed(document.text).get(("date", ""), ()))
        return Compared(None, None, known=stated or any(_published(document, said) for document in own))
    same = other = None
    for document in case.documents:
        for number, bond in _candidates(document, said, around, only_near=True):
            if _bears_out(said, number, bond) and (same is None or bond > same.bond):
                same = Match(document, number, bond)
    # What bears a number out by more than its value is overruled by no other.
    for document in case.documents if same is None or same.bond <= LOOSE else ():
        for number, bond in _candidates(document, said, around):
            if (other is None or bond > other.bond) and not _bears_out(said, number, bond):
                other = Match(document, number, bond)
    loosely = said.kind == "date" and (
        not any(day.year or day.day for day in said.days) or any(_published(document, said) for document in case.documents)
    )
    if same is None and reckon and _reckoned(case, said):
        return Compared(None, None, known=True)
    return Compared(same, other, same is None and _known(case, said, near), loosely)


def _bears_out(said: Number, real: Number, bond: int) -> bool:
    return equal(said, real) and (bond >= BONDED[said.near] - (said.kind == "money") or said.kind == "date" or said.value == real.value)


def _candidates(document: Document, said: Number, around: frozenset[str], *, only_near: bool = False) -> Iterator[tuple[Number, int]]:
    """The document's numbers that may be of the same thing, each with its bond; `only_near`: those whose value may bear the number out."""
    counted, value, far = frozenset(said.counted), said.value, max(1.0, 2 * FURTHEST * abs(said.value))
    for number, beside, others in _rows(_indexed(document.text), said):
        if only_near and said.kind != "date" and abs(value - number.value) > far:
            continue
        shared = len(around & beside)
        if said.kind == "money" and number.unit != said.unit:
            number = number._replace(value=float("nan"))
        elif said.kind == "count":
            shared += 2 if counted & others else -2 if counted and others else 0
        elif said.kind == "percent" or said.unit == "times":
            shared += 2 if counted & others else 0
        elif said.kind == "date":
            number = _in_its_year(number, document)
            if not _alike(said, number):
                continue
            shared = min(shared, LOOSE) if said.unit == PAIR and not number.unit else shared
        yield number, shared


def _rows(index: dict[tuple[str, str], tuple[_Held, ...]], said: Number) -> tuple[_Held, ...]:
    if said.kind == "count":
        return index.get(("count", ""), ())
    if said.kind == "date":
        # "In 2025" is borne out by "2024-25"; a pair of years is so only by itself, or loosely by one of them.
        return index.get(("date", said.unit), ()) + index.get(("date", "" if said.unit else PAIR), ())
    rows = index.get((said.kind, said.unit), ())
    if said.kind == "money":
        # $5 for £5 is another number of the same thing.
        rows = tuple(held for (kind, _), numbers in index.items() if kind == "money" for held in numbers)
    bare = index.get(("count", ""), ())
    if not bare or (said.unit == "times" and not said.digits):
        return rows
    part = ratio_of(said.text)[0] if " in " in said.text or " out of " in said.text else 0.0
    stated = part or _stated(said)
    return rows + tuple(
        held._replace(number=held.number._replace(kind=said.kind, unit=said.unit, value=said.value))
        for held in bare
        if held.number.value == stated and (part or not held.counted)
    )


def _stated(number: Number) -> float:
    """The figure as it is written: "95 per cent" is borne out by a bare 95, "three megawatts" by a bare three."""
    figure = re.search(r"\d[\d,]*(?:\.\d+)?", number.text)
    word = re.match(rf"{WORD_NUMBER}\b", number.text, re.IGNORECASE)
    return float(figure[0].replace(",", "")) if figure else value_of(word[0]) if word else number.value


def _in_its_year(number: Number, document: Document) -> Number:
    """A day or month that a document gives without a year is one of the year in which it was published, or of the year before."""
    if document.published is None:
        return number
    year = int(document.published[:4])
    if not any(day.month and not day.year for day in number.days):
        return number
    month = int(document.published[5:7] or 12)
    found = []
    for day in number.days:
        # One that is behind already may also be meant for the year after.
        years = {day.year} if day.year else {year, year - 1} | ({year + 1} if day.month <= month else set())
        found += [day._replace(year=one) for one in sorted(years, reverse=True)]
    return number._replace(days=tuple(found))


def _alike(said: Number, real: Number) -> bool:
    """Whether two dates are of one grain, or one bears out the other: a year and a day are not two answers to one question."""
    if not said.days or not real.days:
        return False
    return equal(said, real) or all(bool(one) == bool(two) for one, two in zip(said.days[0][:3], real.days[0][:3], strict=True))


def _known(case: Case, said: Number, near: frozenset[str]) -> bool:
    """Whether a document's date of publication says it, or its very characters stand in a document where they were read as something else."""
    if said.kind == "date" and any(_published(document, said) for document in case.documents if _may_date(document, said, near)):
        return True
    words = wording(said.text).words
    if (said.kind == "percent" and not said.digits) or (said.kind == "date" and said.text.isalpha()):
        return False  # "a quarter" is a time of the year, too, and "may" no month
    return bool(words) and any(find_words(words, wording(document.text)) is not None for document in case.documents)


def _reckoned(case: Case, said: Number) -> bool:
    """Whether it is the difference, the sum, or the share of two numbers that stand in one sentence: 85 fewer than 240 are 155."""
    if said.kind not in ("count", "money", "percent") or said.value <= 0:
        return False
    return any(said.kind == kind and abs(said.value - value) <= 1e-6 * value for document in case.documents for kind, value in _sums(document.text))


@lru_cache(maxsize=1024)
def _sums(text: str) -> tuple[tuple[str, float], ...]:
    found: list[tuple[str, float]] = []
    numbers = [number for number in numbers_in(text) if number.kind in ("count", "money", "percent") and number.value > 0]
    for one, two in itertools.pairwise(numbers):
        if sentence_at(text, two.start) - sentence_at(text, one.start) > 1:
            continue
        if one.kind == two.kind and one.unit == two.unit:
            values = [abs(one.value - two.value), one.value + two.value]
            found += [(kind, round(value, 6)) for value in values if value for kind in {one.kind, "count" if one.kind == "percent" else one.kind}]
        elif {one.kind, two.kind} == {"percent", "count"}:
            found.append(("count", one.value * two.value / 100))
    return tuple(found)


def _may_date(document: Document, said: Number, near: frozenset[str]) -> bool:
    """A year may be the source's own or that of an article that is named near by; a month without a year only the latter."""
    return document.name in near or (document.name == SOURCE and bool(said.days[0].year))


def _published(document: Document, said: Number) -> bool:
    day = day_of(document.published) if document.published else None
    return day is not None and any(one.fits(Day(int(day[:4]), int(day[5:7]), int(day[8:10]))) for one in said.days)


def is_altered(said: Number, compared: Compared, *, loose: bool = False) -> bool:
    """Whether the documents have another number for the same thing and none that bears this one out; `loose`: plainly."""
    other, same = compared.other, compared.same
    if other is None:
        return False
    if said.kind == "count" and not set(said.counted) & set(other.number.counted):
        return False
    if same is not None:
        if said.unit == PAIR:
            return same.bond <= LOOSE and other.number.unit == PAIR and other.bond >= SAME_THING
        found_elsewhere = same.bond <= LOOSE and said.kind != "date" and _figures(said.value) < 3
        return found_elsewhere and max(other.bond, other.bond - same.bond) >= OVERRULES
    if said.unit == "times" and not said.digits:
        return other.bond >= SAME_THING - 1
    if said.text.casefold() == "half" and not set(said.counted) & set(other.number.counted):
        return False
    if loose and said.counted and said.counted[:1] == other.number.counted[:1]:
        return other.bond >= SAME_THING + 1
    small = loose or (not said.digits and said.value <= 3)
    return other.bond >= (OVERRULES if compared.known or small else SAME_THING)
