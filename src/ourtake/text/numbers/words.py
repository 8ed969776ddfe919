"""Numbers written as words: "twenty-one", "three hundred and six", "half a million", "a dozen", "two-thirds"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_ONES = {word: number for number, word in enumerate("one two three four five six seven eight nine".split(), 1)}
_TEENS = {
    word: number
    for number, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 10
    )
}
_TENS = {
    word: 10 * number for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_SIMPLE = _ONES | _TEENS | {"zero": 0}
_LARGE = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_MULTIPLES = _LARGE | {"dozen": 12.0}
SCALES = _MULTIPLES | {"hundred": 1e2, "k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "b": 1e9, "bn": 1e9, "tn": 1e12}
"""What a word or letter after a number multiplies it by; "m" is also metres, and "b" is a billion in money only."""

NUMBER_WORDS = frozenset((*_SIMPLE, *_TENS, "a", "half"))
"""The words with which a number in words begins, in lower case."""

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

_GO_ON = frozenset((*_ONES, *_MULTIPLES, "hundred", "and", "a", "quarter", "quarters"))
"""The words that can be second in a number of several words."""

_WORD = re.compile(r"[a-z]+(?!\w)", re.IGNORECASE)


class WordNumber(NamedTuple):
    """A number in words, which ends at `end` of its text."""

    value: float
    end: int


def words_at(text: str, at: int = 0) -> WordNumber | None:
    """The number in words that begins at a place, as long as it can be; None if none does."""
    word, end = _first(text, at)
    if word not in NUMBER_WORDS:
        return None
    if _next(text, end)[0] not in _GO_ON:
        return _small(text, at)
    return _part(text, at) or _and_a_part(text, at) or _multiple(text, at) or _block(text, at)


def _next(text: str, at: int, *, hyphen: bool = True) -> tuple[str, int]:
    """The word after one space or hyphen, in lower case, and where it ends; "" if there is none."""
    if at < len(text) and (text[at].isspace() or (hyphen and text[at] == "-")):
        return _first(text, at + 1)
    return "", at


def _first(text: str, at: int) -> tuple[str, int]:
    match = _WORD.match(text, at)
    return (match[0].lower(), match.end()) if match else ("", at)


def _follow(text: str, at: int, *words: str) -> int:
    """Where the words end that follow, each after a space; -1 where others do."""
    for wanted in words:
        word, at = _next(text, at, hyphen=False)
        if word != wanted:
            return -1
    return at


def _part(text: str, at: int) -> WordNumber | None:
    """Parts of a large number: "half a million", "three quarters of a million"."""
    word, end = _first(text, at)
    if word == "half":
        begun, parts = _follow(text, end, "a"), 1 / 2
        scales = _MULTIPLES
    elif word in ("a", "three"):
        quarters, end = _next(text, end)
        begun = _follow(text, end, "of", "a") if quarters in ("quarter", "quarters") else -1
        parts, scales = (3 if word == "three" else 1) / 4, _LARGE
    else:
        return None
    if begun < 0:
        return None
    scale, end = _next(text, begun, hyphen=False)
    return WordNumber(parts * scales[scale], end) if scale in scales else None


def _and_a_part(text: str, at: int) -> WordNumber | None:
    """A number and a part: "four and a half million", "two and a quarter"."""
    small = _small(text, at)
    begun = _follow(text, small.end, "and", "a") if small else -1
    if small is None or begun < 0:
        return None
    part, end = _next(text, begun, hyphen=False)
    if part not in ("half", "quarter"):
        return None
    value = small.value + 1 / PARTS[part]
    scale, after = _next(text, end, hyphen=False)
    if scale in _LARGE and _next(text, after, hyphen=False)[0] not in ("of", "century", "dozen"):
        return WordNumber(value * _LARGE[scale], after)
    return None if scale in ("of", "century", "dozen") else WordNumber(value, end)


def _multiple(text: str, at: int) -> WordNumber | None:
    """A number of thousands or more, or of dozens: "two hundred thousand and six", "a dozen"."""
    block = _block(text, at)
    if block is None:
        word, end = _first(text, at)
        block = WordNumber(1, end) if word == "a" else None
    if block is None:
        return None
    scale, end = _next(text, block.end)
    if scale not in _MULTIPLES:
        return None
    rest = _rest(text, end, _block)
    value = block.value * _MULTIPLES[scale]
    return WordNumber(value + rest.value, rest.end) if rest else WordNumber(value, end)


def _block(text: str, at: int) -> WordNumber | None:
    """A number below a thousand: "six", "three hundred and six", "a hundred"."""
    small = _small(text, at)
    if small is None:
        word, end = _first(text, at)
        one = WordNumber(1, end) if word == "a" else None
    else:
        one = small
    if one is None:
        return None
    hundred, end = _next(text, one.end)
    if hundred != "hundred":
        return small
    rest = _rest(text, end, _small)
    return WordNumber(100 * one.value + rest.value, rest.end) if rest else WordNumber(100 * one.value, end)


def _rest(text: str, at: int, read: Callable[[str, int], WordNumber | None]) -> WordNumber | None:
    """What follows a hundred or a thousand, with or without "and"."""
    at = max(at, _follow(text, at, "and"))
    return read(text, at + 1) if at < len(text) and text[at].isspace() else None


def _small(text: str, at: int) -> WordNumber | None:
    """A number below a hundred."""
    word, end = _first(text, at)
    if word in _TENS:
        ones, after = _next(text, end)
        return WordNumber(_TENS[word] + _ONES[ones], after) if ones in _ONES else WordNumber(_TENS[word], end)
    return WordNumber(_SIMPLE[word], end) if word in _SIMPLE else None


_NTH = "first second third fourth fifth sixth seventh eighth ninth".split()
ORDINAL = rf"(?:{'|'.join(_TENS)})-(?:{'|'.join(_NTH)})"
"""A pattern (without regard to case) for "twenty-second"; shorter ones order a text as often as they count."""


def ordinal_of(text: str) -> float:
    """The number of "22nd" or "twenty-second"."""
    if text[0].isdigit():
        return float(re.sub(r"\D", "", text))
    tens, _, ones = text.casefold().partition("-")
    return float(_TENS[tens] + _NTH.index(ones) + 1)
