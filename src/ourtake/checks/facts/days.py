"""Dates of publication that a take may give, and days and spans that it may work out from dates: "the morning after",
"on the 19th".
"""

from __future__ import annotations

import datetime
import itertools
import re

from ourtake.checks.base import PROSE, Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.compare import equal
from ourtake.checks.facts.decision import SAME_THING
from ourtake.checks.facts.index import dates_of
from ourtake.checks.facts.number_claims import TOLD, NumberClaim
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import NEAREST, beside
from ourtake.documents import SOURCE, FieldName
from ourtake.text.dates import Day
from ourtake.text.markdown import Link
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.parsed import kept
from ourtake.text.saying import WE_WROTE
from ourtake.values import day_of

LEAP = 2000
"""A year that has every day."""

_BESIDE = re.compile(
    r"\b(?:after|before|next|following|previous|eve|later|earlier|yesterday|tomorrow|morning|dawn|midnight|overnight|"
    r"until|from)\b",
    re.IGNORECASE,
)
_WE_DID = re.compile(
    r"\b[Ww]e (?:\w+ )?(?:looked|described|covered|listed|visited|counted|asked|followed|passed|carried|ran|heard|set|"
    r"put|gave|told|explained|mentioned|introduced|presented|announced|warned|showed|reviewed)\b"
)
_A_TEXT = re.compile(
    r"\b(?:posts?|articles?|columns?|items?|notes?|reports?|pieces?|editions?|episodes?|briefings?|story|stories|"
    r"accounts?|coverage|interviews?|publish\w*|wrote|written)\b",
    re.IGNORECASE,
)
"""What says that a sentence speaks of a text, so that a date of it may be the day when that appeared."""

_PUBLISHED = re.compile(
    r"(?:\b(?:published|appeared|ran|run|printed|wrote|written|reported)(?: (?:here|it|them|about it|back|by us))?|^,?)"
    r" (?:in|on|from|of|back in)(?: (?:early|late|mid))? $"
)
_LONGEST = {"day": 366, "month": 12 * 40}
"""Days and months up to which a span may be counted off between two dates."""


def is_publication(case: Case, claim: NumberClaim) -> bool:
    """Whether a date is that of a document that its passage may mean. A day, or a month with its year, may be any
    document's. A year must be the source's, or that of an article named nearby. A month without a year must be that of
    such an article.
    """
    day = claim.number.days[0]
    near = frozenset[str]() if claim.dated else _may_be_meant(case, claim)
    return any(
        is_published(document, claim.number)
        and (
            claim.dated
            or document.name in near
            or bool(day.month and (day.day or day.year))
            or (document.name == SOURCE and bool(day.year))
        )
        for document in case.documents
    )


def article_dated(case: Case, claim: NumberClaim) -> Document | None:
    """The article whose publication the sentence dates: "[Its title](a2), which we ran in May 2024"."""
    position = claim.number.start
    links = [link for link in case.links(claim.field) if claim.sentence.start <= link.start < position]
    if not links or not _PUBLISHED.search(case.text(claim.field)[links[-1].end : position]):
        return None
    names = _targets(case, links[-1:])
    return next((document for document in case.documents if document.name in names and document.published), None)


def is_date_of(document: Document, number: Number) -> bool:
    """Whether a document was published on a date, or states it."""
    stated = dates_of(document.text, document.published, "")
    return is_published(document, number) or any(equal(number, row.number) for row in stated)


def is_published(document: Document, number: Number) -> bool:
    """Whether a date is that of a document's publication."""
    day = day_of(document.published) if document.published else None
    return day is not None and any(one.fits(_day(day)) for one in number.days)


def is_of_nearest(case: Case, claim: NumberClaim) -> bool:
    """Whether a month without a year is the month of an article that the take links to, and that is among the nearest
    to the sentence.
    """
    if not all(day.month and not day.year and not day.day for day in claim.number.days):
        return False
    at = sentence_at(case.text(claim.field), claim.number.start)
    nearest = beside(case, claim.field, at).nearest[:NEAREST]
    meant = _targets(case, [link for name in PROSE for link in case.links(name)])
    near = {row.document.name: row.document for row in nearest if row.share >= TOLD and row.document.name in meant}
    return any(is_published(document, claim.number) for document in near.values())


def is_date_of_any(case: Case, number: Number) -> bool:
    """Whether a date is that of any document's publication."""
    return any(is_published(document, number) for document in case.documents)


def _may_be_meant(case: Case, claim: NumberClaim) -> frozenset[str]:
    """The documents whose publication a date may give: the articles to which its paragraph links; where its sentence
    links to none and speaks of a text, the source and all articles to which the take links, and the latter in the
    summary, too; all where it says that we did something.
    """
    text, start, end = case.text(claim.field), claim.sentence.start, claim.sentence.end
    links = any(start <= link.start < end for link in case.links(claim.field))
    if WE_WROTE.search(text, start, end) or (not links and _WE_DID.search(text, start, end)):
        return frozenset(document.name for document in case.documents)
    of_a_text = not links and _A_TEXT.search(text, start, end) is not None
    if of_a_text or (not links and claim.field == "summary"):
        found = _linked_anywhere(case)
        return found | {SOURCE} if of_a_text else found
    return linked(case, claim.field, claim.number.start)


def linked(case: Case, field: FieldName, position: int) -> frozenset[str]:
    """The articles to which the paragraph at a position links."""
    text = case.text(field)
    return _linked_between(case, field, text.rfind("\n\n", 0, position) + 1, text.find("\n\n", position))


@kept
def _linked_anywhere(case: Case) -> frozenset[str]:
    return _targets(case, [link for name in PROSE for link in case.links(name)])


@kept
def _linked_between(case: Case, field: FieldName, start: int, end: int) -> frozenset[str]:
    return _targets(case, [link for link in case.links(field) if start <= link.start and (end < 0 or link.start < end)])


def _targets(case: Case, links: list[Link]) -> frozenset[str]:
    return frozenset(article.id for link in links if (article := case.target(link)) is not None)


@kept
def _days(case: Case) -> tuple[Day, ...]:
    """Every date that a document states, and those of the documents themselves."""
    stated = [
        day
        for document in case.documents
        for row in dates_of(document.text, document.published, "")
        for day in row.number.days
    ]
    return (*stated, *(_day(date) for document in case.documents if (date := day_of(document.published))))


def _day(date: str) -> Day:
    return Day(int(date[:4]), int(date[5:7]), int(date[8:10]))


def is_day(case: Case, number: Number) -> bool:
    """Whether it is the day of a date in the documents: "it was open in March, and on the 19th it closed"."""
    if number.kind != "ordinal" or not number.digits:
        return False
    return any(day.day == number.value for day in _days(case))


def is_next_day(case: Case, number: Number, sentence: str) -> bool:
    """Whether a date is the day before or after the source's own, or one of the documents where its sentence says
    so.
    """
    own = day_of(case.source.published)
    known = {ordinal(_day(own), LEAP)} if own else set()
    if _BESIDE.search(sentence):
        known |= {ordinal(day, LEAP) for day in _days(case)}
    return any(
        place and (place - 1 in known or place + 1 in known) for day in number.days if (place := ordinal(day, LEAP))
    )


def ordinal(day: Day, year: int) -> int:
    """The number of the day, if it were in that year; 0 if it is not a day."""
    try:
        return datetime.date(year, day.month, day.day).toordinal()
    except ValueError:
        return 0


def is_span(case: Case, claim: NumberClaim) -> bool:
    """Whether a span in words lies between two dates that the take itself says, or between one of them and the source's
    own day: "it ended in June 2022, and it has waited eight months". A document must not plainly have another.
    """
    number, other = claim.number, claim.compared.other
    if other is not None and other.bond >= SAME_THING:
        return False
    if number.kind != "quantity" or number.digits or not 0 < number.value <= _LONGEST.get(number.unit, 0):
        return False
    return any(_lies_between(number, one, two) for one, two in _pairs(case))


@kept
def _pairs(case: Case) -> tuple[tuple[Day, Day], ...]:
    """Two dates each, the earlier first."""
    taken = sorted(
        {
            day
            for name in PROSE
            for number in numbers_in(case.text(name))
            for day in number.days
            if day.year and not day.decade
        }
    )
    own = day_of(case.source.published)
    later = [(day, _day(own)) for day in taken if day.year <= int(own[:4])] if own else []
    return (*itertools.combinations(taken, 2), *later)


def _lies_between(number: Number, one: Day, two: Day) -> bool:
    """Whether a span is that from one date to another, as exactly as they are said."""
    if number.unit == "day":
        days = ordinal(two, two.year) - ordinal(one, one.year) if one.day and two.day else 0
        return abs(days - number.value) <= (1 if number.value < 14 else 4)
    if one.month and two.month:
        months = 12 * (two.year - one.year) + two.month - one.month
        return abs(months - number.value) <= (1 if number.value < 24 else 3)
    return 12 * (two.year - one.year) == number.value
