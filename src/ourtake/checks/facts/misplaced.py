"""FCT003, and FCT004 for dates, for a number that the documents have, but only where they are about something else,
while they have another one for what the take's sentence says: "25 colleagues" where a document has 25 topics, and
elsewhere 17 colleagues.

How strongly a sentence of a document supports a number is counted in words: those that it shares with the take's
sentence, and once more those that it and its neighbours share with the take's sentence and the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.compare import Match, are_alike, equal, figures_in
from ourtake.checks.facts.days import is_date_of_any, linked
from ourtake.checks.facts.decision import Row, least_lead
from ourtake.checks.facts.index import by_figure, comparable, passage_content, stated
from ourtake.checks.facts.number_claims import NumberClaim
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import sentence_terms, terms
from ourtake.documents import SOURCE
from ourtake.text.numbers import Number, numbers_between
from ourtake.text.sentences import sentences
from ourtake.text.stemming import stems

_SAME_NOUN, _AT_HAND = 2, 3
"""What a number's own noun counts for, and a document that is the source or linked in the paragraph."""

_BONDED = 3
"""A bond (compare.py) above which the documents have a number for the same thing."""

_NEAR = 300
"""Characters on both sides of a number within which a take says the document's other number as well."""

_RARE = 3
"""Figures of a number that two texts hardly share by chance: 611."""

PLAINLY = 9
"""Lead of the other number from which it is an error."""

_PEOPLE = frozenset(
    stems(
        (
            "people person individual man woman men women colleague staff employee worker member user visitor reader "
            "participant "
            "respondent expert resident voter student official volunteer recruit hire attendee fed"
        ).split()
    )
)
"""Words for people of which one may replace another: "17 colleagues" are "17 people across the office"."""

_SUPPOSING = re.compile(r"\b(?:if|would|could|might|imagine|suppose)\b|['\u2019]d\b", re.IGNORECASE)

_KINDS = ("count", "money", "percent", "quantity")


class _Features(NamedTuple):
    """`support`: of the take's own number, in words; `bare`: one of two counts doesn't say what it counts."""

    support: int
    bare: bool


_ROWS: tuple[Row[_Features], ...] = (
    Row("the documents say much of the take's own number", lambda f: f.support > 10, inf),
    Row("bare counts, and a good deal is said of the take's own", lambda f: f.bare and f.support > 5, inf),
    Row("bare counts, and something is said of the take's own", lambda f: f.bare and f.support > 3, PLAINLY),
    Row("bare counts", lambda f: f.bare, 7),
    Row("of the same noun or unit, and little is said of the take's own", lambda f: f.support <= 5, 6),
    Row("of the same noun or unit", lambda f: True, PLAINLY),
)


class _Context(NamedTuple):
    """What a take says around a number: the words of its sentence, with those of the one before; documents at hand."""

    number: Number
    around: frozenset[str]
    wide: frozenset[str]
    at_hand: frozenset[str]
    supposed: bool


def misplaced(case: Case, claim: NumberClaim) -> Match | None:
    """The other number that the documents have for the same thing, with its lead. The number was found, but not plainly
    for the same thing; the take must not mention the other number nearby.
    """
    number, same = claim.number, claim.compared.same
    if not _may_be_misplaced(claim):
        return None
    at_hand = linked(case, claim.field, number.start) | {SOURCE}
    alike = _written_alike(case, number) + ([(same.document, same.number)] if same is not None else [])
    if number.kind == "date":
        unlikely = is_date_of_any(case, number)
    else:
        unlikely = figures_in(number.value) >= _RARE and any(document.name in at_hand for document, _ in alike)
    if not alike or unlikely:
        return None
    context = _context(case, claim, at_hand)
    support = max(_support(context, document, one) for document, one in alike)
    least = {bare: least_lead(_ROWS, _Features(support, bare)) for bare in (False, True)}
    around = numbers_between(case.text(claim.field), number.start - _NEAR + 1, number.start + _NEAR)
    near = [one for one in around if one.start != number.start]
    best: Match | None = None
    for document, other, bare in _others(case, context) if min(least.values()) < inf else ():
        lead = _support(context, document, other) - support
        if lead < least[bare] or (best is not None and lead <= best.bond):
            continue
        if not any(_is_same(one, other) for one in near):
            # A count without its noun may be of anything, and a number of three figures is seldom misplaced.
            doubtful = bare or (other.kind != "date" and figures_in(number.value) >= _RARE)
            best = Match(document, other, min(lead, PLAINLY - 1) if doubtful else lead)
    return best


def _may_be_misplaced(claim: NumberClaim) -> bool:
    number, same = claim.number, claim.compared.same
    if number.kind == "date":
        return same is not None
    if number.kind not in _KINDS or (number.kind == "percent" and not number.digits):
        return False  # "eight in ten" may be 82 per cent
    return claim.known if same is None else same.bond <= _BONDED


def _is_same(one: Number, other: Number) -> bool:
    """Whether two numbers are written with the same figure, or one supports the other."""
    if other.kind != "date" and stated(one.text, one.value) == stated(other.text, other.value):
        return True
    return one.kind == other.kind and (equal(one, other) or equal(other, one))


def _context(case: Case, claim: NumberClaim, at_hand: frozenset[str]) -> _Context:
    text, sentence = case.text(claim.field), claim.sentence
    at = sentence_at(text, claim.number.start)
    around = claim.around
    before = sentences(text)[at - 1] if at else None
    close = before is not None and "\n\n" not in text[before.end : sentence.start]
    wide = around | terms(before.text) if before is not None and close else around
    return _Context(claim.number, around, wide, at_hand, supposed=_SUPPOSING.search(sentence.text) is not None)


def _written_alike(case: Case, number: Number) -> list[tuple[Document, Number]]:
    """The documents' numbers that are written with the same figure, whatever they measure; of dates those that support
    the date.
    """
    if number.kind == "date":
        rows = ((document, row.number) for document in case.documents for row in comparable(document, number))
        return [(document, one) for document, one in rows if equal(number, one)]
    figure = stated(number.text, number.value)
    return [
        (document, one)
        for document in case.documents
        for one in by_figure(document.text).get(figure, ())
        if one.kind in _KINDS
    ]


def _others(case: Case, context: _Context) -> Iterator[tuple[Document, Number, bool]]:
    """The documents' numbers of the same kind, and of the same thing as far as both say what they count, that are not
    of the same value; whether one does not say it.
    """
    number = context.number
    for document in case.documents:
        for row in comparable(document, number):
            other = row.number
            nouns = _nouns(number, other) if number.kind == "count" else 1
            if (number.kind == "date" and not are_alike(number, other)) or other.text.casefold().startswith("a "):
                continue
            bare = nouns == 0 and other.digits == number.digits and not context.supposed
            if (nouns > 0 or bare) and not equal(number, other):
                yield document, other, bare


def _nouns(one: Number, two: Number) -> int:
    """1 if both count the same thing, or people, -1 if they count different ones, 0 if one does not say."""
    if not one.counted or not two.counted:
        return 0
    same = not set(one.counted).isdisjoint(two.counted)
    return 1 if same or not (_PEOPLE.isdisjoint(one.counted) or _PEOPLE.isdisjoint(two.counted)) else -1


def _support(context: _Context, document: Document, number: Number) -> int:
    """How much a document says, around a number, of what the take says around its own."""
    at = sentence_at(document.text, number.start)
    shared = len(context.around & sentence_terms(document.text, at)) + len(
        context.wide & passage_content(document.text, at)
    )
    return shared + _SAME_NOUN * _nouns(context.number, number) + _AT_HAND * (document.name in context.at_hand)
