"""How this machine reaches the network: the proxies and trusted certificates that the environment names, as other
programs read them.

HTTPS_PROXY, HTTP_PROXY and ALL_PROXY (or in lower case) name a proxy for addresses of that kind, NO_PROXY the hosts
that are reached without one: names (with all names below them), IP addresses and networks such as 10.0.0.0/8, each also
with a port. SSL_CERT_FILE, SSL_CERT_DIR, then REQUESTS_CA_BUNDLE name the certificates that are trusted instead of the
system's.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from base64 import b64encode
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ourtake.errors import ConfigError

_SCHEMES = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_BUNDLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


class Proxy(NamedTuple):
    """A proxy: `url` as it was given, `variable` where; `authorization` is the header's value, or ""."""

    url: str
    variable: str
    scheme: str
    host: str
    port: int
    authorization: str


def proxy_for(url: str) -> Proxy | None:
    """The proxy through which an http or https address is reached. Raises ConfigError for one that can't be read."""
    scheme = urlsplit(url).scheme.lower()
    # A web server passes a request's header "Proxy" to its programs as HTTP_PROXY: then only the small letters count.
    names = [f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY"]
    if "REQUEST_METHOD" in os.environ:
        names.remove(f"{scheme.upper()}_PROXY")
    variable = next((name for name in names if os.environ.get(name, "").strip()), None)
    if variable is None or _without_proxy(url):
        return None
    return _proxy(variable, os.environ[variable].strip())


def _proxy(variable: str, value: str) -> Proxy:
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme not in _SCHEMES:
        do = "Write it as http://HOST:PORT, or unset it."
        raise ConfigError(f"The environment variable {variable} is not the address of a proxy.", do)
    given = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    authorization = "" if parts.username is None else f"Basic {b64encode(given.encode()).decode()}"
    return Proxy(url, variable, parts.scheme, host, port or _SCHEMES[parts.scheme], authorization)


def _without_proxy(url: str) -> bool:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".")
    port = parts.port or _SCHEMES.get(parts.scheme.lower(), 0)
    entries = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").lower().split(",")
    return any(_names(entry.strip(), host, port) for entry in entries if entry.strip())


def _names(entry: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY names a host."""
    if entry == "*":
        return True
    network = _network(entry.strip("[]"))
    if network is not None:
        address = _network(host)
        return address is not None and address.version == network.version and address.subnet_of(network)  # type: ignore[arg-type]
    name, colon, end = entry.rpartition(":")
    if colon and end.isdecimal():
        if int(end) != port:
            return False
        entry = name
    entry = entry.strip("[]").removeprefix("*").lstrip(".")
    return host == entry or host.endswith(f".{entry}")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """An address, or a range of addresses, written in figures; None for a name."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def trusted() -> ssl.SSLContext | None:
    """The certificates that the environment names; None if it names none and the system's are trusted.

    Raises ConfigError for a file that can't be read.
    """
    variable = next((name for name in _BUNDLES if os.environ.get(name)), None)
    if variable is None:
        return None
    path = os.environ[variable]
    try:
        if os.path.isdir(path):
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        reason = error.strerror or "it holds no certificates"
        do = "Name a file of certificates in PEM form, or unset it."
        what = f"The environment variable {variable} names {path}, which can't be read: {reason}."
        raise ConfigError(what, do) from None


def refused_handshake(causes: Iterable[BaseException]) -> bool:
    """Whether the server ended the handshake with an alert of its own."""
    return any(isinstance(cause, ssl.SSLError) and "ALERT" in (cause.reason or "") for cause in causes)


def tls_failure(host: str, causes: Iterable[BaseException]) -> tuple[str, str]:
    """What is wrong where no secure connection could be made, and what to do."""
    causes = list(causes)
    texts = " ".join(str(cause) for cause in causes).lower()
    if "certificate" in texts and refused_handshake(causes):
        do = "Ask for an address that needs none, or go there through a proxy that has one."
        return f"{host} asks for a client certificate, which ourtake does not send.", do
    if "certificate" not in texts:
        return f"No secure connection to {host} can be made.", "Check the base address: it may be one for http."
    do = (
        "Check the address and the machine's clock. Behind a proxy that signs for others, name its certificate in "
        "SSL_CERT_FILE or REQUESTS_CA_BUNDLE."
    )
    return f"The certificate of {host} can't be verified.", do
