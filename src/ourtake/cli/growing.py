"""A take while it is written: on standard error, on a page, and for somebody who waits for a worker."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from ourtake.cli import lazy
from ourtake.cli.terminal import printable, say

if TYPE_CHECKING:
    from ourtake.jobs.cluster import Cluster

_STEPS = {
    "plan": "planning",
    "write": "writing the take",
    "read again": "reading it again beside the texts",
    "repair": "repairing",
    "read changes": "reading again what was repaired",
    "rewrite": "rewriting",
}
"""How the steps of a draft are named."""

EVERY = 0.4
"""Seconds between two versions of a text that is shown."""


class Growing(Protocol):
    """A listener to a take that is being written."""

    def __call__(self, piece: str) -> None:
        """A piece of the reply; "" when the reply begins again."""

    def step(self, name: str, detail: str) -> None:
        """Which step begins."""


def _step_line(number: int, name: str, detail: str) -> str:
    """A step in words. `number` counts from 1."""
    return f"[{number}. {_STEPS.get(name, name)}{f' ({detail})' if detail else ''}]"


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
        sys.stderr.write(f"{printable(_step_line(self._steps, name, detail))}\n\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Close the last line."""
        if self._field:
            sys.stderr.write("\n\n")


class GrowingTake:
    """A take's prose while it is written, told as one text: headline, summary and body."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._steps = 0
        self._begin()

    def step(self, name: str, detail: str) -> None:
        """Tell which step begins, above the prose so far."""
        self._steps += 1
        self._tell("\n\n".join([_step_line(self._steps, name, detail), *self._fields.values()]))

    def _begin(self) -> None:
        self._growing = lazy.partial.PartialTake()
        self._fields: dict[str, str] = {}

    def __call__(self, piece: str) -> None:
        """Add a piece of the reply; "" when the reply begins again."""
        if not piece:
            self._begin()
        before, found = self._growing.restarts, self._growing.add(piece)
        if self._growing.restarts != before:
            self._fields = {}
        for field, text in found:
            self._fields[field] = self._fields.get(field, "") + text
        self._tell("\n\n".join(self._fields.values()))


@asynccontextmanager
async def showing(cluster: Cluster, name: str) -> AsyncIterator[Callable[[str], None]]:
    """A function to call with a worker's text so far, from any thread. The text is stored with the queue under that
    name, where whoever waits reads it; "" if nobody waits.
    """
    texts = [""]

    async def keep() -> None:
        kept = ""
        while True:
            await lazy.asyncio.sleep(EVERY)
            if texts[0] != kept:
                kept = texts[0]
                try:
                    await cluster.keep_result(name, kept)
                except lazy.cluster.AWAY as error:
                    # A server that is away shows nothing for a while. Whatever else fails, the work goes on.
                    if not lazy.cluster.is_away(error):
                        say(f"ourtake: a job's text is not shown while it is written: {lazy.cluster.reason(error)}.")
                        return

    def tell(text: str) -> None:
        texts[0] = text

    keeping = lazy.asyncio.create_task(keep()) if name else None
    try:
        yield tell
    finally:
        if keeping is not None:
            keeping.cancel()
            with suppress(lazy.asyncio.CancelledError):
                await keeping
