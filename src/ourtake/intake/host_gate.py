"""When a host may be asked: one request at a time, with a pause between them, whoever asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class HostGate:
    """The turns of hosts. It may be shared by threads. `sleep` and `clock` count seconds."""

    def __init__(
        self, *, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sleep = sleep
        self._clock = clock
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, host: str, pause: float) -> None:
        """Wait for this host's turn; the one after it comes `pause` seconds later."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + pause
        if turn > now:
            self._sleep(turn - now)

    def hold(self, host: str, seconds: float) -> None:
        """Give this host no turn for this long."""
        with self._lock:
            self._next[host] = max(self._next.get(host, 0.0), self._clock() + seconds)
