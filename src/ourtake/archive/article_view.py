"""An article as look-up sees it: its words, stemmed, by where they stand; made once and kept."""

from __future__ import annotations

import collections
import itertools
from functools import lru_cache
from typing import NamedTuple

from ourtake.archive.query import stems
from ourtake.documents import Article
from ourtake.text.markdown import visible

LEAD_WORDS = 90
MOST_CHARACTERS = 40_000
"""Of a longer text only the beginning is looked at."""

Pair = tuple[str, str]


class View(NamedTuple):
    """Informative stems in order, of title and text; `lead`: those of title and the first 90 words of text; tags, each
    as a set of stems.
    """

    title: tuple[str, ...]
    text: tuple[str, ...]
    counts: dict[str, int]
    lead: frozenset[str]
    title_words: frozenset[str]
    tags: tuple[frozenset[str], ...]

    def pairs(self) -> frozenset[Pair]:
        """The pairs of stems that follow each other."""
        return frozenset(itertools.pairwise(self.title)) | frozenset(itertools.pairwise(self.text))


@lru_cache(maxsize=4096)
def _view(title: str, text: str, tags: tuple[str, ...]) -> View:
    in_text, in_title = tuple(stems(visible(text[:MOST_CHARACTERS]))), tuple(stems(title))
    return View(
        title=in_title,
        text=in_text,
        counts=collections.Counter(in_text),
        lead=frozenset(in_title) | frozenset(in_text[:LEAD_WORDS]),
        title_words=frozenset(in_title),
        tags=tuple(found for tag in tags if (found := _tag(tag))),
    )


@lru_cache(maxsize=16384)
def _tag(tag: str) -> frozenset[str]:
    return frozenset(stems(tag))


def view(article: Article) -> View:
    """The article's view; the same text is looked at for many sources."""
    return _view(article.title, article.text, article.tags)
