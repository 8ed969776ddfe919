"""Rows of the failure model that the conformance suite's one server can't show, by the requests that were made: through
the real command.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.providers.conformance import BEHAVIOURS, environment
from tests.wire.awkward_server import Awkward, serving
from tests.wire.test_llmock import SOURCE, good_take

ROWS = {
    "1: 429": ["429", "once-429"],
    "2: Retry-After": ["once-429-retry-after"],
    "3: a wait that is too long": ["429-too-long"],
    "4: no credit": ["quota", "402", "credit"],
    "5: the server fails": ["500", "502-html", "503", "504", "529", "408"],
    "8: nothing is received": ["silence"],
    "9: drip and pings": ["drip", "pings"],
    "10: cut off": ["drop-before", "drop-after", "early-end"],
    "11: an error in a stream": ["error-event", "once-error-event"],
    "12: broken pieces": ["malformed", "broken-event"],
    "13: no answer": ["html", "nothing", "null", "error-200"],
    "16: refusal": ["refusal"],
    "17: content filter": ["content-filter", "filter-error"],
    "18: cut off by max_tokens": ["cut-off"],
    "19: key, model, access": ["bad-key", "unknown-model", "no-access"],
    "20: too long": ["context-overflow"],
    "21: too much": ["huge", "compressed"],
    "22: redirect": ["redirect"],
}
"""Where the conformance suite shows a row, for each provider; 6, 7, 14 and 15 are below."""
BILLED_ONCE = {"4", "16", "17", "19", "20", "21", "22"}


@pytest.mark.parametrize("row", ROWS)
def test_the_conformance_suite_shows_the_row_and_what_it_costs(row: str) -> None:
    shown = {behaviour.name: behaviour.requests for behaviour in BEHAVIOURS}
    most = 1 if row.partition(":")[0] in BILLED_ONCE else 4
    assert all(1 <= shown[name] <= most for name in ROWS[row])


def add_server(paper: Path, name: str, address: str, more: str = "") -> None:
    (paper / "ourtake.toml").write_text(
        (paper / "ourtake.toml").read_text() + f'\n[models.{name}]\nbase_url = "{address}"\n{more}'
    )


def calls(run: Run, paper: Path, provider: str) -> list[dict[str, Any]]:
    rows = json.loads(run("calls", "list", "--json", folder=paper).stdout)
    return [row for row in rows if row["provider"] == provider]


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


def no_such_host() -> str:
    return "http://no-such-host.invalid/v1"


@pytest.mark.parametrize("address", [closed_port, no_such_host])
def test_row_6_a_server_that_is_not_there_is_tried_twice_more(
    run: Run, paper: Path, address: Callable[[], str]
) -> None:
    given = address()
    add_server(paper, "gone", given)
    done = run("draft", SOURCE, "--model", "gone:x", folder=paper)
    host = given.split("/")[2].partition(":")[0]
    assert done.returncode == 3 and f"gone could not be reached at {host}." in done.stderr
    # Nothing can have been sent: it costs nothing, and needs no word to be made again.
    assert [(row["state"], row["cost_usd"]) for row in calls(run, paper, "gone")] == [("failed", 0)] * 3


@contextmanager
def plain_socket() -> Iterator[tuple[int, list[bytes]]]:
    """A server that knows no TLS: it answers a greeting with a line of plain HTTP, and keeps what it was sent."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(100_000))
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listener.getsockname()[1]), heard
    finally:
        listener.close()


def test_row_7_a_connection_that_is_not_safe_is_tried_once_and_never_in_the_open(run: Run, paper: Path) -> None:
    with plain_socket() as (port, heard):
        add_server(paper, "unsafe", f"https://127.0.0.1:{port}/v1")
        done = run("draft", SOURCE, "--model", "unsafe:x", folder=paper)
    assert done.returncode == 3 and "No secure connection to 127.0.0.1 can be made." in done.stderr, done.stderr
    assert len(heard) == 1 and b"headline" not in heard[0]
    assert len(calls(run, paper, "unsafe")) == 1


ANSWERS: dict[str, tuple[Callable[[dict[str, Any]], str], int, int, str]] = {
    "14: fenced": (lambda take: f"```json\n{json.dumps(take)}\n```", 1, 0, "ready"),
    "14: another schema": (lambda take: json.dumps({"title": take["headline"]}), 2, 3, "invalid"),
    "14: prose": (lambda _: "Here is my take, without any JSON.", 2, 3, "invalid"),
    "15: empty fields": (lambda take: json.dumps(take | {"body": "", "summary": ""}), 2, 3, "empty"),
    "15: too short": (lambda take: json.dumps(take | {"body": "Short.\n\nVery short."}), 2, 1, "needs-work"),
}


@pytest.mark.parametrize("model", ["openai:good", "anthropic:good", "local:good"])
def test_rows_14_and_15_what_an_answer_costs_that_is_no_good_take(run: Run, paper: Path, model: str) -> None:
    take = good_take(run, paper)
    with serving() as (server, port):
        add_server(paper, "local", f"http://127.0.0.1:{port}/v1")
        for name, (reply, requests, code, status) in ANSWERS.items():
            server.reply = reply(take)
            before = server.counts["good"]
            done = run("draft", SOURCE, "--model", model, "--fresh", "--json", folder=paper, env=environment(port))
            draft = json.loads(done.stdout)
            assert (done.returncode, draft["status"]) == (code, status), (name, draft["error"], draft["notes"])
            assert server.counts["good"] - before == requests, (name, draft["notes"])
            kept = [row for row in calls(run, paper, model.partition(":")[0]) if row["draft_id"] == draft["id"]]
            assert [row["state"] for row in kept] == ["answered"] * requests


def test_row_18_a_cut_off_answer_is_asked_for_once_more_with_more_room(
    run: Run, paper: Path, awkward: tuple[Awkward, int]
) -> None:
    server, port = awkward
    done = run("draft", SOURCE, "--model", "openai:cut-off", folder=paper, env=environment(port))
    assert done.returncode == 3 and "was cut off before its end" in done.stderr
    rooms = [body["max_output_tokens"] for body in server.requests]
    assert len(rooms) == 2 and rooms[1] == 2 * rooms[0]


def test_row_20_a_prompt_that_can_not_fit_is_not_sent(run: Run, paper: Path, awkward: tuple[Awkward, int]) -> None:
    server, port = awkward
    add_server(paper, "small", f"http://127.0.0.1:{port}/v1", "context_tokens = 500\n")
    done = run("draft", SOURCE, "--model", "small:good", folder=paper)
    assert done.returncode == 3 and "The prompt is too long for small:good" in done.stderr and not server.requests


def test_row_3_a_second_command_asks_at_once(run: Run, paper: Path, awkward: tuple[Awkward, int]) -> None:
    server, port = awkward
    for number in (1, 2):
        done = run("draft", SOURCE, "--model", "openai:429-too-long", folder=paper, env=environment(port))
        assert done.returncode == 3 and "asks to wait 3,600 seconds, until 20" in done.stderr
        assert server.counts["429-too-long"] == number


@pytest.fixture
def awkward() -> Iterator[tuple[Awkward, int]]:
    with serving() as found:
        yield found
