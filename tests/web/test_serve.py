"""The command `ourtake serve`: where it can't listen, who is at the desk, and how it ends."""

from __future__ import annotations

import signal
import socket
import urllib.request
from pathlib import Path

from tests.conftest import Run
from tests.web.conftest import Serve


def test_a_port_that_is_taken_is_said_to_be(paper: Path, run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", str(taken.getsockname()[1]), folder=paper)
    assert done.returncode == 2
    assert "can't listen on 127.0.0.1:" in done.stderr and "Choose another with --host or --port." in done.stderr


def test_nobody_is_guessed_and_a_name_can_be_given(faulty: Path, serve: Serve) -> None:
    desk = serve(folder=faulty)

    def page(cookie: str = "") -> str:
        request = urllib.request.Request(f"{desk.address}/", headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=600) as answer:
            return str(answer.read().decode())

    assert "Who are you?" in page()
    named = page("ourtake-who=Ines%20Calloway")
    assert "Ines Calloway" in named and "Who are you?" not in named


def test_ctrl_c_ends_it(faulty: Path, serve: Serve) -> None:
    desk = serve(folder=faulty)
    desk.process.send_signal(signal.SIGINT)
    assert desk.process.wait(600) in (0, 130)
