"""A take's numbers set beside those of the documents: which say the same, and which say another number of the same thing.

Two numbers are of the same thing when they are of one kind and unit and their sentences share words; how many is the `bond`. A number that is
found only where nothing else agrees, while another of the same thing stands in a sentence that agrees in much, has been altered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ourtake.checks.attribution import SOURCE, sentence_at, sentences_in
from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.documents import day_of
from ourtake.text.dates import Day
from ourtake.text.matching import find_words, wording
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.stems import content

SAME_THING = 3
"""Bond from which an absent number is taken for an altered one."""

OVERRULES = 6
"""Bond of another number from which it overrules the same number found where nothing agrees (a bond of LOOSE or less)."""

LOOSE = 0

_FAR = 0.12
"""As a share, further apart than any of the ways in which one number can stand for another."""

BONDED = {"over": 2, "under": 2, "about": 1, "": 1}
"""Least bond of a number that is only near the one said: "more than 300" is not borne out by any number above 300."""

ABOUT = 0.06
"""How far, as a share, "about" a number of one or two figures may be from the real one."""


class Match(NamedTuple):
    """A document's number, and its bond with the take's: words that their sentences share, two more where they count the same thing."""

    document: Document
    number: Number
    bond: int


class Compared(NamedTuple):
    """`same`: the best match of the same value, if any; `other`: the best of the same thing with another value, where `same` leaves room for it;
    `known`: found without one.

    `loosely`: it is the date of a document that is not named near it, or a month without a year.
    """

    same: Match | None
    other: Match | None
    known: bool = False
    loosely: bool = False


class _Stated(NamedTuple):
    """A document's number, the content of its sentence, and its value."""

    number: Number
    around: frozenset[str]
    value: float


@lru_cache(maxsize=1024)
def _indexed(text: str) -> dict[tuple[str, str], tuple[_Stated, ...]]:
    """The numbers of a text by kind and unit."""
    found: dict[tuple[str, str], list[_Stated]] = {}
    for number in numbers_in(text):
        sentence = sentences_in(text)[sentence_at(text, number.start)]
        found.setdefault((number.kind, number.unit), []).append(_Stated(number, content(sentence.text), number.value))
    return {key: tuple(rows) for key, rows in found.items()}


def _by_share(said: Number) -> bool:
    """Whether how far another number may be from this one is a share of it; "about 2 per cent" may be one away."""
    return said.kind != "date" and not (said.kind == "percent" and said.digits)


def equal(said: Number, real: Number) -> bool:
    """Whether the real number bears out the number said, as exactly as it means to be."""
    if said.kind == "date":
        return any(day.fits(other) for day in said.days for other in real.days)
    one, two = said.value, real.value
    apart = abs(one - two)
    if apart <= 1e-9 * max(abs(one), abs(two)):
        return True
    if not one or not two:
        return False
    if apart > _FAR * abs(two) and _by_share(said):
        # What follows writes them out to count their figures.
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


def compare(case: Case, said: Number, around: frozenset[str], *, dated: frozenset[str] = frozenset(), near: frozenset[str]) -> Compared:
    """The documents' numbers that the take's number, in a sentence with these content stems, can be measured by.

    `dated`: names of the documents whose own date the sentence gives with this number; `near`: of those that are named near it.
    """
    own = [document for document in case.documents if document.name in dated and document.published]
    if own:
        stated = any(equal(said, row.number) for document in own for row in _indexed(document.text).get((said.kind, said.unit), ()))
        return Compared(None, None, known=stated or any(_published(document, said) for document in own))
    bare, least = _stated(said), BONDED[said.near] - (said.kind == "money")
    candidates = [(document, row) for document in case.documents for row in _candidates(document, said, bare=bare)]
    same: Match | None = None
    taken: set[int] = set()
    value, exact = said.value, _by_share(said)
    for document, row in candidates:
        # Most numbers are nowhere near.
        if exact and abs(value - row.value) > _FAR * abs(row.value):
            continue
        if equal(said, row.number):
            bond = _bond(said, row, around)
            if bond >= least or said.kind == "date" or value == row.value:
                taken.add(id(row))
                same = Match(document, row.number, bond) if same is None or bond > same.bond else same
    left = None if same is not None and not _may_be_overruled(said, same) else [pair for pair in candidates if id(pair[1]) not in taken]
    other = _best_bond(said, left, around) if left else None
    loosely = said.kind == "date" and (
        not any(day.year or day.day for day in said.days) or any(_published(document, said) for document in case.documents)
    )
    return Compared(same, other, same is None and _known(case, said, near), loosely)


def _best_bond(said: Number, rows: Iterable[tuple[Document, _Stated]], around: frozenset[str]) -> Match | None:
    best: Match | None = None
    for document, row in rows:
        bond = _bond(said, row, around)
        if best is None or bond > best.bond:
            best = Match(document, row.number, bond)
    return best


def _bond(said: Number, row: _Stated, around: frozenset[str]) -> int:
    """Words that two sentences with numbers share, more where both count the same thing, less where they count different ones."""
    shared = len(around & row.around)
    if said.kind == "count" and said.counted and row.number.counted:
        shared += -2 if set(said.counted).isdisjoint(row.number.counted) else 2
    return shared


def _candidates(document: Document, said: Number, *, bare: float) -> Iterable[_Stated]:
    """The numbers of a document that can be of the same thing; `bare`: the figure as the take writes it."""
    if said.kind == "date":
        year = int(document.published[:4]) if document.published else None
        return [row for row in _dates(document.text, year) if _alike(said, row.number)]
    index = _indexed(document.text)
    rows = index.get((said.kind, said.unit), ())
    if said.kind == "money":
        # $5 for £5 is another number of the same thing.
        rows = tuple(
            row if row.number.unit == said.unit else row._replace(number=row.number._replace(value=float("nan")), value=float("nan"))
            for (kind, _), numbers in index.items()
            if kind == "money"
            for row in numbers
        )
    alone = () if said.kind == "count" else index.get(("count", ""), ())
    return rows + tuple(
        row._replace(number=row.number._replace(kind=said.kind, unit=said.unit, value=said.value), value=said.value)
        for row in alone
        if row.number.value == bare and not row.number.counted
    )


@lru_cache(maxsize=1024)
def _dates(text: str, year: int | None) -> tuple[_Stated, ...]:
    """The dates of a text that was published in that year."""
    return tuple(row._replace(number=_in_its_year(row.number, year)) for row in _indexed(text).get(("date", ""), ()))


def _stated(number: Number) -> float:
    """The figure as it is written: "95 per cent" is borne out by a bare 95, "40 MW" by a bare 40."""
    figure = re.search(r"\d[\d,]*(?:\.\d+)?", number.text)
    return float(figure[0].replace(",", "")) if figure else number.value


def _in_its_year(number: Number, year: int | None) -> Number:
    """A day or month that a document gives without a year is one of the year in which it was published, or of the year before."""
    if year is None or not any(day.month and not day.year for day in number.days):
        return number
    return number._replace(days=tuple(day._replace(year=one) for day in number.days for one in (day.year or year, day.year or year - 1)))


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
    return bool(words) and any(find_words(words, wording(document.text)) is not None for document in case.documents)


def _may_date(document: Document, said: Number, near: frozenset[str]) -> bool:
    """A year may be the source's own or that of an article that is named near by; a month without a year only the latter."""
    return document.name in near or (document.name == SOURCE and bool(said.days[0].year))


def _published(document: Document, said: Number) -> bool:
    day = day_of(document.published) if document.published else None
    return day is not None and any(one.fits(Day(int(day[:4]), int(day[5:7]), int(day[8:10]))) for one in said.days)


def _may_be_overruled(said: Number, same: Match) -> bool:
    """Whether the same number may be there by chance: where nothing else agrees, and of few figures."""
    return same.bond <= LOOSE and said.kind != "date" and _figures(said.value) < 3


def is_altered(said: Number, compared: Compared) -> bool:
    """Whether the documents have another number for the same thing and none that bears this one out."""
    other, same = compared.other, compared.same
    if other is None:
        return False
    if said.kind == "count" and not set(said.counted) & set(other.number.counted):
        return False
    if same is not None:
        return _may_be_overruled(said, same) and other.bond >= OVERRULES
    small = not said.digits and said.value <= 3
    return other.bond >= (OVERRULES if compared.known or small else SAME_THING)
