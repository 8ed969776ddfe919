"""Where a text states numbers: the pattern of number_patterns.py, tried only where one can begin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from ourtake.text.number_patterns import FIGURES, FIRST_WORDS, INNER_WORDS, LEADS, NUMBER
from ourtake.text.tokens import lowered

_WORDS = AhoCorasick(
    (*FIRST_WORDS, *INNER_WORDS), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA
)
_FIGURE = -1
_WORDS_BEFORE = 3
_FURTHEST = 80
"""Characters."""
_LAST_WORD = re.compile(r"([^\W\d_]+)\W*\Z")


def number_matches(text: str) -> Iterator[re.Match[str]]:
    """What finditer would give, tried only where a figure, a sign, a month or a number in words stands, or a few words
    before it.
    """
    done = 0
    for hint, before in _hints(lowered(text)):
        if hint < done:
            continue
        for at in range(_begin(text, hint, before, done=done), hint + 1):
            # Nothing begins with a space, and inside a word only a currency's letters and an address.
            first = text[at]
            if first == " " or (
                first.isalpha() and first != "h" and not first.isupper() and at and text[at - 1].isalpha()
            ):
                continue
            match = NUMBER.match(text, at)
            if match:
                yield match
                done = match.end()
                break


def _hints(lower: str) -> list[tuple[int, int]]:
    """Where something stands that belongs to a number, and how many words before it may be part of it; FIGURE for a
    figure or sign.
    """
    found = [(match.start(), _FIGURE) for match in FIGURES.finditer(lower)]
    for word, start, end in _WORDS.find_matches_as_indexes(lower):
        if (not start or not _is_inner(lower[start - 1])) and (end == len(lower) or not _is_inner(lower[end])):
            found.append((start, 0 if word < len(FIRST_WORDS) else _WORDS_BEFORE))
    found.sort()
    return found


def _is_inner(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _begin(text: str, hint: int, before: int, *, done: int) -> int:
    """The first place at which what the hint belongs to can begin."""
    if not before:
        return hint
    begin = text.rfind(" ", done, hint) + 1 or done
    if before == _FIGURE:
        for _ in range(2):
            start = text.rfind(" ", done, max(done, begin - 1)) + 1 or done
            word = _LAST_WORD.search(text, start, begin)
            if word is None or word[1].lower() not in LEADS:
                break
            begin = start
    else:
        for _ in range(before - 1):
            begin = text.rfind(" ", done, max(done, begin - 1)) + 1 or done
    return max(begin, hint - _FURTHEST)
