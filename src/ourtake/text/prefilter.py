"""Many patterns over one text, each run only over the lines that contain a piece of text that it needs.

Most of some hundred patterns have nothing to say to a text. The pieces that they need are looked for in one pass
(Aho-Corasick), which costs a hundredth of running them; a pattern whose piece is there reads no other line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

Reads = Literal["all", "lines", "begins"]


class Row(NamedTuple):
    """A pattern that can't match without one of the needed pieces of text (lower case).

    `any_case`: it is written for text in lower case. `reads`: what is read of a text, "all" for a pattern that may
    reach over lines, the "lines" where a piece is, or only what "begins" with one.
    """

    label: str
    needs: tuple[str, ...]
    text: str
    any_case: bool
    reads: Reads

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when first needed: most never are, and a hundred take as long as all else that one
        check loads.
        """
        return _compiled(self.text, self.any_case)


@cache
def _compiled(text: str, any_case: bool) -> re.Pattern[str]:
    # A pattern without the flag for case runs twice as fast.
    return re.compile(text, re.NOFLAG if any_case else re.IGNORECASE)


def rows(label: str, *pairs: tuple[str, str], reads: Reads = "lines") -> tuple[Row, ...]:
    """Pairs of needed pieces, parted by |, and a pattern in lower case; capitals count only within (?-i:...)."""
    found = []
    for needs, pattern in pairs:
        any_case = "(?-i:" not in pattern
        found.append(Row(label, tuple(needs.split("|")), pattern, any_case, reads))
    return tuple(found)


class Prefilter:
    """Rows with one automaton for all that they need."""

    def __init__(self, *tables: tuple[Row, ...]) -> None:
        self.rows = tuple(row for table in tables for row in table)
        owners: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows):
            for need in row.needs:
                owners.setdefault(need, []).append(number)
        self._owners = tuple(tuple(numbers) for numbers in owners.values())
        self._needs = AhoCorasick(owners, implementation=Implementation.DFA)

    def matches(self, text: str, *, lower: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Each row's matches with its label; `lower` is the text in lower case, letter by letter (see lowered)."""
        places: dict[int, list[tuple[int, int]]] = {}
        for piece, start, end in self._needs.find_matches_as_indexes(lower, overlapping=True):
            for number in self._owners[piece]:
                places.setdefault(number, []).append((start, end))
        for number in sorted(places):
            row = self.rows[number]
            read = lower if row.any_case else text
            pattern = row.pattern
            if row.reads == "begins":
                found = [pattern.match(read, start) for start in sorted({start for start, _ in places[number]})]
                yield from ((row.label, match) for match in found if match)
            else:
                for first, last in [(0, len(read))] if row.reads == "all" else _lines(read, places[number]):
                    yield from ((row.label, match) for match in pattern.finditer(read, first, last))


def _lines(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lines that hold these spans of a text, each once."""
    found: list[tuple[int, int]] = []
    for start, end in places:
        if not found or start > found[-1][1]:
            last = text.find("\n", end)
            found.append((text.rfind("\n", 0, start) + 1, last if last >= 0 else len(text)))
    return found
