"""Days that a take may work out from the dates of its documents: "the morning after", "on the 19th"."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.stated import dates_of
from ourtake.text.dates import Day
from ourtake.text.numbers import Number
from ourtake.values import day_of

_LEAP = 2000
"""A year that has every day."""

_BESIDE = re.compile(
    r"\b(?:after|before|next|following|previous|eve|later|earlier|yesterday|tomorrow|morning|dawn|midnight|overnight|until|from)\b", re.IGNORECASE
)


@lru_cache(maxsize=16)
def _days(documents: tuple[Document, ...]) -> tuple[Day, ...]:
    """Every date that a document states, and those of the documents themselves."""
    found = [day for document in documents for held in dates_of(document.text, document.published, "") for day in held.number.days]
    return (*found, *(_day(date) for document in documents if (date := day_of(document.published))))


def _day(date: str) -> Day:
    return Day(int(date[:4]), int(date[5:7]), int(date[8:10]))


def is_day(case: Case, number: int) -> bool:
    """Whether it is the day of a date in the documents: "it was open in March, and on the 19th it closed"."""
    return any(day.day == number for day in _days(case.documents))


def is_next_day(case: Case, said: Number, sentence: str) -> bool:
    """Whether a date is the day before or after the source's own, or one of the documents where its sentence says so."""
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
