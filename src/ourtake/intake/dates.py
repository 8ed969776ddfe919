"""Dates as pages, feeds, sitemaps, exports, front matter and JSON write them -> ISO 8601: the only reader of dates.

Known forms only, and nothing left over: a library that guesses takes 06/09/2009 for one day or the other silently,
and a wrong guess changes which articles count as older than a source. A text is taken apart into clock, zone and day;
whatever else it holds makes it unreadable.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from ourtake.text.date_words import LINKING, MONTHS, WEEKDAYS, ZONES
from ourtake.values import EARLIEST_YEAR, iso_date

UNREAD = "unread_dates"
"""The key under which an article keeps the dates that could not be read, as written: {"published": "soon"}."""

_LONGEST = 100
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[t ]?(\d{2})(\d{2})(\d{2})?)?")
_CLOCK = re.compile(
    r"(?<![\d:.+-])(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,]\d+)?)?|h(\d{2})|[.:](\d{2})(?= ?uhr\b)|(?= ?[ap]\.?m\b))"
    r"(?: ?([ap])\.?m\b\.?|h\b| ?uhr\b| ?uur\b)?(?![\d:])"
)
_OFFSET = re.compile(r"(?:\b(?:gmt|utc|ut))? ?([+-])(\d{1,2}):?(\d{2})?(?![\d:])")
_COMMENT = re.compile(r" ?(?:\([^()]*\)|\[[^\[\]]*\])\Z")
_SEPARATED = re.compile(r"(\d{1,4})([-/.])(\d{1,2}|[a-z]+)\2(\d{1,4})")
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|re|eme|e|o|a|ste|de)?")
_DAY_WITH_ZONE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:z|[+-]\d{2}:?\d{2})")
"""As XML Schema writes a day."""

_UNIX = re.compile(r"\d{9,10}|\d{12,13}")
_LATEST_UNIX = 4_102_444_800
"""Seconds, 2100: a larger number counts milliseconds, or is not a moment at all."""

_FURTHEST_ZONE = 14 * 60


class Reading(NamedTuple):
    """A date in ISO 8601, or None and why: "" if nothing was written."""

    iso: str | None
    why: str = ""


class _Ambiguous(ValueError):
    """Two days fit."""


def read_date(value: object) -> str | None:
    """The date or moment in ISO 8601, with its offset from UTC where it names one. None for what is not a date."""
    return reading(value).iso


def reading(value: object) -> Reading:
    """A date as somebody wrote it: a text, a number (YYYYMMDD, or unix time in seconds or milliseconds), a date."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return Reading(None)
    try:
        found = _read(value)
    except _Ambiguous as error:
        return Reading(None, str(error))
    except (ValueError, OverflowError):
        found = None
    if found is None or int(found[:4]) < EARLIEST_YEAR or iso_date(found) is None:
        return Reading(None, "it is not a date that can be read")
    return Reading(found)


def written_date(value: object) -> Reading:
    """A date of a document that should be in ISO 8601 and is then kept as it is written; other forms are read."""
    exact = iso_date(value)
    return Reading(exact) if exact is not None else reading(value)


def article_dates(
    *, published: Sequence[object], updated: Sequence[object] = (), exact: bool = False
) -> dict[str, Any]:
    """An article's keys for its dates: of each the first that can be read, else what was written, under UNREAD.

    `exact`: ISO 8601 stays as it is written.
    """
    found: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for key, values in (("published", published), ("updated", updated)):
        readings = [(value, written_date(value) if exact else reading(value)) for value in values]
        found[key] = next((read.iso for _, read in readings if read.iso), None)
        bad = [str(value)[:_LONGEST] for value, read in readings if read.why]
        if found[key] is None and bad:
            unread[key] = bad[0]
    return found | ({UNREAD: unread} if unread else {})


def unread_dates(kept: dict[str, Any] | None) -> list[str]:
    """A sentence for each date that an article was imported without; `kept`: its further keys."""
    unread = (kept or {}).get(UNREAD)
    rows = unread.items() if isinstance(unread, dict) else ()
    return [
        f"{key} {written!r}: {reading(written).why or 'it is not a date that can be read'}; left empty."
        for key, written in rows
    ]


def _read(value: object) -> str | None:
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float):
        return _unix(int(value))
    text = _folded(str(value))
    if _UNIX.fullmatch(text):
        return _unix(int(text))
    if match := _DAY_WITH_ZONE.fullmatch(text):
        return datetime.date.fromisoformat(match[1]).isoformat()
    return _compact(text) or _taken_apart(text) or _week(text)


def _folded(text: str) -> str:
    """Lower case, without accents and repeated white space, with plain dashes; 2025年3月4日 as 2025-3-4."""
    text = _EAST_ASIAN.sub(r"\1-\2-\3 ", text[:_LONGEST])
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text[:_LONGEST])
        if not unicodedata.combining(character)
    )
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", plain).lower().split())


def _unix(number: int) -> str | None:
    seconds = number if number <= _LATEST_UNIX else number // 1000
    if not 100_000_000 <= seconds <= _LATEST_UNIX:
        return None
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat()


def _compact(text: str) -> str | None:
    """20250304, 20250304T101500Z."""
    rest, zone = _zone(text) if "t" in text else (text, None)
    match = _COMPACT.fullmatch(rest.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = match.groups()
    date = datetime.date(int(year), int(month), int(day))
    return date.isoformat() if hour is None else _moment(date, (int(hour), int(minute), int(second or 0)), zone)


def _week(text: str) -> str | None:
    """2025-W10-2."""
    return datetime.date.fromisoformat(text.upper()).isoformat() if "w" in text else None


def _taken_apart(text: str) -> str | None:
    """A day with or without a clock and a zone, in whatever order."""
    while (bare := _COMMENT.sub("", text)) != text:  # "(Central European Time)", "[Europe/Berlin]"
        text = bare
    text = re.sub(r"(?<=\d)t(?=\d)", " ", text)
    text = re.sub(r"\b(?:ore|alle|klo?\.?) ?(\d{1,2})\.(\d{2})\b", r"\1:\2", text)
    match = _CLOCK.search(text)
    if match is None:
        date = _day(text)
        return date.isoformat() if date else None
    hour, minute, second, half = int(match[1]), int(match[2] or match[4] or match[5] or 0), int(match[3] or 0), match[6]
    if half is not None and hour <= 12:  # "16:18 PM" is written as well
        hour = hour % 12 + 12 * (half == "p")
    before, (after, zone) = text[: match.start()], _zone(text[match.end() :])
    date = _day(f"{before} {after}")
    return _moment(date, (hour, minute, second), zone) if date else None


def _zone(text: str) -> tuple[str, datetime.timezone | None]:
    """What is left of a text without the zone that it names, and the zone."""
    match = _OFFSET.search(text)
    if match is not None:
        minutes = (int(match[2]) * 60 + int(match[3] or 0)) * (1 if match[1] == "+" else -1)
        # An offset of more than 14 hours is not a place on Earth: the clock is kept and the zone forgotten.
        zone = datetime.timezone(datetime.timedelta(minutes=minutes)) if abs(minutes) <= _FURTHEST_ZONE else None
        return f"{text[: match.start()]} {text[match.end() :]}", zone
    for word in re.finditer(r"(?<![a-z])[a-z]{1,4}(?![a-z])", text):
        if word[0] in ZONES:
            return f"{text[: word.start()]} {text[word.end() :]}", datetime.timezone(
                datetime.timedelta(minutes=ZONES[word[0]])
            )
    return text, None


def _moment(date: datetime.date, clock: tuple[int, int, int], zone: datetime.timezone | None) -> str:
    """ISO 8601. 24:00 is the next day's midnight; a leap second is the second before it."""
    hour, minute, second = clock
    if clock == (24, 0, 0):
        date, hour = date + datetime.timedelta(days=1), 0
    return datetime.datetime(date.year, date.month, date.day, hour, minute, min(second, 59), tzinfo=zone).isoformat()


def _day(text: str) -> datetime.date | None:
    """The day of a text that says nothing else but linking words and the day of the week.

    Raises ValueError for one that does not exist.
    """
    words = [word for part in re.split(r"[\s,|]+", text) if (word := part.strip("-.;:"))]
    words = [word for word in words if word not in LINKING]
    if words and words[0] in WEEKDAYS and not (words[0] in MONTHS and len(words) == 3):
        words = words[1:]
    if len(words) == 1:
        match = _SEPARATED.fullmatch(words[0])
        return _ordered(match[1], match[3], match[4], match[2]) if match else None
    return _ordered(words[0], words[1], words[2], " ") if len(words) == 3 else None


def _ordered(first: str, second: str, third: str, separator: str) -> datetime.date | None:
    """A day from its three parts: the year is first or last, the month may be a word."""
    named = [part in MONTHS for part in (first, second, third)]
    if sum(named) > 1 or named[2]:
        return None
    if len(first) == 4 and first.isdigit():
        day = _ORDINAL.fullmatch(third)
        month = MONTHS.get(second) or (int(second) if second.isdigit() and separator != " " else None)
        return datetime.date(int(first), month, int(day[1])) if day and month else None
    year = _year(third, named=any(named))
    if year is None:
        return None
    if any(named):
        month_word, day_word = (first, second) if named[0] else (second, first)
        day = _ORDINAL.fullmatch(day_word)
        return datetime.date(year, MONTHS[month_word], int(day[1])) if day else None
    if separator == " " or not (first.isdigit() and second.isdigit()):
        return None
    return _numeric(year, int(first), int(second), dotted=separator == ".")


def _year(text: str, *, named: bool) -> int | None:
    """Years of two digits are of 1969 to 2068, and are read beside the name of a month only."""
    text = text.removeprefix("'")
    if not text.isdigit() or len(text) not in ((2, 4) if named else (4,)):
        return None
    return int(text) + (0 if len(text) == 4 else 2000 if int(text) < 69 else 1900)


def _numeric(year: int, first: int, second: int, *, dotted: bool) -> datetime.date:
    """06.09.2009 has the day first; with other separators a number over 12 decides, and without one nobody can."""
    if dotted or first > 12:
        return datetime.date(year, second, first)
    if second > 12 or first == second:
        return datetime.date(year, first, second)
    one, other = datetime.date(year, second, first), datetime.date(year, first, second)
    raise _Ambiguous(f"it could be {one.isoformat()} or {other.isoformat()}")
