"""What an import skipped, or took without a date: a few lines on the screen, long lists in a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from ourtake.intake.items import Reject, Repeat, Undated

SHOWN = 20
"""Rows of each kind that are shown and, without --rejects, not written to the file."""


class Rejects:
    """Keeps the first SHOWN rows of each kind. Beyond them, or `always`, all rows are written to the file at `path`.

    A line is {"where", "reason"}, and {"where", "reason", "imported": true} for what was imported without a date.
    `open_file` opens the file when the first line is written.
    """

    def __init__(
        self, path: Path, open_file: Callable[[], AbstractContextManager[BinaryIO]], *, always: bool = False
    ) -> None:
        self.broken = 0
        self.count = 0
        self.undated = 0
        self.left_out: Counter[str] = Counter()
        """How many were left out because they are not published articles, by reason."""
        self.not_taken: Counter[str] = Counter()
        """How many were left out on purpose for another reason, by reason."""
        self._first: list[Reject] = []
        self.repeated = 0
        self.rows = 0
        self._first_undated: list[Undated] = []
        self._first_repeats: list[Repeat] = []
        self._path = path
        self._open_file = open_file
        self._stack = ExitStack()
        self._file: BinaryIO | None = self._stack.enter_context(open_file()) if always else None

    def __enter__(self) -> Rejects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def add(self, found: Reject | Undated | Repeat) -> None:
        """Count and keep one more."""
        self.rows += 1
        if isinstance(found, Reject):
            self.count += found.things
            self.broken += found.broken
            if not found.broken:
                counter = self.not_taken if found.other else self.left_out
                counter[found.reason.partition(" (")[0].rstrip(".")] += found.things
            full = len(self._first) >= SHOWN
            self._first += [] if full else [found]
        elif isinstance(found, Repeat):
            self.repeated += 1
            full = len(self._first_repeats) >= SHOWN
            self._first_repeats += [] if full else [found]
        else:
            self.undated += 1
            full = len(self._first_undated) >= SHOWN
            self._first_undated += [] if full else [found]
        if self._file is not None:
            self._write(found)
        elif full:
            self._file = self._stack.enter_context(self._open_file())
            for row in (*self._kept(), found):
                self._write(row)

    def summary(self) -> dict[str, Any]:
        """What `archive add --json` prints of them."""
        more = {"file": str(self._path)} if self._file is not None else {}
        rows = [_row(found) for found in self._kept()]
        return {
            "left_out": dict(self.left_out),
            "not_taken": dict(self.not_taken),
            "without_date": self.undated,
            "repeated": self.repeated,
            "rejects": rows,
            **more,
        }

    def lines(self) -> Iterator[str]:
        """The lines for the screen."""
        for what, counter in (("not published articles", self.left_out), ("not imported", self.not_taken)):
            if counter:
                yield f"{what}: {', '.join(f'{reason} ({count})' for reason, count in counter.most_common())}"
        if self.undated:
            what, left = ("date", "is") if self.undated == 1 else ("dates", "are")
            yield f"{self.undated} {what} could not be read and {left} left empty"
        for reject in self._first:
            yield f"skipped {reject.where}: {reject.reason}"
        for undated in self._first_undated:
            yield f"no date {undated.where}: {undated.reason}"
        for repeat in self._first_repeats:
            yield f"twice {repeat.where}: {repeat.reason}"
        if more := self.rows - len(self._kept()):
            yield f"and {more} more; all of them are in {self._path}"

    def _kept(self) -> list[Reject | Undated | Repeat]:
        return [*self._first, *self._first_undated, *self._first_repeats]

    def _write(self, found: Reject | Undated | Repeat) -> None:
        assert self._file is not None
        line = json.dumps(_row(found), ensure_ascii=False)
        self._file.write(f"{line}\n".encode())


def is_rejects_file(path: Path) -> bool:
    """Whether the file was written by an earlier import: each line is {"where", "reason"}, or with "imported"."""
    try:
        with path.open(encoding="utf-8") as file:
            return all(set(json.loads(line)) - {"imported"} == {"where", "reason"} for line in file)
    except (OSError, ValueError, TypeError):
        return False


def _row(found: Reject | Undated | Repeat) -> dict[str, Any]:
    return {"where": found.where, "reason": found.reason} | ({} if isinstance(found, Reject) else {"imported": True})
