"""English stems, by the Snowball algorithm: "councils" and "council" are one. PyStemmer keeps those of 10,000 words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Protocol

import snowballstemmer


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str:
        """The stem of a word in lower case."""

    def stemWords(self, words: Sequence[str]) -> list[str]:
        """The stem of each."""


@cache
def _stemmer() -> _Stemmer:
    found: _Stemmer = snowballstemmer.stemmer("english")
    return found


def stem(word: str) -> str:
    """The stem of a word in lower case with straight apostrophes."""
    return _stemmer().stemWord(word)


def stems(words: Iterable[str]) -> tuple[str, ...]:
    """The stem of each word."""
    return tuple(_stemmer().stemWords(list(words)))
