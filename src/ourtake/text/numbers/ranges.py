"""Numbers that are read together: ranges, and spans of time in minutes and seconds."""

from __future__ import annotations

import re

from ourtake.text.numbers.figures import figure_in
from ourtake.text.numbers.number import Number
from ourtake.text.numbers.words import words_at

_BETWEEN = re.compile(r"\s?(?:[-\u2013\u2014]|to|or)\s?|\s(?:and|a|\u00e0|al|bis|tot|til)\s")
"""Between the two ends of a range, also as other languages have it: "de 438 \u00e0 512 euros" is a range of euros."""
_AND = re.compile(r",?\s(?:and\s)?")


def ranged(text: str, found: list[Number]) -> list[Number]:
    """In "3 to 5 million euros" the first number takes the second's unit, and its scale where it is written without
    one.
    """
    for index in range(len(found) - 2, -1, -1):
        one, two = found[index], found[index + 1]
        between = text[one.end : two.start]
        if one.kind not in ("count", "money"):
            continue
        if not _BETWEEN.fullmatch(between) or (
            between == " and " and not re.search(r"\bbetween\s$", text[max(0, one.start - 9) : one.start])
        ):
            continue
        if between == " a " and (one.kind != "count" or two.kind not in ("money", "percent")):
            continue  # "de 438 a 512 euros" is a range, "$20 a 24-hour day" is not
        if one.kind == "money" and two.kind == "count":
            found[index + 1] = two = two._replace(kind="money", unit=one.unit, counted=())
        if two.kind in ("money", "percent", "quantity", "count", "time"):
            scale = _lent(one, two)
            found[index] = one._replace(value=one.value * scale, kind=two.kind, unit=two.unit, counted=two.counted)
    return found


def joined(text: str, found: list[Number]) -> list[Number]:
    """Two minutes and 25 seconds are one span of time."""
    for index in range(len(found) - 2, -1, -1):
        one, two = found[index], found[index + 1]
        if (
            one.unit == two.unit == "second"
            and two.value < 60 <= one.value
            and _AND.fullmatch(text, one.end, two.start)
        ):
            found[index : index + 2] = [
                one._replace(end=two.end, text=text[one.start : two.end], value=one.value + two.value)
            ]
    return found


def _lent(one: Number, two: Number) -> float:
    bare = re.fullmatch(r"[^\w]*(\d+(?:\.\d+)?)", one.text)
    stated = figure_in(two.text)
    if two.kind == "quantity" and not one.digits and not two.digits:
        word = words_at(two.text)
        return two.value / word.value if word and word.value else 1.0
    if not bare or not stated or two.kind == "time":
        return 1.0
    return two.value / stated
