"""Days, months, years and decades as prose writes them. Weekdays, "last year" and "this month" are not dates here."""

from __future__ import annotations

import re
from typing import NamedTuple

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
MONTHS = "January February March April May June July August September October November December".split()
_LONG = "|".join(MONTHS)
_MONTH = rf"(?:(?:{_LONG})\b|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
_DAY = r"(?:(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b)"
_NTH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
).split()
_YEAR = r"(?:(?:1[5-9]|20)\d\d)"
_LEAD = r"(?:(?:in|since|until|till|by|last|from|of|early|late|mid|between|this|next|during|before|after|every)[\s-])"
_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties".split()
DATE = (
    rf"(?P<iso>\b{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b)"
    r"|(?P<slash>\b\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)\b)"
    rf"|(?P<daymonth>\b(?:{_DAY}\s(?:of\s)?|(?:{'|'.join(_NTH)})\sof\s){_MONTH}(?:,?\s{_YEAR}\b)?)"
    rf"|(?P<monthday>(?<!last )(?<!this )(?<!next )\b{_MONTH}\s{_DAY}(?![.,]\d|[%-])(?:,?\s{_YEAR}\b)?)"
    rf"|(?P<monthyear>\b{_MONTH},?\s(?:of\s)?{_YEAR}\b)"
    rf"|(?P<month>(?i:\b{_LEAD})+(?:{_LONG})\b(?!,?\s(?:of\s)?(?:19|20)\d\d)(?!\s{_DAY}(?![.,]\d|[%-])))"
    rf"|(?P<worded>\b[Tt]he\s(?:(?:early|mid|late)[\s-])?(?:nineteen[\s-])?(?:{'|'.join(_DECADES)})\b)"
    r"|(?P<decade>\b(?:1[5-9]|20)\d0s\b|['\u2019\u2018]\d0s\b)"
    rf"|(?P<years>\b{_YEAR}\s?(?:[\u2013\u2014/-]|to\s)\s?(?:{_YEAR}|\d\d)\b(?![%\d.,]\d|-|\s?(?:%|per\s?cent)))"
)
"""A pattern for every date but a year alone, whose meaning hangs on the words around it (see numbers.py)."""

_NAMED_MONTH = re.compile(rf"\b({_LONG}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b")


PAIR = "pair"
"""The unit of a year that runs over two, as 2024-25."""


class Day(NamedTuple):
    """Year, month and day; 0 where a part is not said. A decade is its first year, with `decade` set."""

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


def days_of(match: re.Match[str]) -> list[Day]:
    """The date that DATE matched; two for a range of years or a day and month in doubtful order."""
    text, kind = match[0], match.lastgroup
    figures = [int(figure) for figure in re.findall(r"\d+", text)]
    if kind == "iso":
        return [Day(figures[0], figures[1], figures[2])]
    if kind == "slash":
        year = figures[2] + (2000 if figures[2] < 50 else 1900 if figures[2] < 100 else 0)
        return [
            Day(year, month, day)
            for month, day in ((figures[1], figures[0]), (figures[0], figures[1]))
            if 1 <= month <= 12 and 1 <= day <= 31
        ]
    if kind == "worded":
        return [Day(1920 + 10 * _DECADES.index(re.split(r"[\s-]", text)[-1]), decade=True)]
    if kind == "decade":
        return [Day(figures[0] if figures[0] > 99 else 1900 + figures[0], decade=True)]
    if kind == "years":
        last = figures[1] if figures[1] > 99 else figures[0] // 100 * 100 + figures[1]
        return [Day(figures[0]), Day(last)]
    named = _NAMED_MONTH.search(text)
    month = _MONTHS.index(named[1][:3].lower()) + 1 if named else 0
    year = next((figure for figure in figures if figure > 31), 0)
    worded = text.split()[0]
    day = _NTH.index(worded) + 1 if worded in _NTH else next((figure for figure in figures if figure <= 31), 0)
    return [Day(year, month, day)]


def month_start(match: re.Match[str]) -> int:
    """Where the date itself begins: the words that lead to a lone month are not part of it."""
    if match.lastgroup != "month":
        return match.start()
    named = _NAMED_MONTH.search(match[0])
    return match.start() + (named.start() if named else 0)


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
