"""Numbers that the documents have in another form: as characters that were read as something else, in one word, on a
clock, or with their unit left out in the take.
"""

from __future__ import annotations

import re

from ourtake.checks.base import Case
from ourtake.checks.facts.compare import equal
from ourtake.checks.facts.index import LEAST_BARE, by_figure, comparable
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import sentence_terms
from ourtake.text.numbers import Number
from ourtake.text.tokens import find_words, tokenize

_AS_MUCH = {
    ("metre", "mile"): 1 / 1609.344, ("metre", "mph"): 1 / 1609.344, ("metre", "foot"): 3.28084,
    ("metre", "inch"): 39.3701, ("hectare", "acre"): 2.47105, ("litre", "gallon"): 0.264172, ("mile", "foot"): 5280.0,
}  # fmt: skip
"""How many of the second unit one of the first is."""

_CONVERTED = 0.02
"""How far, as a share, a converted number may be rounded."""

_ORDINALS = "years?|seasons?|editions?|anniversary|birthday|times?"

_LONG = {12.0: "year", 120.0: "decade", 1200.0: "century"}


def has_characters(case: Case, number: Number) -> bool:
    """Whether the very characters of a number are in a document, where they were read as something else."""
    if (number.kind == "percent" and not number.digits) or (number.kind == "date" and number.text.isalpha()):
        return False  # "a quarter" is a time of the year, too, and "may" is not always a month
    if number.kind == "count" and number.digits and number.value < 100:
        bare = re.compile(rf"(?<![\w.,]){re.escape(number.text)}(?!\w|[.,]\d|[.)]\s)")
        return any(number.text in document.text and bare.search(document.text) for document in case.documents)
    words = tokenize(number.text).words
    return bool(words) and any(find_words(words, tokenize(document.text)) is not None for document in case.documents)


def has_span(case: Case, number: Number) -> bool:
    """Whether a document says a span of time in one word or on a clock: "decade-long" for ten years, "2:25" for two
    minutes and 25 seconds.
    """
    if number.kind != "quantity":
        return False
    if number.unit == "month":
        return number.value in _LONG and any(_LONG[number.value] in document.text for document in case.documents)
    one, two = divmod(int(number.value), 60)
    return (
        number.unit == "second" and two > 0 and any(f"{one}:{two:02}" in document.text for document in case.documents)
    )


def has_other_unit(case: Case, number: Number) -> bool:
    """Whether a document has a quantity in another unit, rounded, or with its unit in one letter: "5.68 m"."""
    if number.kind != "quantity" or not number.digits:
        return False
    if number.unit == "metre":
        short = re.compile(rf"(?<![\w.,]){re.escape(number.text.split()[0])}\sm\b")
        if any(short.search(document.text) for document in case.documents):
            return True
    for (one, two), factor in _AS_MUCH.items():
        for unit, times in ((one, factor), (two, 1 / factor)):
            if number.unit != (two if unit == one else one):
                continue
            wanted = number._replace(unit=unit)
            rows = (row.number for document in case.documents for row in comparable(document, wanted))
            values = (row.value * times for row in rows if row.kind == "quantity" and row.unit == unit)
            if any(abs(value - number.value) <= _CONVERTED * value for value in values):
                return True
    return False


def has_ordinal(case: Case, number: Number) -> bool:
    """Whether a document has so many years as an ordinal: "the 46th year"."""
    if number.kind != "quantity" or number.unit != "month" or number.value % 12:
        return False
    pattern = re.compile(rf"\b{int(number.value) // 12}(?:st|nd|rd|th)\s(?:{_ORDINALS})\b")
    return any(pattern.search(document.text) for document in case.documents)


def has_roughly(case: Case, number: Number) -> bool:
    """Whether a document has about the number that is said roughly and in words, whatever it counts there."""
    if number.near != "about" or number.digits:
        return False
    return any(equal(number, row.number) for document in case.documents for row in comparable(document, number))


def has_with_unit(case: Case, number: Number, around: frozenset[str]) -> bool:
    """Whether a bare number is a document's whose unit is left out: "17 per cent, up from nine"; "68 per cent leave at
    twenty", after 20 seconds.
    """
    if number.kind != "count" or number.digits or number.counted or number.value < LEAST_BARE:
        return False
    return any(
        one.kind in ("money", "percent", "quantity")
        and not around.isdisjoint(sentence_terms(document.text, sentence_at(document.text, one.start)))
        for document in case.documents
        for one in by_figure(document.text).get(number.value, ())
    )
