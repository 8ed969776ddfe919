"""Patterns tried only where they can begin: a search for single characters, or for all the words of a list in one pass,
costs a tenth of a search for a pattern that is tried at every letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ahocorasick_rs import AhoCorasick, Implementation


def tried(
    pattern: re.Pattern[str], text: str, *, at: re.Pattern[str], begin: int = 0, stop: int | None = None
) -> Iterator[re.Match[str]]:
    """What pattern.finditer(text, begin, stop) gives, for a pattern all of whose matches, none empty, begin with what
    `at` finds.
    """
    stop = len(text) if stop is None else stop
    done = begin
    for hint in at.finditer(text, begin, stop):
        if hint.start() >= done:
            match = pattern.match(text, hint.start(), stop)
            if match:
                yield match
                done = match.end()


class Beginnings:
    """Beginnings of words, in lower case, looked for in one pass (Aho-Corasick)."""

    def __init__(self, beginnings: Iterable[str]) -> None:
        self._sought = AhoCorasick(sorted(set(beginnings)), implementation=Implementation.DFA)

    def starts(self, lower: str) -> list[int]:
        """Where in a text in lower case a word begins with one of them, in order."""
        found = {start for _, start, _ in self._sought.find_matches_as_indexes(lower, overlapping=True)}
        return sorted(
            [start for start in found if not start or not (lower[start - 1].isalnum() or lower[start - 1] == "_")]
        )
