"""Days that a take may work out from the dates of its documents: "the morning after", "on the 19th", and the documents
whose own date it may give.
"""

from __future__ import annotations

import datetime
import itertools
import re

from ourtake.checks.base import PROSE, Case
from ourtake.checks.evidence import Documents
from ourtake.checks.facts.index import dates_of
from ourtake.checks.passages import SOURCE
from ourtake.documents import FieldName
from ourtake.text.dates import Day
from ourtake.text.markdown import Span
from ourtake.text.numbers import Number, numbers_in
from ourtake.text.parsed import kept
from ourtake.text.saying import WE_WROTE
from ourtake.values import day_of

_LEAP = 2000
"""A year that has every day."""

_BESIDE = re.compile(
    r"\b(?:after|before|next|following|previous|eve|later|earlier|yesterday|tomorrow|morning|dawn|midnight|overnight|"
    r"until|from)\b",
    re.IGNORECASE,
)


_WE_DID = re.compile(
    r"\b[Ww]e (?:\w+ )?(?:looked|described|covered|listed|visited|counted|asked|followed|passed|carried|ran|heard|set|"
    r"put|gave|told|explained"
    r"|mentioned|introduced|presented|announced|warned|showed|reviewed)\b"
)
_A_TEXT = re.compile(
    r"\b(?:posts?|articles?|columns?|items?|notes?|reports?|pieces?|editions?|episodes?|briefings?|story|stories|"
    r"accounts?|coverage|interviews?"
    r"|publish\w*|wrote|written)\b",
    re.IGNORECASE,
)
"""What says that a sentence speaks of a text, so that a date of it may be the day when that appeared."""


def may_be_dated(case: Case, field: FieldName, number: Number, sentence: Span) -> frozenset[str]:
    """The documents whose publication a date may give: the articles to which its paragraph links; where its sentence
    links to none and speaks of a text, the source and all articles to which the take links, and the latter in the
    summary, too; all where it says that we did something.
    """
    text = case.text(field)
    if WE_WROTE.search(text, sentence.start, sentence.end):
        return frozenset(document.name for document in case.documents)
    if not any(sentence.start <= link.start < sentence.end for link in case.links(field)):
        if _WE_DID.search(text, sentence.start, sentence.end):
            return frozenset(document.name for document in case.documents)
        of_a_text = _A_TEXT.search(text, sentence.start, sentence.end) is not None
        if of_a_text or field == "summary":
            found = frozenset(
                article.id for name in PROSE for link in case.links(name) if (article := case.target(link)) is not None
            )
            return found | {SOURCE} if of_a_text else found
    return linked(case, field, number)


def linked(case: Case, field: FieldName, number: Number) -> frozenset[str]:
    """The articles to which a number's paragraph links."""
    text = case.text(field)
    start, end = text.rfind("\n\n", 0, number.start) + 1, text.find("\n\n", number.end)
    links = [link for link in case.links(field) if start <= link.start and (end < 0 or link.start < end)]
    return frozenset(article.id for link in links if (article := case.target(link)) is not None)


@kept
def _days(documents: Documents) -> tuple[Day, ...]:
    """Every date that a document states, and those of the documents themselves."""
    found = [
        day
        for document in documents
        for held in dates_of(document.text, document.published, "")
        for day in held.number.days
    ]
    return (*found, *(_day(date) for document in documents if (date := day_of(document.published))))


def _day(date: str) -> Day:
    return Day(int(date[:4]), int(date[5:7]), int(date[8:10]))


def is_day(case: Case, number: int) -> bool:
    """Whether it is the day of a date in the documents: "it was open in March, and on the 19th it closed"."""
    return any(day.day == number for day in _days(case.documents))


def is_next_day(case: Case, said: Number, sentence: str) -> bool:
    """Whether a date is the day before or after the source's own, or one of the documents where its sentence says
    so.
    """
    own = day_of(case.source.published)
    known = {_place(_day(own))} if own else set()
    if _BESIDE.search(sentence):
        known |= {_place(day) for day in _days(case.documents)}
    return any(place is not None and (place - 1 in known or place + 1 in known) for place in map(_place, said.days))


def _place(day: Day) -> int | None:
    """The number of a day in its year, or None where it is none."""
    try:
        return datetime.date(_LEAP, day.month, day.day).toordinal() if day.month and day.day else None
    except ValueError:
        return None


_LONGEST = {"day": 366, "month": 12 * 40}
"""Days and months up to which a span may be counted off between two dates."""


def is_span(case: Case, said: Number) -> bool:
    """Whether a span in words lies between two dates that the take itself says, or between one of them and the source's
    own day: "it ended in June 2022, and it has waited eight months".
    """
    if said.kind != "quantity" or said.digits or not 0 < said.value <= _LONGEST.get(said.unit, 0):
        return False
    return any(_lies_between(said, one, two) for one, two in _pairs(case))


@kept
def _pairs(case: Case) -> tuple[tuple[Day, Day], ...]:
    """Two dates each, the earlier first."""
    taken = {
        day
        for name in PROSE
        for number in numbers_in(case.text(name))
        for day in number.days
        if day.year and not day.decade
    }
    own = day_of(case.source.published)
    found = [*itertools.combinations(sorted(taken), 2)]
    if own:
        found += [(day, _day(own)) for day in sorted(taken) if day.year <= int(own[:4])]
    return tuple(found)


def _lies_between(said: Number, one: Day, two: Day) -> bool:
    """Whether a span is that from one date to another, as exactly as they are said."""
    if said.unit == "day":
        days = _place_of(two) - _place_of(one) if one.day and two.day else 0
        return abs(days - said.value) <= (1 if said.value < 14 else 4)
    if one.month and two.month:
        months = 12 * (two.year - one.year) + two.month - one.month
        return abs(months - said.value) <= (1 if said.value < 24 else 3)
    return 12 * (two.year - one.year) == said.value


def _place_of(day: Day) -> int:
    try:
        return datetime.date(day.year, day.month, day.day).toordinal()
    except ValueError:
        return 0
