"""Shares and multiples: "three in ten", "two-thirds", "a quarter of", "trebled"."""

from __future__ import annotations

import re
from typing import NamedTuple

from ourtake.text.numbers.number import Form, Number, Reading, counted_after, with_near
from ourtake.text.numbers.words import NUMBER_WORDS, PARTS, words_at

_ENDS = (
    r"(?:[.,;:!?)](?!\d)|\Z|\s(?:is|are|was|were|has|have|had|says?|said|who|do|does|did|will|would|can|read|own|use|"
    r"want|need|think|go|pay|[a-z]{2,}ed)\b)"
)
_NOT_WHOLE = (
    r"(?![.,]\d|\s(?:\w+ly\s)?(?:years?|months?|weeks?|days?|hours?|minutes?|million|thousand|hundred|%|per|parts|"
    r"other)\b|[-%:/])"
)
_WHOLE = (
    r"((?:a|one)\s(?:hundred|thousand)|(?i:two|three|four|five|six|seven|eight|nine|ten|twenty|fifty)|10|20|50|100|"
    r"1,?000|[3-9])\b"
)
_IN = r"\s(?:in|out\sof)(?:\severy)?\s"
_NOUN = r"\s[a-z][a-z-]{2,20}"
_FIGURE = re.compile(r"\b(?<![\d,.])\d{1,3}(?:\.\d+)?(?=\s)")
_ONE_OF = re.compile(rf"(?i:one)\s[A-Za-z][a-z-]{{2,20}}{_IN}{_WHOLE}{_NOT_WHOLE}")
_OF = re.compile(rf"{_IN}{_WHOLE}{_NOT_WHOLE}|(?:{_NOUN}){{1,2}}{_IN}(?:{_WHOLE}(?={_ENDS})|((?:a|one)\shundred)\b)")


class Ratio(NamedTuple):
    """Part and whole of "3 in 10": their values, where the part ends and where the whole does."""

    part: float
    whole: float
    part_end: int
    end: int


def ratio_at(text: str, at: int = 0) -> Ratio | None:
    """The ratio that begins at a place; "three in ten years" is not one."""
    figure, match = _FIGURE.match(text, at), _ONE_OF.match(text, at)
    word = None if figure else words_at(text, at)
    if figure:
        part, end = float(figure[0]), figure.end()
    elif word:
        part, end = (1.0, at + 3) if match else (word.value, word.end)
    else:
        return None
    match = match or _OF.match(text, end)
    if not match:
        return None
    said = next(group for group in match.groups() if group)
    whole = words_at(re.sub("^one ", "a ", said))
    return Ratio(part, whole.value if whole else float(said.replace(",", "")), end, match.end())


def _ratio(text: str, at: int) -> Reading | None:
    """What is said as "three in ten" is a share; of "ten in three" the first number is a count."""
    ratio = ratio_at(text, at)
    if ratio is None:
        return None
    digits = text[at].isdigit()
    if ratio.part > ratio.whole:
        number = Number(at, ratio.part_end, text[at : ratio.part_end], ratio.part, "count", digits=digits)
    else:
        number = Number(
            at,
            ratio.end,
            text[at : ratio.end],
            100 * ratio.part / ratio.whole,
            "percent",
            counted=counted_after(text, ratio.end),
            digits=digits,
        )
    return Reading(ratio.end, (with_near(text, number),))


_ONES = "two|three|four|five|six|seven|eight|nine"
_PARTS = "third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_NOT_OF_MILLIONS = r"(?!\sof\sa\s(?:thousand|million|billion|trillion))"
_FRACTION = re.compile(
    rf"(?!two[\s-]quarters)(?:a|one|{_ONES})[\s-](?:{_PARTS})s?(?=\sof\b|\s(?:less|more|fewer)\b){_NOT_OF_MILLIONS}"
    r"|(?:(?<=\bby\s)|(?<=\bup\s)|(?<=\bdown\s)|(?<=\bcut\s)|(?<=\brose\s)|(?<=\bfell\s))(?:a|one)\s"
    r"(?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)\b"
    rf"|(?!two[\s-]quarters)(?:{_ONES})[\s-](?:thirds|quarters|fifths|sixths|sevenths|eighths|ninths|tenths)\b"
    rf"{_NOT_OF_MILLIONS}|half(?=\sof\b)|\b[1-3]/[2-5](?=\sof\b)|[\u00bc\u00bd\u00be\u2153\u2154]",
    re.IGNORECASE,
)
_SIGNS = {"\u00bc": 0.25, "\u00bd": 0.5, "\u00be": 0.75, "\u2153": 1 / 3, "\u2154": 2 / 3}
_CENTURY = re.compile(r"\sof\sa\scentury\b")


def _fraction(text: str, at: int) -> Reading | None:
    """A share in words; one that is not a number of twelfths is approximate."""
    match = _FRACTION.match(text, at)
    if not match:
        return None
    end, value = match.end(), _fraction_of(match[0])
    century = _CENTURY.match(text, end)
    if century:
        stop = century.end()
        number = Number(at, stop, text[at:stop], value * 1200, "quantity", "month", digits=False)
    else:
        whose = counted_after(text, end)
        number = Number(at, end, match[0], value * 100, "percent", counted=whose, digits=False)
        number = number._replace(near="about") if abs(value * 12 % 1) > 1e-6 else number
    return Reading(end, (number,))


def _fraction_of(text: str) -> float:
    if text in _SIGNS:
        return _SIGNS[text]
    if "/" in text:
        one, _, two = text.partition("/")
        return int(one) / int(two)
    first, *rest = re.split(r"[\s-]+", text.casefold())
    if not rest:
        return 1 / PARTS[first]
    number = words_at(first)
    return (number.value if number else 1.0) / PARTS[rest[-1].removesuffix("s")]


_FOLD = re.compile(
    r"(?:(?:doubl|trip|treb|quadrup)l?(?:ed|es|ing)|(?:double|triple|treble|quadruple)(?=\s(?:the|its|their|his|her|our|"
    r"as)\b))\b",
    re.IGNORECASE,
)
_TIMES = {"d": 2.0, "t": 3.0, "q": 4.0}
FOLD_WORDS = frozenset(
    "double doubled doubles doubling triple tripled triples tripling treble trebled trebles trebling quadruple "
    "quadrupled quadruples quadrupling".split()
)


def _fold(text: str, at: int) -> Reading | None:
    match = _FOLD.match(text, at)
    if not match:
        return None
    end, value = match.end(), _TIMES[match[0][0].casefold()]
    whose = counted_after(text, end)
    return Reading(end, (Number(at, end, match[0], value, "quantity", "times", counted=whose, digits=False),))


RATIO = Form("ratio", _ratio, figures=True, words=NUMBER_WORDS)
FRACTION = Form("fraction", _fraction, figures=True, marks="".join(_SIGNS), words=NUMBER_WORDS)
FOLD = Form("multiple", _fold, words=FOLD_WORDS)
