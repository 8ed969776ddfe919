"""FCT003 by code: two numbers of a take that have changed places.

Both are in the documents, close to each other, but what the document says of the one the take says of the other: "39
decibels where 31 had been forecast" beside "31 decibels, against 39 forecast". A word of the surroundings belongs to
the number that it is nearer to; marks and the ends of sentences count as further words. Where more of the shared
words have gone over to the other number than have stayed, the two have changed places.

The limits below were chosen on the clean takes and faults that benchmarks/claims.py and benchmarks/checks.py read. Of
328 sentences of other texts whose two numbers were exchanged, 132 are found; of the same sentences unchanged, none.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from ourtake.checks.base import PROSE, Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.slots import NEGATION
from ourtake.checks.passages import sentence_at
from ourtake.checks.sentences import sentence_index
from ourtake.documents import FieldName
from ourtake.text.content import STOP
from ourtake.text.dates import DAYS, MONTHS
from ourtake.text.parsed import kept
from ourtake.text.sentences import sentences
from ourtake.text.stemming import stems
from ourtake.text.tokens import tokenize

BOUND = 6
"""Words within which another belongs to a number."""

LEAD = 1.7
"""The other number is at least this many times as far away."""

LEAST = 0.65
"""What the words that have gone over weigh at least, beyond twice those that have stayed: 1 is a word that the
documents have once.
"""

NEAR = 2
"""The most sentences between the two numbers of a document."""

_MARK = 2
"""How many words a mark counts as: a comma, the end of a sentence."""

_MARKS = re.compile(r"[.!?\n,;:()\u2014]")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PER_CENT = re.compile(r"\s?(?:%|per\s?cent\b)")
_WORDED = {
    word: str(number)
    for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2)
}
_FLOATING = frozenset(name.casefold() for name in (*MONTHS, *DAYS)) | {"percent", "per", "cent"}
"""Words that belong to a whole clause, or to any number."""

_SAYING_NOTHING = STOP | _FLOATING | _WORDED.keys()

_TIMES = frozenset(stems("minute hour day week month year".split()))
"""What many numbers in a text count: alone it doesn't show that two have changed places."""

_PART = re.compile(r"\s(?:out )?of\s")
_CHANGE = re.compile(r"\S*(?:\s\S+){0,2}\s(?:to|from|or)(?:\s\S+){0,3}\s\S*")
APART = 20
"""The most words between the two in a take."""


def _value(figure: str) -> float:
    return float(figure.removeprefix("w"))


class Window(NamedTuple):
    """One sentence of a text or two: its words, where each is, and what is looked for in it."""

    spans: tuple[tuple[int, int], ...]
    places: tuple[int, ...]
    """Each word's place, with marks counted as words."""
    words: Mapping[str, Sequence[int]]
    """The words that say something, by their stems, and where they are."""
    figures: Mapping[str, int]
    """The numbers that it has once, and where they are. Years are not among them."""
    denied: frozenset[int]
    """Where a negation is."""


@kept
def window(text: str, first: int, last: int) -> Window:
    """The sentences first to last (both counted) of a text."""
    listed, tokens = sentences(text), tokenize(text)
    which = tokens.between(listed[first].start, listed[last].end)
    spans, places, at = tokens.spans[which], list[int](), 0
    for number, (start, _) in enumerate(spans):
        gap = text[spans[number - 1][1] : start] if number else ""
        at += 1 + (_MARK if gap != " " and _MARKS.search(gap) else 0)
        places.append(at)
    words, inside = dict[str, list[int]](), tokens.words[which]
    for number, (word, stem) in enumerate(zip(inside, tokens.stems[which], strict=True)):
        if len(word) > 2 and word not in _SAYING_NOTHING and not word[0].isdigit():
            words.setdefault(stem, []).append(number)
    numbers = _figure_places(text)
    numbers = numbers[bisect_left(numbers, which.start) : bisect_left(numbers, which.stop)]
    figures = [(_figure(tokens.words[place]), place - which.start) for place in numbers]
    often = Counter(figure for figure, _ in figures)
    once = {figure: number for figure, number in figures if often[figure] == 1}
    denied = frozenset([number for number, word in enumerate(inside) if word in NEGATION])
    return Window(spans, tuple(places), words, once, denied)


def _figure(word: str) -> str:
    """A number as it is compared, with a mark before it if it is written as a word; nothing for another word."""
    if not word[0].isdigit():
        return "w" + _WORDED[word] if word in _WORDED else ""
    return word.replace(",", "") if _FIGURE.fullmatch(word) and not _YEAR.fullmatch(word) else ""


class Exchanged(NamedTuple):
    """Two numbers of a take, text[start:end] of a field from the one to the other, and where the document has both."""

    field: FieldName
    start: int
    end: int
    document: Document
    place: tuple[int, int]


def exchanged_numbers(case: Case) -> Iterator[Exchanged]:
    """The pairs of numbers of a take that have changed places in every place where a document has both."""
    for field in PROSE:
        text = case.text(field)
        listed = sentences(text)
        seen, told = set[tuple[int, int]](), 0  # up to where a finding goes
        for index, sentence in enumerate(listed):
            joined = index + 1 < len(listed) and "\n" not in text[sentence.end : listed[index + 1].start]
            if not _may_have_two(case, text, index, index + joined):
                continue
            ours = window(text, index, index + joined)
            for one, two in combinations(ours.figures, 2):
                first, last = sorted((ours.figures[one], ours.figures[two]))
                start, end = ours.spans[first][0], ours.spans[last][1]
                if _is_money(text, start) != _is_money(text, ours.spans[last][0]):
                    continue
                if ours.places[last] - ours.places[first] > APART or min(map(_value, (one, two))) < 2:
                    continue
                if start >= sentence.end or (start, end) in seen or (one[0] == "w") != (two[0] == "w"):
                    continue
                seen.add((start, end))
                if start >= told and not _is_part(text[start:end], one, two, ours):
                    found = _found(case, Exchanged(field, start, end, case.documents[0], (0, 0)), ours, one, two)
                    if found is not None:
                        told = end
                        yield found


def _may_have_two(case: Case, text: str, first: int, last: int) -> bool:
    """Whether a document has two numbers of a sentence or of the next: most need not be read as a window."""
    figures = {figure for figure, holding in _figures_of(text).items() if first in holding or last in holding}
    return len(figures) > 1 and any(len(figures & _figures_of(document.text).keys()) > 1 for document in case.documents)


@kept
def _figure_places(text: str) -> tuple[int, ...]:
    """Which words of a text are numbers."""
    listed = enumerate(tokenize(text).words)
    return tuple([place for place, word in listed if (word[0].isdigit() or word in _WORDED) and _figure(word)])


def _is_part(between: str, one: str, two: str, ours: Window) -> bool:
    """Whether the numbers are a part and its whole, the smaller first ("22 of the 29"), or the ends of a change ("from
    58 to more than 90").
    """
    smaller = _value(one) < _value(two)
    in_order = smaller == (ours.figures[one] < ours.figures[two])
    return (in_order and _PART.search(between) is not None) or _CHANGE.fullmatch(between) is not None


def _is_money(text: str, start: int) -> bool:
    return text[max(0, start - 1) : start] in ("$", "\u00a3", "\u20ac")


def _is_share(text: str, of: Window, figure: str) -> bool:
    """Whether a number is given in per cent."""
    return _PER_CENT.match(text, of.spans[of.figures[figure]][1]) is not None


def _found(case: Case, found: Exchanged, ours: Window, one: str, two: str) -> Exchanged | None:
    """The finding with the first document's words, if some place has both numbers the other way round and none has them
    so.
    """
    first: Exchanged | None = None
    shares = [_is_share(case.text(found.field), ours, figure) for figure in (one, two)]
    for document in case.documents:
        for low, high in _places(document.text, one, two):
            theirs = window(document.text, low, high)
            if one not in theirs.figures or two not in theirs.figures:
                continue
            crossed, straight = _bound(case, ours, theirs, one, two)
            if straight and straight >= crossed:
                return None
            if shares[0] != shares[1] and shares == [_is_share(document.text, theirs, figure) for figure in (one, two)]:
                return None  # what is in per cent in both has not changed places with a count
            if first is None and crossed - 2 * straight >= LEAST and not _is_denied(theirs, one, two):
                begin, stop = sorted((theirs.figures[one], theirs.figures[two]))
                first = found._replace(document=document, place=(theirs.spans[begin][0], theirs.spans[stop][1]))
    return first


def _places(text: str, one: str, two: str) -> Iterator[tuple[int, int]]:
    """The sentences, one or two that follow each other, in which a document has both numbers."""
    holding = _figures_of(text)
    others = holding.get(two, ())
    for left in holding.get(one, ()):
        for right in others[bisect_left(others, left - NEAR) : bisect_right(others, left + NEAR)]:
            yield min(left, right), max(left, right)


@kept
def _figures_of(text: str) -> Mapping[str, Sequence[int]]:
    """Each number of a text with the sentences that have it."""
    found: dict[str, list[int]] = {}
    tokens = tokenize(text)
    for place in _figure_places(text):
        held = found.setdefault(_figure(tokens.words[place]), [])
        number = sentence_at(text, tokens.spans[place][0])
        if number not in held[-1:]:
            held.append(number)
    return found


def _bound(case: Case, ours: Window, theirs: Window, one: str, two: str) -> tuple[float, float]:
    """What the shared words weigh that belong to the other number in the document, and to the same."""
    listed = sentence_index(case)
    once, crossed, straight = listed.weight_of(1), 0.0, 0.0
    over = False
    for stem in ours.words.keys() & theirs.words.keys():
        side, other = _side(ours, stem, one, two), _side(theirs, stem, one, two)
        if side and other:
            weight = listed.weight(stem) / once
            crossed, straight = (crossed + weight, straight) if side != other else (crossed, straight + weight)
            over = over or (side != other and stem not in _TIMES)
    return (crossed if over else 0.0), straight


def _side(of: Window, stem: str, one: str, two: str) -> int:
    """To which of two numbers a word belongs: 1, 2, or 0 for neither."""
    left, right = (
        min([abs(of.places[at] - of.places[of.figures[number]]) for at in of.words[stem]]) for number in (one, two)
    )
    if min(left, right) > BOUND or max(left, right) < LEAD * min(left, right):
        return 0
    return 1 if left < right else 2


def _is_denied(of: Window, one: str, two: str) -> bool:
    """Whether one of the numbers is what is not so: "30 articles a week and not 45"."""
    return any(of.figures[number] - at in (1, 2) for number in (one, two) for at in of.denied)
