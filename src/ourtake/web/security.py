"""What every request passes before a page sees it, and what every answer carries.

The page can do what its editor can do, and it runs on the editor's own machine. So other sites that are open in the
same browser must not reach it: not by a name that they point at 127.0.0.1 (Host), not by a form (Origin), not by a
script (Sec-Fetch-Site). Texts of others are shown on it, so no script runs that is not a file of ours.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 2_000_000
"""Of a request's body: fifty times a long draft with its source."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    # Not no-referrer: a browser then sends "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_READING = frozenset({"GET", "HEAD"})


def is_loopback(host: str) -> bool:
    """Whether an address to listen on, or the name in a Host header, is this machine only."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The name of a Host header, without its port."""
    if header.startswith("["):
        return header.partition("]")[0].strip("[").lower()
    return header.partition(":")[0].lower()


class Guard:
    """ASGI middleware. `names`: the host names by which the page may be reached; none: loopback names only."""

    def __init__(self, app: ASGIApp, *, names: Iterable[str] = ()) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 400, 403 or 413 to what may not pass; add the headers to everything else."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refusal(scope["method"], headers, scope["scheme"])

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer[name] = value
                if "cache-control" not in answer:
                    answer["cache-control"] = "no-store"
            await send(message)

        if refused is not None:
            await PlainTextResponse(refused[1] + "\n", status_code=refused[0])(scope, receive, sending)
            return
        await self._app(scope, _limited(receive), sending)

    def _refusal(self, method: str, headers: Headers, scheme: str) -> tuple[int, str] | None:
        host = headers.get("host", "")
        name = host_name(host)
        if not (is_loopback(name) or name in self._names):
            return 400, "This desk does not answer under that host name. To allow the name, start the desk with --name."
        site = headers.get("sec-fetch-site", "")
        if site in ("cross-site", "same-site") and not _is_navigation(method, headers):
            return 403, "Another site may not use this desk."
        if method not in _READING:
            origin = headers.get("origin")
            if origin is not None and origin != f"{scheme}://{host}":
                return 403, "Another site may not send anything to this desk."
            # A browser says where a request comes from. A program that does not may send JSON, which no form can.
            if origin is None and not site and not headers.get("content-type", "").startswith("application/json"):
                return 403, "Send JSON, or an Origin header."
        if int(headers.get("content-length", "0") or 0) > MOST_BYTES:
            return 413, f"A request may have at most {MOST_BYTES:,} bytes."
        return None


def _is_navigation(method: str, headers: Headers) -> bool:
    """Whether somebody followed a link to the desk, as from a chat; such a page can change nothing."""
    return (
        method in _READING
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == ("document")
    )


class TooLarge(Exception):
    """A body of unknown length went on beyond the limit."""


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise TooLarge
        return message

    return receiving
