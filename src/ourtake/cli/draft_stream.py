"""What `--stream` shows: the take as it is written, on standard error."""

from __future__ import annotations

import sys

from ourtake.cli import lazy
from ourtake.cli.terminal import printable

STEPS = {
    "plan": "planning: facts and angles",
    "write": "writing the take",
    "read again": "reading it again beside the texts",
    "repair": "repairing what was found",
}
"""How the steps of a draft are named."""


class StreamedTake:
    """Prints a take's prose as it arrives: headline, summary and body, separated by blank lines.

    It is called with each piece of a reply's text, and with "" when the reply begins again.
    """

    def __init__(self) -> None:
        self._growing = lazy.partial.PartialTake()
        self._field = ""

    def __call__(self, piece: str) -> None:
        """Print what a piece adds."""
        if not piece:
            if self._field:
                sys.stderr.write("\n\n[the answer broke off; asked again]\n\n")
            self._growing, self._field = lazy.partial.PartialTake(), ""
        before, found = self._growing.restarts, self._growing.add(piece)
        if self._growing.restarts != before and self._field:
            sys.stderr.write("\n\n[those were the model's thoughts]\n\n")
            self._field = ""
        for field, text in found:
            if field != self._field:
                sys.stderr.write("\n\n" if self._field else "")
                self._field = field
            sys.stderr.write(printable(text))
        sys.stderr.flush()

    def step(self, name: str) -> None:
        """Say which step begins."""
        self.end()
        self._growing, self._field = lazy.partial.PartialTake(), ""
        sys.stderr.write(f"[{STEPS.get(name, name)}]\n\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Close the last line."""
        if self._field:
            sys.stderr.write("\n\n")
