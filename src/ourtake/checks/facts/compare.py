"""A take's number compared with those of the documents: which have its value and which another value of the same thing.

Two numbers are of the same thing when they are of one kind and unit and their sentences share words. The `bond` of two
numbers is how many words those are, two more where both count the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.decision import Features
from ourtake.checks.facts.index import Mention, comparable, stated
from ourtake.text.dates import PAIR
from ourtake.text.numbers import Number

LEAST_BOND = 2
"""Bond below which no number speaks against another."""

BONDED = {"over": 2, "under": 2, "about": 1, "": 1}
"""Least bond of a number that is only near the one said: not any number above 300 supports "more than 300"."""

_MILLION = 1e6
"""A number from which two texts hardly share one by chance."""

FURTHEST = 0.12
"""How far, as a share, any number may be from one that supports it."""

ABOUT = 0.06
"""How far, as a share, "about" a number of one or two figures may be from the real one."""


class Match(NamedTuple):
    """A document's number, and its bond with the take's (in misplaced.py its lead)."""

    document: Document
    number: Number
    bond: int


class Compared(NamedTuple):
    """`same`: the best match of the same value, if any; `other`: the best of the same thing with another value."""

    same: Match | None = None
    other: Match | None = None


class _Values(NamedTuple):
    """Two values of one kind that are near each other, with their figures."""

    number: Number
    real: Number
    one: float
    two: float
    figures: int
    real_figures: int


class _Rounding(NamedTuple):
    what: str
    applies: Callable[[_Values], bool]
    agree: Callable[[_Values], bool]


_ROUNDINGS = (
    _Rounding(
        "more figures than the document has: not rounded from it",
        lambda v: v.number.digits and v.figures > v.real_figures,
        lambda v: False,
    ),
    _Rounding(
        '"about" a number of one or two figures, on either side',
        lambda v: (v.number.near == "about" and v.figures <= 2) or (v.real.near == "about" and v.real_figures <= 2),
        lambda v: abs(v.one - v.two) <= (1 if v.number.kind == "percent" and v.number.digits else ABOUT * abs(v.two)),
    ),
    _Rounding(
        'a share in words: "one in three" of 33 per cent',
        lambda v: v.number.kind == "percent" and not v.number.digits and abs(v.one - v.two) <= 1,
        lambda v: True,
    ),
    _Rounding('"more than"', lambda v: v.number.near == "over", lambda v: v.one < v.two <= 1.1 * v.one),
    _Rounding('"less than"', lambda v: v.number.near == "under", lambda v: 0.9 * v.one <= v.two < v.one),
    _Rounding(
        "rounded to two figures or more",
        lambda v: v.number.digits and v.figures >= 2,
        lambda v: float(f"{v.two:.{v.figures}g}") == v.one,
    ),
)
"""How exactly a number means to be; the first row that applies decides, and without one the values differ."""


def equal(number: Number, real: Number) -> bool:
    """Whether the real number supports the number said, as exactly as it means to be."""
    if number.unit == PAIR == real.unit:
        return number.days == real.days
    if number.kind == "date":
        return any(day.fits(other) for day in number.days for other in real.days)
    one, two = number.value, real.value
    if number.kind == "time" and not (_halved(number) and _halved(real)):
        return (one - two) % 720 == 0  # "at 3:00" may be either
    apart, larger = abs(one - two), max(abs(one), abs(two))
    if apart <= 1e-9 * larger:
        return True
    # No rounding and no "about" goes further; most numbers end here.
    if not one or not two or (apart > 1 and apart > FURTHEST * larger):
        return False
    values = _Values(number, real, one, two, figures_in(one), figures_in(two))
    return next((row.agree(values) for row in _ROUNDINGS if row.applies(values)), False)


def _halved(time: Number) -> bool:
    """Whether it is said in which half of the day a time is."""
    return time.value >= 720 or "m" in time.text.casefold() or not time.text[0].isdigit()


def figures_in(value: float) -> int:
    """How many figures say a value, zeros at its ends left out."""
    return len(f"{value:.12f}".replace(".", "").replace("-", "").strip("0"))


def compare(case: Case, number: Number, around: frozenset[str]) -> Compared:
    """The documents' best numbers beside the take's number, in a sentence with these content stems."""
    candidates = [(document, comparable(document, number)) for document in case.documents]
    same = _best_same(number, candidates, around)
    if same is not None and same.bond > (1 if _is_share(number) else 0):
        return Compared(same)  # nothing can overrule it
    return Compared(same, _best_other(number, candidates, around))


def features(number: Number, compared: Compared, *, known: bool, loose: bool) -> Features:
    """What the decision about a number hangs on (decision.py)."""
    same, other = compared
    return Features(
        kind=number.kind,
        lead=-inf if other is None else other.bond - (same.bond if same is not None else 0),
        bond=same.bond if same is not None else 0,
        found=same is not None,
        known=known,
        same_noun=other is not None and same_noun(number, other.number),
        shared_noun=other is not None and not set(number.counted).isdisjoint(other.number.counted),
        years=number.unit == PAIR,
        other_years=other is not None and other.number.unit == PAIR,
        share=_is_share(number),
        multiple=number.unit == "times" and not number.digits,
        half=number.text.casefold() == "half",
        figures=figures_in(number.value),
        small=not number.digits and number.value <= 3,
        loose=loose,
    )


def _is_share(number: Number) -> bool:
    return number.kind == "percent" and number.digits


_Candidates = Sequence[tuple[Document, Sequence[Mention]]]


def _best_same(number: Number, candidates: _Candidates, around: frozenset[str]) -> Match | None:
    """The number with the closest bond that supports this one."""
    best: Match | None = None
    # No number further away than that supports it; dates have no distance.
    value, far = number.value, inf if number.kind in ("date", "time") else max(1.0, 2 * FURTHEST * abs(number.value))
    for document, rows in candidates:
        for mention in rows:
            if abs(value - mention.number.value) <= far and equal(number, mention.number):
                bond = bond_of(number, mention, around)
                if (best is None or bond > best.bond) and _bonded(number, mention.number, bond):
                    best = Match(document, mention.number, bond)
    return best


def _best_other(number: Number, candidates: _Candidates, around: frozenset[str]) -> Match | None:
    """The number with the closest bond, LEAST_BOND at least, that does not support this one."""
    best: Match | None = None
    if len(around) + 2 < LEAST_BOND:
        return None
    closest = LEAST_BOND - 1
    for document, rows in candidates:
        for mention in rows:
            bond = bond_of(number, mention, around)
            if bond < closest:
                continue
            if bond == closest and (
                best is None or same_noun(number, mention.number) <= same_noun(number, best.number)
            ):
                continue
            if number.kind == "date" and not are_alike(number, mention.number):
                continue
            if not (equal(number, mention.number) and _bonded(number, mention.number, bond)):
                best, closest = Match(document, mention.number, bond), bond
    return best


def same_noun(number: Number, real: Number) -> bool:
    """Whether both count the same thing by the first word that says what."""
    return bool(number.counted) and number.counted[:1] == real.counted[:1]


def _bonded(number: Number, real: Number, bond: int) -> bool:
    """Whether the bond of an equal number is close enough to support this one."""
    if bond < 1 and _otherwise_written(number, real):
        return False
    rare = number.kind == "money" or number.value >= _MILLION
    return bond >= BONDED[number.near] - rare or number.kind == "date" or number.value == real.value


def _otherwise_written(number: Number, real: Number) -> bool:
    """Whether only arithmetic makes a quantity or share equal to another: "seventy days" and "ten weeks", "25 per cent"
    and "a quarter".
    """
    if number.kind != "quantity" and not _is_share(number):
        return False
    unlike = number.kind == "percent" and (not real.digits or ("." in number.text) != ("." in real.text))
    return unlike or stated(number.text, number.value) != stated(real.text, real.value)


def bond_of(number: Number, mention: Mention, around: frozenset[str]) -> int:
    """Words that the sentences of two numbers share, more where both count the same thing, less where they count
    different ones.
    """
    shared = len(around & mention.around)
    if number.counted and mention.counted and (number.kind in ("count", "percent") or number.unit == "times"):
        if not mention.counted.isdisjoint(number.counted):
            return shared + 2
        return shared - 2 if number.kind == "count" else shared
    return min(shared, 0) if number.unit == PAIR and not mention.number.unit else shared


def are_alike(number: Number, real: Number) -> bool:
    """Whether two dates are of one grain, or one supports the other: a year and a day are not two answers to one
    question.
    """
    if not number.days or not real.days:
        return False
    return equal(number, real) or all(
        bool(one) == bool(two) for one, two in zip(number.days[0][:3], real.days[0][:3], strict=True)
    )
