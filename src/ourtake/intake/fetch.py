"""The only module that opens addresses from outside.

A fetch has one time limit and one size limit, whatever the server does. Each redirect is judged like the first address.
Only a User-Agent, the validators of an earlier visit and, within one chain of redirects, the cookies that it set are
sent: no credentials, and nothing from a netrc. Proxies and certificates of the environment are used (network.py).
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple, TypeVar
from urllib.parse import urljoin

import httpcore2

from ourtake import __version__
from ourtake.config import Intake
from ourtake.errors import FetchError
from ourtake.intake.addresses import Address, check_address
from ourtake.intake.connection import CheckedBackend, Deadline, Resolve, resolve
from ourtake.intake.decompress import Inflater
from ourtake.network import tls_failure, trusted
from ourtake.text.counts import count_of
from ourtake.values import retry_after_seconds

AGENT = f"ourtake/{__version__}"
_ACCEPT = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.5"
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_MOST_COOKIES = 20
_LONGEST_COOKIE = 4096
_BEGINNING = 500_000
"""Bytes of an answer that `request` reads."""

Answer = TypeVar("Answer")


class Fetched(NamedTuple):
    """A page: the address that it finally came from, and its bytes, decompressed.

    `status` is 200, or 304 without bytes where it has not changed since the last visit.
    """

    url: str
    status: int
    body: bytes
    content_type: str
    etag: str | None
    last_modified: str | None
    robots: str = ""
    """What the server tells robots about this answer (X-Robots-Tag)."""
    moved: str = ""
    """Where permanent redirects led from the address that was asked for; "" if there was none, or a passing one came
    first.
    """


class Response(NamedTuple):
    """An answer of any status.

    `url` gave it. `body`: what was read of it, decompressed. `retry_after`: seconds.
    """

    url: str
    status: int
    body: bytes
    content_type: str
    retry_after: float | None


class _Onward(NamedTuple):
    """The target of a redirect, and whether the page has moved there for good."""

    target: str
    lasting: bool


class Fetcher:
    """Fetches one address after another; connections are kept open between them. `tls`: the trusted certificates,
    where many fetchers share them; by default those of the environment or system, read for each connection.
    """

    def __init__(self, limits: Intake, *, resolver: Resolve = resolve, tls: ssl.SSLContext | None = None) -> None:
        self._limits = limits
        self._bytes = int(limits.max_megabytes * 1_000_000)
        self._deadline = Deadline()
        self._backend = CheckedBackend(allow_hosts=limits.allow_hosts, deadline=self._deadline, resolver=resolver)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls or trusted(),
            network_backend=self._backend,
            max_connections=4,
            max_keepalive_connections=2,
            keepalive_expiry=20,
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        before: Callable[[Address], None] = lambda _: None,
    ) -> Fetched:
        """The page at an address, redirects followed.

        `before` is called with each address before it is asked; its time doesn't count. Raises FetchError for an
        address that may not be opened and for every answer but 200 (and 304 where validators were given).
        """
        validators = [(b"If-None-Match", etag), (b"If-Modified-Since", last_modified)]
        headers = [(name, _header(value)) for name, value in validators if value]

        def read(address: Address, response: httpcore2.Response, given: dict[str, str], moved: str) -> Fetched:
            if response.status not in (200, 203) and not (response.status == 304 and headers):
                raise _failed(address, response.status, given.get("retry-after"))
            status = 304 if response.status == 304 else 200
            body = b"" if status == 304 else self._body(response, given)
            kind, robots = given.get("content-type", ""), given.get("x-robots-tag", "")
            etag, last_modified = given.get("etag"), given.get("last-modified")
            return Fetched(address.url, status, body, kind, etag, last_modified, robots, moved)

        return self._follow(url, "GET", headers, before=before, read=read)

    def request(self, url: str, *, method: str = "GET", before: Callable[[Address], None] = lambda _: None) -> Response:
        """The answer of an address, redirects followed, with at most _BEGINNING bytes of it.

        Raises FetchError only where there is no answer.
        """

        def read(address: Address, response: httpcore2.Response, given: dict[str, str], _: str) -> Response:
            body = self._beginning(response, given) if method == "GET" else b""
            wait = retry_after_seconds(given.get("retry-after"))
            kind = given.get("content-type", "")
            return Response(address.url, response.status, body, kind, wait)

        return self._follow(url, method, [], before=before, read=read)

    def _follow(
        self,
        url: str,
        method: str,
        headers: list[tuple[bytes, bytes]],
        *,
        before: Callable[[Address], None],
        read: Callable[[Address, httpcore2.Response, dict[str, str], str], Answer],
    ) -> Answer:
        """What `read` makes of the answer at the end of a chain of redirects. It gets the address that answered, the
        answer, its headers, and where permanent redirects led (Fetched.moved).
        """
        left, cookies = self._limits.timeout_seconds, _ChainCookies()
        here, moved, lasting = url, "", True
        for _ in range(self._limits.max_redirects + 1):
            address = check_address(here, allow_hosts=self._limits.allow_hosts)
            before(address)
            begun = time.monotonic()
            self._deadline.start(max(left, 0.001))
            with self._answer(address, [*headers, *cookies.headers(address)], method) as (response, given):
                cookies.take(address, response.headers)
                onward = _onward(address, response, given)
                if onward is None:
                    return read(address, response, given, moved)
            left -= time.monotonic() - begun
            here = onward.target
            lasting = lasting and onward.lasting
            moved = here if lasting else moved
        raise FetchError(
            f"{url[:200]} is redirected more than {count_of(self._limits.max_redirects, 'time')}.",
            "Name the page's own address.",
        )

    def _beginning(self, response: httpcore2.Response, given: dict[str, str]) -> bytes:
        inflater = Inflater(given.get("content-encoding", ""), limit=self._bytes)
        found = b""
        for piece in response.iter_stream():
            found += inflater.take(piece)
            if len(found) >= _BEGINNING:
                break
        return found[:_BEGINNING]

    @contextlib.contextmanager
    def _answer(
        self, address: Address, headers: list[tuple[bytes, bytes]], method: str
    ) -> Iterator[tuple[httpcore2.Response, dict[str, str]]]:
        """One request's answer, with its headers by lower-case name."""
        target = httpcore2.URL(
            scheme=address.scheme.encode(),
            host=address.host.encode(),
            port=address.port,
            target=address.target.encode(),
        )
        self._backend.scheme = address.scheme
        sent = [
            (b"Host", address.netloc.encode()),
            (b"User-Agent", AGENT.encode()),
            (b"Accept", _ACCEPT.encode()),
            (b"Accept-Encoding", b"gzip, deflate"),
            *headers,
        ]
        with (
            _plain_errors(address, self._limits.timeout_seconds),
            self._pool.stream(method, target, headers=sent) as response,
        ):
            yield (
                response,
                {
                    name.lower().decode("latin-1"): value.decode("latin-1").strip()
                    for name, value in reversed(response.headers)
                },
            )

    def _body(self, response: httpcore2.Response, given: dict[str, str]) -> bytes:
        if given.get("content-length", "").isdecimal() and int(given["content-length"]) > self._bytes:
            raise FetchError(
                f"The answer has {int(given['content-length']) / 1e6:,.0f} MB, more than the {self._bytes / 1e6:g} MB "
                f"allowed.",
                "If that is right, raise max_megabytes in [intake] of ourtake.toml.",
            )
        inflater = Inflater(given.get("content-encoding", ""), limit=self._bytes)
        parts = [inflater.take(piece) for piece in response.iter_stream()]
        inflater.end()
        return b"".join(parts)


class _ChainCookies:
    """The cookies that the answers of one chain of redirects set: some sites set one and redirect for ever if it is not
    sent back.

    Each goes back to the host that set it, with or without "www.", and to no other; one that came over TLS stays there.
    """

    def __init__(self) -> None:
        self._hosts: dict[str, dict[str, tuple[str, bool]]] = {}

    def take(self, address: Address, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep what an answer of this address sets."""
        kept = self._hosts.setdefault(_bare_host(address), {})
        for name, value in headers:
            if name.lower() != b"set-cookie" or len(value) > _LONGEST_COOKIE:
                continue
            try:
                found = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            for key, cookie in found.items():
                if cookie.coded_value and cookie["max-age"] != "0" and len(kept) < _MOST_COOKIES:
                    kept[key] = cookie.coded_value, address.scheme == "https"
                else:
                    kept.pop(key, None)

    def headers(self, address: Address) -> list[tuple[bytes, bytes]]:
        """The header of a request to this address; none if it set no cookie."""
        kept = self._hosts.get(_bare_host(address), {})
        sent = [f"{key}={value}" for key, (value, secret) in kept.items() if address.scheme == "https" or not secret]
        return [(b"Cookie", "; ".join(sent).encode("latin-1"))] if sent else []


def _bare_host(address: Address) -> str:
    return address.host.removeprefix("www.")


def _onward(address: Address, response: httpcore2.Response, given: dict[str, str]) -> _Onward | None:
    """The target of a redirect; None for any other answer. Raises FetchError for one that can't be parsed."""
    if response.status not in _REDIRECTS or not given.get("location"):
        return None
    # Bytes beyond ASCII are UTF-8 in practice, whatever the header's name for them.
    target = given["location"].encode("latin-1").decode("utf-8", "replace")
    try:
        return _Onward(urljoin(address.url, target), response.status in (301, 308))
    except ValueError:
        what = f"{address.url[:200]} redirects to {target[:120]!r}, which can't be parsed."
        raise FetchError(what, "Name the page's own address.") from None


def _header(value: str) -> bytes:
    """A validator as it was received, without anything that could begin a second header."""
    return value.encode("latin-1", "ignore").replace(b"\r", b"").replace(b"\n", b"").replace(b"\x00", b"")[:500]


@contextlib.contextmanager
def _plain_errors(address: Address, seconds: float) -> Iterator[None]:
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise FetchError(
            f"{address.netloc} did not answer completely in {count_of(seconds, 'second')}.",
            "Try again later.",
            passing=True,
        ) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        cause = str(error) or type(error).__name__
        certificate = "certificate" in cause.lower()
        do = tls_failure(address.host, [error])[1] if certificate else "Check the address, or try again later."
        raise FetchError(f"{address.netloc} can't be read: {cause[:200]}.", do, passing=not certificate) from error


def _failed(address: Address, status: int, retry_after: str | None) -> FetchError:
    reasons = {
        404: "there is no such page",
        410: "the page is gone",
        401: "it needs a password",
        403: "it refuses access",
        429: "it asks for fewer requests",
    }
    what = f"{address.url[:200]} answered {status}" + (f": {reasons[status]}." if status in reasons else ".")
    wait = retry_after_seconds(retry_after)
    return FetchError(what, "Check the address.", passing=status in _PASSING, status=status, retry_after=wait)
