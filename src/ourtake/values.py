"""The types of documents' fields: texts without control characters, ISO 8601 dates, ids, lists of words.

A date that is not one becomes None here. intake/dates.py reads other forms first and reports what it can't read.
"""

from __future__ import annotations

import datetime
import email.utils
import re
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BeforeValidator

_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(value: str) -> str:
    """Text without control characters and lone surrogates, which UTF-8, SQLite and terminals refuse or obey.

    All line ends become a line feed.
    """
    if value.replace("\n", "").isprintable():
        return value  # most texts are; this is three times as fast as the pattern
    return _UNSAFE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


EARLIEST_YEAR = 1400
"""A printed archive may be old, but a date in the year 1 is a machine's mistake."""

_WRITTEN_OUT = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")


def iso_date(value: object) -> str | None:
    """The ISO 8601 text of a date or date-time, which begins with YYYY-MM-DD; None for anything else.

    Compact forms and weeks are written in full.
    """
    if isinstance(value, datetime.datetime | datetime.date):
        value = value.isoformat()
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        moment = datetime.datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            # In some zones the first and the last day of the calendar can't be written in UTC.
            moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None
    if moment.year < EARLIEST_YEAR:
        return None
    if not _WRITTEN_OUT.match(text):
        return moment.date().isoformat() if len(text) <= len("2025-W22-7") else moment.isoformat()
    return text


def day_of(published: str | None) -> str | None:
    """The day as YYYY-MM-DD, in UTC where the text has an offset. Days can be compared as texts."""
    if published is None:
        return None
    moment = datetime.datetime.fromisoformat(published)
    if moment.tzinfo is not None:
        moment = moment.astimezone(datetime.UTC)
    return moment.date().isoformat()


def utc_now(precision: Literal["seconds", "milliseconds"] = "seconds") -> str:
    """The time in UTC, ISO 8601."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec=precision)


def retry_after_seconds(header: str | None) -> float | None:
    """The seconds that a Retry-After header asks for: a number, or an HTTP date. None where it can't be read."""
    try:
        if header is None or re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", header):
            return None if header is None else min(float(header), 1e9)
        moment = email.utils.parsedate_to_datetime(header)
        return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


@lru_cache(maxsize=65536)
def ordinal(published: str | None) -> int:
    """The day as a proleptic Gregorian ordinal; 0 without a date."""
    day = day_of(published)
    return datetime.date.fromisoformat(day).toordinal() if day else 0


def _as_text(value: object) -> object:
    return clean_text(value) if isinstance(value, str) else value


def _as_id(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _as_text(value)


def _as_words(value: object) -> object:
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(_as_id(item) for item in value if item is not None) if isinstance(value, list | tuple) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Name = Annotated[str, BeforeValidator(_as_id)]
IsoDate = Annotated[str | None, BeforeValidator(iso_date)]
Words = Annotated[tuple[str, ...], BeforeValidator(_as_words)]
