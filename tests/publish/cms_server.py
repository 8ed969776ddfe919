"""A server on loopback that stands for a CMS, or between a command and one, and can fail in every usual way."""

from __future__ import annotations

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Request(NamedTuple):
    """A request; header names are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Response(NamedTuple):
    """An answer: a value to send as JSON, or bytes as they are."""

    status: int
    value: Any
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Fault(NamedTuple):
    """What happens instead of an answer, once, to the first request with that method and with `path` in its address.

    `answer` None: the connection breaks. `after`: the request has had its effect by then.
    """

    method: str
    answer: Response | None
    after: bool = False
    path: str = ""

    def fits(self, request: Request) -> bool:
        """Whether it happens to a request."""
        return self.method == request.method and self.path in request.path


class CmsServer:
    """A server; a subclass says what it responds. `faults` are used up in order, each by the first request it fits."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Print nothing."""

            def handle_any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.answer(self, Request(self.command, self.path, headers, self.rfile.read(length)))

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def sent(self, method: str) -> list[Request]:
        """The requests with that method."""
        return [request for request in self.requests if request.method == method]

    def respond(self, request: Request) -> Response:
        """The answer without a fault."""
        raise NotImplementedError

    def answer(self, handler: BaseHTTPRequestHandler, request: Request) -> None:
        """Answer a request, or fail as the next fault that fits says."""
        with self.lock:
            self.requests.append(request)
            fault = next((one for one in self.faults if one.fits(request)), None)
            if fault is not None:
                self.faults.remove(fault)
            found = None if fault and not fault.after else self.respond(request)
        if fault is not None:
            found = fault.answer
        if found is None:
            handler.close_connection = True
            handler.connection.close()
            return
        body = found.value if isinstance(found.value, bytes) else json.dumps(found.value).encode()
        handler.send_response(found.status)
        for name, value in (("Content-Type", found.kind), *found.headers):
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


class Relay(CmsServer):
    """Passes requests on to a real server, so that faults can be put between a command and it."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target).netloc
        super().__init__()

    def respond(self, request: Request) -> Response:
        """The real server's answer."""
        connection = http.client.HTTPConnection(self._target, timeout=600)
        try:
            kept = {name: value for name, value in request.headers.items() if name not in ("connection",)}
            connection.request(request.method, request.path, body=request.body or None, headers=kept)
            answer = connection.getresponse()
            location = answer.getheader("location")
            moved = (("Location", location),) if location else ()
            return Response(answer.status, answer.read(), answer.getheader("content-type") or "", moved)
        finally:
            connection.close()
