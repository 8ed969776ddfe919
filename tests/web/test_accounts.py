"""A desk that other machines reach: it needs accounts, and lets in only who logs in."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from ourtake.store import Store
from tests.conftest import Run
from tests.web.conftest import RunningDesk, Serve
from tests.web.drafts import DRAFT

PASSWORD = "a long password of hers"
FORM = "application/x-www-form-urlencoded"


def ask(desk: RunningDesk, method: str, path: str, cookie: str = "", **fields: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(desk.address).netloc, timeout=600)
    headers = {"Host": "desk.example", "Origin": "http://desk.example", "Content-Type": FORM, "Cookie": cookie}
    connection.request(method, path, urlencode(fields) or None, headers)
    answer = connection.getresponse()
    answer.read()
    return answer


def logged_in(desk: RunningDesk, name: str, password: str = PASSWORD) -> str:
    """The cookie of a new session; "" where nobody was let in."""
    answer = ask(desk, "POST", "/login", name=name, password=password)
    return (answer.getheader("set-cookie") or "").partition(";")[0]


def test_a_desk_without_accounts_stays_on_this_machine(faulty: Path, run: Run) -> None:
    refused = run("serve", "--host", "0.0.0.0", "--port", "0", folder=faulty)
    assert refused.returncode == 2 and "needs accounts" in refused.stderr
    proxied = run("serve", "--name", "desk.example", "--port", "0", folder=faulty)
    assert proxied.returncode == 2 and "needs accounts" in proxied.stderr


def test_who_logs_in_works_by_their_role(paper: Path, faulty: Path, run: Run, serve: Serve) -> None:
    (paper / "ourtake.db").write_bytes((faulty / "ourtake.db").read_bytes())
    for name, role in (("Ines Calloway", "editor"), ("Tobias Wren", "writer")):
        added = run("users", "add", name, "--role", role, "--password-stdin", folder=paper, stdin=f"{PASSWORD}\n")
        assert added.stdout == f"{name} may log in as {role}.\n"
    desk = serve("--name", "desk.example", folder=paper, draft=DRAFT)
    page, act = f"/drafts/{DRAFT}", f"/drafts/{DRAFT}/reject"
    outside = ask(desk, "GET", page)
    assert (outside.status, outside.getheader("location")) == (303, "/login")
    assert ask(desk, "POST", act, reason="x").status == 303
    assert ask(desk, "GET", "/health").status == 200
    # As a container asks for its own health.
    connection = http.client.HTTPConnection(urlsplit(desk.address).netloc, timeout=600)
    connection.request("GET", "/health/store")
    assert (answer := connection.getresponse()).status == 200 and answer.read() == b'{"status":"ok"}'
    assert logged_in(desk, "Ines Calloway", "a wrong password") == ""
    writer, editor = logged_in(desk, "Tobias Wren"), logged_in(desk, "Ines Calloway")
    assert ask(desk, "GET", page, writer).status == 200
    assert ask(desk, "POST", act, writer, reason="x").status == 403
    assert ask(desk, "POST", act, editor, reason="not ours").status == 303
    assert ask(desk, "POST", "/logout", editor).status == 303
    assert ask(desk, "GET", page, editor).status == 303
    with Store.open(f"sqlite:///{paper / 'ourtake.db'}") as store:
        draft, secret = store.draft(DRAFT), store.accounts.people()[0].secret
    assert draft is not None and draft.review is not None
    assert (draft.review.state, draft.review.by) == ("rejected", "Ines Calloway")
    assert secret.startswith("$argon2id$") and PASSWORD not in secret


def test_the_session_cookie_can_not_be_read_or_sent_by_others(paper: Path, run: Run, serve: Serve) -> None:
    run("users", "add", "Ines Calloway", "--password-stdin", folder=paper, stdin=f"{PASSWORD}\n")
    desk = serve("--name", "desk.example", folder=paper)
    cookie = ask(desk, "POST", "/login", name="Ines Calloway", password=PASSWORD).getheader("set-cookie") or ""
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie


def test_wrong_passwords_are_slowed_down(paper: Path, run: Run, serve: Serve) -> None:
    run("users", "add", "Ines Calloway", "--password-stdin", folder=paper, stdin=f"{PASSWORD}\n")
    desk = serve("--name", "desk.example", folder=paper)
    for _ in range(5):
        assert logged_in(desk, "Ines Calloway", "a wrong password") == ""
    assert logged_in(desk, "Ines Calloway") == ""


def test_a_short_password_is_refused(paper: Path, run: Run) -> None:
    refused = run("users", "add", "Ines Calloway", "--password-stdin", folder=paper, stdin="short\n")
    assert refused.returncode == 2 and "fewer than 12 characters" in refused.stderr
    assert run("users", "list", folder=paper).stdout == ""
