"""Every number that a text states: its value, what it counts, and where it is.

Money, per cent, quantities with units, dates, years, ordinals, times, fractions, ranges and counts, in figures and in
words. Left alone: versions, telephone numbers, names with figures in them (GPT-4, COVID-19), "24/7" and its like,
"one", and vague crowds ("dozens", "thousands of"). Each form of number is a row of scan.FORMS with a reader of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from ourtake.text.numbers.figures import THIN, figure_in, figure_value
from ourtake.text.numbers.number import Number
from ourtake.text.numbers.ranges import joined, ranged
from ourtake.text.numbers.scan import readings
from ourtake.text.parsed import kept
from ourtake.text.tokens import blanked

__all__ = ["THIN", "Number", "figure_in", "figure_value", "numbers_between", "numbers_in"]

_UNBROKEN = re.compile(r"[!-~]{400,}+")
"""A run without a space in which nobody states a number: a key, a picture in letters, noise."""

_HALF = 200
"""Characters: such a run has a stretch of as many that begins at a multiple of it."""


@kept
def numbers_in(text: str) -> tuple[Number, ...]:
    """Every number of a text, in order."""
    if not text:
        return ()
    plain = blanked(text)
    if any([" " not in plain[at : at + _HALF] for at in range(0, len(plain) - _HALF + 1, _HALF)]):
        plain = _UNBROKEN.sub(lambda match: " " * len(match[0]), plain)
    found = [number for _, reading in readings(plain) for number in reading.numbers]
    return tuple(joined(plain, ranged(plain, found)))


def numbers_between(text: str, start: int, end: int) -> tuple[Number, ...]:
    """The numbers of a text that begin at `start` or later and before `end`, found without a look at each."""
    found, starts = numbers_in(text), _starts(text)
    return found[bisect_left(starts, start) : bisect_left(starts, end)]


@kept
def _starts(text: str) -> tuple[int, ...]:
    return tuple(number.start for number in numbers_in(text))
