"""Which addresses may be opened. It judges texts and IP addresses only; fetch.py makes the connections.

An address is parsed once, here, and the connection is made from the parts: no second parser sees the text, so none can
read another host in it. Anything odd (backslashes, credentials, escapes in the host, octal or hexadecimal numbers) is
refused, not corrected.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from ourtake.errors import FetchError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({80, 443, 8080, 8443})
"""Ports for web pages. Other ports of public hosts seldom serve pages and often databases; [intake] allow_hosts can
name one.
"""

LONGEST = 8000
"""Characters of an address; a longer one is refused."""

_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\\\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_SENT_AS_IS = "/%:@!$&'()*+,;=~-._[]|"
_PRIVATE_NAMES = "localhost localdomain local internal intranet private corp home lan home.arpa".split()

_METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"))
)
"""The metadata services of clouds; two of them are in ranges that are public otherwise."""

# ipaddress calls parts of these global: addresses that carry an IPv4 address inside (NAT64, 6to4, Teredo), or that are
# no longer in use.
_NOT_PUBLIC_RANGES = (
    "192.88.99.0/24 64:ff9b::/96 64:ff9b:1::/48 2001::/23 2001:db8::/32 2002::/16 3ffe::/16 3fff::/20 5f00::/16"
)
_NOT_PUBLIC = tuple(map(ipaddress.ip_network, _NOT_PUBLIC_RANGES.split()))
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


class Address(NamedTuple):
    """An address in parts: host in ASCII and lower case (an IPv6 one without its brackets), target is path and query as
    they are sent.
    """

    scheme: str
    host: str
    port: int
    target: str
    allowed: bool

    @property
    def origin(self) -> str:
        """Scheme, host and port, as robots.txt and the pauses between requests count them."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, without a fragment."""
        return self.origin + self.target


def check_address(text: str, *, allow_hosts: Collection[str] = ()) -> Address:
    """The address in parts. Raises FetchError when it may not be opened; `allow_hosts` holds "host" or "host:port" (any
    port, any network).
    """
    shown = text[:120]
    if len(text) > LONGEST:
        raise FetchError(f"The address {shown}... is longer than {LONGEST:,} characters.", "Check it.")
    address, _, _ = text.strip(" \n").partition("#")
    if _ODD.search(address):
        raise _refused(shown, "it contains white space, control characters or a backslash")
    try:
        parts = urlsplit(address)
        given, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(shown, "it can't be parsed") from None
    scheme = parts.scheme
    if scheme not in ("http", "https"):
        raise _refused(shown, "only http and https are opened")
    if "@" in parts.netloc:
        raise _refused(shown, "it contains a user name")
    host = _host(given, shown)
    port = port if port is not None else {"http": 80, "https": 443}[scheme]
    allowed = is_allowed(host, port, allow_hosts)
    if not allowed:
        _check_public(host, port, shown)
    target = quote(parts.path or "/", safe=_SENT_AS_IS)
    if parts.query:
        target += "?" + quote(parts.query, safe=_SENT_AS_IS + "?")
    return Address(scheme, host, port, target, allowed)


def is_allowed(host: str, port: int, allow_hosts: Collection[str]) -> bool:
    """Whether the settings name this host, alone (then at a web port) or with this port."""
    named = f"[{host}]" if ":" in host else host
    listed = {entry.strip().lower() for entry in allow_hosts}
    return f"{named}:{port}" in listed or (port in PORTS and (host in listed or named in listed))


def _refused(shown: str, why: str) -> FetchError:
    return FetchError(f"The address {shown!r} is not opened: {why}.", "Check it.")


def _host(given: str, shown: str) -> str:
    """The host in ASCII. Raises FetchError for a spelling that two programs could read in two ways."""
    if not given or "%" in given:
        raise _refused(shown, "its host is missing or escaped")
    if ":" in given:
        try:
            return ipaddress.IPv6Address(given).compressed
        except ValueError:
            raise _refused(shown, "its host is not an IPv6 address") from None
    if not given.isascii():
        given = _ascii(given, shown)
    host = given.lower().removesuffix(".")
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise _refused(shown, "its host is not a host name")
    if _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise _refused(shown, "its host is a number in an unusual spelling") from None
    return host


def _ascii(given: str, shown: str) -> str:
    import idna

    # Circled and full-width letters are ordinary ones to a resolver: what they fold to is what is judged.
    try:
        return idna.encode(unicodedata.normalize("NFKC", given), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise _refused(shown, "its host is not a host name") from None


def _check_public(host: str, port: int, shown: str) -> None:
    how = f'If it is yours, add "{host}:{port}" to allow_hosts in [intake] of ourtake.toml.'
    if ":" in host or _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        if why := refused_ip(ipaddress.ip_address(host)):
            raise FetchError(f"The address {shown!r} is not opened: it leads to {why}.", how)
    elif "." not in host or any(host.endswith("." + name) for name in _PRIVATE_NAMES):
        raise FetchError(f"The address {shown!r} is not opened: {host} is a name inside a private network.", how)
    if port not in PORTS:
        raise FetchError(f"The address {shown!r} is not opened: port {port} is not a port for web pages.", how)


def refused_ip(ip: IpAddress, *, allowed: bool = False) -> str | None:
    """What kind of address this is when it may not be connected to, or None.

    `allowed`: the settings name the host that led here. It may then lie in a private network, but never be a cloud's
    metadata service, link-local, multicast or unspecified, unless the settings name that very number (which never comes
    here).
    """
    if ip in _METADATA:
        return "a cloud's metadata service"
    if ip.is_link_local:
        return "a link-local address"
    if ip.is_multicast:
        return "a multicast address"
    if ip.is_unspecified:
        return "an unspecified address"
    if allowed:
        return None
    if ip.is_loopback:
        return "this machine"
    if any(ip in network for network in _NOT_PUBLIC if network.version == ip.version):
        return "an address that contains another one"
    if not ip.is_global or ip.is_reserved or (ip.version == 6 and ip not in _GLOBAL_UNICAST):
        return "a private or reserved address"
    return None
