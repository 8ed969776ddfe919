"""How much words have to do with a text: the share of content words, weighted by how rare they are.

Rarity comes from a sample of the publication's own archive where there is one, else from a shipped list of common
words. What it does not know: synonyms, and what is meant.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ourtake.text.content import STOP
from ourtake.text.parsed import kept
from ourtake.text.stemming import stems
from ourtake.text.tokens import tokenize

Sample = tuple[tuple[str, str], ...]
"""Articles as (title, text), spread over the archive."""

COMMON_WEIGHT = 45 / 128
"""The weight of a common word beside 1 for any other, where there is no archive to count in; sums of 128ths are the
same in any order.
"""

TITLE_COUNTS = 3
"""How many times a title's words count in an article."""

MOST = 1.5
"""How strongly an article can hold a word, and the highest share."""

_LENGTH_SHARE = 0.6
_TYPICAL_LENGTH = 350.0


class View(NamedTuple):
    """An article's stems: how often each is there, those of its title, their sum."""

    counts: dict[str, int]
    title: frozenset[str]
    length: int


class Background(NamedTuple):
    """A sample of articles: the rarity of a stem, that of an unknown one, and which articles hold a stem how
    strongly.
    """

    rarity: dict[str, float]
    unknown: float
    postings: dict[str, tuple[tuple[int, float], ...]]
    size: int
    length: float


def terms(text: str) -> tuple[str, ...]:
    """The stems of a text's content words, in order."""
    return terms_in(text, slice(None))


def terms_in(text: str, which: slice) -> tuple[str, ...]:
    """The same of some of a text's words."""
    return tuple(filter(None, _terms(text)[which]))


@kept
def _terms(text: str) -> list[str]:
    """The stem of each word of a text, "" for a word that says nothing."""
    tokens = tokenize(text)
    return [
        stem if len(word) > 2 and word not in STOP and not word.isdigit() and "." not in word else ""
        for word, stem in zip(tokens.words, tokens.stems, strict=True)
    ]


@kept
def view(text: str, title: str) -> View:
    """The view of an article; its text begins with its title, as that of a Document does."""
    counts = Counter(terms(text))
    in_title = terms(title)
    for word in in_title:
        counts[word] += TITLE_COUNTS - 1
    return View(dict(counts), frozenset(in_title), counts.total())


@cache
def common_words() -> frozenset[str]:
    """Words so common that they tell little (data/common_words.txt)."""
    return frozenset((files("ourtake.checks") / "data" / "common_words.txt").read_text(encoding="utf-8").split())


@cache
def common_stems() -> frozenset[str]:
    """Their stems."""
    return frozenset(stems(tuple(common_words())))


def strength(held: View, word: str, *, length: float = _TYPICAL_LENGTH) -> float:
    """How strongly an article holds a stem, 0 to 1.5: rises with each occurrence, falls with the article's length (as
    in BM25).
    """
    count = held.counts.get(word, 0)
    if not count:
        return 0.0
    share = count / (count + 1 - _LENGTH_SHARE + _LENGTH_SHARE * held.length / length)
    return min(MOST, share * 1.3 + (0.3 if word in held.title else 0.0))


@kept
def background(sample: Sample) -> Background | None:
    """What a sample says about words; None if it is too small to say anything."""
    if len(sample) < 20:
        return None
    views = [view(f"{title}\n\n{text}", title) for title, text in sample]
    length = max(1.0, sum(held.length for held in views) / len(views))
    seen = Counter(word for held in views for word in held.counts)
    unknown = math.log((len(views) + 1) / 0.5)
    rarity = {word: math.log((len(views) + 1) / (count + 0.5)) for word, count in seen.items()}
    postings: dict[str, list[tuple[int, float]]] = {}
    for number, held in enumerate(views):
        for word in held.counts:
            postings.setdefault(word, []).append((number, strength(held, word, length=length)))
    return Background(rarity, unknown, {word: tuple(found) for word, found in postings.items()}, len(views), length)


def weight(word: str) -> float:
    """How distinctive a stem is, if there is no archive to count in."""
    return COMMON_WEIGHT if word in common_stems() else 1.0


def weighed(zones: Iterable[tuple[Sequence[str], float]], ground: Background | None) -> dict[str, float]:
    """Stems with their weights: a zone's factor times rarity; a stem of several zones counts in the heaviest."""
    best: dict[str, float] = {}
    for words, factor in zones:
        for word in words:
            if factor > best.get(word, 0.0):
                best[word] = factor
    if ground is None:
        return {word: factor * weight(word) for word, factor in best.items()}
    rarity, unknown = ground.rarity, ground.unknown
    return {word: factor * rarity.get(word, unknown) for word, factor in best.items()}


def share(query: dict[str, float], held: View, *, length: float = _TYPICAL_LENGTH) -> float:
    """The part of a query's weight that an article holds, 0 to 1.5."""
    whole = sum(query.values())
    return (
        sum(value * strength(held, word, length=length) for word, value in query.items() if word in held.counts) / whole
        if whole
        else 1.0
    )


def above_others(query: dict[str, float], held: View, ground: Background) -> float:
    """How far an article's share lies above those of the sample, in standard deviations."""
    whole = sum(query.values())
    if not whole:
        return math.inf
    scores, postings = [0.0] * ground.size, ground.postings
    for word, value in query.items():
        for number, much in postings.get(word, ()):
            scores[number] += value * much
    mean = sum(scores) / ground.size / whole
    spread = math.sqrt(max(0.0, sum(score * score for score in scores) / ground.size / whole / whole - mean * mean))
    return (share(query, held, length=ground.length) - mean) / (spread + 0.02)
