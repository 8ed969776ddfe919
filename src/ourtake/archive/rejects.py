"""What an import skipped, or took without a date: a few lines on the screen, long lists in a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from ourtake.intake.items import Reject, Remark
from ourtake.text.counts import count_of

SHOWN = 20
"""Rows of each kind that are shown and, without --rejects, not written to the file."""

_KINDS = ("skipped", "no date", "retracted", "twice")
"""The kinds of rows, in the order in which they are shown, by the words that each begins with."""


class Rejects:
    """Keeps the first SHOWN rows of each kind. Beyond them, or `always`, all rows are written to the file at `path`.

    A line is {"where", "reason"}, and {"where", "reason", "imported": true} for what was imported all the
    same: without a date, although it was retracted, or twice.
    `open_file` opens the file when the first line is written.
    """

    def __init__(
        self, path: Path, open_file: Callable[[], AbstractContextManager[BinaryIO]], *, always: bool = False
    ) -> None:
        self.broken = 0
        self.count = 0
        self.left_out: Counter[str] = Counter()
        """How many were left out because they are not published articles, by reason."""
        self.not_taken: Counter[str] = Counter()
        """How many were left out on purpose for another reason, by reason."""
        self.rows = 0
        self._counts: Counter[str] = Counter()
        self._first: dict[str, list[Reject | Remark]] = {kind: [] for kind in _KINDS}
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

    def add(self, found: Reject | Remark) -> None:
        """Count and keep one more."""
        self.rows += 1
        kind = found.kind if isinstance(found, Remark) else "skipped"
        self._counts[kind] += 1
        if isinstance(found, Reject):
            self.count += found.things
            self.broken += found.broken
            if not found.broken:
                counter = self.not_taken if found.other else self.left_out
                counter[found.reason.partition(" (")[0].rstrip(".")] += found.things
        first = self._first[kind]
        full = len(first) >= SHOWN
        if not full:
            first.append(found)
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
            "without_date": self._counts["no date"],
            "retracted": self._counts["retracted"],
            "repeated": self._counts["twice"],
            "rejects": rows,
            **more,
        }

    def lines(self) -> Iterator[str]:
        """The lines for the screen."""
        for what, counter in (("not published articles", self.left_out), ("not imported", self.not_taken)):
            if counter:
                yield f"{what}: {', '.join(f'{reason} ({count})' for reason, count in counter.most_common())}"
        if undated := self._counts["no date"]:
            what, left = ("date", "is") if undated == 1 else ("dates", "are")
            yield f"{undated} {what} could not be read and {left} left empty"
        if retracted := self._counts["retracted"]:
            what = "says that it was" if retracted == 1 else "say that they were"
            yield f"{count_of(retracted, 'article')} {what} retracted"
        for kind, rows in self._first.items():
            for row in rows:
                yield f"{kind} {row.where}: {row.reason}"
        if more := self.rows - len(self._kept()):
            yield f"and {more} more; all of them are in {self._path}"

    def _kept(self) -> list[Reject | Remark]:
        return [row for rows in self._first.values() for row in rows]

    def _write(self, found: Reject | Remark) -> None:
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


def _row(found: Reject | Remark) -> dict[str, Any]:
    return {"where": found.where, "reason": found.reason} | ({} if isinstance(found, Reject) else {"imported": True})
