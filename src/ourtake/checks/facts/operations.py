"""What one operation makes of two numbers, in which unit, and whether a number is that result as exactly as it is said.

Only numbers that go together are put together: sums and differences of one unit, a product with a count or a share.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from ourtake.checks.facts.compare import figures_in
from ourtake.checks.facts.index import stated
from ourtake.text.numbers import Number

_PLACES = re.compile(r"\.(\d+)")
_NEAR = {"about": (-0.04, 0.04), "over": (0.0, 0.1), "under": (-0.15, 0.0)}
"""How far, as a share, a result may be from a number that is only near it."""

_ROUNDED = 0.02
"""How far, as a share, a rounded number may be from what it was rounded from."""

_TIMES = ("second", "day", "month")


class Result(NamedTuple):
    """A value and its measure. `rounded`: it seldom comes out even. `sum`: of like things, or their difference.
    `rate`: of two counts, or of so much in so many days, which go together only where the text says how: "each", "a
    day".
    """

    value: float
    kind: str
    unit: str
    rounded: bool = False
    sum: bool = False
    rate: bool = False


def results(one: Number, two: Number) -> Iterator[Result]:
    """All that one operation makes of two numbers, in whichever order."""
    like = (one.kind, one.unit) == (two.kind, two.unit)
    if like and one.unit != "times":
        kind, unit = one.kind, one.unit
        yield from (Result(value, kind, unit, sum=True) for value in (one.value + two.value, abs(one.value - two.value)))
        if kind != "percent":
            yield from _shares(one, two)
    for first, second in ((one, two), (two, one)):
        yield from _products(first, second)


def _shares(one: Number, two: Number) -> Iterator[Result]:
    """The one as a part of the other, and how far it has risen or fallen."""
    less, more = sorted((one.value, two.value))
    if less <= 0 or less == more:
        return
    for value in (less / more, (more - less) / more, more / less, (more - less) / less):
        yield Result(100 * value, "percent", "", rounded=True)
    yield Result(more / less, "quantity", "times", rounded=True)
    yield Result(more / less, "count", "", rounded=True, rate=True)


def _products(one: Number, two: Number) -> Iterator[Result]:
    """A number times, or by, a count, a multiple or a share, which is the second."""
    kind, unit, value = one.kind, one.unit, two.value
    if value <= 0 or unit == "times":
        return
    if two.kind == "percent":
        if kind != "percent":
            yield Result(one.value * value / 100, kind, unit, rounded=True)
            yield Result(one.value / value * 100, kind, unit, rounded=True)
    elif two.unit == "times" or (two.kind == "count" and kind != "percent"):
        rate = kind == "count" and two.kind == "count"
        yield Result(one.value * value, kind, unit, rate=rate)
        if not rate:  # two counts are divided as shares of each other
            yield Result(one.value / value, kind, unit, rounded=True)
    elif two.unit in _TIMES and kind != "quantity":
        figure = stated(two.text, value)
        yield Result(one.value / figure, kind, unit, rounded=True, rate=True)
        yield Result(one.value * figure, kind, unit, rate=True)


def is_result(number: Number, result: Result, operand: Number) -> bool:
    """Whether a number is a result, as exactly as it is said. A bare one leaves out the unit of the operand: "of 53 days
    27 went, which leaves 26".
    """
    value = number.value
    if (number.kind, number.unit) != (result.kind, result.unit):
        points = result.kind == "percent" and result.sum and "point" in number.counted
        bare = result.kind == "quantity" and result.unit != "times" and result.sum and not number.counted
        if number.kind != "count" or not (points or bare):
            return False
        value *= 1.0 if points else operand.value / stated(operand.text, operand.value)
    elif number.kind == "percent" and result.sum and "point" not in number.counted and not number.digits:
        return False
    return agrees(number._replace(value=value), result)


def agrees(number: Number, result: Result) -> bool:
    """Whether a value is that of a result: "about", "more than", a rounded share or quotient, or else exactly."""
    value, found = number.value, result.value
    if number.near:
        low, high = _NEAR[number.near]
        return low * value <= found - value <= high * value and found != 0
    if math.isclose(value, found, rel_tol=1e-6):
        return True
    if not result.rounded:
        return False
    if not number.digits:
        return number.kind == "percent" and abs(value - found) <= 1
    last = last_place(number)
    return -last / 2 <= found - value < last and (number.kind == "percent" or abs(found - value) <= _ROUNDED * value)


def last_place(number: Number) -> float:
    """What one in the last place of a number is worth: 0.01 of "2.72", 100,000 of "28.9 million"."""
    figure, places = stated(number.text, number.value), _PLACES.search(number.text)
    scale = number.value / figure if figure else 1.0
    return scale * 10.0 ** -(len(places[1]) if places else 0)


def may_be(number: Number, value: float) -> bool:
    """Whether a number can be meant for a value: rounded to its figures, two at least, or said to be near it."""
    if number.near:
        return abs(number.value - value) <= 0.15 * abs(value)
    figures = max(2, figures_in(number.value))
    return abs(value - number.value) < last_place(number) or float(f"{value:.{figures}g}") == number.value


def written(number: Number, value: float) -> str:
    """A value as a number is written: "32p" beside "34p"."""
    figure = stated(number.text, number.value)
    shown = value * figure / number.value if number.value else value
    figures = f"{shown:,.2f}".rstrip("0").rstrip(".")
    if "." not in number.text and shown >= 100:
        figures = f"{shown:,.0f}"
    return re.sub(r"\d(?:[\d.,]*\d)?", figures, number.text, count=1) if number.digits else figures
