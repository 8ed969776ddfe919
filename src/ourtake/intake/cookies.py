"""Cookies within one chain of redirects: some sites set one and redirect for ever if it is not sent back."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie

from ourtake.intake.addresses import Address

_MOST = 20
_LONGEST = 4096


class ChainCookies:
    """The cookies that the answers of one chain set.

    Each goes back to the host that set it, with or without "www.", and to no other; one that came over TLS stays there.
    """

    def __init__(self) -> None:
        self._hosts: dict[str, dict[str, tuple[str, bool]]] = {}

    def take(self, address: Address, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep what an answer of this address sets."""
        kept = self._hosts.setdefault(_host(address), {})
        for name, value in headers:
            if name.lower() != b"set-cookie" or len(value) > _LONGEST:
                continue
            try:
                found = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            for key, cookie in found.items():
                if cookie.coded_value and cookie["max-age"] != "0" and len(kept) < _MOST:
                    kept[key] = cookie.coded_value, address.scheme == "https"
                else:
                    kept.pop(key, None)

    def headers(self, address: Address) -> list[tuple[bytes, bytes]]:
        """The header of a request to this address; none if it set no cookie."""
        kept = self._hosts.get(_host(address), {})
        sent = [f"{key}={value}" for key, (value, secret) in kept.items() if address.scheme == "https" or not secret]
        return [(b"Cookie", "; ".join(sent).encode("latin-1"))] if sent else []


def _host(address: Address) -> str:
    return address.host.removeprefix("www.")
