"""Every number that a text states: its value, what it counts, and where it stands.

Money, per cent, quantities with units, dates, years, ordinals, times, fractions, ranges and counts, in figures and in
words. Left alone: versions, telephone numbers, names with figures in them (GPT-4, COVID-19), "24/7" and its like,
"one", and vague crowds ("dozens", "thousands of").
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from ourtake.text.dates import PAIR, Day, days_of, month_start
from ourtake.text.number_matches import number_matches
from ourtake.text.number_patterns import (
    ABOUT,
    AFTER,
    ARTICLE,
    BETWEEN,
    COMMA_DECIMAL,
    CURRENCIES,
    CURRENCY_AFTER,
    FIGURE,
    NEAR,
    OVER,
    POINTED,
    THIN,
    UNDER,
)
from ourtake.text.number_words import SCALES, WORD_NUMBER, fraction_of, ordinal_of, ratio_of, value_of
from ourtake.text.parsed import kept
from ourtake.text.tokens import blanked
from ourtake.text.units import UNITS, counted, unit_of

Kind = Literal["count", "money", "percent", "quantity", "ordinal", "date", "time"]


class Number(NamedTuple):
    """text == whole[start:end]. `unit`: a currency, a unit's base, or "". `counted`: stems of the words that follow a
    count.

    `near` says how exact it means to be: "about", "over", "under", or "". `digits`: it was written in figures. `days`:
    what a date may mean.
    """

    start: int
    end: int
    text: str
    value: float
    kind: Kind
    unit: str = ""
    counted: tuple[str, ...] = ()
    near: Literal["", "about", "over", "under"] = ""
    digits: bool = True
    days: tuple[Day, ...] = ()


_FIGURE = re.compile(FIGURE)
_UNBROKEN = re.compile(r"[!-~]{400,}+")
"""A run without a space in which nobody states a number: a key, a picture in letters, noise."""
_LATE = re.compile(r"\s(?:in\sthe\s(?:afternoon|evening)|at\snight)")
_AND = re.compile(r",?\s(?:and\s)?")
_CENTURY = re.compile(r"\sof\sa\scentury\b")
_AFTER_METRES = frozenset("tall high long wide deep away above below from sprint race apart and".split())
_NOT_A_NOUN = frozenset("was is has this its plus as less across years thus versus us yes does".split())


@kept
def numbers_in(text: str) -> tuple[Number, ...]:
    """Every number of a text, in order."""
    if not text:
        return ()
    plain = _UNBROKEN.sub(lambda match: " " * len(match[0]), blanked(text))
    found = [number for match in number_matches(plain) if not match["skip"] for number in _read(plain, match)]
    return tuple(_joined(plain, _ranged(plain, found)))


def _read(text: str, match: re.Match[str]) -> list[Number]:
    start, end = match.span()
    kind = match.lastgroup
    if kind in ("iso", "slash", "daymonth", "monthday", "monthyear", "month", "worded", "decade", "years"):
        start = month_start(match)
        days = days_of(match)
        if kind == "years" and days[1].year == days[0].year + 1 and " to " not in match[0]:
            return [Number(start, end, text[start:end], days[0].year, "date", PAIR, days=tuple(days))]
        if kind == "years":
            return [Number(start, end, text[start:end], day.year, "date", days=(day,)) for day in days]
        return [Number(start, end, text[start:end], days[0].year, "date", days=tuple(days))] if days else []
    if match["hour"]:
        hour = float(match["hour"]) if match["hour"].isdigit() else value_of(match["hour"])
        if hour > 12:
            return [Number(start, end, match[0], hour, "count", digits=False)]
        late = hour < 12 and _LATE.match(text, end)
        return [Number(start, end, match[0], (hour + (12 if late else 0)) * 60, "time", digits=match[0].isdigit())]
    if match["time"]:
        minutes = _minutes(match[0])
        late = minutes < 720 and _LATE.match(text, end)
        return [Number(start, end, match[0], minutes + (720 if late else 0), "time")]
    if match["fold"]:
        value = {"d": 2.0, "t": 3.0, "q": 4.0}[match[0][0].casefold()]
        return [
            Number(
                start,
                end,
                match[0],
                value,
                "quantity",
                "times",
                counted=counted(text, _after_article(text, end)),
                digits=False,
            )
        ]
    if match["ratio"]:
        return [_with_near(text, _ratio(text, match))]
    if match["fraction"]:
        return [_fraction(text, match)]
    if match["ordinal"]:
        return [Number(start, end, match[0], ordinal_of(match[0]), "ordinal", digits=match[0][0].isdigit())]
    if match["money"]:
        scale = _scale(text[match.end("money") : end])
        value = figure_value(match["money"]) * scale
        return [_with_near(text, Number(start, end, match[0], value, "money", _currency(match["sign"])))]
    return _plain(text, match)


def _ratio(text: str, match: re.Match[str]) -> Number:
    """What is said as "three in ten" is a share; of "ten in three" the first number is a count."""
    start, end = match.span()
    one, two, first = ratio_of(match["ratio"])
    digits = match[0][0].isdigit()
    if one > two:
        return Number(start, start + first, match[0][:first], one, "count", digits=digits)
    return Number(
        start,
        end,
        match[0],
        100 * one / two,
        "percent",
        counted=counted(text, _after_article(text, end)),
        digits=digits,
    )


def _fraction(text: str, match: re.Match[str]) -> Number:
    """A share in words; one that is not a number of twelfths is approximate."""
    start, end = match.span()
    value = fraction_of(match["fraction"])
    century = _CENTURY.match(text, end)
    if century:
        return Number(
            start, century.end(), text[start : century.end()], value * 1200, "quantity", "month", digits=False
        )
    share = Number(
        start, end, match[0], value * 100, "percent", counted=counted(text, _after_article(text, end)), digits=False
    )
    return share._replace(near="about") if abs(value * 12 % 1) > 1e-6 else share


def _after_article(text: str, end: int) -> int:
    """Where the words begin that say what a share or a multiple is of: after "of the"."""
    match = ARTICLE.match(text, end)
    return match.end() if match else end


def _counted_of(text: str, end: int) -> tuple[str, ...]:
    """What "fifteen of the errors" counts."""
    return counted(text, _after_article(text, end)) if text.startswith(" of ", end) else ()


def _plain(text: str, match: re.Match[str]) -> list[Number]:
    """A number with nothing before it that says what it is: the words after it do."""
    figure = match["figure"]
    start, end = match.span()
    digits = figure is not None
    value = figure_value(figure) if figure is not None else value_of(match[0])
    tail = text[match.end("figure") : end] if figure is not None else ""
    after = AFTER.match(text, end)
    if after:
        point = "point" if re.search(r"point|pp", after[0], re.IGNORECASE) else ""
        stop = after.end()
        whose = counted(text, _after_article(text, stop))
        return [
            _with_near(
                text,
                Number(start, stop, text[start:stop], value * _scale(tail), "percent", point, whose, digits=digits),
            )
        ]
    money = CURRENCY_AFTER.match(text, end)
    if money and (money[1] or digits):
        unit_name, factor = _named_currency(money[1] or money[2])
        stop = money.end()
        return [
            _with_near(
                text,
                Number(start, stop, text[start:stop], value * _scale(tail) * factor, "money", unit_name, digits=digits),
            )
        ]
    if not digits and value == 1:
        return []
    if figure is not None and not tail and _is_year(text, figure, end):
        return [Number(start, end, figure, value, "date", days=(Day(int(value)),))]
    unit = unit_of(text, end)
    if unit is not None and unit.base == "times" and tail:
        unit = None  # "1.6 million times" counts, and compares nothing
    if tail == "m" and not _counts_people(text, end):
        unit, tail = UNITS["m"], ""
    if digits and unit is None and end < len(text) and text[end].isalpha():
        return []  # part of a name, as 18F
    if unit is not None and re.match(r"[\s-]old\b", text[end + unit.length :]):
        return [Number(start, end, text[start:end], value, "count", digits=digits)]  # an age
    if unit is not None and unit.length:
        stop = end + unit.length
        number = Number(
            start, stop, text[start:stop], value * _scale(tail) * unit.factor, "quantity", unit.base, digits=digits
        )
    elif unit is not None:
        number = Number(start, end, text[start:end], value * unit.factor, "quantity", unit.base, digits=digits)
    else:
        number = Number(
            start,
            end,
            text[start:end],
            value * _scale(tail),
            "count",
            counted=counted(text, end) or _counted_of(text, end),
            digits=digits,
        )
    dozen = not digits and "dozen" in number.text.casefold()
    return [number._replace(near="about") if dozen else _with_near(text, number)]


def _named_currency(word: str) -> tuple[str, float]:
    name = word.casefold().removesuffix("s")
    if name in ("cent", "c", "\u00a2", "p", "pence", "penny", "pennie"):
        return ("\u00a3" if name.startswith("p") else "$"), 0.01
    return CURRENCIES[name], 1.0


def _counts_people(text: str, end: int) -> bool:
    """Whether "5m" goes on as millions do ("5m people", "5m a year"), and not as metres do ("5m tall", "5m from")."""
    following = re.match(r"\s+([a-z]+)", text[end:])
    return following is not None and following[1] not in _AFTER_METRES


def _is_year(text: str, figure: str, end: int) -> bool:
    if not re.fullmatch(r"(?:1[5-9]|20)\d\d", figure):
        return False
    following = re.match(r"[\s-]([^\W\d_]+)", text[end:])
    word = following[1] if following else ""
    plural = (
        word.islower() and len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word not in _NOT_A_NOUN
    )
    leading = re.search(
        r"\b(?:in|since|until|by|from|of|during|before|after|early|late|spring|summer|autumn|winter|fall|the)[\s-]$",
        text[max(0, end - 20) : end - 4],
        re.I,
    )
    return (
        (leading is not None or not plural) and not (following and unit_of(text, end) is not None) and word != "people"
    )


def _with_near(text: str, number: Number) -> Number:
    before = text[max(0, number.start - 24) : number.start]
    if not before or before[-1] not in " ~" or not before.rstrip().lower().endswith(NEAR):
        return number
    if ABOUT.search(before):
        return number._replace(near="about")
    if OVER.search(before):
        return number._replace(near="over")
    return number._replace(near="under") if UNDER.search(before) else number


def _ranged(text: str, found: list[Number]) -> list[Number]:
    """In "3 to 5 million euros" the first number takes the second's unit, and its scale where it is written without
    one.
    """
    for index in range(len(found) - 2, -1, -1):
        one, two = found[index], found[index + 1]
        between = text[one.end : two.start]
        if one.kind not in ("count", "money"):
            continue
        if not BETWEEN.fullmatch(between) or (
            between == " and " and not re.search(r"\bbetween\s$", text[max(0, one.start - 9) : one.start])
        ):
            continue
        if between == " a " and (one.kind != "count" or two.kind not in ("money", "percent")):
            continue  # "de 438 a 512 euros" is a range, "$20 a 24-hour day" is not
        if one.kind == "money" and two.kind == "count":
            found[index + 1] = two = two._replace(kind="money", unit=one.unit, counted=())
        if two.kind in ("money", "percent", "quantity", "count", "time"):
            scale = _lent(one, two)
            found[index] = one._replace(value=one.value * scale, kind=two.kind, unit=two.unit, counted=two.counted)
    return found


def _joined(text: str, found: list[Number]) -> list[Number]:
    """Two minutes and 25 seconds are one span of time."""
    for index in range(len(found) - 2, -1, -1):
        one, two = found[index], found[index + 1]
        if (
            one.unit == two.unit == "second"
            and two.value < 60 <= one.value
            and _AND.fullmatch(text, one.end, two.start)
        ):
            found[index : index + 2] = [
                one._replace(end=two.end, text=text[one.start : two.end], value=one.value + two.value)
            ]
    return found


def _lent(one: Number, two: Number) -> float:
    bare = re.fullmatch(r"[^\w]*(\d+(?:\.\d+)?)", one.text)
    stated = figure_in(two.text)
    if two.kind == "quantity" and not one.digits and not two.digits:
        word = re.match(rf"{WORD_NUMBER}\b", two.text, re.IGNORECASE)
        return two.value / value_of(word[0]) if word else 1.0
    if not bare or not stated or two.kind == "time":
        return 1.0
    return two.value / stated


def figure_value(text: str) -> float:
    """The value of a number written as FIGURE: commas part groups, or, as in most of Europe, points and spaces do and
    a comma begins the decimals.
    """
    plain = text.replace("\u2212", "-")
    if POINTED.fullmatch(plain.lstrip("-")):
        plain = plain.replace(".", "").replace(",", ".")
    elif COMMA_DECIMAL.fullmatch(plain):
        plain = plain.replace(",", ".")
    return float(re.sub(f"[,'\u2019 {THIN}]", "", plain))


def figure_in(text: str) -> float | None:
    """The value of the first number in figures of a number's text ("40" of "40 MW"), or None where it is in words."""
    match = _FIGURE.search(text)
    return figure_value(match[0]) if match else None


def _scale(text: str) -> float:
    return SCALES.get(text.strip(" -+").casefold(), 1.0)


def _currency(sign: str) -> str:
    bare = sign.strip().casefold()
    return CURRENCIES.get(bare, "$" if bare.endswith("$") else bare)


def _minutes(text: str) -> float:
    hour, _, rest = (
        text.replace(".", ":").partition(":") if re.search(r"\d[:.]\d", text) else (re.sub(r"\D", "", text), "", "0")
    )
    minute = re.match(r"\d+", rest)
    later = re.search(r"p\.?m", text, re.IGNORECASE) and int(hour) < 12
    return (int(hour) + (12 if later else 0)) * 60 + (int(minute[0]) if minute else 0)
