"""What an import skipped: a few on the screen, many in a file of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.intake.reject import Reject

SHOWN = 20


class Rejects:
    """Keeps the first SHOWN; beyond them, or `always`, writes each as {"where", "reason"}, a line each, to the file."""

    def __init__(self, file: Path, *, always: bool) -> None:
        self.broken = 0
        self._path = file
        self._file: TextIO | None = None
        self._first: list[Reject] = []
        self.count = 0
        if always:
            self._open()

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, reject: Reject) -> None:
        """One more."""
        self.broken += reject.broken
        self.count += 1
        if len(self._first) < SHOWN:
            self._first.append(reject)
            if self._file is None:
                return
        elif self._file is None:
            self._open()
            for earlier in self._first:
                self._write(earlier)
        self._write(reject)

    def _open(self) -> None:
        try:
            self._file = self._path.open("w", encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"{self._path} can't be written: {error.strerror}.", "Name another file with --rejects."
            ) from error

    def _write(self, reject: Reject) -> None:
        assert self._file is not None
        self._file.write(json.dumps({"where": reject.where, "reason": reject.reason}, ensure_ascii=False) + "\n")

    def told(self) -> Iterator[str]:
        """The lines for the screen."""
        for reject in self._first:
            yield f"skipped {reject.where}: {reject.reason}"
        if self.count > len(self._first):
            yield f"and {self.count - len(self._first)} more; all of them are in {self._path}"
