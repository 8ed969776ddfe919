"""What an import skipped, or took without a date: a few on the screen, many in a file of their own."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

from ourtake.cli.common import output, store_file

if TYPE_CHECKING:
    from ourtake.intake.reject import Reject, Undated
    from ourtake.publish.output import Output

SHOWN = 20


class Rejects:
    """Keeps the first SHOWN of each kind; beyond them, or where a file was named, writes all to the file, a line each.

    A line is {"where", "reason"}, and {"where", "reason", "imported": true} for what was imported without a date.
    Without a name the file is the one beside the store, where it may replace the list of an earlier import. Raises
    InputError where the file holds something else.
    """

    def __init__(self, file: Path | None, *, force: bool, inputs: Sequence[str]) -> None:
        self.broken = 0
        self.count = 0
        self.undated = 0
        self.left_out: Counter[str] = Counter()
        """How many were left out on purpose, by the words of the reason."""
        self._first: list[Reject] = []
        self._first_undated: list[Undated] = []
        self._path = file or store_file(".rejects.jsonl")
        self._force = force or (file is None and _is_list(self._path))
        self._inputs = inputs
        if os.path.lexists(self._path):
            # Said before anything is imported, whether or not anything will be skipped.
            self._output()
        self._open_files = ExitStack()
        self._file: BinaryIO | None = None
        if file is not None:
            self._open()

    def __enter__(self) -> Rejects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open_files.__exit__(kind, error, trace)

    def add(self, found: Reject | Undated) -> None:
        """One more."""
        from ourtake.intake.reject import Reject

        if isinstance(found, Reject):
            self.count += 1
            self.broken += found.broken
            if not found.broken:
                self.left_out[found.reason.partition(" (")[0].rstrip(".")] += 1
            full = len(self._first) >= SHOWN
            self._first += [] if full else [found]
        else:
            self.undated += 1
            full = len(self._first_undated) >= SHOWN
            self._first_undated += [] if full else [found]
        if self._file is not None:
            self._write(found)
        elif full:
            self._open()
            for one in (*self._kept(), found):
                self._write(one)

    def _kept(self) -> list[Reject | Undated]:
        return [*self._first, *self._first_undated]

    def _output(self) -> Output:
        return output(self._path, force=self._force, inputs=self._inputs, option="--rejects")

    def _open(self) -> None:
        self._file = self._open_files.enter_context(self._output().open())

    def _write(self, found: Reject | Undated) -> None:
        assert self._file is not None
        line = json.dumps(_row(found), ensure_ascii=False)
        self._file.write(f"{line}\n".encode())

    def summary(self) -> dict[str, Any]:
        """What --json prints of them."""
        more = {"file": str(self._path)} if self._file is not None else {}
        rows = [_row(found) for found in self._kept()]
        return {"left_out": dict(self.left_out), "without_date": self.undated, "rejects": rows, **more}

    def told(self) -> Iterator[str]:
        """The lines for the screen."""
        if self.left_out:
            yield "not published articles: " + ", ".join(
                f"{count} {reason}" for reason, count in self.left_out.most_common()
            )
        if self.undated:
            what, left = ("date", "is") if self.undated == 1 else ("dates", "are")
            yield f"{self.undated} {what} could not be read and {left} left empty"
        for reject in self._first:
            yield f"skipped {reject.where}: {reject.reason}"
        for undated in self._first_undated:
            yield f"no date {undated.where}: {undated.reason}"
        if more := self.count + self.undated - len(self._kept()):
            yield f"and {more} more; all of them are in {self._path}"


def _row(found: Reject | Undated) -> dict[str, Any]:
    from ourtake.intake.reject import Undated

    return {"where": found.where, "reason": found.reason} | ({"imported": True} if isinstance(found, Undated) else {})


def _is_list(path: Path) -> bool:
    """Whether the file is a list that an earlier import wrote: each line {"where", "reason"}, or with "imported"."""
    try:
        with path.open(encoding="utf-8") as file:
            return all(set(json.loads(line)) - {"imported"} == {"where", "reason"} for line in file)
    except (OSError, ValueError, TypeError):
        return False
