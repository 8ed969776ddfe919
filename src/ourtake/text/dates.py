"""What a date says, and when two dates can mean the same. Weekdays, "last year" and "this month" are not dates here."""

from __future__ import annotations

import re
from typing import NamedTuple

MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
PAIR = "pair"
"""The unit of a year that runs over two, as 2024-25."""


class Day(NamedTuple):
    """Year, month and day; 0 if a part is not said. A decade is its first year, with `decade` set."""

    year: int = 0
    month: int = 0
    day: int = 0
    decade: bool = False

    def fits(self, other: Day) -> bool:
        """Whether another date says what this one says: no part differs, and only a year beside a month may be left
        unsaid there.
        """
        if self.decade:
            return bool(other.year) and other.year // 10 * 10 == self.year
        if self.month:
            return (
                self.month == other.month
                and (not self.day or self.day == other.day)
                and (not self.year or other.year in (0, self.year))
            )
        return self.year == other.year and not other.decade


_LAST = re.compile(r"\b(last|this|next)\s+$", re.IGNORECASE)
_OF_LAST_YEAR = re.compile(r",?\s(?:of\s)?(last|this|next)\syear\b", re.IGNORECASE)


def counted_from(text: str, start: int, end: int, *, own: Day, day: str | None) -> tuple[Day, ...]:
    """What the month text[start:end] without a year is in "last May" and "May of last year", said on a day (ISO 8601),
    if it is either.
    """
    before, after = _LAST.search(text, max(0, start - 6), start), _OF_LAST_YEAR.match(text, end)
    said = after or before
    if said is None or day is None or own.year or own.day or not own.month:
        return ()
    word, year, month = said[1].casefold(), int(day[:4]), int(day[5:7])
    if after:
        years = {year + {"last": -1, "this": 0, "next": 1}[word]}
    else:
        # "Last May", said in June, may be this year's or the one before; said in May or earlier only the latter.
        years = {
            "last": {year - 1, year - (own.month >= month)},
            "this": {year},
            "next": {year + 1, year + (own.month <= month)},
        }[word]
    return tuple(own._replace(year=one) for one in sorted(years))
