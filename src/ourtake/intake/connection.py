"""Connections for fetch.py: a name is resolved once, every answer is checked, and only checked numbers are used.

So a name that resolves differently the second time (DNS rebinding) changes nothing: there is no second time. The Host
header and TLS use the name. Behind a proxy the same holds: the name is resolved and judged here, and the proxy is asked
for the number (tunnel.py). A host that the settings allow needs no judging, so the proxy gets its name.

Each read and write gets what is left of the fetch's time, so a server that sends a byte a second reaches the same limit
as a silent one.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any

import httpcore2

from ourtake.errors import FetchError
from ourtake.intake.addresses import IpAddress, is_allowed, refused_ip
from ourtake.intake.tunnel import open_tunnel
from ourtake.network import proxy_for

Resolve = Callable[[str, int], list[str]]
"""Host and port -> numbers, best first. Raises OSError when the name is unknown."""


def resolve(host: str, port: int) -> list[str]:
    """The system's answer."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Deadline:
    """The moment by which a fetch must be done, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self._end = 0.0

    def start(self, seconds: float) -> None:
        """Start a new period."""
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left. Raises httpcore2.ReadTimeout when there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("the time for this fetch is over")
        return seconds


class CheckedBackend(httpcore2.NetworkBackend):
    """httpcore2's network backend; it connects only to checked IP addresses."""

    scheme = "https"
    """Of the address that is fetched next: it decides which proxy is used."""

    def __init__(self, *, allow_hosts: Collection[str], deadline: Deadline, resolver: Resolve = resolve) -> None:
        self._allow_hosts = allow_hosts
        self._deadline = deadline
        self._resolver = resolver
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to one of the host's checked numbers. Raises FetchError when one of its numbers may not be
        connected to.
        """
        failure: Exception | None = None
        proxy = proxy_for(f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{port}")
        by_name = proxy is not None and is_allowed(host, port, self._allow_hosts)
        for number in [host] if by_name else map(str, self._checked(host, port)):
            seconds = self._deadline.left()
            try:
                if proxy is None:
                    stream = self._plain.connect_tcp(number, port, seconds, local_address, socket_options)
                else:
                    stream = open_tunnel(proxy, number, port, backend=self._plain, seconds=seconds)
                return _Timed(stream, self._deadline)
            except httpcore2.ConnectError as error:
                failure = error
        raise failure or httpcore2.ConnectError(f"{host} has no address")

    def _checked(self, host: str, port: int) -> list[IpAddress]:
        allowed = is_allowed(host, port, self._allow_hosts)
        try:
            literal = ipaddress.ip_address(host)
        except ValueError:
            numbers = [ipaddress.ip_address(text.partition("%")[0]) for text in self._resolved(host, port)]
        else:
            # The settings name this very number, or check_address has judged it. It is judged again here, where the
            # connection is made.
            numbers = [literal]
            if allowed:
                return numbers
        for number in numbers:
            # One bad number among good ones is an attempt to get in with a second connection: all or nothing.
            if why := refused_ip(number, allowed=allowed):
                raise FetchError(f"{host} is not opened: its address {number} is {why}.", "Check the address.")
        return list(dict.fromkeys(numbers))

    def _resolved(self, host: str, port: int) -> list[str]:
        """The resolver's answer, within the time that is left: getaddrinfo has no timeout."""
        answer: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._resolver(host, port))
            except OSError as error:
                answer.put(error)
            except UnicodeError:
                answer.put(OSError("not a host name"))

        threading.Thread(target=ask, name="ourtake-resolver", daemon=True).start()
        try:
            found = answer.get(timeout=self._deadline.left())
        except queue.Empty:
            raise httpcore2.ConnectTimeout(f"the name {host} was not resolved in time") from None
        if isinstance(found, OSError):
            raise httpcore2.ConnectError(f"the name {host} is not known") from found
        return found


class _Timed(httpcore2.NetworkStream):
    """A stream whose every operation gets what is left of the time."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes, before the time is over."""
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of it, before the time is over."""
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        """Close."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """The same under TLS, with the name that was asked for."""
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the stream below says."""
        return self._stream.get_extra_info(info)
