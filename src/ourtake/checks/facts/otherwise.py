"""Numbers that the documents have in another form: as characters that were read as something else, in one word, on a
clock, or with their unit left out in the take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.base import Case
from ourtake.checks.facts.compare import equal
from ourtake.checks.facts.index import LEAST_BARE, by_figure, comparable, stated
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import sentence_terms
from ourtake.text.numbers import Number
from ourtake.text.stemming import stems
from ourtake.text.tokens import find_words, tokenize
from ourtake.text.units import counted

_AS_MUCH = {
    ("metre", "mile"): 1 / 1609.344, ("metre", "mph"): 1 / 1609.344, ("metre", "foot"): 3.28084,
    ("metre", "inch"): 39.3701, ("hectare", "acre"): 2.47105, ("litre", "gallon"): 0.264172, ("mile", "foot"): 5280.0,
    ("gram", "pound"): 1 / 453.592, ("gram", "ton"): 1 / 907185.0, ("foot", "inch"): 12.0,
}  # fmt: skip
"""How many of the second unit one of the first is."""

_LETTERS = {"metre": "m", "litre": "l", "gram": "g", "hectare": "ha"}
"""Units that documents write in a letter after a space."""

_CONVERTED = 0.02
"""How far, as a share, a converted number may be rounded."""

_VERBS = ("May", "March")

_YEARLY = frozenset(stems("anniversary birthday season".split()))

_LONG = {12.0: "year", 120.0: "decade", 1200.0: "century"}


def has_characters(case: Case, number: Number) -> bool:
    """Whether the very characters of a number are in a document, where they were read as something else."""
    if (number.kind == "percent" and not number.digits) or (number.kind == "date" and number.text in _VERBS):
        return False  # "a quarter" is a time of the year, too, and "may" is not always a month
    if number.kind == "date" and number.text.isalpha():
        # "June Bloggs" is not a month.
        alone = re.compile(rf"\b{re.escape(number.text)}\b(?!\s[A-Z][a-z])")
        return any(number.text in document.text and alone.search(document.text) for document in case.documents)
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


def has_other_unit(case: Case, text: str, number: Number) -> bool:
    """Whether a document has a quantity of a text in another unit, rounded, or with its unit in one letter."""
    unit = "pound" if number.kind == "money" and number.text.endswith(("pound", "pounds")) else number.unit
    if number.kind != "quantity" and unit != "pound":
        return False
    if unit in _LETTERS and number.digits:
        short = re.compile(rf"(?<![\w.,]){re.escape(number.text.split()[0])}\s{_LETTERS[unit]}\b")
        if any(short.search(document.text) for document in case.documents):
            return True
    if unit == "degree":
        return _has_other_degrees(case, text, number)
    return any(
        abs(value - number.value) <= _CONVERTED * value
        for (one, two), factor in _AS_MUCH.items()
        for other, times in ((one, factor), (two, 1 / factor))
        if unit == (two if other == one else one)
        for value in _values(case, number, other, times)
    )


def _values(case: Case, number: Number, unit: str, times: float) -> Iterator[float]:
    """The documents' quantities of a unit, `times` each."""
    wanted = number._replace(kind="quantity", unit=unit) if unit != "pound" else number._replace(kind="money", unit="")
    for document in case.documents:
        for row in comparable(document, wanted):
            if row.number.unit == unit or row.number.text.endswith(("pound", "pounds")):
                yield stated(row.number.text, row.number.value) * times if unit == "pound" else row.number.value * times


_SCALE = re.compile(r"\s?(?:\u00b0\s?)?(c|f|celsius|centigrade|fahrenheit)\b", re.IGNORECASE)
_UNIT_OF_SCALE = re.compile(r"\u00b0\s?([cf])\Z", re.IGNORECASE)


def _scale(text: str, number: Number) -> str:
    """The scale of a temperature: "c", "f", or nothing if the text doesn't say it."""
    found = _UNIT_OF_SCALE.search(number.text) or _SCALE.match(text, number.end)
    return found[1][0].lower() if found else ""


def _has_other_degrees(case: Case, text: str, number: Number) -> bool:
    """Whether a document has a temperature in the other scale. One of the two must be named: degrees are of an angle,
    too.
    """
    own = _scale(text, number)
    for document in case.documents:
        for row in comparable(document, number):
            theirs, value = _scale(document.text, row.number), row.number.value
            wanted = own or {"c": "f", "f": "c"}.get(theirs, "")
            if wanted and wanted != theirs:
                converted = value * 9 / 5 + 32 if wanted == "f" else (value - 32) * 5 / 9
                if abs(converted - number.value) <= 1:
                    return True
    return False


def has_ordinal(case: Case, number: Number) -> bool:
    """Whether a document has as many years, days or others as an ordinal: "the 46th year", "its twelfth season"; an
    anniversary or birthday is one of years.
    """
    if number.kind not in ("quantity", "count"):
        return False
    figure = stated(number.text, number.value)
    nouns = {*number.counted, *stems(tokenize(number.text).words), *(("year",) if not number.counted else ())}
    return any(
        one.kind == "ordinal" and one.value == figure and _counted_by(document.text, one) & nouns
        for document in case.documents
        for one in by_figure(document.text).get(figure, ())
    )


def _counted_by(text: str, ordinal: Number) -> frozenset[str]:
    """What an ordinal counts: the stems of the words after it."""
    found = frozenset(counted(text, ordinal.end))
    return found | {"year"} if found & _YEARLY else found


def has_roughly(case: Case, number: Number) -> bool:
    """Whether a document has about the number that is said roughly and in words, whatever it counts there."""
    if number.near != "about" or number.digits:
        return False
    return any(equal(number, row.number) for document in case.documents for row in comparable(document, number))


def has_with_unit(case: Case, number: Number, around: frozenset[str]) -> bool:
    """Whether a bare number is a document's number with its unit left out: "17 per cent, up from nine"; "68 per cent
    leave at twenty", after 20 seconds.
    """
    if number.kind != "count" or number.digits or number.counted or number.value < LEAST_BARE:
        return False
    return any(
        one.kind in ("money", "percent", "quantity")
        and not around.isdisjoint(sentence_terms(document.text, sentence_at(document.text, one.start)))
        for document in case.documents
        for one in by_figure(document.text).get(number.value, ())
    )
