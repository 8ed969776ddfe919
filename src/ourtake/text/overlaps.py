"""Whether places lie in any of many spans, in less than a comparison with each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


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

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._starts, self._ends, strict=True)

    def end_of(self, place: int) -> int | None:
        """The end of the span that holds the character at a place."""
        index = bisect_right(self._starts, place) - 1
        return self._ends[index] if index >= 0 and place < self._ends[index] else None

    def holds(self, place: int) -> bool:
        """Whether a span holds the character at a place."""
        return self.end_of(place) is not None

    def covers(self, start: int, end: int) -> bool:
        """Whether one span holds all from start to end."""
        stop = self.end_of(start)
        return stop is not None and end <= stop

    def meets(self, start: int, end: int) -> bool:
        """Whether a span shares a character with start to end."""
        index = bisect_right(self._starts, max(start, end - 1)) - 1
        return index >= 0 and start < self._ends[index]


class Overlaps(Generic[T]):
    """Things with spans (start, end), of which those that share a character with another span are found in a time that
    grows with their number and only with the logarithm of all (a tree of the largest ends).
    """

    def __init__(self, things: Iterable[T], span: Callable[[T], tuple[int, int]]) -> None:
        given = list(things)
        spans = [span(one) for one in given]
        self._order = sorted(range(len(given)), key=lambda one: spans[one][0])
        self._things = given
        self._starts = [spans[one][0] for one in self._order]
        self._size = 1 << max(0, (len(given) - 1).bit_length())
        self._largest = [0] * self._size + [spans[one][1] for one in self._order]
        self._largest += [0] * (2 * self._size - len(self._largest))
        for node in range(self._size - 1, 0, -1):
            self._largest[node] = max(self._largest[2 * node], self._largest[2 * node + 1])

    def of(self, start: int, end: int) -> list[T]:
        """Those that share a character with start to end, in the order in which they were given."""
        found: list[int] = []
        waiting = [1] if self._things else []
        while waiting:
            node = waiting.pop()
            if self._largest[node] <= start:
                continue
            if node < self._size:
                waiting += [2 * node + 1, 2 * node]
            elif self._starts[node - self._size] >= end:
                break  # the leaves are visited from left to right
            else:
                found.append(self._order[node - self._size])
        return [self._things[one] for one in sorted(found)]
