"""Ctrl-C and SIGTERM in a run of many calls.

After the first signal no new call is made, and those under way get a few seconds: they are paid for. What has not
arrived by then is marked as unknown in the ledger. A second signal ends the process at once; what it leaves behind is
marked as unknown at the next start, since its process is gone.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from ourtake.cli import lazy
from ourtake.cli.terminal import say

GRACE = 8.0
"""Seconds; less than the ten that container runtimes give."""
_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


class Stopping:
    """Listens for both signals in the running loop; `code` is the exit code of the one that came."""

    def __init__(self, stop: lazy.asyncio.Event) -> None:
        self.code = 0
        self._stop = stop
        task = lazy.asyncio.current_task()
        assert task is not None
        self._task = task
        loop = lazy.asyncio.get_running_loop()
        for number in _CODES:
            # A shell makes its background jobs ignore Ctrl-C: it is meant for the job in the foreground.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._heard, number)

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Around the work: when a signal cancels it, the block ends without an error. Of several errors the first is
        raised and the others are printed, since each may name a file that an answer was kept in.
        """
        try:
            yield
        except ExceptionGroup as group:
            for error in group.exceptions[1:]:
                say(f"ourtake: {error}")
            raise group.exceptions[0] from None
        except lazy.asyncio.CancelledError:
            if not self.code:
                raise

    def _heard(self, number: signal.Signals) -> None:
        if self.code:
            os._exit(self.code)
        self.code = _CODES[number]
        self._stop.set()
        say(f"ourtake: stopping; waiting up to {GRACE:g} seconds for calls under way. Press again to stop at once.")
        lazy.asyncio.get_running_loop().call_later(GRACE, self._task.cancel)
