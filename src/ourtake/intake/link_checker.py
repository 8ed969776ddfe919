"""What is behind links: whether the page exists, where it redirects to, what its title is.

Hosts are asked in parallel, the pages of one host in turn.

"dead" is only what is certain: 404 and 410, a page that says that it is missing, a page that the host shows for any
address, an article that redirects to the home page, and a host name that does not exist. The last counts only when
another name was found in the same run: without a network every name is unknown. Everything else that went wrong is
"could-not-check".

A page whose title is to be compared is requested with GET. For any other address HEAD comes first, then GET where that
is refused or where it is a web page, which may say that it is missing. robots.txt is not read: the addresses are those
that the take sends readers to.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from ourtake.config import Intake
from ourtake.documents import LinkCheck
from ourtake.errors import FetchError
from ourtake.intake.addresses import Address
from ourtake.intake.connection import Resolve, resolve
from ourtake.intake.fetch import Fetcher, Response
from ourtake.intake.not_found import LEAST_CHARACTERS, Page, is_home, read_page, same_page, says_missing
from ourtake.text.counts import count_of
from ourtake.text.titles import same_title
from ourtake.values import utc_now

HOSTS_AT_ONCE = 8
QUEUES = 4
"""Requests to one host at once where no pause is wanted; each has at least LEAST_SHARE pages to ask for."""

LEAST_SHARE = 20
LONGEST_WAIT = 10.0
"""Seconds; a host that asks for a longer wait is not asked again in this run."""

FAILURES = 3
"""A host that fails this often in a row (no connection, no answer) is not asked again in this run."""

_NO_SUCH_NAME = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
_REASONS = {
    401: "it needs a password",
    403: "it refuses access",
    404: "there is no such page",
    410: "the page is gone",
    429: "it asks for fewer requests",
}


_Status = Literal["ok", "dead", "could-not-check"]


class LinkTarget(NamedTuple):
    """An address to check, and the title of the article that should be there; "" where it is not known."""

    url: str
    title: str


class Names:
    """The resolver, with a memory: whether any name was found, and which ones do not exist."""

    def __init__(self, resolver: Resolve = resolve) -> None:
        self._resolver = resolver
        self.found = False
        self.unknown: set[str] = set()

    def __call__(self, host: str, port: int) -> list[str]:
        """The numbers of a host. Raises OSError."""
        try:
            numbers = self._resolver(host, port)
        except socket.gaierror as error:
            if error.errno in _NO_SUCH_NAME:
                self.unknown.add(host)
            raise
        self.found = True
        return numbers


def check_links(
    targets: Iterable[LinkTarget],
    limits: Intake,
    *,
    names: Names | None = None,
    done: Callable[[], object] = lambda: None,
) -> list[LinkCheck]:
    """What is behind each address, in the order given. `done` is called after each."""
    order = list(dict.fromkeys(targets))
    resolver = names or Names()
    hosts: dict[str, list[LinkTarget]] = {}
    for item in order:
        hosts.setdefault(_host(item.url), []).append(item)
    found: dict[LinkTarget, LinkCheck] = {}
    with ThreadPoolExecutor(HOSTS_AT_ONCE, thread_name_prefix="ourtake-links") as pool:
        shares = [share for items in hosts.values() for share in _shares(items, limits)]
        running = [pool.submit(_of_host, items, limits, resolver, done) for items in shares]
        try:
            for future in as_completed(running):
                found |= future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [_believed(found[item], resolver) for item in order]


def _shares(items: list[LinkTarget], limits: Intake) -> list[list[LinkTarget]]:
    """One host's pages in one queue; in a few where the settings ask for no pause between requests."""
    count = 1 if limits.seconds_between_requests else max(1, min(QUEUES, len(items) // LEAST_SHARE))
    return [items[number::count] for number in range(count)]


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url


def _of_host(
    items: Sequence[LinkTarget], limits: Intake, names: Names, done: Callable[[], object]
) -> dict[LinkTarget, LinkCheck]:
    host = _Host(limits, names)
    found = {}
    try:
        for item in items:
            found[item] = host.check(item)
            done()
    finally:
        host.close()
    return found


def _believed(check: LinkCheck, names: Names) -> LinkCheck:
    if check.status == "dead" and check.code is None and not names.found:
        reason = f"{check.reason}, and neither is any other name: is there a network?"
        return check.model_copy(update={"status": "could-not-check", "reason": reason})
    return check


class _Host:
    """The pages of one host, one after another, with a pause between two requests."""

    def __init__(self, limits: Intake, names: Names) -> None:
        self._fetcher = Fetcher(limits, resolver=names)
        self._names = names
        self._asked = ""
        self._pause = limits.seconds_between_requests
        self._next = 0.0
        self._probes: dict[str, Page | None] = {}
        self._failures = 0
        self._closed = ""

    def close(self) -> None:
        self._fetcher.close()

    def check(self, item: LinkTarget) -> LinkCheck:
        """What is behind one address; errors become part of it."""
        try:
            if self._closed:
                return _check(item, "could-not-check", reason=self._closed)
            answer = self._look(item)
            self._failures = 0
            return self._judged(item, answer)
        except FetchError as error:
            if self._asked in self._names.unknown:
                return _check(item, "dead", reason="its host's name is not known")
            self._failures += error.passing
            if self._failures >= FAILURES:
                self._closed = f"its host failed {FAILURES} times in a row and was not asked again"
            return _check(item, "could-not-check", reason=error.what.rstrip("."))

    def _look(self, item: LinkTarget) -> Response:
        if not item.title:
            head = self._ask(item.url, "HEAD")
            if head.status == 429 or (head.status < 300 and "html" not in head.content_type.lower()):
                return head
        return self._ask(item.url, "GET")

    def _ask(self, url: str, method: str) -> Response:
        for _ in range(2):
            answer = self._fetcher.request(url, method=method, before=self._wait)
            rest = answer.retry_after
            if answer.status not in (429, 503) or rest is None:
                return answer
            if rest > LONGEST_WAIT:
                self._closed = f"its host asked for a wait of {count_of(round(rest), 'second')}"
                return answer
            self._next = max(self._next, time.monotonic() + rest)
        return answer

    def _wait(self, address: Address) -> None:
        self._asked = address.host
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._pause

    def _judged(self, item: LinkTarget, answer: Response) -> LinkCheck:
        code, final = answer.status, answer.url
        if code in (404, 410):
            return _check(item, "dead", code=code, final=final, reason=f"the server answers {code} ({_REASONS[code]})")
        if not 200 <= code < 300:
            return _check(
                item, "could-not-check", code=code, final=final, reason=f"the server answers {code}" + _why(code)
            )
        if is_home(final) and not is_home(item.url):
            return _check(item, "dead", code=code, final=final, reason="it redirects to the home page")
        if "html" not in (answer.content_type.lower() or "html") or not answer.body:
            return _check(item, "ok", code=code, final=final)
        page = read_page(answer.body, answer.content_type)
        status, reason = self._soft(item, answer, page)
        return _check(item, status, code=code, final=final, title=page.title, reason=reason)

    def _soft(self, item: LinkTarget, answer: Response, page: Page) -> tuple[_Status, str]:
        """Whether a page that answers 200 is there."""
        if says_missing(page, item.title):
            return "dead", f"the page says that it is missing: \u201c{page.title}\u201d"
        if is_home(answer.url):
            return "ok", ""
        if item.title and any(same_title(item.title, title) for title in page.titles):
            return "ok", ""
        if len(page.words) < LEAST_CHARACTERS:
            return "could-not-check", "the page is built in the browser"
        other = self._probe(answer.url)
        if other is not None and same_page(page, other):
            return "dead", "the host shows the same page for an address that does not exist"
        return "ok", ""

    def _probe(self, url: str) -> Page | None:
        """What the host shows for an address next to this one that can't exist; None where it says that it doesn't."""
        parts = urlsplit(url)
        folder = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').rpartition('/')[0]}"
        if folder not in self._probes:
            self._probes[folder] = None
            answer = self._fetcher.request(f"{folder}/no-such-page-{secrets.token_hex(8)}", before=self._wait)
            if 200 <= answer.status < 300:
                self._probes[folder] = read_page(answer.body, answer.content_type)
        return self._probes[folder]


def _why(code: int) -> str:
    return f" ({_REASONS[code]})" if code in _REASONS else " (it has a fault)" if code >= 500 else ""


def _check(item: LinkTarget, status: _Status, **found: Any) -> LinkCheck:
    """The check of an address now; `found`: the further fields of a LinkCheck."""
    return LinkCheck(url=item.url, status=status, checked=utc_now(), **found)
