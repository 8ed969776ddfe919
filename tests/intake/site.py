"""A web site on loopback for tests: paths with what they answer, and a record of what was asked. It can be as hostile
as a test wants.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What a path answers. `raw` writes to the connection itself and is then all there is."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    raw: Callable[[Any], None] | None = None


class Site:
    """`pages[path]` is an Answer, or a function of the request's headers that gives one; `asked` the paths in order.

    HEAD is not known to the site but for the paths in `heads`; it is recorded as "HEAD /path".
    """

    def __init__(self) -> None:
        self.pages: dict[str, Answer | Callable[[Any], Answer]] = {}
        self.heads: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: list[Any] = []
        self.port = 0
        self.every: Callable[[str], Answer] | None = None
        self.watch: Callable[[str], None] = lambda _: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> str:
        """The ourtake.toml that lets this site be read, at full speed."""
        return (
            f'[intake]\nallow_hosts = ["127.0.0.1:{self.port}"]\nseconds_between_requests = 0\ntimeout_seconds = 20\n'
        )

    def page(self, path: str, text: str, *, title: str, head: str = "") -> None:
        self.pages[path] = Answer(
            article_page(text, title=title, head=head).encode(), headers={"Content-Type": "text/html; charset=utf-8"}
        )

    def xml(self, path: str, text: str) -> None:
        self.pages[path] = Answer(text.encode(), headers={"Content-Type": "application/xml"})


def article_page(text: str, *, title: str, head: str = "") -> str:
    filler = (
        "<p>A second paragraph says more about the town and its council, which met on Monday and will meet again.</p>"
    )
    menu = '<nav><a href="/">Home</a> <a href="/about">About us</a></nav>'
    return (
        f"<html><head><title>{title}</title>{head}</head><body>{menu}"
        f"<article><h1>{title}</h1><p>{text}</p>{filler}</article></body></html>"
    )


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site, over https where there is a context for it."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.headers.append(self.headers)
            site.watch(self.path)
            found = site.pages.get(self.path) or (site.every(self.path) if site.every else Answer(b"not here", 404))
            answer = found if isinstance(found, Answer) else found(self.headers)
            if answer.raw is not None:
                self.close_connection = True
                try:
                    answer.raw(self.wfile)
                except OSError:
                    return
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def do_HEAD(self) -> None:
            site.asked.append(f"HEAD {self.path}")
            answer = site.heads.get(self.path, Answer(status=501))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Requests are recorded, not printed."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that goes away in the middle is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def rss(entries: list[str], *, head: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<rss version="2.0" '
        f'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The '
        "Paper</title><link>https://paper.example/</link>"
        f"{''.join(entries)}</channel></rss>"
    )


def item(number: int, *, more: str = "") -> str:
    return (
        f"<item><title>Story {number}</title><link>https://paper.example/{number}/?utm_source=feed</link>"
        f"<pubDate>Tue, 04 Mar 2025 10:00:00 GMT</pubDate>{more}"
        f"<content:encoded><![CDATA[<p>Text of story {number}, after <a href='/{number - 1}/'>an earlier "
        f"one</a>.</p>]]></content:encoded></item>"
    )


def sitemap(*pages: str, kind: str = "url", lastmod: str = "") -> str:
    root = "urlset" if kind == "url" else "sitemapindex"
    date = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    rows = "".join(f"<{kind}><loc>{page}</loc>{date}</{kind}>" for page in pages)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{root}>'
