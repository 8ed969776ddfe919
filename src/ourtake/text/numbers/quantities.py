"""Money, per cent, quantities with units, years and plain counts: what the signs and words around a number say."""

from __future__ import annotations

import re

from ourtake.text.dates import Day
from ourtake.text.numbers.figures import FIGURE, SCALE, figure_value
from ourtake.text.numbers.number import Form, Number, Reading, after_article, counted_after, with_near
from ourtake.text.numbers.words import NUMBER_WORDS, ORDINAL, SCALES, ordinal_of, words_at
from ourtake.text.units import UNITS, Unit, counted, unit_of

_MONEY = re.compile(
    r"((?:US|A|AU|C|CA|NZ|HK|S)?\$|[\u00a3\u20ac\u00a5]|\b(?:USD|GBP|EUR|JPY|CHF|AUD|CAD)\s?)"
    rf"({FIGURE})({SCALE}?)"
)
_PLAIN = re.compile(rf"(?<![\w.,])([-\u2212]?{FIGURE})({SCALE}?)")
_ORDINAL = re.compile(rf"\b\d+(?:,\d{{3}})*(?:st|nd|rd|th)\b|(?i:{ORDINAL})\b(?![- ]centur)")
_PER_CENT = re.compile(
    r"\s?(?:%|\u2030)|[\s-]?(?:per\s?cent|percent|pct)\b(?:age[\s-]points?)?|[\s-]percentage[\s-]points?\b|\s?(?:pp|"
    r"pc)\b",
    re.IGNORECASE,
)
_POINTS = re.compile("point|pp", re.IGNORECASE)
_CURRENCY_AFTER = re.compile(
    r"[\s-](?:(?:US|American|Canadian|Australian)\s)?(dollars?|bucks?|pounds?|quid|euros?|yen|cents?|"
    r"pence|pennies|francs?)\b|(p|c|"
    r"\u00a2)\b(?!\.\w)",
    re.IGNORECASE,
)
_CURRENCIES = {
    "dollar": "$",
    "buck": "$",
    "pound": "\u00a3",
    "quid": "\u00a3",
    "euro": "\u20ac",
    "yen": "\u00a5",
    "franc": "CHF",
    "usd": "$",
    "gbp": "\u00a3",
    "eur": "\u20ac",
    "jpy": "\u00a5",
}
CODES = frozenset("usd gbp eur jpy chf aud cad us a au c ca nz hk s".split())
"""Letters with which a currency before a figure begins, in lower case."""

_OLD = re.compile(r"[\s-]old\b")
_AFTER_METRES = frozenset("tall high long wide deep away above below from sprint race apart and".split())
_NEXT_SMALL = re.compile(r"\s+([a-z]+)")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NEXT = re.compile(r"[\s-]([^\W\d_]+)")
_LEADS_TO_A_YEAR = re.compile(
    r"\b(?:in|since|until|by|from|of|during|before|after|early|late|spring|summer|autumn|winter|fall|the)[\s-]$", re.I
)
_NOT_A_NOUN = frozenset("was is has this its plus as less across years thus versus us yes does".split())


def _money(text: str, at: int) -> Reading | None:
    match = _MONEY.match(text, at)
    if not match:
        return None
    sign, figure, scale = match.groups()
    bare = sign.strip().casefold()
    currency = _CURRENCIES.get(bare, "$" if bare.endswith("$") else bare)
    number = Number(at, match.end(), match[0], figure_value(figure) * _scale(scale), "money", currency)
    return Reading(match.end(), (with_near(text, number),))


def _ordinal(text: str, at: int) -> Reading | None:
    match = _ORDINAL.match(text, at)
    if not match:
        return None
    number = Number(at, match.end(), match[0], ordinal_of(match[0]), "ordinal", digits=text[at].isdigit())
    return Reading(match.end(), (number,))


def _figure(text: str, at: int) -> Reading | None:
    match = _PLAIN.match(text, at)
    if not match:
        return None
    figure, scale = match.groups()
    bare = Number(at, match.end(), match[0], figure_value(figure), "count")
    return Reading(match.end(), _meaning(text, bare, scale, figure))


def _words(text: str, at: int) -> Reading | None:
    word = words_at(text, at)
    if word is None:
        return None
    bare = Number(at, word.end, text[at : word.end], word.value, "count", digits=False)
    return Reading(word.end, _meaning(text, bare, "", ""))


def _meaning(text: str, bare: Number, scale: str, figure: str) -> tuple[Number, ...]:
    """A number with nothing before it that says what it is: the words after it do. `scale` and `figure` are what it is
    written with, "" if it is in words.
    """
    found = _per_cent(text, bare, scale) or _money_after(text, bare, scale)
    if found is not None:
        return (with_near(text, found),)
    if not bare.digits and bare.value == 1:
        return ()
    if figure and not scale and _is_year(text, figure, bare.end):
        return (bare._replace(kind="date", text=figure, days=(Day(int(bare.value)),)),)
    measured = _measured(text, bare, scale)
    if measured is None:
        return ()
    if measured is bare:
        return (bare,)
    dozen = not bare.digits and "dozen" in measured.text.casefold()
    return (measured._replace(near="about") if dozen else with_near(text, measured),)


def _per_cent(text: str, bare: Number, scale: str) -> Number | None:
    match = _PER_CENT.match(text, bare.end)
    if not match:
        return None
    whose = counted_after(text, match.end())
    unit = "point" if _POINTS.search(match[0]) else ""
    return _longer(text, bare, match.end())._replace(
        value=bare.value * _scale(scale), kind="percent", unit=unit, counted=whose
    )


def _money_after(text: str, bare: Number, scale: str) -> Number | None:
    match = _CURRENCY_AFTER.match(text, bare.end)
    if not match or not (match[1] or bare.digits):
        return None
    unit, factor = _named_currency(match[1] or match[2])
    return _longer(text, bare, match.end())._replace(value=bare.value * _scale(scale) * factor, kind="money", unit=unit)


def _measured(text: str, bare: Number, scale: str) -> Number | None:
    """A quantity where a unit follows, else a count; the number itself for an age, None for a part of a name."""
    end = bare.end
    unit = unit_of(text, end)
    if unit is not None and unit.base == "times" and scale:
        unit = None  # "1.6 million times" counts, and compares nothing
    if scale == "m" and not _counts_people(text, end):
        unit, scale = UNITS["m"], ""
    if bare.digits and unit is None and end < len(text) and text[end].isalpha():
        return None  # part of a name, as 18F
    if unit is None:
        whose = counted(text, end) or _counted_of(text, end)
        return bare._replace(value=bare.value * _scale(scale), counted=whose)
    if _OLD.match(text, end + unit.length):
        return bare
    return _quantity(text, bare, unit, scale)


def _quantity(text: str, bare: Number, unit: Unit, scale: str) -> Number:
    times = _scale(scale) if unit.length else 1.0
    longer = _longer(text, bare, bare.end + unit.length)
    return longer._replace(value=bare.value * times * unit.factor, kind="quantity", unit=unit.base)


def _longer(text: str, number: Number, end: int) -> Number:
    return number._replace(end=end, text=text[number.start : end])


def _counted_of(text: str, end: int) -> tuple[str, ...]:
    """What "fifteen of the errors" counts."""
    return counted(text, after_article(text, end)) if text.startswith(" of ", end) else ()


def _named_currency(word: str) -> tuple[str, float]:
    name = word.casefold().removesuffix("s")
    if name in ("cent", "c", "\u00a2", "p", "pence", "penny", "pennie"):
        return ("\u00a3" if name.startswith("p") else "$"), 0.01
    return _CURRENCIES[name], 1.0


def _counts_people(text: str, end: int) -> bool:
    """Whether "5m" goes on as millions do ("5m people", "5m a year"), and not as metres do ("5m tall", "5m from")."""
    following = _NEXT_SMALL.match(text, end)
    return following is not None and following[1] not in _AFTER_METRES


def _is_year(text: str, figure: str, end: int) -> bool:
    if not _YEAR.fullmatch(figure):
        return False
    following = _NEXT.match(text, end)
    word = following[1] if following else ""
    plural = (
        word.islower() and len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word not in _NOT_A_NOUN
    )
    leading = _LEADS_TO_A_YEAR.search(text[max(0, end - 20) : end - 4])
    return (
        (leading is not None or not plural) and not (following and unit_of(text, end) is not None) and word != "people"
    )


def _scale(text: str) -> float:
    return SCALES.get(text.strip(" -+").casefold(), 1.0)


MONEY = Form("money", _money, marks="$\u00a3\u20ac\u00a5", words=CODES)
ORDINAL_FORM = Form("ordinal", _ordinal, figures=True, words=NUMBER_WORDS)
FIGURE_FORM = Form("figure", _figure, figures=True, marks="-\u2212")
WORDS_FORM = Form("words", _words, words=NUMBER_WORDS)
