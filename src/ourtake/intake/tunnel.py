"""A connection through an HTTP proxy: CONNECT, for http and https addresses alike.

The proxy is given the number that the address guard has judged, not the name, so it can't reach another machine than
the one that was judged. TLS is then made with the name, through the proxy.
"""

from __future__ import annotations

import re

import httpcore2

from ourtake.errors import FetchError
from ourtake.network import Proxy, trusted

_LONGEST_HEAD = 16_000
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})([^\r\n]*)")


def open_tunnel(
    proxy: Proxy, host: str, port: int, *, backend: httpcore2.NetworkBackend, seconds: float
) -> httpcore2.NetworkStream:
    """A connection through the proxy to a host or number. Raises httpcore2.ConnectError, and FetchError if the proxy
    refuses.
    """
    if proxy.scheme not in ("http", "https"):
        what = f"The environment variable {proxy.variable} names a SOCKS proxy, which is not used for pages."
        raise FetchError(what, "Name an HTTP proxy, or list the host in NO_PROXY.")
    stream = backend.connect_tcp(proxy.host, proxy.port, seconds)
    try:
        if proxy.scheme == "https":
            context = trusted() or httpcore2.default_ssl_context()
            stream = stream.start_tls(context, proxy.host, seconds)
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        lines += [f"Proxy-Authorization: {proxy.authorization}"] if proxy.authorization else []
        stream.write("\r\n".join([*lines, "", ""]).encode(), seconds)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = stream.read(1, seconds)  # not one byte of what comes behind the head
            head += piece
            if not piece or len(head) > _LONGEST_HEAD:
                raise httpcore2.ConnectError(f"the proxy {proxy.host} closed the connection")
        _require_open(head, proxy, target)
    except BaseException:
        stream.close()
        raise
    return stream


def _require_open(head: bytes, proxy: Proxy, target: str) -> None:
    found = _STATUS.match(head)
    status = int(found[1]) if found else 0
    if 200 <= status < 300:
        return
    what = f"The proxy {proxy.host} of {proxy.variable} made no connection to {target}"
    do = (
        "Write its user name and password in the variable."
        if status == 407
        else f"Check {proxy.variable} and NO_PROXY."
    )
    raise FetchError(f"{what}: it answered {status}." if status else f"{what}.", do, passing=status >= 500)
