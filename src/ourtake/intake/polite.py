"""A polite fetcher: it obeys robots.txt, pauses between requests to a host, and gives up on a dead host.

robots.txt is read by protego: the standard library's parser does not know wildcards, and takes the first rule that
matches where RFC 9309 takes the longest.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from protego import Protego

from ourtake.config import Intake
from ourtake.errors import FetchError, HostClosed
from ourtake.intake.addresses import Address
from ourtake.intake.fetch import AGENT, Fetched, Fetcher
from ourtake.text.counts import count_of

TRIES = 3
LONGEST_WAIT = 60.0
"""Seconds; a host that asks for a longer wait is not asked again in this run."""

LONGEST_CRAWL_DELAY = 30.0
FAILURES = 3
"""A host that fails this often in a row (no connection, no answer) is not asked again in this run."""

_ROBOTS_BYTES = 500 * 1024


class HostGate:
    """The turns of hosts: one request at a time, with a pause between them, whoever asks. It may be shared by threads.
    `sleep` and `clock` count seconds.
    """

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


class PoliteFetcher:
    """Fetches pages, each host at its own pace. `sleep` and `clock` count seconds. `gate`: the hosts' turns, where
    other fetchers ask them, too.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        limits: Intake,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        gate: HostGate | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._limits = limits
        self._sleep = sleep
        self._gate = gate or HostGate(sleep=sleep, clock=clock)
        self._shared = gate is not None
        self._rules: dict[str, _Rules] = {}
        self._failures: dict[str, int] = {}
        self._closed: dict[str, str] = {}

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """The page, when its host's robots.txt allows it. Raises FetchError, HostClosed when its host is not asked."""
        asked: list[str] = []

        def before(address: Address) -> None:
            asked.append(address.netloc)
            self._open(address)
            if self._limits.robots and not self._robots(address).allows(address.url):
                how = "If the site is yours, set robots = false in [intake] of ourtake.toml."
                raise FetchError(f"{address.url[:200]} may not be read by robots, according to its robots.txt.", how)
            self._pause(address)

        for attempt in range(1, TRIES + 1):
            try:
                found = self._get(url, etag=etag, last_modified=last_modified, before=before)
            except FetchError as error:
                if not error.passing:
                    raise
                self._failed(asked[-1], error)
                if attempt == TRIES or error.status not in (429, 503):
                    raise
                wait = (
                    error.retry_after
                    if error.retry_after is not None
                    else min(2.0**attempt, self._limits.seconds_between_requests * 4)
                )
                self._sleep(wait)
            else:
                self._failures.pop(asked[-1], None)
                return found
        raise AssertionError("unreachable")

    def _get(
        self,
        url: str,
        *,
        before: Callable[[Address], None],
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched:
        """The answer. Where others ask the same hosts, the pause counts from its end: on a busy machine a request may
        be sent long after its turn.
        """
        asked: set[str] = set()

        def noting(address: Address) -> None:
            before(address)
            asked.add(address.netloc)

        try:
            return self._fetcher.get(url, etag=etag, last_modified=last_modified, before=noting)
        finally:
            for host in asked if self._shared else ():
                self._gate.hold(host, self._limits.seconds_between_requests)

    def _open(self, address: Address) -> None:
        if why := self._closed.get(address.netloc):
            raise HostClosed(
                f"{address.netloc} is left alone for now: {why}.", "Run the command again later.", passing=True
            )

    def _failed(self, host: str, error: FetchError) -> None:
        if (wait := error.retry_after or 0) > LONGEST_WAIT:
            self._closed[host] = f"it asked for a wait of {count_of(round(wait), 'second')}"
            raise HostClosed(
                f"{host} is left alone for now: {self._closed[host]}.", "Run the command again later.", passing=True
            ) from error
        if error.status is None:
            self._failures[host] = self._failures.get(host, 0) + 1
            if self._failures[host] >= FAILURES:
                self._closed[host] = f"it failed {FAILURES} times in a row"

    def _pause(self, address: Address) -> None:
        """Wait until the host may be asked again."""
        rules = self._rules.get(address.origin)
        pause = max(self._limits.seconds_between_requests, rules.delay if rules else 0.0)
        self._gate.wait(address.netloc, pause)

    def _robots(self, address: Address) -> _Rules:
        if address.origin not in self._rules:
            self._rules[address.origin] = self._read_rules(address)
        return self._rules[address.origin]

    def _read_rules(self, address: Address) -> _Rules:
        def before(hop: Address) -> None:
            self._open(hop)
            self._pause(hop)

        try:
            found = self._get(f"{address.origin}/robots.txt", before=before)
        except HostClosed:
            raise
        except FetchError as error:
            # RFC 9309: a robots.txt that is refused or missing forbids nothing, a server error forbids everything.
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return _Rules("")
            if error.status is None and not error.passing:
                return _Rules("")
            raise FetchError(
                f"The robots.txt of {address.netloc} can't be read: {error.what}", error.do, passing=True
            ) from error
        return _Rules(found.body[:_ROBOTS_BYTES].decode("utf-8", "replace"))


class _Rules:
    """The rules of one robots.txt for this program."""

    def __init__(self, text: str) -> None:
        self._protego = Protego.parse(text)
        wanted = self._protego.crawl_delay(AGENT)
        self.delay = min(float(wanted), LONGEST_CRAWL_DELAY) if wanted else 0.0

    def allows(self, url: str) -> bool:
        return bool(self._protego.can_fetch(url, AGENT))


def polite_fetcher(limits: Intake) -> PoliteFetcher:
    """A polite fetcher within the limits of the settings."""
    return PoliteFetcher(Fetcher(limits), limits)
