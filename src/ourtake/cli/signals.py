"""Ctrl-C and SIGTERM in a run of many calls: the first makes no new call and waits a little for those under way, the
second leaves at once.

What was paid for and is about to arrive is worth some seconds. What has not arrived by then is marked as unknown in the
ledger; what a second signal leaves behind is marked so at the next start, since its process is gone.
"""

from __future__ import annotations

import asyncio
import os
import signal

from ourtake.cli.common import say

GRACE = 8.0
"""Seconds; less than the ten that container runtimes give."""
_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


class Stopping:
    """Listens for both signals in the running loop; `code` is the exit code of the one that came."""

    def __init__(self, stop: asyncio.Event) -> None:
        self.code = 0
        self._stop = stop
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        loop = asyncio.get_running_loop()
        for number in _CODES:
            # A shell gives its background jobs an ignored Ctrl-C: it is meant for the job in front.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._heard, number)

    def _heard(self, number: signal.Signals) -> None:
        if self.code:
            os._exit(self.code)
        self.code = _CODES[number]
        self._stop.set()
        say(f"ourtake: stopping; calls under way are waited for, at most {GRACE:g} seconds. Once more leaves at once.")
        asyncio.get_running_loop().call_later(GRACE, self._task.cancel)
