"""A take's numbers set beside those of the documents: which say the same, and which say another number of the same
thing.

Two numbers are of the same thing when they are of one kind and unit and their sentences share words; how many is the
`bond`. A number that is found only where nothing else agrees, while another of the same thing stands in a sentence that
agrees in much, has been altered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import inf
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.arithmetic import DIFFERENCE, is_reckoned
from ourtake.checks.facts.days import is_day
from ourtake.checks.facts.index import LEAST_BARE, Mention, by_figure, dates_of, rows_beside, sentence_content, stated
from ourtake.checks.passages import SOURCE, sentence_at
from ourtake.text.dates import PAIR, Day
from ourtake.text.numbers import Number
from ourtake.text.tokens import find_words, tokenize
from ourtake.values import day_of

SAME_THING = 3
"""Bond from which an absent number is taken for an altered one."""

OVERRULES = 6
"""Bond of another number from which it overrules the same number found where nothing agrees (a bond of LOOSE or
less).
"""

LOOSE = 0

PERCENT_LOOSE, OVERRULES_PERCENT = 1, 4
"""The same for shares, of which a text is full: so much further apart are their bonds where a share is given for
another thing.
"""

BONDED = {"over": 2, "under": 2, "about": 1, "": 1}
"""Least bond of a number that is only near the one said: "more than 300" is not borne out by any number above 300."""

FURTHEST = 0.12
"""How far, as a share, any number may be from one that bears it out."""

ABOUT = 0.06
"""How far, as a share, "about" a number of one or two figures may be from the real one."""


class Match(NamedTuple):
    """A document's number, and its bond with the take's: words that their sentences share, two more where they count
    the same thing.
    """

    document: Document
    number: Number
    bond: int


class Compared(NamedTuple):
    """`same`: the best match of the same value, if any; `other`: the best of the same thing with another value;
    `known`: found without one.

    `loosely`: it is the date of a document that is not named near it, or a month without a year.
    """

    same: Match | None
    other: Match | None
    known: bool = False
    loosely: bool = False


LEAST_BOND = min(SAME_THING - 1, OVERRULES - 2)
"""A closer bond is needed in all cases for a number to speak against another (see is_altered)."""


_Candidates = Sequence[tuple[Document, Sequence[Mention]]]


def equal(said: Number, real: Number) -> bool:
    """Whether the real number bears out the number said, as exactly as it means to be."""
    if said.unit == PAIR == real.unit:
        return said.days == real.days
    if said.kind == "date":
        return any(day.fits(other) for day in said.days for other in real.days)
    one, two = said.value, real.value
    if said.kind == "time" and not (_halved(said) and _halved(real)):
        return (one - two) % 720 == 0  # "at 3:00" may be either
    if abs(one - two) <= 1e-9 * max(abs(one), abs(two)):
        return True
    apart = abs(one - two)
    # No rounding and no "about" goes further; most numbers end here.
    if not one or not two or (apart > 1 and apart > FURTHEST * max(abs(one), abs(two))):
        return False
    if said.digits and figures_in(one) > figures_in(two):
        return False  # who rounds a number has no figure more than it had
    if (said.near == "about" and figures_in(one) <= 2) or (real.near == "about" and figures_in(two) <= 2):
        return abs(one - two) <= (1 if said.kind == "percent" and said.digits else ABOUT * abs(two))
    if said.kind == "percent" and not said.digits and apart <= 1:
        return True  # "one in three" of 33 per cent
    if said.near == "over":
        return one < two <= 1.1 * one
    if said.near == "under":
        return 0.9 * one <= two < one
    return said.digits and _rounded(two, one)


def _halved(time: Number) -> bool:
    """Whether it is said in which half of the day a time is."""
    return time.value >= 720 or "m" in time.text.casefold() or not time.text[0].isdigit()


def _rounded(exact: float, said: float) -> bool:
    """Whether `said`, of two figures or more, is the exact number rounded to as many."""
    figures = figures_in(said)
    return figures >= 2 and float(f"{exact:.{figures}g}") == said


@lru_cache(maxsize=4096)
def figures_in(value: float) -> int:
    """How many figures say a value, zeros at its ends left out."""
    return len(f"{value:.12f}".replace(".", "").replace("-", "").strip("0"))


def compare(
    case: Case,
    said: Number,
    around: frozenset[str],
    *,
    dated: frozenset[str] = frozenset(),
    near: frozenset[str],
    reckon: Sequence[float] = (),
) -> Compared:
    """The documents' numbers that the take's number, in a sentence with these content stems, can be measured by.

    `dated`: names of the documents whose own date the sentence gives with this number; `near`: of those that are named
    near it; `reckon`: it may be the writer's sum of two of theirs (SUM), or so many times one.
    """
    own = [document for document in case.documents if document.name in dated and document.published]
    if own:
        stated = any(
            equal(said, held.number) for document in own for held in dates_of(document.text, document.published, "")
        )
        return Compared(None, None, known=stated or any(is_published(document, said) for document in own))
    candidates = [(document, rows_beside(document, said)) for document in case.documents]
    same = _best_same(said, candidates, around)
    other = _best_other(said, candidates, around) if same is None or _may_be_overruled(said, same) else None
    loosely = said.kind == "date" and (
        not any(day.year or day.day for day in said.days)
        or any(is_published(document, said) for document in case.documents)
    )
    # "Fifteen of the errors" is no sum where a document says "eleven of the errors", whatever adds up to fifteen.
    stands = other is not None and other.bond > SAME_THING and same_noun(said, other.number)
    may_be = reckon and (not stands or DIFFERENCE in reckon)
    if same is None and may_be and is_reckoned(case, said, reckon, around=around):
        return Compared(None, None, known=True)
    rough = said.near == "about" and not said.digits and _stands(said, candidates)
    known = same is None and (_known(case, said, near) or rough or _is_elided(case, said, around))
    return Compared(same, other, known, loosely)


def _stands(said: Number, candidates: _Candidates) -> bool:
    """Whether a document has the number at all, whatever it counts there."""
    return any(equal(said, held.number) for _, rows in candidates for held in rows)


def _best_same(said: Number, candidates: _Candidates, around: frozenset[str]) -> Match | None:
    """The number with the closest bond that bears this one out."""
    best: Match | None = None
    # No number further away than that is borne out; dates have no distance.
    value, far = said.value, inf if said.kind in ("date", "time") else max(1.0, 2 * FURTHEST * abs(said.value))
    for document, rows in candidates:
        for held in rows:
            if abs(value - held.number.value) <= far and equal(said, held.number):
                bond = bond_of(said, held, around)
                if (best is None or bond > best.bond) and _bonded(said, held.number, bond):
                    best = Match(document, held.number, bond)
    return best


def _best_other(said: Number, candidates: _Candidates, around: frozenset[str]) -> Match | None:
    """The number with the closest bond, LEAST_BOND at least, that does not bear this one out."""
    best: Match | None = None
    if len(around) + 2 < LEAST_BOND:
        return None
    closest = LEAST_BOND - 1
    for document, rows in candidates:
        for held in rows:
            bond = bond_of(said, held, around)
            if bond < closest:
                continue
            if bond == closest and (best is None or same_noun(said, held.number) <= same_noun(said, best.number)):
                continue
            if said.kind == "date" and not are_alike(said, held.number):
                continue
            if not (equal(said, held.number) and _bonded(said, held.number, bond)):
                best, closest = Match(document, held.number, bond), bond
    return best


def same_noun(said: Number, real: Number) -> bool:
    """Whether both count the same thing by the first word that says what."""
    return bool(said.counted) and said.counted[:1] == real.counted[:1]


def _bonded(said: Number, real: Number, bond: int) -> bool:
    """Whether the bond of an equal number is close enough to bear this one out."""
    if bond < 1 and _otherwise_written(said, real):
        return False
    return bond >= BONDED[said.near] - (said.kind == "money") or said.kind == "date" or said.value == real.value


def _otherwise_written(said: Number, real: Number) -> bool:
    """Whether only arithmetic makes a quantity or share equal to another: "seventy days" and "ten weeks", "25 per cent"
    and "a quarter".
    """
    if said.kind not in ("quantity", "percent") or (said.kind == "percent" and not said.digits):
        return False
    unlike = said.kind == "percent" and (not real.digits or ("." in said.text) != ("." in real.text))
    return unlike or stated(said.text, said.value) != stated(real.text, real.value)


def bond_of(said: Number, held: Mention, around: frozenset[str]) -> int:
    """Words that the sentences of two numbers share, more where both count the same thing, less where they count
    different ones.
    """
    shared = len(around & held.around)
    if said.counted and held.counted and (said.kind in ("count", "percent") or said.unit == "times"):
        return (
            shared + 2 if not held.counted.isdisjoint(said.counted) else shared - 2 if said.kind == "count" else shared
        )
    return min(shared, LOOSE) if said.unit == PAIR and not held.number.unit else shared


def are_alike(said: Number, real: Number) -> bool:
    """Whether two dates are of one grain, or one bears out the other: a year and a day are not two answers to one
    question.
    """
    if not said.days or not real.days:
        return False
    return equal(said, real) or all(
        bool(one) == bool(two) for one, two in zip(said.days[0][:3], real.days[0][:3], strict=True)
    )


def _known(case: Case, said: Number, near: frozenset[str]) -> bool:
    """Whether a document's date of publication says it, or its very characters stand in a document where they were read
    as something else.
    """
    if said.kind == "date" and any(
        is_published(document, said) for document in case.documents if _may_date(document, said, near)
    ):
        return True
    if said.kind == "ordinal" and said.digits and said.value <= 31 and is_day(case, int(said.value)):
        return True
    if said.kind == "quantity" and _otherwise(case, said):
        return True
    words = tokenize(said.text).words
    if (said.kind == "percent" and not said.digits) or (said.kind == "date" and said.text.isalpha()):
        return False  # "a quarter" is a time of the year, too, and "may" no month
    if said.kind == "count" and said.digits and said.value < 100:
        bare = re.compile(rf"(?<![\w.,]){re.escape(said.text)}(?!\w|[.,]\d|[.)]\s)")
        return any(said.text in document.text and bare.search(document.text) for document in case.documents)
    return bool(words) and any(find_words(words, tokenize(document.text)) is not None for document in case.documents)


def _is_elided(case: Case, said: Number, around: frozenset[str]) -> bool:
    """Whether a bare number is a document's, whose unit is left out: "17 per cent, up from nine"; "68 per cent leave at
    twenty", after 20 seconds.
    """
    if said.kind != "count" or said.digits or said.counted or said.value < LEAST_BARE:
        return False
    return any(
        one.kind in ("money", "percent", "quantity")
        and not around.isdisjoint(sentence_content(document.text, sentence_at(document.text, one.start)))
        for document in case.documents
        for one in by_figure(document.text).get(said.value, ())
    )


_LONG = {12.0: "year", 120.0: "decade", 1200.0: "century"}


def _otherwise(case: Case, said: Number) -> bool:
    """Whether a document says a span of time in one word or on a clock: "decade-long" for ten years, "2:25" for two
    minutes and 25 seconds.
    """
    if said.unit == "month":
        return said.value in _LONG and any(_LONG[said.value] in document.text for document in case.documents)
    one, two = divmod(int(said.value), 60)
    return said.unit == "second" and two > 0 and any(f"{one}:{two:02}" in document.text for document in case.documents)


def _may_date(document: Document, said: Number, near: frozenset[str]) -> bool:
    """A day, or a month with its year, may be any document's own; a year the source's or that of an article that is
    named near by; a month without a year only the latter.
    """
    day = said.days[0]
    return (
        document.name in near
        or bool(day.month and (day.day or day.year))
        or (document.name == SOURCE and bool(day.year))
    )


def is_published(document: Document, said: Number) -> bool:
    """Whether a date is that of a document's publication."""
    day = day_of(document.published) if document.published else None
    return day is not None and any(one.fits(Day(int(day[:4]), int(day[5:7]), int(day[8:10]))) for one in said.days)


def _may_be_overruled(said: Number, same: Match) -> bool:
    """Whether another number can speak against this one though it was found: by nothing but its value, a short one."""
    if said.kind == "percent" and said.digits and same.bond <= PERCENT_LOOSE:
        return True
    return same.bond <= LOOSE and (said.unit == PAIR or (said.kind != "date" and figures_in(said.value) < 3))


def is_altered(said: Number, compared: Compared, *, loose: bool = False) -> bool:
    """Whether the documents have another number for the same thing and none that bears this one out; `loose`:
    plainly.
    """
    other, same = compared.other, compared.same
    if other is None or (said.kind == "date" and compared.known):
        return False
    if said.kind == "count" and not set(said.counted) & set(other.number.counted):
        return False
    if same is not None:
        if said.unit == PAIR:
            return same.bond <= LOOSE and other.number.unit == PAIR and other.bond >= SAME_THING
        if said.kind == "percent" and said.digits and other.bond - same.bond >= OVERRULES_PERCENT:
            return _may_be_overruled(said, same)
        return (
            _may_be_overruled(said, same)
            and same.bond <= LOOSE
            and max(other.bond, other.bond - same.bond) >= OVERRULES
        )
    if said.unit == "times" and not said.digits:
        return other.bond >= SAME_THING - 1
    if said.text.casefold() == "half" and not set(said.counted) & set(other.number.counted):
        return False
    if loose and same_noun(said, other.number):
        return other.bond >= SAME_THING + 1
    small = loose or (not said.digits and said.value <= 3)
    return other.bond >= (OVERRULES if compared.known or small else SAME_THING)
