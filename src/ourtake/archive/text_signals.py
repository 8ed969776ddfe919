"""Signals of words: BM25 over the text, title, lead, names, pairs of words, tags, and feedback (RM3), for the
candidates that are read.

BM25 is Robertson and Zaragoza's (2009), with the mean length of the best candidates for the archive's. A column is
divided by the best candidate's value or by the weight of all that was asked for.
"""

from __future__ import annotations

import collections
import heapq
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

from ourtake.archive.article_view import View, view
from ourtake.archive.story import Story, whole
from ourtake.documents import Article

FEEDBACK_ARTICLES, FEEDBACK_TERMS, TITLE_COUNTS = 10, 30, 3
SATURATION, LONG_SATURATION, LENGTH_SHARE = 1.2, 2.5, 0.75
SAME_START = 3

Rarity = Callable[[str], float]


class Squares(dict[str, float]):
    """Stem -> the square of its rarity; a dictionary, since it is asked thousands of times a source."""

    def __init__(self, rarity: Rarity) -> None:
        super().__init__()
        self._rarity = rarity

    def __missing__(self, stem: str) -> float:
        self[stem] = square = self._rarity(stem) ** 2
        return square


class Reading(NamedTuple):
    """Which candidates are read, in order; `near`: the best hits with their likeness; `best`: those whose values the
    others are divided by.
    """

    ids: tuple[str, ...]
    articles: dict[str, Article]
    near: list[tuple[str, float]]
    best: frozenset[str]


class _Tables(NamedTuple):
    """Arrays of candidates x the source's words: how often in the text, whether in the title, whether in the lead; and
    the lengths of the texts.
    """

    counts: Any
    title: Any
    lead: Any
    lengths: Any
    mean: float


def columns(
    story: Story, reading: Reading, *, rarity: Rarity, squares: Squares, tag_rarity: Callable[[frozenset[str]], float]
) -> dict[str, Any]:
    """The columns by signal, in the order of `reading.ids`."""
    import numpy

    views = [view(reading.articles[name]) for name in reading.ids]
    scaled = numpy.array([name in reading.best for name in reading.ids])
    if not scaled.any():
        scaled[:] = True
    tables = _tables(story, views, scaled)

    def by_best(column: Any) -> Any:
        return column / (column[scaled].max() or 1.0)

    return {
        **_text(story, views, tables, squares=squares, by_best=by_best),
        **_titles(story, views, tables, rarity=rarity),
        **_tags(story, reading, views, rarity=rarity, tag_rarity=tag_rarity),
        "feedback": by_best(_feedback(reading, views, tables, rarity=rarity)),
    }


def _tables(story: Story, views: list[View], scaled: Any) -> _Tables:
    import numpy

    shape = (len(views), len(story.words))

    def table(rows: list[list[int]] | list[list[bool]]) -> Any:
        return numpy.array(rows, dtype=float).reshape(shape)

    lengths = numpy.array([float(len(seen.text)) for seen in views])
    return _Tables(
        counts=table([[seen.counts.get(word, 0) for word in story.words] for seen in views]),
        title=table([[word in seen.title_words for word in story.words] for seen in views]),
        lead=table([[word in seen.lead for word in story.words] for seen in views]),
        lengths=lengths,
        mean=float(lengths[scaled].mean()) or 1.0,
    )


def _bm25(counts: Any, tables: _Tables, saturation: float) -> Any:
    norm = saturation * (1 - LENGTH_SHARE + LENGTH_SHARE * tables.lengths / tables.mean)
    return counts * (saturation + 1) / (counts + norm[:, None])


def _text(
    story: Story, views: list[View], tables: _Tables, *, squares: Squares, by_best: Callable[[Any], Any]
) -> dict[str, Any]:
    import numpy

    found = _bm25(tables.counts, tables, SATURATION)
    rarest, named = story.rarest * story.rarity, story.in_names * story.rarity
    often = numpy.where(tables.counts > 0, 1 + numpy.log(numpy.maximum(tables.counts, 1)), 0.0)
    sizes = numpy.array([_size(seen, squares) for seen in views])
    pairs = numpy.array([_pairs(story, seen) for seen in views]) / whole(story.pairs.values())
    return {
        "text": by_best(found @ story.weights),
        "text_often": by_best(_bm25(tables.counts, tables, LONG_SATURATION) @ story.weights),
        "headline": by_best(found @ (story.weights * story.in_headline)),
        "cosine": by_best((often @ (story.weights * story.rarity)) / sizes),
        "lead": tables.lead @ story.weights / whole(story.weights),
        "rarest_in_lead": tables.lead @ rarest / whole(rarest),
        "names": (tables.counts > 0) @ named / whole(named),
        "length": numpy.log1p(tables.lengths) / 10,
        "pairs": numpy.sqrt(pairs),
        "share": (tables.counts + tables.title > 0) @ story.weights / whole(story.weights),
    }


_OFTEN = [0.0, *((1 + math.log(count)) ** 2 - 1 for count in range(1, 100))]
"""By count, what a word that is said so often gives more than one that is said once, in squares of its rarity."""


def _size(seen: View, squares: Squares) -> float:
    """The length of the article's vector: (1 + log count) times rarity, by word."""
    once = math.fsum(map(squares.__getitem__, seen.counts))
    return (
        math.sqrt(
            once
            + math.fsum([squares[stem] * _OFTEN[min(count, 99)] for stem, count in seen.counts.items() if count > 1])
        )
        or 1.0
    )


def _pairs(story: Story, seen: View) -> float:
    if not story.pairs:
        return 0.0
    held = {*filter(story.pairs.__contains__, zip(seen.text, seen.text[1:], strict=False))}
    held.update(filter(story.pairs.__contains__, itertools.pairwise(seen.title)))
    return math.fsum(map(story.pairs.__getitem__, held))


def _titles(story: Story, views: list[View], tables: _Tables, *, rarity: Rarity) -> dict[str, Any]:
    import numpy

    named = story.in_names * story.rarity
    weights = numpy.array([math.fsum(map(rarity, seen.title_words)) for seen in views])
    start = [
        sum(1 for _ in itertools.takewhile(lambda two: two[0] == two[1], zip(story.headline, seen.title, strict=False)))
        for seen in views
    ]
    return {
        "title": tables.title @ story.weights / whole(story.weights),
        "title_covered": tables.title @ story.rarity / (weights + 1),
        "names_in_title": tables.title @ named / whole(named),
        "same_start": numpy.minimum(SAME_START, start) / SAME_START,
    }


def _tags(
    story: Story, reading: Reading, views: list[View], *, rarity: Rarity, tag_rarity: Callable[[frozenset[str]], float]
) -> dict[str, Any]:
    import numpy

    similar: dict[frozenset[str], float] = collections.defaultdict(float)
    for name, likeness in reading.near:
        for tag in view(reading.articles[name]).tags:
            similar[tag] += likeness * tag_rarity(tag)
    top = max(similar.values(), default=1.0)
    words = frozenset(story.words)
    shared = [
        math.fsum(similar.get(tag, 0.0) for tag in seen.tags) / math.sqrt(1 + len(seen.tags)) / top for seen in views
    ]
    covered = [math.fsum(math.fsum(map(rarity, tag)) for tag in seen.tags if tag <= words) for seen in views]
    return {"tags_of_similar": numpy.array(shared), "tags_covered": numpy.log1p(covered)}


def _feedback(reading: Reading, views: list[View], tables: _Tables, *, rarity: Rarity) -> Any:
    """RM3 (Abdul-Jaleel et al. 2004): the words of the best hits, weighed by likeness, share of the article and rarity,
    as a second query.
    """
    import numpy

    gathered: dict[str, float] = collections.defaultdict(float)
    for name, likeness in reading.near:
        seen = view(reading.articles[name])
        part = likeness / (len(seen.text) + TITLE_COUNTS * len(seen.title) or 1)
        for stem, count in seen.counts.items():
            gathered[stem] += part * count
        for stem in seen.title:
            gathered[stem] += part * TITLE_COUNTS
    gathered = {stem: said * rarity(stem) for stem, said in gathered.items()}
    chosen = heapq.nlargest(FEEDBACK_TERMS, gathered.items(), key=operator.itemgetter(1))
    if not chosen:
        return numpy.zeros(len(views))
    counts = numpy.array([[seen.counts.get(stem, 0) for stem, _ in chosen] for seen in views], dtype=float)
    return _bm25(counts, tables, SATURATION) @ numpy.array([weight * rarity(stem) for stem, weight in chosen])
