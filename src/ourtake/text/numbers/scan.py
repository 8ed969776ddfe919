"""Where a text states numbers: the forms, each tried only where it can begin, the first that fits at a place wins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from ourtake.text.dates import MONTHS
from ourtake.text.numbers import calendar, left_alone, quantities, shares, times
from ourtake.text.numbers.left_alone import is_inner, name_with_figures
from ourtake.text.numbers.number import Form, Reading
from ourtake.text.numbers.words import NUMBER_WORDS
from ourtake.text.tokens import lowered

FORMS = (
    *left_alone.FORMS,
    Form("name with figures", name_with_figures),
    *calendar.FORMS,
    shares.RATIO,
    *times.FORMS,
    quantities.MONEY,
    shares.FRACTION,
    quantities.ORDINAL_FORM,
    quantities.FIGURE_FORM,
    quantities.WORDS_FORM,
    shares.FOLD,
)
"""The order is that of trial. A name with figures is any word that figures follow, so no word begins it."""

_NAME = FORMS[len(left_alone.FORMS)]
_AT_FIGURES = tuple(form for form in FORMS if form.figures)
_AT_MARKS = {
    mark: tuple(form for form in FORMS if mark in form.marks) for mark in sorted({m for f in FORMS for m in f.marks})
}
_AT_WORDS = {
    word: tuple(form for form in FORMS if word in form.words) for word in sorted({w for f in FORMS for w in f.words})
}

# Hints: what is in every number, and how many words before it the number may begin.
_ALONE = NUMBER_WORDS - {"a"} | shares.FOLD_WORDS
_INNER = frozenset(
    "nineteen twenties thirties forties fifties sixties seventies eighties nineties hundred thousand million billion "
    "trillion dozen third thirds quarter quarters fourth fourths fifth fifths sixth sixths seventh sevenths eighth "
    "eighths ninth ninths tenth tenths".split()
) | {month.lower() for month in MONTHS}
_HINTS = tuple(sorted(_ALONE | _INNER))
_SOUGHT = AhoCorasick(_HINTS, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA)
_WORDS_BEFORE = 3
_FURTHEST = 80
"""Characters."""
_MARKS = re.compile(r"[\d$\u00a3\u20ac\u00a5\u00bc-\u00be\u2153\u2154]")
_BEFORE_FIGURES = quantities.CODES | calendar.MONTH_WORDS | {"of"}
_FIGURE = -1
_LAST_WORD = re.compile(r"([^\W\d_]+)\W*\Z")
_WORD = re.compile(r"[^\W\d_]+")
_FIGURE_AFTER = re.compile(r"[-\u2011]?\d")


def readings(text: str) -> Iterator[tuple[int, Reading]]:
    """What is at each place where a number, or something that looks like one, begins; in order."""
    done = 0
    for hint, before in _hints(lowered(text)):
        if hint < done:
            continue
        for at in range(_begin(text, hint, before, done=done), hint + 1):
            if text[at] == " " or (at and text[at].islower() and is_inner(text[at - 1])):
                continue  # nothing begins with a space, or with a small letter within a word
            found = _read(text, at)
            if found:
                yield at, found
                done = found.end
                break


def _read(text: str, at: int) -> Reading | None:
    first = text[at]
    if first.isalpha():
        if at and is_inner(text[at - 1]):
            # Only a currency begins inside a word.
            return quantities.MONEY.read(text, at) if first.isupper() else None
        match = _WORD.match(text, at)
        forms = _AT_WORDS.get(match[0].lower(), ()) if match else ()
        if match and _FIGURE_AFTER.match(text, match.end()):
            forms = tuple(form for form in FORMS if form is _NAME or form in forms)
    else:
        forms = _AT_FIGURES if first.isdigit() else _AT_MARKS.get(first, ())
    for form in forms:
        found = form.read(text, at)
        if found:
            return found
    return None


def _hints(lower: str) -> list[tuple[int, int]]:
    """Where something is that belongs to a number, and how many words before it may be part of it; _FIGURE for a
    figure or sign.
    """
    found = [(match.start(), _FIGURE) for match in _MARKS.finditer(lower)]
    for word, start, end in _SOUGHT.find_matches_as_indexes(lower):
        if (not start or not is_inner(lower[start - 1])) and (end == len(lower) or not is_inner(lower[end])):
            found.append((start, _WORDS_BEFORE if _HINTS[word] in _INNER else 0))
    found.sort()
    return found


def _begin(text: str, hint: int, before: int, *, done: int) -> int:
    """The first place at which what the hint belongs to can begin."""
    if not before:
        return hint
    begin = text.rfind(" ", done, hint) + 1 or done
    if before == _FIGURE:
        for _ in range(2):
            start = text.rfind(" ", done, max(done, begin - 1)) + 1 or done
            word = _LAST_WORD.search(text, start, begin)
            if word is None or word[1].lower() not in _BEFORE_FIGURES:
                break
            begin = start
    else:
        for _ in range(before - 1):
            begin = text.rfind(" ", done, max(done, begin - 1)) + 1 or done
    return max(begin, hint - _FURTHEST)
