"""Numbers that a writer worked out from those of the documents: a difference, sum or share, half of one or twice it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from ourtake.checks.base import Case
from ourtake.checks.facts.compare import Match, same_noun
from ourtake.checks.facts.decision import SAME_THING
from ourtake.checks.facts.index import comparable
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import sentence_terms, terms_around
from ourtake.text.markdown import Span
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.parsed import kept

SUM = 1.0
"""Among the factors of a number that may be worked out: it may be a sum or a difference."""

DIFFERENCE = -1.0
"""The same where words beside it say that it is a difference or sum: "154 fewer", "fell by 154"; a document's own
number of the same thing says nothing against that.
"""

_DIFFERENCE_AFTER = re.compile(
    r"(?:\s\w+){0,2}?\s(?:more|fewer|less|higher|lower|longer|shorter|cheaper|extra|short|apart)\b", re.IGNORECASE
)
_SUM_AFTER = re.compile(
    r"(?:\s\w+){0,2}?\s(?:more|fewer|less|higher|lower|longer|shorter|cheaper|extra|short|points?|apart|in all|in "
    r"total|together"
    r"|altogether|of (?:its|their|the|those|these))\b",
    re.IGNORECASE,
)
_SUM_BEFORE = re.compile(
    r"\b(?:difference|gap|drop|rise|fall|fell|dropped|rose|total|loss|lost|gain|gained|another|remaining|saving|saved|"
    r"spread|margin|jump|cut)"
    r"(?: (?:of|by|is|was))?(?: (?:some|about|almost|nearly|only|just))? \Z",
    re.IGNORECASE,
)
_IN_ALL = re.compile(r"\b(?:together|altogether|combined|in all|all told|(?:between|among) them)\b", re.IGNORECASE)
_ADDED = ("count", "money", "percent", "quantity")
"""What sums and differences are made of: "154 tonnes fewer", too."""

_FACTORS = {
    "half": 0.5,
    "halved": 0.5,
    "twice": 2.0,
    "double": 2.0,
    "doubled": 2.0,
    "treble": 3.0,
    "triple": 3.0,
    "a third": 1 / 3,
}
_FACTOR = re.compile(rf"\b(?:{'|'.join(sorted(_FACTORS, reverse=True))})\b", re.IGNORECASE)


def reckoned_by(text: str, number: Number, sentence: Span) -> list[float]:
    """How the writer may have worked out a number: a difference, a sum or a share ("85 fewer", "a gap of 12", "700 of
    its"), or, where the sentence says so, half or twice another.
    """
    before = _SUM_BEFORE.search(text, max(0, number.start - 24), number.start)
    summed = before or _SUM_AFTER.match(text, number.end) or _IN_ALL.search(text, sentence.start, sentence.end)
    multiples = [_FACTORS[match[0].casefold()] for match in _FACTOR.finditer(text, sentence.start, number.start)]
    compared = [DIFFERENCE] if before or _DIFFERENCE_AFTER.match(text, number.end) else []
    return [SUM, *compared, *multiples] if summed else multiples


def is_reckoned(case: Case, text: str, number: Number, sentence: Span, *, other: Match | None) -> bool:
    """Whether a number of a text is a sum or a share of the documents' numbers, or a multiple of one of them, and says
    so. `other`: the documents' other number of the same thing: "fifteen of the errors" is not a sum where a document
    says "eleven of the errors", whatever adds up to fifteen.
    """
    factors = reckoned_by(text, number, sentence)
    stands = other is not None and other.bond > SAME_THING and same_noun(number, other.number)
    if not factors or (stands and DIFFERENCE not in factors):
        return False
    around = terms_around(text, sentence, number.start, number.end)
    return (SUM in factors and _is_sum(case, number, around)) or _times_one(case, number, factors)


def _is_sum(case: Case, number: Number, around: frozenset[str]) -> bool:
    """Whether it is the difference, the sum, or the share of two numbers in one sentence: 85 fewer than 240
    are 155.
    """
    if number.kind not in _ADDED or number.value <= 0:
        return False
    return any(
        kind == number.kind and _is_as_much(number, value) and _tells_of(document.text, places, around)
        for document in case.documents
        for kind, value, places in _sums(document.text)
    )


def _is_as_much(number: Number, value: float) -> bool:
    return (
        number.value < value <= 1.1 * number.value
        if number.near == "over"
        else abs(number.value - value) <= 1e-6 * value
    )


def _times_one(case: Case, number: Number, factors: Sequence[float]) -> bool:
    """Whether it is a multiple of a number of its kind: half of 1.1 million is 550,000."""
    wanted = [number.value / factor for factor in factors if factor not in (SUM, DIFFERENCE)]
    rows = (
        [mention.number.value for document in case.documents for mention in comparable(document, number)]
        if wanted
        else []
    )
    return any(abs(real - value) <= 1e-6 * value for real in rows for value in wanted)


def _tells_of(text: str, sentences: tuple[int, int], around: frozenset[str]) -> bool:
    """Whether the sentences of the numbers share a word with that of the sum: some number or other is the difference of
    two somewhere.
    """
    return any(not around.isdisjoint(sentence_terms(text, index)) for index in sentences)


@kept
def _sums(text: str) -> tuple[tuple[str, float, tuple[int, int]], ...]:
    found: list[tuple[str, float, tuple[int, int]]] = []
    numbers = [number for number in numbers_in(text) if number.kind in _ADDED and number.value > 0]
    money = [number for number in numbers if number.kind == "money"]
    for one, two in dict.fromkeys([*itertools.pairwise(numbers), *itertools.pairwise(money)]):
        places = sentence_at(text, one.start), sentence_at(text, two.start)
        if places[1] - places[0] > 1:
            continue
        if one.kind == two.kind and one.unit == two.unit:
            kinds = (one.kind, "count") if one.kind == "percent" else (one.kind,)
            found += [
                (kind, round(value, 6), places)
                for value in (abs(one.value - two.value), one.value + two.value)
                if value
                for kind in kinds
            ]
        elif {one.kind, two.kind} == {"percent", "count"}:
            found.append(("count", one.value * two.value / 100, places))
    return tuple(found)


def may_be_worked_out(case: Case, number: Number) -> bool:
    """Whether it is the sum or difference of any two numbers of its kind and unit that a document has, or a multiple of
    one of them.
    """
    for document in case.documents:
        numbers = [mention.number for mention in comparable(document, number)]
        values = {one.value for one in numbers if one.unit == number.unit and one.value > 0}
        for one, two in itertools.combinations(values, 2):
            if any(abs(found - number.value) <= 1e-6 * found for found in (one + two, abs(one - two))):
                return True
        if any(abs(factor * value - number.value) <= 1e-6 * value for value in values for factor in (0.5, 2.0)):
            return True
    return False
