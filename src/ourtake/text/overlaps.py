"""Whether places lie in any of many spans, in less than a comparison with each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable


class Spans:
    """Spans (start, end), end exclusive; those that overlap or touch are one."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def end_of(self, place: int) -> int | None:
        """The end of the span that holds the character at a place."""
        index = bisect_right(self._starts, place) - 1
        return self._ends[index] if index >= 0 and place < self._ends[index] else None

    def holds(self, place: int) -> bool:
        """Whether a span holds the character at a place."""
        return self.end_of(place) is not None

    def meets(self, start: int, end: int) -> bool:
        """Whether a span shares a character with start to end."""
        index = bisect_right(self._starts, max(start, end - 1)) - 1
        return index >= 0 and start < self._ends[index]
