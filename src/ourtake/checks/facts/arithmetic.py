"""Numbers that a writer worked out from those of the documents: a difference, sum or share, half of one or twice it."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from operator import add, mul, sub

from ourtake.checks.base import Case
from ourtake.checks.facts.compare import Match, same_noun
from ourtake.checks.facts.decision import SAME_THING
from ourtake.checks.facts.index import comparable
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import sentence_terms, terms_around
from ourtake.text.markdown import Span
from ourtake.text.numbers import Number, numbers_between, numbers_in
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
_COMES_TO = re.compile(
    r"(?:\b(?:is|are|makes?|made|comes? to|came to|adds? up to|works? out at|amounts? to|call it|equals?|that is)|"
    r"['\u2019]s|(, or))"
    r"\s(?:(?:about|some|nearly|roughly|almost|just|only|over|around) )?[^\w\s]?\Z"
)
"""Before a number that sums up those before it; ", or" is also before what is merely another choice."""

_NEAR, _ROUGHLY = 240, 0.04
"""Characters before a sentence in which it finds the numbers that it sums up, and how far off "about" may be, as a
share.
"""

_MOST_NEAR = 20
"""Numbers that are combined with each other; no writer sums up more in one sentence."""

_OF = re.compile(r"\s(?:out )?of (?:(?:the|its|his|her|their|that|those|these|each|every) )?")
"""After a number that is a part of the next: "8 per cent, which is 32p of the \u00a34"."""

_SIGNS: Mapping[str, Callable[[float, float], float]] = {
    "less": sub,
    "minus": sub,
    "plus": add,
    "and": add,
    "times": mul,
}
_SET_OUT = re.compile(r"[^.;:]{0,40}?[,(]\s?(?:which|that) (?:is|are|was|makes?)\s|[^.;:]{0,40}?[,(]\s?(?:or|being)\s")
"""Between a number and the two that it is made of: "42 clerks, which is 82 less 40"."""

_SPANS = (7, 12, 24, 52, 60, 365)
"""What a day, a week, a month or a year is counted up by."""

_ADDED = ("count", "money", "percent", "quantity")
"""What sums and differences are made of: "154 tonnes fewer", too."""

_EACH = re.compile(r"(?:\s\w+){0,2}?\s(?:an?|per|each|every|apiece)\b")
_DECIMALS = re.compile(r"\.(\d+)")

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


def is_worked_out(text: str, number: Number, sentence: Span) -> bool:
    """Whether the take itself works a number out of others in the same sentence or the one before: "Nineteen a day is
    133 a week", "fourteen of 1,940; that's 0.7 per cent", "8 per cent, which is 32p of the \u00a34".
    """
    if is_set_out(text, number, sentence):
        return True
    comes_to = _COMES_TO.search(text, max(0, number.start - 40), number.start)
    if not number.digits or comes_to is None:
        return False
    begin = text.rfind("\n\n", 0, number.start) + 1
    told = [*numbers_between(text, max(begin, sentence.start - _NEAR), number.start)[-_MOST_NEAR:]]
    part = _OF.match(text, number.end)
    if part is not None:
        told += [one for one in numbers_between(text, part.end(), sentence.end)[:1] if one.start == part.end()]
    told = [one for one in told if one.kind not in ("date", "ordinal", "time") and one.value > 0]
    if comes_to[1] and not _is_of_one_of(text, number, told):
        return False
    near = [one.value for one in told]
    whole = {found for one, two in itertools.combinations(near, 2) for found in (one + two, abs(one - two), one * two)}
    whole.update(one * days for one in near for days in _SPANS)
    whole.update(
        one.value * two.value / 100
        for one, two in itertools.permutations(told, 2)
        if one.kind == "percent" and two.kind == number.kind
    )
    share = number.kind == "percent"
    parts = {(100 if share else 1) * one / two for one, two in itertools.permutations(near, 2)}
    if number.near == "about":
        return any(abs(found - number.value) <= _ROUGHLY * number.value for found in whole | parts)
    decimals = _DECIMALS.search(number.text)
    rounded = 0.5 * 10.0 ** -(len(decimals[1]) if decimals else 0) if share or _EACH.match(text, number.end) else 0.0
    return any(abs(found - number.value) <= 1e-6 * found for found in whole) or any(
        abs(found - number.value) <= rounded for found in parts
    )


def is_set_out(text: str, number: Number, sentence: Span) -> bool:
    """Whether the two numbers that a number is made of follow it: "42 clerks, which is 82 less 40"."""
    match = _SET_OUT.match(text, number.end, sentence.end)
    if match is None:
        return False
    one, two = [*numbers_between(text, match.end(), sentence.end), None, None][:2]
    if one is None or two is None or one.start != match.end():
        return False
    sign = _SIGNS.get((text[one.end : two.start].split() or [""])[-1])
    return sign is not None and math.isclose(sign(one.value, two.value), number.value)


def _is_of_one_of(text: str, number: Number, told: Sequence[Number]) -> bool:
    """Whether a number is a percentage, or one of those before it is in the same unit or counts the same: "12 teams
    with 19 games each, or 228 games", but not "40 wards and 12 buses, or 480 drivers". What says no noun is a rate
    ("or 133 a week") or a share ("8 per cent of 1,950 letters, or 156").
    """
    if number.kind == "percent":
        return True
    same = [one for one in told if (one.kind, one.unit) == (number.kind, number.unit)]
    if number.kind != "count":
        return bool(same)
    if number.counted:
        return any(not set(number.counted).isdisjoint(one.counted) for one in same)
    return bool(same) and (_EACH.match(text, number.end) is not None or any(one.kind == "percent" for one in told))


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
