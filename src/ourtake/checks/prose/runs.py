"""Runs of words that two texts share: word for word, or with a word changed here and there. Runs are kept as hashes for
each text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ourtake.text.parsed import kept
from ourtake.text.tokens import tokenize

RUN = 12
"""This many words in a row are not an accident."""

PIECE, SKIPPED, NEAR_RUN, NEAR_SHARE = 5, 2, 18, 0.75
"""A run with a word changed here and there: pieces of this many words, words between two pieces, words of a run, and
the share of them in pieces.
"""


def hashes(words: tuple[str, ...], count: int) -> list[int]:
    """The runs of `count` words, in order, as hashes."""
    return list(map(hash, zip(*(words[first:] for first in range(count)), strict=False)))


@kept
def runs_of(text: str, count: int) -> frozenset[int]:
    """The runs of `count` words in a text, as hashes."""
    return frozenset(hashes(tokenize(text).words, count))


def runs(mine: Sequence[int], shared: frozenset[int]) -> Iterator[tuple[int, int]]:
    """The longest runs (first and last word) all of whose parts of RUN words are shared. `mine`: the text's runs of RUN
    words.
    """
    start: int | None = None
    last = 0
    for number, run in enumerate(mine):
        if run in shared:
            start = number if start is None else start
            last = number + RUN - 1
        elif start is not None:
            yield start, last
            start = None
    if start is not None:
        yield start, last


def near_runs(pieces: Sequence[int], shared: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Runs of NEAR_RUN words or more in which shared pieces follow each other with SKIPPED words between them at most;
    `pieces`: the text's runs of PIECE words.
    """
    found: list[tuple[int, int, int]] = []  # first and last word, and how many words the pieces have
    for number in (number for number, piece in enumerate(pieces) if piece in shared):
        end = number + PIECE - 1
        if found and number - found[-1][1] - 1 <= SKIPPED:
            start, last, covered = found.pop()
            found.append((start, end, covered + end - max(last, number - 1)))
        else:
            found.append((number, end, PIECE))
    for start, last, covered in found:
        if last - start + 1 >= NEAR_RUN and covered >= NEAR_SHARE * (last - start + 1):
            yield start, last
