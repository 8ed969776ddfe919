"""A number that a text states, and how a form of numbers is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from ourtake.text.dates import Day
from ourtake.text.units import counted

Kind = Literal["count", "money", "percent", "quantity", "ordinal", "date", "time"]


class Number(NamedTuple):
    """text == whole[start:end]. `unit`: a currency, a unit's base, or "". `counted`: stems of the words that follow a
    count.

    `near` says how exact it means to be: "about", "over", "under", or "". `digits`: it was written in figures. `days`:
    what a date may mean.
    """

    start: int
    end: int
    text: str
    value: float
    kind: Kind
    unit: str = ""
    counted: tuple[str, ...] = ()
    near: Literal["", "about", "over", "under"] = ""
    digits: bool = True
    days: tuple[Day, ...] = ()


class Reading(NamedTuple):
    """What is at one place of a text: numbers, or none if it is to be left alone. `end`: where it ends."""

    end: int
    numbers: tuple[Number, ...] = ()


class Form(NamedTuple):
    """One way to write a number. `read(text, at)` gives what begins at a place, or None.

    It is tried at figures where `figures` is set, at each character of `marks`, and at the words of `words` (in lower
    case).
    """

    name: str
    read: Callable[[str, int], Reading | None]
    figures: bool = False
    marks: str = ""
    words: frozenset[str] = frozenset()


_ARTICLE = re.compile(r"(?:\sof)?(?:\sall)?\s(?:the|its|their|his|her|our|those|these)\b|\sof\b")
_ABOUT = re.compile(
    r"\b(?:(?<!heard )(?<!hear )(?<!written )(?<!wrote )(?<!asked )(?<!talked )about|around|roughly|approximately|some|"
    r"nearly|almost|close to|circa|or so|an estimated|approx\.?|just (?:over|under)|~)\s*(?:the\s)?$",
    re.I,
)
_OVER = re.compile(
    r"\b(?:more than|over|above|at least|upwards of|exceeding|no fewer than|no less than)\s*$", re.IGNORECASE
)
_UNDER = re.compile(
    r"\b(?:less than|fewer than|under|below|at most|up to|no more than|as (?:many|much) as)\s*$", re.IGNORECASE
)
_NEAR = tuple(
    "about around roughly approximately some nearly almost to circa so estimated approx approx. over under ~ the than "
    "above least of exceeding below most as".split()
)
"""How all that _ABOUT, _OVER and _UNDER look for ends."""


def after_article(text: str, end: int) -> int:
    """Where the words begin that say what a share or a multiple is of: after "of the"."""
    match = _ARTICLE.match(text, end)
    return match.end() if match else end


def counted_after(text: str, end: int) -> tuple[str, ...]:
    """Stems of what a share or a multiple is of."""
    return counted(text, after_article(text, end))


def with_near(text: str, number: Number) -> Number:
    """The number with what the words before it say of how exact it is."""
    before = text[max(0, number.start - 24) : number.start]
    if not before or before[-1] not in " ~" or not before.rstrip().lower().endswith(_NEAR):
        return number
    if _ABOUT.search(before):
        return number._replace(near="about")
    if _OVER.search(before):
        return number._replace(near="over")
    return number._replace(near="under") if _UNDER.search(before) else number
