"""What `--stream` shows in a terminal: the take as it grows, on standard error."""

from __future__ import annotations

import sys

from ourtake.cli.common import plain
from ourtake.writing.partial import PartialTake


class _Shown:
    """Prints a take's prose as it comes: the headline, the summary, the body, parted by blank lines."""

    def __init__(self) -> None:
        self._growing = PartialTake()
        self._field = ""

    def __call__(self, piece: str) -> None:
        if not piece:
            if self._field:
                sys.stderr.write("\n\n[the answer did not hold; asked again]\n\n")
            self._growing, self._field = PartialTake(), ""
        before, found = self._growing.restarts, self._growing.add(piece)
        if self._growing.restarts != before and self._field:
            sys.stderr.write("\n\n[those were the model's thoughts]\n\n")
            self._field = ""
        for field, text in found:
            if field != self._field:
                sys.stderr.write("\n\n" if self._field else "")
                self._field = field
            sys.stderr.write(plain(text))
        sys.stderr.flush()

    def end(self) -> None:
        """Close the last line."""
        if self._field:
            sys.stderr.write("\n\n")


def growing() -> _Shown:
    """A listener for an answer's text (providers/base.py: OnText)."""
    return _Shown()
