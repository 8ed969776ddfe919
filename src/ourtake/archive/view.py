"""An article as look-up sees it: its words by where they stand, made once and kept."""

from __future__ import annotations

import collections
import itertools
from functools import lru_cache
from typing import NamedTuple

from ourtake.archive.query import stems
from ourtake.documents import Article
from ourtake.text.markdown import visible

LEAD_WORDS = 90
PROFILE = 60


class View(NamedTuple):
    """Stems of title, lead (title and first 90 words), tags (a set each) and whole text; pairs of stems that follow each other.

    `profile`: the PROFILE most frequent stems, each with its share of the text (the title counts three times).
    """

    title: frozenset[str]
    lead: frozenset[str]
    tags: tuple[frozenset[str], ...]
    words: frozenset[str]
    profile: tuple[tuple[str, float], ...]
    pairs: frozenset[tuple[str, str]]


def pairs_of(text: str) -> frozenset[tuple[str, str]]:
    """The pairs of informative stems that follow each other."""
    found = stems(text)
    return frozenset(itertools.pairwise(found))


@lru_cache(maxsize=8192)
def _view(title: str, text: str, tags: tuple[str, ...]) -> View:
    plain = visible(text)
    in_text, in_title = stems(plain), stems(title)
    counts = collections.Counter(in_text)
    for stem in in_title:
        counts[stem] += 3
    whole = counts.total() or 1
    return View(
        title=frozenset(in_title),
        lead=frozenset(in_title) | frozenset(stems(" ".join(plain.split(None, LEAD_WORDS)[:LEAD_WORDS]))),
        tags=tuple(found for tag in tags if (found := frozenset(stems(tag)))),
        words=frozenset(counts),
        profile=tuple((stem, count / whole) for stem, count in counts.most_common(PROFILE)),
        pairs=frozenset(itertools.pairwise(in_title)) | frozenset(itertools.pairwise(in_text)),
    )


def view(article: Article) -> View:
    """The article's view; the same text is looked at for many sources."""
    return _view(article.title, article.text, article.tags)
