"""English stems, by the Snowball algorithm: "councils" and "council" are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Protocol

import snowballstemmer


class _Stemmer(Protocol):
    maxCacheSize: int

    def stemWord(self, word: str) -> str:
        """The stem of a word in lower case."""

    def stemWords(self, words: Sequence[str]) -> list[str]:
        """The stem of each."""


@cache
def _stemmer() -> _Stemmer:
    found: _Stemmer = snowballstemmer.stemmer("english")
    found.maxCacheSize = 0  # to look a word up takes as long as to stem it
    return found


def stem(word: str) -> str:
    """The stem of a word in lower case with straight apostrophes."""
    return _stemmer().stemWord(word)


def stems(words: Iterable[str]) -> tuple[str, ...]:
    """The stem of each word."""
    listed = list(words)
    distinct = list(set(listed))
    known = dict(zip(distinct, _stemmer().stemWords(distinct), strict=True))
    return tuple([known[word] for word in listed])
