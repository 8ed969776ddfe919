"""Dates as feeds, sitemaps and exports write them -> ISO 8601, or None: an odd date never stops an import."""

from __future__ import annotations

import datetime
import email.utils
import re

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|"
    r"[+-]\d{2})?)?\b.*",
    re.I | re.S,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?")
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_WORDS = re.compile(
    r"(?:[a-z]+,?\s+)?(?:(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3})[a-z]*\.?,?|([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|"
    r"rd|th)?,?)[\s-]+(\d{4}|\d{2})"
    r"(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm)?)?.*",
    re.I | re.S,
)
_EARLIEST = 1400
"""Years; a printed archive may be old, but the year 1 is a machine's mistake."""


def read_date(text: object) -> str | None:
    """The date or moment in ISO 8601, with its offset from UTC where it names one. None for a text that is no possible
    date.
    """
    if not isinstance(text, str) or not text.strip():
        return None
    given = text.strip()[:100]
    try:
        found = _iso(given) or _rfc(given) or _in_words(given)
    except (ValueError, OverflowError):
        return None
    return found if found and int(found[:4]) >= _EARLIEST else None


def _iso(text: str) -> str | None:
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    if hour is None:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    moment = datetime.datetime(int(year), int(month), int(day), int(hour), int(minute), min(int(second or 0), 59))
    return moment.replace(tzinfo=_zone(zone)).isoformat()


def _zone(text: str | None) -> datetime.timezone | None:
    if text is None:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return datetime.UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    # An offset of more than 14 hours is no place on Earth: the clock is kept and the zone forgotten.
    return (
        datetime.timezone(datetime.timedelta(minutes=minutes if text[0] == "+" else -minutes))
        if minutes <= 14 * 60
        else None
    )


def _rfc(text: str) -> str | None:
    """RFC 822 and its successors, as RSS writes them; years of two digits are of 1969 to 2068."""
    parts = email.utils.parsedate_tz(text)
    if parts is None or "-0001" in text:  # how PHP writes a date of zeros
        return None
    year, month, day, hour, minute, second = parts[:6]
    moment = datetime.datetime(year, month, day, hour, minute, min(second, 59))
    offset = parts[9]
    if offset is not None and abs(offset) <= 14 * 3600:
        return moment.replace(tzinfo=datetime.timezone(datetime.timedelta(seconds=offset))).isoformat()
    return moment.isoformat()


def _in_words(text: str) -> str | None:
    """As "4 March 2025" or "March 4th, 2025, 10:15 pm"."""
    match = _WORDS.fullmatch(text)
    if match is None:
        return None
    day, month, other_month, other_day, year, hour, minute, second, half = match.groups()
    number = _MONTHS.get((month or other_month).lower())
    if number is None:
        return None
    full = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 69 else 1900)
    if hour is None:
        return datetime.date(full, number, int(day or other_day)).isoformat()
    clock = int(hour) % 12 + 12 * (half.lower() == "pm") if half else int(hour)
    return datetime.datetime(full, number, int(day or other_day), clock, int(minute), int(second or 0)).isoformat()
