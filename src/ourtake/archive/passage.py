"""What a writer is shown of an article: its best passage for one source (whole sentences, at most 120 words), or its
opening and as many of its best passages as there is room for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from math import fsum, log
from typing import NamedTuple

from ourtake.archive.query import stems
from ourtake.text.markdown import paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.tokens import find_quotation, tokenize
from ourtake.text.words import count_words

MOST_WORDS = 120

GAP = "[...]"
"""What is put where words of an article are left out."""

_UNIT = 90
"""Words up to which a paragraph is taken or left as a whole."""

_FIGURES = 1.0
"""What a figure in a passage is worth, as a term of weight 1: dates, prices and counts are what a case turns on."""

_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_MARKUP = re.compile(r"^(?:[ ]{4}|[ ]{0,3}(?:[#>\-*+|`~<=_\[\t]|\d{1,9}[.)]))", re.MULTILINE)
"""A line that may be something other than a paragraph. A text without one is split at blank lines, which takes a
hundredth of the time.
"""


_UNEVEN = re.compile(r"[^\S ]|  ")
"""White space other than single spaces: sentences are joined by one."""


class _Paragraph(NamedTuple):
    text: str
    stems: frozenset[str]


class _Sentence(NamedTuple):
    text: str
    words: int


@lru_cache(maxsize=4096)
def _paragraphs(text: str) -> tuple[_Paragraph, ...]:
    """An article's paragraphs as a reader sees them; cached, since many sources ask for the same article."""
    parts = (
        [span.text for span in paragraphs(text)]
        if _MARKUP.search(text)
        else [part.strip() for part in _BLANK.split(text)]
    )
    shown = [visible(part) for part in parts if part]
    return tuple(_Paragraph(part, frozenset(stems(part))) for part in shown)


@lru_cache(maxsize=8192)
def _sentences(paragraph: str) -> tuple[_Sentence, ...]:
    parts = [span.text for span in sentences(paragraph)]
    return tuple(_Sentence(part, count_words(part)) for part in parts)


@lru_cache(maxsize=8192)
def _stems(sentence: str) -> frozenset[str]:
    return frozenset(stems(sentence))


def best_passage(text: str, terms: dict[str, float]) -> str:
    """The run of sentences within one paragraph with the most weight of the source's terms (stem -> weight); of equal
    runs the longer, then the earlier.
    """
    found = _paragraphs(text)
    # No run is worth more than its paragraph, so most paragraphs need not be split into sentences.
    worth = [sum(terms[stem] for stem in paragraph.stems & terms.keys()) for paragraph in found]
    bounds = [value + MOST_WORDS / 1000 for value in worth]
    best, best_place, best_score = "", len(found), -1.0
    for place in sorted(range(len(found)), key=lambda place: -bounds[place]):
        if bounds[place] < best_score:
            break
        text = found[place].text
        if (total := count_words(text)) > MOST_WORDS:
            score, passage = _best_run(_sentences(text), terms)
        else:
            # A paragraph that is short enough is worth more than any part of it. Few need to be split even so.
            even = _UNEVEN.search(text) is None
            passage = text.strip() if even else " ".join(part.text for part in _sentences(text))
            score = worth[place] + total / 1000
        if score > best_score or (score == best_score and place < best_place):
            best, best_place, best_score = passage, place, score
    return best


def _best_run(parts: tuple[_Sentence, ...], terms: dict[str, float]) -> tuple[float, str]:
    """The best run and its score: the weights of its terms, and a thousandth for each word."""
    best: tuple[_Sentence, ...] = ()
    best_score = -1.0
    wanted = terms.keys()
    for first in range(len(parts)):
        last, total = first, 0
        found: set[str] = set()
        while last < len(parts) and total + parts[last].words <= MOST_WORDS:
            total += parts[last].words
            found |= _stems(parts[last].text) & wanted
            last += 1
        score = sum(terms[stem] for stem in found) + total / 1000
        if last > first and score > best_score:
            best, best_score = parts[first:last], score
        if last == len(parts):
            break
    return best_score, " ".join(part.text for part in best)


class _Unit(NamedTuple):
    """Consecutive sentences of one paragraph, by their numbers. `figures`: it has a number."""

    number: int
    numbers: range
    words: int
    stems: frozenset[str]
    figures: bool


class _Line(NamedTuple):
    """A sentence, and the number of its paragraph. `words`: at least one, as what it takes; `counted`: what it has."""

    paragraph: int
    text: str
    words: int
    counted: int


class _Divided(NamedTuple):
    """An article as a reader sees it, its words, and its parts."""

    whole: str
    words: int
    lines: tuple[_Line, ...]
    units: tuple[_Unit, ...]


class Passages(NamedTuple):
    """What is shown of an article, and its words."""

    text: str
    words: int


def best_passages(
    text: str, terms: dict[str, float], *, most: int, opening: int = 60, kept: Collection[int] = ()
) -> Passages:
    """The sentences of an article with these numbers, its opening, and its best passages for these terms (stem ->
    weight), in its order, with [...] where something is left out: whole sentences, about `most` words in all. A text
    that is short enough is given whole.
    """
    article = _divided(text)
    lines, units = article.lines, article.units
    if article.words <= most:
        return Passages(article.whole, article.words)
    chosen = set(kept)
    left = most - sum(lines[number].words for number in chosen)
    # Units share no sentence, so that choosing one leaves the cost of the others as it is.
    costs = [unit.words for unit in units]
    if chosen:
        costs = [sum(lines[number].words for number in unit.numbers if number not in chosen) for unit in units]
    opened = 0
    rest: list[_Unit] = []
    for unit in units:
        cost = costs[unit.number]
        if rest or opened >= opening or (chosen and cost > left):
            rest.append(unit)
            continue
        chosen.update(unit.numbers)
        left -= cost
        opened += unit.words
    weights = _rare_terms(units, terms)
    covered = set().union(*(unit.stems for unit in units if chosen.issuperset(unit.numbers)))
    # What a passage shares with the terms, by its number, and what it adds: that is worked out again only for those
    # that share a term with the passage that was chosen.
    shared = {unit.number: unit.stems & weights.keys() for unit in rest if costs[unit.number]}
    gains = {number: _gain(units[number], terms_of, weights, covered) for number, terms_of in shared.items()}
    while fitting := [number for number in gains if costs[number] <= left]:
        best = max(fitting, key=lambda number: (gains[number], -number))
        if not gains.pop(best):
            break
        chosen.update(units[best].numbers)
        new = shared[best] - covered
        covered |= new
        left -= costs[best]
        for number in gains:
            if not new.isdisjoint(shared[number]):
                gains[number] = _gain(units[number], shared[number], weights, covered)
    return Passages(_joined(sorted(chosen), lines), sum(lines[number].counted for number in chosen))


def opening_of(text: str, *, most: int) -> Passages:
    """The sentences with which an article begins, at most `most` words but for the first, with [...] where it goes on.
    A text that is short enough is given whole.
    """
    article = _divided(text)
    if article.words <= most:
        return Passages(article.whole, article.words)
    ends = list(accumulate(unit.words for unit in article.units))
    count = max(1, bisect_right(ends, most)) if most else 0
    numbers = [number for unit in article.units[:count] for number in unit.numbers]
    return Passages(_joined(numbers, article.lines), sum(article.lines[number].counted for number in numbers))


def sentences_with(text: str, quotation: str) -> range:
    """The numbers of an article's sentences, as `best_passages` counts them, over which a quotation runs; none if the
    article does not have it.
    """
    lines = _divided(text).lines
    place = find_quotation(quotation, joined := " ".join(line.text for line in lines))
    if place is None:
        return range(0)
    start, end = tokenize(joined).span(place.first, place.last)
    ends = list(accumulate(len(line.text) + 1 for line in lines))
    return range(bisect_right(ends, start), bisect_right(ends, end - 1) + 1)


def words_of(text: str, numbers: Iterable[int]) -> int:
    """How many words an article's sentences with these numbers have."""
    lines = _divided(text).lines
    return sum(lines[number].words for number in numbers)


def count_sentences(text: str) -> int:
    """How many sentences an article has, as `best_passages` counts them."""
    return len(_divided(text).lines)


@lru_cache(maxsize=2048)
def _divided(text: str) -> _Divided:
    """The parts of an article; cached, since many sources ask for the same one."""
    found = _paragraphs(text)
    lines, units = _parts(found)
    return _Divided(
        "\n\n".join(paragraph.text for paragraph in found),
        sum(count_words(paragraph.text) for paragraph in found),
        tuple(lines),
        tuple(units),
    )


def _parts(found: tuple[_Paragraph, ...]) -> tuple[list[_Line], list[_Unit]]:
    lines: list[_Line] = []
    units: list[_Unit] = []
    for place, paragraph in enumerate(found):
        first = len(lines)
        parts = [part.text for part in _sentences(paragraph.text)] or [paragraph.text]
        for number, part in enumerate(parts, 1):
            counted = count_words(part)
            lines.append(_Line(place, part, max(counted, 1), counted))
            words = sum(line.words for line in lines[first:])
            if words >= _UNIT / 2 or number == len(parts):
                own = frozenset(stems(" ".join(line.text for line in lines[first:])))
                figures = any(stem[0].isdigit() for stem in own)
                units.append(_Unit(len(units), range(first, len(lines)), words, own, figures))
                first = len(lines)
    return lines, units


def _rare_terms(units: tuple[_Unit, ...], terms: dict[str, float]) -> dict[str, float]:
    """The terms, each worth more the fewer passages of the article have it."""
    holding = Counter(term for unit in units for term in unit.stems & terms.keys())
    return {term: weight * log(1 + len(units) / holding[term]) for term, weight in terms.items() if holding[term]}


def _gain(unit: _Unit, shared: frozenset[str], weights: dict[str, float], covered: set[str]) -> float:
    """What a passage adds for each of its words; a term that was shown already counts for a quarter."""
    # Added up exactly: sets have no order, and a sum of floats depends on it.
    worth = fsum(weights[term] * (0.25 if term in covered else 1.0) for term in shared)
    return (worth + _FIGURES * unit.figures) / (unit.words + 20)


def _joined(numbers: Sequence[int], lines: Sequence[_Line]) -> str:
    parts: list[str] = []
    before = -1
    for number in numbers:
        follows = number == before + 1
        if parts:
            parts.append(" " if follows and lines[number].paragraph == lines[before].paragraph else "\n\n")
        if not follows:
            parts.append(f"{GAP} ")
        parts.append(lines[number].text)
        before = number
    if numbers and before < len(lines) - 1:
        parts.append(f" {GAP}")
    return "".join(parts)
