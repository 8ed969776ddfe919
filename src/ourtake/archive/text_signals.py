"""Signals of words for the candidates that are read: BM25 over the text, title, lead, names, pairs of words, tags, and
feedback (RM3).

BM25 is Robertson and Zaragoza's (2009), with the mean length of the best candidates in place of the archive's. A column
is divided by the best candidate's value, or by the weight of all the source's words.
"""

from __future__ import annotations

import collections
import heapq
import itertools
import math
import operator
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from ourtake.archive.views import ArticleView, SourceView, sum_or_one, view
from ourtake.documents import Article

FEEDBACK_ARTICLES, FEEDBACK_TERMS, TITLE_COUNTS = 10, 30, 3
SATURATION, LONG_SATURATION, LENGTH_SHARE = 1.2, 2.5, 0.75
SAME_START = 3

Key = TypeVar("Key")


class Lazy(dict[Key, float]):
    """Numbers that are worked out when first read; a dictionary, since they are read thousands of times a source."""

    def __init__(self, number: Callable[[Key], float]) -> None:
        super().__init__()
        self._number = number

    def __missing__(self, key: Key) -> float:
        self[key] = found = self._number(key)
        return found


class IndexWeights(NamedTuple):
    """What one index says: the rarity of a stem, its square, the rarity of a tag; and by the article's number, the
    length of its vector.
    """

    rarity: Lazy[str]
    squares: Lazy[str]
    tags: Lazy[frozenset[str]]
    sizes: dict[int, float]


class Reading(NamedTuple):
    """Which candidates are read, by their numbers, in order. `near`: the best hits with their likeness; `best`: the
    candidates whose highest value the others are divided by.
    """

    numbers: list[int]
    articles: dict[int, Article]
    near: list[tuple[int, float]]
    best: frozenset[int]


class _TermCounts(NamedTuple):
    """Arrays of candidates x the source's words: how often in the text, whether in the title, whether in the lead. And
    the lengths of the texts, in stems.
    """

    counts: Any
    title: Any
    lead: Any
    lengths: Any
    mean: float


def columns(source: SourceView, reading: Reading, weights: IndexWeights) -> dict[str, Any]:
    """The columns by signal, in the order of `reading.numbers`."""
    import numpy

    views = [view(reading.articles[number]) for number in reading.numbers]
    scaled = numpy.array([number in reading.best for number in reading.numbers])
    if not scaled.any():
        scaled[:] = True
    tables = _tables(source, views, scaled)
    for number, seen in zip(reading.numbers, views, strict=True):
        if number not in weights.sizes:
            weights.sizes[number] = _size(seen, weights.squares)
    sizes = numpy.array([weights.sizes[number] for number in reading.numbers])

    def by_best(column: Any) -> Any:
        return column / (column[scaled].max() or 1.0)

    return {
        **_text(source, views, tables, sizes=sizes, by_best=by_best),
        **_titles(source, views, tables, weights),
        **_tags(source, reading, views, weights),
        "feedback": by_best(_feedback(reading, views, tables, weights)),
    }


def _tables(source: SourceView, views: list[ArticleView], scaled: Any) -> _TermCounts:
    import numpy

    shape = (len(views), len(source.words))

    def table(rows: Iterable[Iterable[float]]) -> Any:
        return numpy.array([[*row] for row in rows], dtype=float).reshape(shape)

    lengths = numpy.array([float(len(seen.text)) for seen in views])
    return _TermCounts(
        counts=table(map(seen.counts.get, source.words, itertools.repeat(0)) for seen in views),
        title=table(map(seen.title_words.__contains__, source.words) for seen in views),
        lead=table(map(seen.lead.__contains__, source.words) for seen in views),
        lengths=lengths,
        mean=float(lengths[scaled].mean()) or 1.0,
    )


def _bm25(counts: Any, tables: _TermCounts, saturation: float) -> Any:
    norm = saturation * (1 - LENGTH_SHARE + LENGTH_SHARE * tables.lengths / tables.mean)
    return counts * (saturation + 1) / (counts + norm[:, None])


def _text(
    source: SourceView, views: list[ArticleView], tables: _TermCounts, *, sizes: Any, by_best: Callable[[Any], Any]
) -> dict[str, Any]:
    import numpy

    found = _bm25(tables.counts, tables, SATURATION)
    rarest, named = source.rarest * source.rarity, source.in_names * source.rarity
    often = numpy.where(tables.counts > 0, 1 + numpy.log(numpy.maximum(tables.counts, 1)), 0.0)
    pairs = numpy.array([_pairs(source, seen) for seen in views]) / sum_or_one(source.pairs.values())
    return {
        "text": by_best(found @ source.weights),
        "text_often": by_best(_bm25(tables.counts, tables, LONG_SATURATION) @ source.weights),
        "headline": by_best(found @ (source.weights * source.in_headline)),
        "cosine": by_best((often @ (source.weights * source.rarity)) / sizes),
        "lead": tables.lead @ source.weights / sum_or_one(source.weights),
        "rarest_in_lead": tables.lead @ rarest / sum_or_one(rarest),
        "names": (tables.counts > 0) @ named / sum_or_one(named),
        "length": numpy.log1p(tables.lengths) / 10,
        "listed": numpy.array([seen.listed for seen in views]),
        "pairs": numpy.sqrt(pairs),
        "share": (tables.counts + tables.title > 0) @ source.weights / sum_or_one(source.weights),
    }


_OFTEN = [0.0, *((1 + math.log(count)) ** 2 - 1 for count in range(1, 100))]
"""By count, what a word with that count adds beyond a word with count 1, in squares of its rarity."""


def _size(seen: ArticleView, squares: Lazy[str]) -> float:
    """The length of the article's vector: (1 + log count) times rarity for each word."""
    once = math.fsum(map(squares.__getitem__, seen.counts))
    more = [squares[stem] * _OFTEN[min(count, 99)] for stem, count in seen.counts.items() if count > 1]
    return math.sqrt(once + math.fsum(more)) or 1.0


def _pairs(source: SourceView, seen: ArticleView) -> float:
    if not source.pairs:
        return 0.0
    found = {*filter(source.pairs.__contains__, zip(seen.text, seen.text[1:], strict=False))}
    found.update(filter(source.pairs.__contains__, itertools.pairwise(seen.title)))
    return math.fsum(map(source.pairs.__getitem__, found))


def _titles(source: SourceView, views: list[ArticleView], tables: _TermCounts, weights: IndexWeights) -> dict[str, Any]:
    import numpy

    named = source.in_names * source.rarity
    titles = numpy.array([math.fsum(map(weights.rarity.__getitem__, seen.title_words)) for seen in views])
    start = [sum(1 for _ in itertools.takewhile(bool, map(operator.eq, source.headline, seen.title))) for seen in views]
    return {
        "title": tables.title @ source.weights / sum_or_one(source.weights),
        "title_covered": tables.title @ source.rarity / (titles + 1),
        "names_in_title": tables.title @ named / sum_or_one(named),
        "same_start": numpy.minimum(SAME_START, start) / SAME_START,
    }


def _tags(source: SourceView, reading: Reading, views: list[ArticleView], weights: IndexWeights) -> dict[str, Any]:
    import numpy

    similar: dict[frozenset[str], float] = collections.defaultdict(float)
    for number, likeness in reading.near:
        for tag in view(reading.articles[number]).tags:
            similar[tag] += likeness * weights.tags[tag]
    top = max(similar.values(), default=1.0)
    words = frozenset(source.words)
    shared = [
        math.fsum(similar.get(tag, 0.0) for tag in seen.tags) / math.sqrt(1 + len(seen.tags)) / top for seen in views
    ]
    rarity = weights.rarity.__getitem__
    covered = [math.fsum(math.fsum(map(rarity, tag)) for tag in seen.tags if tag <= words) for seen in views]
    return {"tags_of_similar": numpy.array(shared), "tags_covered": numpy.log1p(covered)}


def _feedback(reading: Reading, views: list[ArticleView], tables: _TermCounts, weights: IndexWeights) -> Any:
    """RM3 (Abdul-Jaleel et al. 2004): the words of the best hits, weighted by likeness, share of the article and
    rarity, as a second query.
    """
    import numpy

    gathered: dict[str, float] = collections.defaultdict(float)
    for number, likeness in reading.near:
        seen = view(reading.articles[number])
        part = likeness / (len(seen.text) + TITLE_COUNTS * len(seen.title) or 1)
        for stem, count in seen.counts.items():
            gathered[stem] += part * count
        for stem in seen.title:
            gathered[stem] += part * TITLE_COUNTS
    rarity = weights.rarity
    gathered = {stem: weight * rarity[stem] for stem, weight in gathered.items()}
    chosen = heapq.nlargest(FEEDBACK_TERMS, gathered.items(), key=operator.itemgetter(1))
    if not chosen:
        return numpy.zeros(len(views))
    stems = [stem for stem, _ in chosen]
    counts = numpy.array([[*map(seen.counts.get, stems, itertools.repeat(0))] for seen in views], dtype=float)
    return _bm25(counts, tables, SATURATION) @ numpy.array([weight * rarity[stem] for stem, weight in chosen])
