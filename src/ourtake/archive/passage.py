"""What a writer is shown of an article: its best passage for one source (whole sentences, at most 120 words), or its
opening and as many of its best passages as there is room for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import fsum, log
from typing import NamedTuple

from ourtake.archive.query import stems
from ourtake.text.markdown import paragraphs, visible
from ourtake.text.sentences import sentences
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
    """Consecutive sentences of one paragraph, by the numbers of paragraph and unit. `figures`: it has a number."""

    paragraph: int
    number: int
    text: str
    words: int
    stems: frozenset[str]
    figures: bool


def best_passages(
    text: str, terms: dict[str, float], *, most: int, opening: int = 60, first: Sequence[str] = ()
) -> str:
    """The opening of an article, the passages that hold the words of `first`, and its best passages for these terms
    (stem -> weight), in its order, with [...] where something is left out: whole sentences, about `most` words in all.
    A text that is short enough is given whole.
    """
    whole, total, units = _divided(text)
    if total <= most:
        return whole
    chosen: list[_Unit] = []
    left = most
    for unit in units:
        if most - left >= opening or (chosen and unit.words > left):
            break
        chosen.append(unit)
        left -= unit.words
    for words in first:
        for unit in units:
            if unit not in chosen and unit.words <= left and _has_part_of(unit.text, words):
                chosen.append(unit)
                left -= unit.words
    weights = _rare_terms(units, terms)
    covered = set().union(*(unit.stems for unit in chosen))
    # What a passage shares with the terms is asked again and again below.
    rest = [(unit, unit.stems & weights.keys()) for unit in units if unit not in chosen]
    while fitting := [pair for pair in rest if pair[0].words <= left]:
        gain, _, best = max((_gain(*pair, weights, covered), -pair[0].number, pair) for pair in fitting)
        if not gain:
            break
        chosen.append(best[0])
        rest.remove(best)
        covered |= best[0].stems
        left -= best[0].words
    return _joined(sorted(chosen, key=lambda unit: unit.number), last=len(units) - 1)


def _has_part_of(passage: str, words: str) -> bool:
    """Whether a passage has a quotation, or the part of one that goes on in the next passage."""
    said, within = words.split(), " ".join(passage.split())
    ends = (" ".join(said[:_RUN]), " ".join(said[-_RUN:]))
    return any(end and end in within for end in ends) or within in " ".join(said)


_RUN = 6
"""Words by which the beginning or the end of a quotation is recognised."""


@lru_cache(maxsize=2048)
def _divided(text: str) -> tuple[str, int, tuple[_Unit, ...]]:
    """An article as a reader sees it, its words, and its units; cached, since many sources ask for the same article."""
    found = _paragraphs(text)
    return (
        "\n\n".join(paragraph.text for paragraph in found),
        sum(count_words(paragraph.text) for paragraph in found),
        tuple(_units(found)),
    )


def _units(found: tuple[_Paragraph, ...]) -> list[_Unit]:
    units: list[_Unit] = []
    for place, paragraph in enumerate(found):
        run: list[str] = []
        parts = [part.text for part in _sentences(paragraph.text)] or [paragraph.text]
        for number, part in enumerate(parts, 1):
            run.append(part)
            words = count_words(" ".join(run))
            if words >= _UNIT / 2 or number == len(parts):
                text = " ".join(run)
                own = frozenset(stems(text))
                figures = any(stem[0].isdigit() for stem in own)
                units.append(_Unit(place, len(units), text, max(words, 1), own, figures))
                run = []
    return units


def _rare_terms(units: tuple[_Unit, ...], terms: dict[str, float]) -> dict[str, float]:
    """The terms, each worth more the fewer passages of the article have it."""
    holding = Counter(term for unit in units for term in unit.stems & terms.keys())
    return {term: weight * log(1 + len(units) / holding[term]) for term, weight in terms.items() if holding[term]}


def _gain(unit: _Unit, shared: frozenset[str], weights: dict[str, float], covered: set[str]) -> float:
    """What a passage adds for each of its words; a term that was shown already counts for a quarter."""
    # Added up exactly: sets have no order, and a sum of floats depends on it.
    worth = fsum(weights[term] * (0.25 if term in covered else 1.0) for term in shared)
    return (worth + _FIGURES * unit.figures) / (unit.words + 20)


def _joined(chosen: list[_Unit], *, last: int) -> str:
    parts: list[str] = []
    before: _Unit | None = None
    for unit in chosen:
        follows = before is not None and unit.number == before.number + 1
        if before is not None:
            parts.append(" " if follows and unit.paragraph == before.paragraph else "\n\n")
        if not follows and unit.number:
            parts.append(f"{GAP} ")
        parts.append(unit.text)
        before = unit
    if before is not None and before.number < last:
        parts.append(f" {GAP}")
    return "".join(parts)
