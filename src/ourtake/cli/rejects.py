"""What an import skipped, or took without a date: a few on the screen, many in a file of their own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.intake.reject import Reject, Undated

SHOWN = 20


class Rejects:
    """Keeps the first SHOWN of each kind; beyond them, or `always`, writes all to the file, a line each.

    A line is {"where", "reason"}, and {"where", "reason", "imported": true} for what was imported without a date.
    """

    def __init__(self, file: Path, *, always: bool) -> None:
        self.broken = 0
        self.count = 0
        self.undated = 0
        self.left_out: Counter[str] = Counter()
        """How many were left out on purpose, by the words of the reason."""
        self._path = file
        self._file: TextIO | None = None
        self._first: list[Reject] = []
        self._first_undated: list[Undated] = []
        if always:
            self._open()

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

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

    def _open(self) -> None:
        try:
            self._file = self._path.open("w", encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"{self._path} can't be written: {error.strerror}.", "Name another file with --rejects."
            ) from error

    def _write(self, found: Reject | Undated) -> None:
        assert self._file is not None
        self._file.write(json.dumps(_row(found), ensure_ascii=False) + "\n")

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
