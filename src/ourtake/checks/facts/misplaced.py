"""FCT003, and FCT004 for dates, for a number that the documents have, but only where they tell of something else, while
another one stands where they tell of what the take's sentence says: "25 colleagues" where a document has 25 topics, and
elsewhere 17 colleagues.

How much a document's number is told of there is counted in words: those that the two sentences share, and once more
those that the take's sentence and the one before it share with the document's sentence and its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.compare import Compared, Match, are_alike, equal, figures_in, is_published
from ourtake.checks.facts.index import by_figure, passage_content, rows_beside, sentence_content, stated
from ourtake.checks.passages import SOURCE, sentence_at
from ourtake.checks.sentences import terms
from ourtake.documents import FieldName
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.sentences import sentences
from ourtake.text.stems import stem

_SAME_NOUN, _AT_HAND = 2, 3
"""What a number's own noun counts for, and a document that is the source or linked in the paragraph."""

_BONDED = 3
"""A bond (figures.py) above which a number stands where the documents tell of the same."""

_NEAR = 300
"""Characters on both sides of a number within which a take says the document's other number as well."""

_TELLING = 3
"""Figures of a number that is hardly met by chance: 611."""

PLAINLY = 9
"""How much more has to be told of the other number for an error, and where a good deal is told of the take's own."""

_MOST, _LITTLE = 10, 5
"""The most that may be told of the take's number, and what is little for numbers of one noun or unit."""

_APART, _LITTLE_BARE, _APART_BARE = 6, 3, 7
"""How much more has to be told of the other number then; and the same for counts of which one has no noun."""

_PEOPLE = frozenset(
    stem(word)
    for word in (
        "people person man woman men women colleague staff employee worker member user visitor reader participant "
        "respondent expert resident voter "
        "student official volunteer recruit hire attendee fed"
    ).split()
)
"""Words for people of which one may stand for another: "17 colleagues" are "17 people across the office"."""

_SUPPOSING = re.compile(r"\b(?:if|would|could|might|imagine|suppose)\b|['\u2019]d\b", re.IGNORECASE)

_KINDS = ("count", "money", "percent", "quantity")


class _Said(NamedTuple):
    """What a take says around a number: the words of its sentence, with those of the one before, the documents at hand;
    whether it supposes.
    """

    number: Number
    around: frozenset[str]
    wide: frozenset[str]
    at_hand: frozenset[str]
    supposed: bool


def may_be_misplaced(number: Number, compared: Compared) -> bool:
    """Whether a number was found, but not plainly where the documents tell of the same."""
    if number.kind == "date":
        return compared.same is not None
    if number.kind not in _KINDS or (number.kind == "percent" and not number.digits):
        return False  # "eight in ten" may be 82 per cent
    return compared.known if compared.same is None else compared.same.bond <= _BONDED


def misplaced(
    case: Case, field: FieldName, number: Number, *, same: Match | None, linked: frozenset[str]
) -> Match | None:
    """The other number that the documents have for the same thing, with how much more is told of it there. `same`: what
    bears the number out; `linked`: the articles to which its paragraph links.
    """
    at_hand = linked | {SOURCE}
    alike = _written_alike(case, number) + ([(same.document, same.number)] if same is not None else [])
    if number.kind == "date":
        unlikely = any(is_published(document, number) for document in case.documents)
    else:
        unlikely = figures_in(number.value) >= _TELLING and any(document.name in at_hand for document, _ in alike)
    if not alike or unlikely:
        return None
    said = _said(case.text(field), number, at_hand=at_hand)
    told = max(_told(said, document, one) for document, one in alike)
    return _other(case, field, said, told=told) if told <= _MOST else None


def _other(case: Case, field: FieldName, said: _Said, *, told: int) -> Match | None:
    """The number of which most more is told, where that is enough; the take itself must not say it near by."""
    start = said.number.start
    near = [one for one in numbers_in(case.text(field)) if one.start != start and abs(one.start - start) < _NEAR]
    figures = {stated(one.text, one.value) for one in near}
    best: Match | None = None
    for document, other, bare in _others(case, said):
        little, apart = (_LITTLE_BARE, _APART_BARE) if bare else (_LITTLE, _APART)
        if bare and told > _LITTLE:
            continue
        more = _told(said, document, other) - told
        if more < (apart if told <= little else PLAINLY) or (best is not None and more <= best.bond):
            continue
        said_as_well = other.kind != "date" and stated(other.text, other.value) in figures
        if not said_as_well and not any(
            one.kind == other.kind and (equal(one, other) or equal(other, one)) for one in near
        ):
            # A count without its noun may be of anything, and a telling figure is seldom put where it does not belong.
            doubtful = bare or (other.kind != "date" and figures_in(said.number.value) >= _TELLING)
            best = Match(document, other, min(more, PLAINLY - 1) if doubtful else more)
    return best


def _said(text: str, number: Number, *, at_hand: frozenset[str]) -> _Said:
    listed = sentences(text)
    at = sentence_at(text, number.start)
    sentence = listed[at]
    around = terms(text[sentence.start : number.start] + " " + text[number.end : sentence.end])
    before = at and "\n\n" not in text[listed[at - 1].end : sentence.start]
    wide = around | terms(listed[at - 1].text) if before else around
    return _Said(number, around, wide, at_hand, supposed=_SUPPOSING.search(sentence.text) is not None)


def _written_alike(case: Case, number: Number) -> list[tuple[Document, Number]]:
    """The documents' numbers that are written with the same figure, whatever they measure; of dates those that bear the
    date out.
    """
    if number.kind == "date":
        return [
            (document, held.number)
            for document in case.documents
            for held in rows_beside(document, number)
            if equal(number, held.number)
        ]
    figure = stated(number.text, number.value)
    return [
        (document, one)
        for document in case.documents
        for one in by_figure(document.text).get(figure, ())
        if one.kind in _KINDS
    ]


def _others(case: Case, said: _Said) -> Iterator[tuple[Document, Number, bool]]:
    """The documents' numbers of the same kind, and of the same thing as far as both say what they count, that are not
    of the same value; whether one does not say it.
    """
    number = said.number
    for document in case.documents:
        for held in rows_beside(document, number):
            other = held.number
            nouns = _nouns(number, other) if number.kind == "count" else 1
            if (number.kind == "date" and not are_alike(number, other)) or other.text.casefold().startswith("a "):
                continue
            if (nouns > 0 or (not nouns and other.digits == number.digits and not said.supposed)) and not equal(
                number, other
            ):
                yield document, other, not nouns


def _nouns(one: Number, two: Number) -> int:
    """1 where both count the same thing, or people, -1 where they count different ones, 0 where one does not say."""
    if not one.counted or not two.counted:
        return 0
    same = not set(one.counted).isdisjoint(two.counted)
    return 1 if same or not (_PEOPLE.isdisjoint(one.counted) or _PEOPLE.isdisjoint(two.counted)) else -1


def _told(said: _Said, document: Document, number: Number) -> int:
    """How much a document tells, around a number, of what the take says around its own."""
    at = sentence_at(document.text, number.start)
    shared = len(said.around & sentence_content(document.text, at)) + len(
        said.wide & passage_content(document.text, at)
    )
    return shared + _SAME_NOUN * _nouns(said.number, number) + _AT_HAND * (document.name in said.at_hand)
