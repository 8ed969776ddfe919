"""What the desk refuses, and what each answer carries: asked of a running server without a browser."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlsplit

import pytest

from tests.web.conftest import RunningDesk


def ask(
    desk: RunningDesk, method: str = "GET", path: str = "/", body: str = "", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer. Names of headers are written with underscores."""
    connection = http.client.HTTPConnection(urlsplit(desk.address).netloc, timeout=600)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body or None, given)
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    connection.close()
    return found


def test_what_the_desk_refuses(desk: RunningDesk) -> None:
    undo = f"/drafts/{desk.draft}/undo"
    form = {"content_type": "application/x-www-form-urlencoded"}
    refused = [
        (400, ask(desk, host="evil.example")),
        (400, ask(desk, host="127.0.0.1.evil.example:80")),
        (403, ask(desk, "POST", undo, origin="http://evil.example", **form)),
        (403, ask(desk, "POST", undo, origin="null", **form)),
        (403, ask(desk, "POST", undo, **form)),
        (403, ask(desk, sec_fetch_site="cross-site", sec_fetch_mode="no-cors", sec_fetch_dest="script")),
        (
            403,
            ask(desk, "POST", undo, sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document"),
        ),
        (413, ask(desk, "POST", undo, "x" * 2_000_001, origin=desk.address, **form)),
    ]
    assert [(wanted, answer[0]) for wanted, answer in refused] == [(wanted, wanted) for wanted, _ in refused]
    # A link from a chat may lead to the desk; it changes nothing.
    assert ask(desk, sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document")[0] == 200
    assert ask(desk, "POST", undo, origin=desk.address, **form)[0] == 400  # there is nothing to undo


@pytest.mark.parametrize("path", ["/", "/static/desk.css", "/drafts/nothing", "/nowhere"])
def test_every_answer_carries_the_policy(desk: RunningDesk, path: str) -> None:
    _, headers, _ = ask(desk, path=path)
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


PAGES = ("/", "/who", "/help", "/settings", "/new", "/pairs", "/outdated", "/api")
OF_A_DRAFT = ("", "/claims", "/sign", "/history?all=1", "/evidence/0")
LINKED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
IMPORTED = re.compile(r'from "\./([^"]+)"')


def test_every_page_weighs_less_than_100_kb_with_all_that_it_loads(desk: RunningDesk) -> None:
    """Not compressed; scripts with those that they import."""
    weights: dict[str, int] = {}
    for path in (*PAGES, *(f"/drafts/{desk.draft}{part}" for part in OF_A_DRAFT)):
        status, _, text = ask(desk, path=path)
        assert status == 200, path
        waiting, whole = LINKED.findall(text), {}
        assert len(waiting) >= 3
        while waiting:
            name = waiting.pop()
            if name not in whole:
                found = ask(desk, path=name)
                assert found[0] == 200, name
                whole[name] = len(found[2].encode())
                waiting += [f"/static/{one}" for one in IMPORTED.findall(found[2])] if name.endswith(".js") else []
        weights[path] = len(text.encode()) + sum(whole.values())
    assert max(weights.values()) < 100_000, weights


def test_an_unknown_draft_is_said_to_be_unknown(desk: RunningDesk) -> None:
    status, _, text = ask(desk, path="/drafts/nothing")
    assert status == 400 and "No draft has the id nothing." in text
