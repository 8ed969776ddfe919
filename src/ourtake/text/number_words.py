"""Numbers written as words: "twenty-one", "three hundred and six", "half a million", "a dozen", "two-thirds"."""

from __future__ import annotations

import re

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = (
    {word: float(number) for number, word in enumerate(_ONES, 1)}
    | {word: float(number) for number, word in enumerate(_TEENS, 10)}
    | {word: float(10 * number) for number, word in enumerate(_TENS, 2)}
    | {"zero": 0.0, "a": 1.0}
)
SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "dozen": 12.0,
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "tn": 1e12,
}
"""What a word or letter after a number multiplies it by; "m" is also metres, and "b" is a billion in money only."""

PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}

_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_ONES)}))?|{'|'.join(_TEENS)}|{'|'.join(_ONES)}|zero)"
_BLOCK = rf"(?:(?:a|{_SMALL})[\s-]hundred(?:\s(?:and\s)?{_SMALL})?|{_SMALL})"
_LARGE = r"(?:thousand|million|billion|trillion)"
WORD_NUMBER = (
    r"(?:half\sa\s(?:million|billion|trillion|thousand|dozen)|"
    rf"(?:a|three)[\s-]quarters?\sof\sa\s{_LARGE}|{_SMALL}\sand\sa\s(?:half|quarter)(?:\s{_LARGE})?(?!\s(?:of|century|"
    rf"dozen))|"
    rf"(?:a|{_BLOCK})[\s-](?:thousand|million|billion|trillion|dozen)(?:\s(?:and\s)?{_BLOCK})?|{_BLOCK})"
)
"""A pattern (to be compiled without regard to case) for a number in words."""

FRACTION = (
    rf"(?:(?!two[\s-]quarters)(?:a|{'|'.join(_ONES)})[\s-](?:thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|"
    rf"eighths?|ninths?|tenths?)"
    rf"(?=\sof\b|\s(?:less|more|fewer)\b)(?!\sof\sa\s{_LARGE})"
    r"|(?:(?<=\bby\s)|(?<=\bup\s)|(?<=\bdown\s)|(?<=\bcut\s)|(?<=\brose\s)|(?<=\bfell\s))(?:a|one)\s(?:third|quarter|"
    r"fifth|sixth|seventh|eighth|ninth|tenth)\b"
    rf"|(?!two[\s-]quarters)(?:{'|'.join(_ONES[1:])})[\s-](?:thirds|quarters|fifths|sixths|sevenths|eighths|ninths|"
    rf"tenths)\b(?!\sof\sa\s{_LARGE})|half(?=\sof\b)|[1-3]/[2-5](?=\sof\b)|[\u00bc\u00bd\u00be\u2153\u2154])"
)
"""A pattern for a fraction in words or as one sign; "half the battle" and "a quarter" of a year are none."""

_SIGNS = {"\u00bc": 0.25, "\u00bd": 0.5, "\u00be": 0.75, "\u2153": 1 / 3, "\u2154": 2 / 3}


def value_of(text: str) -> float:
    """The value of a text that WORD_NUMBER matches."""
    words = re.split(r"[\s-]+", text.casefold())
    if words[:2] == ["half", "a"]:
        return SCALES[words[2]] / 2
    if words[-4:-1] == ["quarter", "of", "a"] or words[-4:-1] == ["quarters", "of", "a"]:
        return _VALUES[words[0]] / 4 * SCALES[words[-1]]
    if "half" in words or "quarter" in words:
        part = words.index("half") if "half" in words else words.index("quarter")
        return (sum(_VALUES[word] for word in words[: part - 2]) + 1 / PARTS[words[part]]) * SCALES.get(words[-1], 1.0)
    total, current = 0.0, 0.0
    for word in words:
        if word in SCALES:
            if word == "hundred":
                current = (current or 1.0) * 100
            else:
                total, current = total + (current or 1.0) * SCALES[word], 0.0
        elif word != "and":
            current += _VALUES[word]
    return total + current


def fraction_of(text: str) -> float:
    """The value (0 to 1) of a text that FRACTION matches."""
    if text in _SIGNS:
        return _SIGNS[text]
    if "/" in text:
        one, _, two = text.partition("/")
        return int(one) / int(two)
    words = re.split(r"[\s-]+", text.casefold())
    part = PARTS[words[-1].removesuffix("s") if words[-1] != "half" else "half"]
    return (_VALUES[words[0]] if len(words) > 1 else 1.0) / part


_ENDS = (
    r"(?:[.,;:!?)](?!\d)|\Z|\s(?:is|are|was|were|has|have|had|says?|said|who|do|does|did|will|would|can|[a-z]{2,}ed)\b)"
)
_TIMES = r"\s(?:\w+ly\s)?(?:years?|months?|weeks?|days?|hours?|minutes?|million|thousand|hundred|%|per|parts|other)\b"
_WHOLE = (
    r"(?:(?:a|one)\s(?:hundred|thousand)|(?i:two|three|four|five|six|seven|eight|nine|ten|twenty|fifty)|10|20|50|"
    r"100|1,?000|[3-9])\b"
)
_PART = rf"(?:(?<![\d,.])\d{{1,3}}(?:\.\d+)?|(?i:{WORD_NUMBER}))"
RATIO = (
    rf"(?:(?i:one)\s[a-z][a-z-]{{2,20}}\s(?:in|out\sof)(?:\severy)?\s{_WHOLE}(?![.,]\d|{_TIMES}|[-%:/])"
    rf"|{_PART}(?:\s(?:in|out\sof)(?:\severy)?\s{_WHOLE}(?![.,]\d|{_TIMES}|[-%:/])"
    rf"|(?:\s[a-z][a-z-]{{2,20}}){{1,2}}\s(?:in|out\sof)(?:\severy)?\s(?:{_WHOLE}(?={_ENDS})|(?:a|one)\shundred\b)))"
)
"""A pattern for "three in ten", "one school in five", "12 out of a hundred"; "three in ten years" is none."""

_OUT_OF = re.compile(r"\s(?:in|out\sof)\s(?:every\s)?")
_FIRST = re.compile(_PART)


def ratio_of(text: str) -> tuple[float, float, int]:
    """The two numbers of a text that RATIO matches, and the length of the first; zeros for any other text."""
    first, second = _FIRST.match(text), _OUT_OF.search(text)
    if not first or not second:
        return 0.0, 0.0, 0
    whole = re.sub(r"^one\s", "a ", text[second.end() :].replace(",", ""))
    one, two = (float(part) if part[0].isdigit() else value_of(part) for part in (first[0], whole))
    return one, two, first.end()


_NTH = "first second third fourth fifth sixth seventh eighth ninth".split()
ORDINAL = rf"(?:{'|'.join(_TENS)})-(?:{'|'.join(_NTH)})"
"""A pattern for "twenty-second"; shorter ones order a text as often as they count."""


def ordinal_of(text: str) -> float:
    """The number of "22nd" or "twenty-second"."""
    if text[0].isdigit():
        return float(re.sub(r"\D", "", text))
    tens, _, ones = text.casefold().partition("-")
    return _VALUES[tens] + _NTH.index(ones) + 1
