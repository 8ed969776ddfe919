"""A source as look-up sees it: its words with their weights, its names, its pairs of words, its day."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ourtake.archive.article_view import Pair
from ourtake.archive.query import source_terms, stems
from ourtake.documents import Source
from ourtake.values import ordinal

UNDATED_DAY = 10**7
"""A source without a day comes after everything."""

MOST_BLURB = 5000
RAREST = 5
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][\w'-]*")


class Story(NamedTuple):
    """Words and, in the same order, arrays: `weights` (how often said, times rarity), `rarity`, `in_headline`,
    `in_names`, `rarest` (0 or 1).
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


def read_story(source: Source, rarity: Callable[[str], float]) -> Story | None:
    """The source, read once; None where it has no informative word."""
    import numpy

    terms = source_terms(source)
    if not terms:
        return None
    headline = tuple(stems(source.title))
    blurb = stems(source.blurb[:MOST_BLURB])
    named = {stem for match in _NAME.finditer(source.blurb[:MOST_BLURB]) for stem in stems(match[0])}
    words = tuple(terms)
    rare = numpy.array([rarity(word) for word in words])
    rarest = numpy.zeros(len(words))
    rarest[numpy.argsort(-rare, kind="stable")[:RAREST]] = 1.0
    pairs = dict.fromkeys(itertools.chain(itertools.pairwise(headline), itertools.pairwise(blurb)), 0.0)
    return Story(
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


def whole(values: Any) -> float:
    """The sum of an array, 1 where it is empty or nothing: something to divide by."""
    return math.fsum(values) or 1.0
