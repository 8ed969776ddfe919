"""The HTTP client for content management systems: JSON to and from one site, and every fault as one plain sentence.

Redirects are not followed: the secret goes to the host that the settings name and to no other. A request that changes
something is sent once. Where it is not known whether it had its effect, the error says so (`unsure`). Proxy variables
and SSL_CERT_FILE are honoured.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx2

from ourtake.config import PublishSite
from ourtake.errors import PublishError
from ourtake.text.counts import count_of
from ourtake.values import retry_after_seconds

MAX_BYTES = 10_000_000
"""A post is some kilobytes; a page of an editor's posts a few hundred."""
_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = "Run the command again: it looks for the post before it creates one."


class Answer(NamedTuple):
    """A status of 2xx or 4xx with its JSON; `value` is None if it is not JSON. `page`: it is a web page."""

    status: int
    value: Any
    page: bool


class CmsClient:
    """A client for one site."""

    def __init__(self, site: PublishSite, headers: Mapping[str, str]) -> None:
        self._site = site
        self._headers = headers
        self.host = urlsplit(site.url).netloc
        limits = httpx2.Limits(max_connections=1, max_keepalive_connections=1)
        self._http = httpx2.Client(follow_redirects=False, limits=limits, timeout=httpx2.Timeout(site.timeout_seconds))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer, whatever its status. Raises PublishError if there is no answer, and for redirects, 429 and
        5xx.
        """
        changes = method != "GET"
        sent = {"Accept": "application/json", "Accept-Encoding": "identity", **self._headers, **(headers or {})}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            sent["Content-Type"] = "application/json"
        request = self._http.build_request(method, url, params=params, content=content, headers=sent)
        try:
            response, data = self._read(request)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol) as error:
            do = f"Check the address and the network. {error}".strip(". ") + "."
            raise PublishError(f"{self.host} can't be reached, and nothing was sent.", do) from error
        except httpx2.TimeoutException as error:
            what = f"{self.host} did not answer within {count_of(self._site.timeout_seconds, 'second')}."
            raise PublishError(what, _AGAIN, unsure=changes) from error
        except httpx2.HTTPError as error:
            raise PublishError(f"The connection to {self.host} broke off.", _AGAIN, unsure=changes) from error
        self._refuse(response, url, changes=changes)
        return _answer(response, data)

    def _read(self, request: httpx2.Request) -> tuple[httpx2.Response, bytes]:
        """The response and its body, within the time and the size allowed."""
        end = time.monotonic() + self._site.timeout_seconds
        response = self._http.send(request, stream=True)
        try:
            data = b""
            for piece in response.iter_bytes():
                data += piece
                if len(data) > MAX_BYTES:
                    raise httpx2.ReadError("the answer is too large")
                if time.monotonic() > end:
                    raise httpx2.ReadTimeout("the answer takes too long")
        finally:
            response.close()
        return response, data

    def _refuse(self, response: httpx2.Response, url: str, *, changes: bool) -> None:
        status = response.status_code
        if status in _REDIRECTS:
            target = urljoin(url, response.headers.get("location", ""))
            parts = urlsplit(target)
            raise PublishError(
                f"{self.host} redirects to {parts.scheme}://{parts.netloc}{parts.path}. The secret was not sent there.",
                "If that is your site, write its address as url in [publish.NAME] of ourtake.toml.",
            )
        if status == 429:
            seconds = retry_after_seconds(response.headers.get("retry-after"))
            wait = f"Wait {count_of(round(seconds), 'second')}, then run" if seconds else "Wait a little, then run"
            raise PublishError(
                f"{self.host} accepts no more requests at the moment (429).", f"{wait} the command again."
            )
        if status >= 500:
            raise PublishError(f"{self.host} failed (status {status}).", _AGAIN, unsure=changes)


def _answer(response: httpx2.Response, data: bytes) -> Answer:
    kind = response.headers.get("content-type", "")
    try:
        # WordPress plug-ins print warnings before the JSON; such an answer can't be trusted to be whole.
        value = json.loads(data.removeprefix(b"\xef\xbb\xbf")) if data else None
    except (ValueError, RecursionError):
        value = None
    return Answer(response.status_code, value, page=value is None and ("html" in kind or data.lstrip()[:1] == b"<"))


def server_message(value: object) -> str:
    """What a server says about an error, in one short line."""
    found: Any = value
    if isinstance(found, dict) and isinstance(found.get("errors"), list) and found["errors"]:
        first = found["errors"][0]
        parts = [first.get("message"), first.get("context")] if isinstance(first, dict) else []
        found = {"message": " ".join(str(part) for part in parts if part)}
    text = str(found.get("message") or found.get("code") or "") if isinstance(found, dict) else ""
    return " ".join(text.split())[:300].rstrip(".")
