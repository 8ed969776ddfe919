"""Fetchers for many threads: one each, with the same trusted certificates and the same turns of hosts."""

from __future__ import annotations

import threading
from functools import cached_property
from ssl import SSLContext

import httpcore2

from ourtake.config import Intake
from ourtake.intake.addresses import Address
from ourtake.intake.fetch import Fetched, Fetcher
from ourtake.intake.polite import HostGate, PoliteFetcher
from ourtake.network import trusted


class Fetchers:
    """May be used by many threads; each gets a fetcher of its own, whose connections are kept open."""

    def __init__(self, limits: Intake) -> None:
        self.limits = limits
        self.gate = HostGate()
        self._own = threading.local()
        self._made: list[Fetcher] = []
        self._lock = threading.Lock()

    @cached_property
    def _tls(self) -> SSLContext:
        # Reading the system's certificates takes 20 milliseconds, which would come with each new connection.
        return trusted() or httpcore2.default_ssl_context()

    def fetcher(self) -> Fetcher:
        """The one of the thread that asks."""
        found: Fetcher | None = getattr(self._own, "fetcher", None)
        if found is None:
            with self._lock:
                found = self._own.fetcher = Fetcher(self.limits, tls=self._tls)
                self._made.append(found)
        return found

    def get(self, url: str, *, etag: str | None, last_modified: str | None) -> Fetched:
        """The answer of an address that the settings name, when it is its host's turn. Raises FetchError."""
        asked: set[str] = set()

        def before(address: Address) -> None:
            asked.add(address.netloc)
            self.gate.wait(address.netloc, self.limits.seconds_between_requests)

        try:
            return self.fetcher().get(url, etag=etag, last_modified=last_modified, before=before)
        finally:
            # The pause counts from the end: on a busy machine a request may be sent long after its turn.
            for host in asked:
                self.gate.hold(host, self.limits.seconds_between_requests)

    def polite(self) -> PoliteFetcher:
        """A fetcher for addresses that others have named: it obeys robots.txt."""
        return PoliteFetcher(self.fetcher(), self.limits, gate=self.gate)

    def close(self) -> None:
        """Close all connections."""
        for fetcher in self._made:
            fetcher.close()
