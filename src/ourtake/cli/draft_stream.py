"""What `--stream` shows: the take as it is written, on standard error."""

from __future__ import annotations

import sys

from ourtake.cli import lazy
from ourtake.cli.terminal import printable

STEPS = {
    "plan": "planning",
    "write": "writing the take",
    "read again": "reading it again beside the texts",
    "repair": "repairing",
    "read changes": "reading again what was repaired",
    "rewrite": "rewriting",
}
"""How the steps of a draft are named."""


def step_line(number: int, name: str, detail: str) -> str:
    """A step in words. `number` counts from 1."""
    return f"{number}. {STEPS.get(name, name)}{f' ({detail})' if detail else ''}"


class StreamedTake:
    """Prints a take's prose as it arrives, its parts separated by blank lines; headline and summary are named where
    they come behind another part, as a model writes the body first.

    It is called with each piece of a reply's text, and with "" when the reply begins again.
    """

    def __init__(self) -> None:
        self._growing = lazy.partial.PartialTake()
        self._field = ""
        self._steps = 0

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
                behind = f"{field.capitalize()}: " if self._field and field != "body" else ""
                sys.stderr.write(f"\n\n{behind}" if self._field else "")
                self._field = field
            sys.stderr.write(printable(text))
        sys.stderr.flush()

    def step(self, name: str, detail: str) -> None:
        """Say which step begins."""
        self.end()
        self._growing, self._field = lazy.partial.PartialTake(), ""
        self._steps += 1
        sys.stderr.write(f"[{printable(step_line(self._steps, name, detail))}]\n\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Close the last line."""
        if self._field:
            sys.stderr.write("\n\n")
