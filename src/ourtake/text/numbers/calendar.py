"""Dates: days, months, years and decades as prose writes them; a year alone depends on the words around it."""

from __future__ import annotations

import re
from collections.abc import Callable

from ourtake.text.dates import MONTHS, PAIR, Day
from ourtake.text.numbers.number import Form, Number, Reading

_SHORT = "Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec".split()
_NUMBER_OF_MONTH = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
MONTH_WORDS = frozenset(name.lower() for name in (*MONTHS, *_SHORT))
_LONG = "|".join(MONTHS)
_MONTH = rf"(?:(?:{_LONG})\b|(?:{'|'.join(_SHORT)})\b\.?)"
_DAY = r"(?:(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b)"
_NTH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
).split()
_YEAR = r"(?:(?:1[5-9]|20)\d\d)"
_LEADS = "in since until till by last from of early late mid between this next during before after every".split()
_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties".split()
_NAMED_MONTH = re.compile(rf"\b({_LONG}|{'|'.join(_SHORT)})\b")

_ISO = re.compile(rf"\b{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")
_SLASHES = re.compile(r"\b\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)\b")
_DAY_MONTH = re.compile(rf"\b(?:{_DAY}\s(?:of\s)?|(?:{'|'.join(_NTH)})\sof\s){_MONTH}(?:,?\s{_YEAR}\b)?")
_MONTH_DAY = re.compile(rf"(?<!last )(?<!this )(?<!next )\b{_MONTH}\s{_DAY}(?![.,]\d|[%-])(?:,?\s{_YEAR}\b)?")
_MONTH_YEAR = re.compile(rf"\b{_MONTH},?\s(?:of\s)?{_YEAR}\b")
_LONE_MONTH = re.compile(
    rf"(?i:\b(?:{'|'.join(_LEADS)})[\s-])+(?:{_LONG})\b(?!,?\s(?:of\s)?(?:19|20)\d\d)(?!\s{_DAY}(?![.,]\d|[%-]))"
)
_WORDED = re.compile(rf"\b[Tt]he\s(?:(?:early|mid|late)[\s-])?(?:nineteen[\s-])?(?:{'|'.join(_DECADES)})\b")
_DECADE = re.compile(r"\b(?:1[5-9]|20)\d0s\b|['\u2019\u2018]\d0s\b")
_YEARS = re.compile(rf"\b{_YEAR}\s?(?:[\u2013\u2014/-]|to\s)\s?(?:{_YEAR}|\d\d)\b(?![%\d.,]\d|-|\s?(?:%|per\s?cent))")


def _iso(said: str) -> list[Day]:
    year, month, day = _figures(said)
    return [Day(year, month, day)]


def _slashes(said: str) -> list[Day]:
    """Both readings of 3/4/2024, where both are days."""
    one, two, year = _figures(said)
    year += 2000 if year < 50 else 1900 if year < 100 else 0
    return [Day(year, month, day) for month, day in ((two, one), (one, two)) if 1 <= month <= 12 and 1 <= day <= 31]


def _named(said: str) -> list[Day]:
    """A month by its name, with a day, a year or both."""
    figures, first = _figures(said), said.split()[0]
    month = _NAMED_MONTH.search(said)
    year = next((figure for figure in figures if figure > 31), 0)
    day = _NTH.index(first) + 1 if first in _NTH else next((figure for figure in figures if figure <= 31), 0)
    return [Day(year, _NUMBER_OF_MONTH[month[1][:3].lower()] if month else 0, day)]


def _worded(said: str) -> list[Day]:
    return [Day(1920 + 10 * _DECADES.index(re.split(r"[\s-]", said)[-1]), decade=True)]


def _decade(said: str) -> list[Day]:
    (year,) = _figures(said)
    return [Day(year if year > 99 else 1900 + year, decade=True)]


def _figures(said: str) -> list[int]:
    return [int(figure) for figure in re.findall(r"\d+", said)]


def _date(pattern: re.Pattern[str], days: Callable[[str], list[Day]]) -> Callable[[str, int], Reading | None]:
    """A reader of one form of dates."""

    def read(text: str, at: int) -> Reading | None:
        match = pattern.match(text, at)
        if not match:
            return None
        meant = tuple(days(match[0]))
        return Reading(match.end(), (_number(text, at, match.end(), meant),) if meant else ())

    return read


def _number(text: str, start: int, end: int, days: tuple[Day, ...]) -> Number:
    return Number(start, end, text[start:end], days[0].year, "date", days=days)


def _lone_month(text: str, at: int) -> Reading | None:
    """The words that lead to a month, as in "in May", are not part of the date."""
    match = _LONE_MONTH.match(text, at)
    named = _NAMED_MONTH.search(text, at, match.end()) if match else None
    if not match or not named:
        return None
    return Reading(match.end(), (_number(text, named.start(), match.end(), tuple(_named(named[0]))),))


def _years(text: str, at: int) -> Reading | None:
    """One year that runs over two, as 2024-25, or the two of "2019 to 2024"."""
    match = _YEARS.match(text, at)
    if not match:
        return None
    first, last = _figures(match[0])
    last = last if last > 99 else first // 100 * 100 + last
    days = (Day(first), Day(last))
    if last == first + 1 and " to " not in match[0]:
        return Reading(match.end(), (_number(text, at, match.end(), days)._replace(unit=PAIR),))
    return Reading(match.end(), tuple(_number(text, at, match.end(), (day,)) for day in days))


FORMS = (
    Form("2024-03-12", _date(_ISO, _iso), figures=True),
    Form("12/3/2024", _date(_SLASHES, _slashes), figures=True),
    Form("12 March", _date(_DAY_MONTH, _named), figures=True, words=frozenset(_NTH)),
    Form("March 12", _date(_MONTH_DAY, _named), words=MONTH_WORDS),
    Form("March 2024", _date(_MONTH_YEAR, _named), words=MONTH_WORDS),
    Form("in March", _lone_month, words=frozenset(_LEADS)),
    Form("the nineties", _date(_WORDED, _worded), words=frozenset(("the",))),
    Form("the 1990s", _date(_DECADE, _decade), figures=True, marks="'\u2019\u2018"),
    Form("2024-25", _years, figures=True),
)
