"""A source and an article as look-up sees them: their stemmed words, names, pairs of words, and day."""

from __future__ import annotations

import collections
import itertools
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from ourtake.archive.query import source_terms, stems
from ourtake.documents import Article, Source
from ourtake.text.markdown import visible
from ourtake.values import ordinal

LEAD_WORDS = 90
MOST_CHARACTERS, MOST_BLURB = 40_000, 5000
"""Only the beginning of a longer text, or blurb, is read."""

UNDATED_DAY = 10**7
"""A source without a date comes after everything."""

RAREST = 5
LEAST_LISTED, LISTED_FROM = 5, 0.3
_LINKED_ROW = re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)]|#{1,6})[ \t]+(.*\]\(.*)$", re.MULTILINE)
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][\w'-]*")

Pair = tuple[str, str]


class ArticleView(NamedTuple):
    """Informative stems of title and text, in order; `lead`: those of the title and of the text's first LEAD_WORDS;
    `tags`: each as a set of stems. `listed`: how much of the text is a list of links, 0 to 1.
    """

    title: tuple[str, ...]
    text: tuple[str, ...]
    counts: dict[str, int]
    lead: frozenset[str]
    title_words: frozenset[str]
    tags: tuple[frozenset[str], ...]
    listed: float = 0.0

    def pairs(self) -> frozenset[Pair]:
        """The pairs of stems that follow each other."""
        return frozenset(itertools.pairwise(self.title)) | frozenset(itertools.pairwise(self.text))


@lru_cache(maxsize=4096)
def _view(title: str, text: str, tags: tuple[str, ...]) -> ArticleView:
    in_text, in_title = tuple(stems(visible(text[:MOST_CHARACTERS]))), tuple(stems(title))
    return ArticleView(
        title=in_title,
        text=in_text,
        counts=collections.Counter(in_text),
        lead=frozenset(in_title) | frozenset(in_text[:LEAD_WORDS]),
        title_words=frozenset(in_title),
        tags=tuple(found for tag in tags if (found := _tag(tag))),
        listed=_listed(text[:MOST_CHARACTERS]),
    )


def _listed(text: str) -> float:
    """How much of a text is a round-up, a list of links: the part of its words in list items and headings that are
    links, above LISTED_FROM; 0 for fewer than LEAST_LISTED of them.
    """
    rows = _LINKED_ROW.findall(text) if text.count("](") >= LEAST_LISTED else ()
    if len(rows) < LEAST_LISTED:
        return 0.0
    part = sum(visible(row).count(" ") + 1 for row in rows) / (visible(text).count(" ") + 1)
    return min(1.0, max(0.0, (part - LISTED_FROM) / (1 - LISTED_FROM)))


@lru_cache(maxsize=16384)
def _tag(tag: str) -> frozenset[str]:
    return frozenset(stems(tag))


def view(article: Article) -> ArticleView:
    """The article's view; cached, since many sources ask for the same article."""
    return _view(article.title, article.text, article.tags)


class SourceView(NamedTuple):
    """`words` and, in the same order, arrays: `weights` (frequency times rarity), `rarity`, `in_headline`, `in_names`,
    `rarest` (0 or 1). `day`: a proleptic ordinal.
    """

    terms: dict[str, float]
    words: tuple[str, ...]
    weights: Any
    rarity: Any
    in_headline: Any
    in_names: Any
    rarest: Any
    headline: tuple[str, ...]
    pairs: dict[Pair, float]
    day: int


def source_view(source: Source, rarity: Callable[[str], float]) -> SourceView | None:
    """The source's view; None if it has no informative word."""
    import numpy

    terms = source_terms(source)
    if not terms:
        return None
    headline = tuple(stems(source.title))
    blurb = source.blurb[:MOST_BLURB]
    named = {stem for match in _NAME.finditer(blurb) for stem in stems(match[0])}
    words = tuple(terms)
    rare = numpy.array([rarity(word) for word in words])
    rarest = numpy.zeros(len(words))
    rarest[numpy.argsort(-rare, kind="stable")[:RAREST]] = 1.0
    pairs = dict.fromkeys(itertools.chain(itertools.pairwise(headline), itertools.pairwise(stems(blurb))))
    return SourceView(
        terms=terms,
        words=words,
        weights=rare * numpy.array(list(terms.values())),
        rarity=rare,
        in_headline=numpy.array([float(word in headline) for word in words]),
        in_names=numpy.array([float(word in named) for word in words]),
        rarest=rarest,
        headline=headline,
        pairs={pair: rarity(pair[0]) + rarity(pair[1]) for pair in pairs},
        day=ordinal(source.published) or UNDATED_DAY,
    )


def sum_or_one(values: Any) -> float:
    """The sum of an array as a divisor: 1 if it would be 0."""
    return math.fsum(values) or 1.0
