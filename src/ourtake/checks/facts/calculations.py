"""Figures that a take works out and shows: each is one operation on two good figures.

Good is what a document has, or what was worked out before. One of the two is in the figure's sentence or the one before
it. The other is there as well, earlier in its paragraph, worked out earlier in the take, or beside the first in a
document. So a figure that is the sum of two somewhere is not taken for one of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.facts.compare import equal
from ourtake.checks.facts.derived import is_span
from ourtake.checks.facts.index import by_figure, comparable, stated
from ourtake.checks.facts.operations import Result, is_result, may_be, results, written
from ourtake.checks.passages import sentence_at
from ourtake.documents import FieldName
from ourtake.text.dates import Day
from ourtake.text.markdown import Span
from ourtake.text.numbers import Number, numbers_between, numbers_in
from ourtake.text.parsed import kept
from ourtake.text.sentences import sentences
from ourtake.values import day_of

_NO_OPERANDS = ("date", "ordinal", "time")

_LEAST = 13
"""The least bare count that is taken for a result where nothing says so: smaller ones are met by chance."""

_SPANS = (
    (12.0, "month", "year"),
    (52.0, "week", "year"),
    (7.0, "da(?:y|il)", "week"),
    (365.0, "da(?:y|il)", "year"),
    (24.0, "hour", "da(?:y|il)"),
    (60.0, "minute", "hour"),
)
"""How many of one span another has: "£656 a month is £7,872 a year"."""

_FACTORS = {"half": 0.5, "halve": 0.5, "halved": 0.5, "twice": 2.0, "double": 2.0, "doubled": 2.0, "treble": 3.0}
_FACTOR = re.compile(rf"\b(?:{'|'.join(_FACTORS)})\b", re.IGNORECASE)
_OF_ONE = re.compile(r"\s(?:of|in|from|out of) (?:every|each|the|a) (?:pound|dollar|euro)\b")
_RATE = re.compile(r"\b(?:each|every|per|apiece|times|an? (?:day|week|month|year|hour|head))\b")
_EACH = re.compile(r"(?:\s\w+){0,2}?\s(?:an?|per|each|every|apiece)\b")

_SIGN = re.compile(
    r"\s?(?:(?P<less>less|minus|\u2212)|(?P<plus>plus|\+)|(?P<by>divided by|\u00f7)"
    r"|(?P<times>times|multiplied by|\u00d7)|(?P<of>of)(?: (?:the|its|their|those|these|an?))?)?\s?\Z"
)
"""All between two numbers of a calculation; of "Twelve times £656" the first number has the word."""

_COMES_TO = re.compile(
    r"(?:\s[a-z]+){0,2}?\s(?:is|makes|make|comes to|come to|came to|leaves|left|gives|equals|=)"
    r"\s(?:(?:about|some|nearly|roughly|almost|just|only|over) )?\Z"
)
_WHICH_IS = re.compile(r"[^.;:,(]{0,50}?(?:,? \(?(?:which|that) (?:is|are|was)|, or|,? \((?:or )?)\s?\Z")


_BARE = re.compile(r"[\d.,]+")
_OLD = re.compile(r"[ -](?:(months?)|years?)[ -]old\b")


class Calculation(NamedTuple):
    """A calculation that a take writes out: where its two numbers are, and what they make."""

    one: Number
    two: Number
    result: Result


def is_calculated(case: Case, field: FieldName, number: Number) -> bool:
    """Whether a number is worked out of good ones, and the take shows of which."""
    return number.start in _calculated(case, field)


@kept
def wrong_calculations(case: Case, field: FieldName) -> Mapping[int, str]:
    """What the take works out wrongly, by where the number is, with the calculation and its result."""
    text, found = case.text(field), dict[int, str]()
    for number in numbers_in(text):
        for one, two, result in _written_out(text, number):
            like = (number.kind, number.unit) == (result.kind, result.unit)
            if like and not is_result(number, result, two) and not may_be(number, result.value):
                right = written(number, result.value)
                found[number.start] = f"{text[one.start : two.end]} is {right}, not {number.text}."
    return found


def _written_out(text: str, number: Number) -> Iterator[Calculation]:
    """The calculation of which a number is said to be the result, before it or behind it."""
    sentence = sentences(text)[sentence_at(text, number.start)]
    inside = numbers_between(text, sentence.start, sentence.end)
    at = inside.index(number) if number in inside else -1
    if at >= 2 and _COMES_TO.fullmatch(text, inside[at - 1].end, number.start):
        one, two = inside[at - 2 : at]
        if not number.counted or not two.counted or not set(number.counted).isdisjoint(two.counted):
            yield from _of_two(text, one, two)
    if 0 <= at < len(inside) - 2 and _WHICH_IS.fullmatch(text, number.end, inside[at + 1].start):
        yield from _of_two(text, *inside[at + 1 : at + 3])


def _of_two(text: str, one: Number, two: Number) -> Iterator[Calculation]:
    """What two numbers make with the sign between them; nothing without one."""
    sign = _SIGN.fullmatch(text, one.end, two.start)
    if sign is None or not two.value:
        return
    like, bare = (one.kind, one.unit) == (two.kind, two.unit), two.kind == "count"
    if one.unit == "times" and not sign.lastgroup:
        yield Calculation(one, two, Result(one.value * two.value, two.kind, two.unit))
    elif sign["of"] and one.kind == "percent" != two.kind:
        yield Calculation(one, two, Result(one.value * two.value / 100, two.kind, two.unit, rounded=True))
    elif (sign["less"] or sign["plus"]) and like:
        value = one.value - two.value if sign["less"] else one.value + two.value
        yield Calculation(one, two, Result(value, one.kind, one.unit))
    elif sign["times"] and (bare or one.kind == "count"):
        measure = one if bare else two
        yield Calculation(one, two, Result(one.value * two.value, measure.kind, measure.unit))
    elif sign["by"] and (bare or like):
        kind, unit = ("count", "") if like else (one.kind, one.unit)
        yield Calculation(one, two, Result(one.value / two.value, kind, unit, rounded=True))


@kept
def _calculated(case: Case, field: FieldName) -> frozenset[int]:
    """Where the numbers are that are worked out, each of those that are good before it or close to it."""
    text, listed = case.text(field), sentences(case.text(field))
    made = list[Number]()
    wrong = wrong_calculations(case, field)
    for number in numbers_in(text):
        if number.kind in _NO_OPERANDS or number.value <= 0 or number.start in wrong:
            continue
        in_words = number.kind == "percent" and not number.digits
        if not in_words and _has(case, number):  # "half" is everywhere, and may be half of something else
            continue
        place = sentence_at(text, number.start)
        paragraph = text.rfind("\n\n", 0, number.start) + 1
        begin = max(paragraph, listed[max(0, place - 1)].start)
        end = listed[place].end
        near = [one for one in _operands(text, begin, end) if one.start != number.start and _is_good(case, one, made)]
        early = [one for one in _operands(text, paragraph, begin) if _is_good(case, one, made)]
        if any(_same(number, one) for one in made) or _lies_between(case, text, number, Span(begin, end, text[begin:end])) or any(
            all(_is_good(case, one, made) for one in written_out[:2])
            and is_result(number, written_out.result, written_out.two)
            for written_out in _written_out(text, number)
        ):
            made.append(number)
        elif _is_made_of(case, text, number, near, [*near, *early, *made], text[begin:end]):
            made.append(number)
    return frozenset(number.start for number in made)


def _same(one: Number, two: Number) -> bool:
    return (one.kind, one.unit, one.value) == (two.kind, two.unit, two.value)


def _operands(text: str, begin: int, end: int) -> list[Number]:
    """The numbers of a stretch of text, and words that multiply; "52p of every pound" is a share, and "1 hour 26
    minutes" is one span.
    """
    found = list[Number]()
    for one in numbers_between(text, begin, end):
        if one.kind in _NO_OPERANDS or one.value <= 0:
            continue
        if one.kind == "money" and _OF_ONE.match(text, one.end):
            found.append(one._replace(kind="percent", unit="", value=100 * one.value))
        if one.kind in ("money", "quantity") and _BARE.fullmatch(one.text):
            found.append(one._replace(kind="count", unit=""))  # "$4 million to 40 wards" is not a range
        last = found[-1] if found else one
        if one.kind == "quantity" and last.unit == one.unit and text[last.end : one.start] in (" ", " and "):
            whole = text[last.start : one.end]
            found[-1] = one._replace(start=last.start, text=whole, value=last.value + one.value)
        else:
            found.append(one)
    return [*found, *_factors(text, begin, end)]


def _factors(text: str, begin: int, end: int) -> Iterator[Number]:
    for match in _FACTOR.finditer(text, begin, end):
        yield Number(match.start(), match.end(), match[0], _FACTORS[match[0].casefold()], "quantity", "times")


def _has(case: Case, number: Number) -> bool:
    """Whether a document has a number, in its unit or, where it is bare, in any."""
    for document in case.documents:
        if any(equal(number, one.number) for one in comparable(document, number)):
            return True
        if number.kind == "count" and stated(number.text, number.value) in by_figure(document.text):
            return True
    return False


def _is_good(case: Case, number: Number, made: list[Number]) -> bool:
    """Whether a number may be reckoned with: a document has it, it was worked out, or it only multiplies."""
    if number.unit == "times" and not number.digits:
        return True
    if any(_same(number, one) or one.start == number.start for one in made):
        return True
    return any(_has_parts(case, part) for part in (number,)) or _has(case, number)


def _has_parts(case: Case, number: Number) -> bool:
    """Whether a document has the money of a share ("52p of every pound") or the parts of a span."""
    parts = numbers_in(number.text)
    whole = len(parts) > 1 or (len(parts) == 1 and parts[0].kind != number.kind)
    return whole and all(_has(case, part) for part in parts)


def _is_made_of(
    case: Case, text: str, number: Number, near: list[Number], known: list[Number], around: str
) -> bool:
    """Whether one operation makes a number of one close to it and one that is known, or of one and a span of time."""
    for at, one in enumerate(near):
        for two in (*known[at + 1 :], *_beside(case, one)):
            if any(
                is_result(number, found, one) and _fits(text, number, one, two, found, around)
                for found in results(one, two)
            ):
                return True
        for many, less, more in _SPANS:
            if re.search(rf"\b{less}", around) and re.search(rf"\b(?:{more}|annual)", around):
                values = (Result(one.value * many, one.kind, one.unit), Result(one.value / many, one.kind, one.unit))
                if one.unit != "times" and any(is_result(number, value, one) for value in values):
                    return True
    return False


def _lies_between(case: Case, text: str, number: Number, near: Span) -> bool:
    """Whether a span of time lies between two dates that are close to it, or one of them and the source's day; or
    between that day and a document's, if something is so old.
    """
    own, days = day_of(case.source.published), set[Day]()
    old = _OLD.match(text, number.end) if number.kind == "count" else None
    if old:
        number = number._replace(kind="quantity", unit="month", value=number.value * (1 if old[1] else 12))
        days.update(_day(day) for one in case.documents if (day := day_of(one.published)))
    if number.kind != "quantity" or number.unit not in ("day", "month"):
        return False
    for one in numbers_between(text, near.start, near.end):
        days.update(day for day in one.days if len(one.days) == 1 and day.year and not day.decade)
    pairs = [] if old else list(combinations(sorted(days), 2))
    pairs += [(day, _day(own)) for day in days] if own else []
    return any(is_span(number, min(pair), max(pair)) for pair in pairs if pair[0] != pair[1])


def _day(text: str) -> Day:
    return Day(int(text[:4]), int(text[5:7] or 0), int(text[8:10] or 0))


def _beside(case: Case, number: Number) -> Iterator[Number]:
    """The numbers that a document has in the sentence of this one."""
    for document in case.documents:
        for row in comparable(document, number):
            if (row.number.kind, row.number.value) == (number.kind, number.value):
                sentence = sentences(document.text)[sentence_at(document.text, row.number.start)]
                yield from (
                    one._replace(start=-1)
                    for one in numbers_between(document.text, sentence.start, sentence.end)
                    if one.kind not in _NO_OPERANDS and one.start != row.number.start
                )


def _fits(text: str, number: Number, one: Number, two: Number, found: Result, around: str) -> bool:
    """Whether two numbers can have been put together for this one: like things are added up, and counts are multiplied
    where something says how often.
    """
    shown = two.start >= 0
    if not shown and not found.sum and found.kind != "percent" and two.kind != "percent":
        return False
    if found.rate:
        multiplied = not found.rounded and _RATE.search(around) is not None
        return (multiplied and number.value >= _LEAST) or (found.rounded and _EACH.match(text, number.end) is not None)
    if number.kind != "count" or not found.sum:
        return True
    if number.value < _LEAST:
        return False
    nouns = [set(each.counted) for each in (one, two) if each.counted]
    if len(nouns) == 2 and nouns[0].isdisjoint(nouns[1]):
        return False
    return not number.counted or not nouns or any(not noun.isdisjoint(number.counted) for noun in nouns)
