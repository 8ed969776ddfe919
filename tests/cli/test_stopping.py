"""Stopped half-way: Ctrl-C, a termination, a reader that goes away. No traceback, and what was finished is kept."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.conftest import Run, listen


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_batch_goes_on_later(run: Run, paper: Path, sign: signal.Signals, code: int) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        taken = threading.Event()

        def accept() -> None:
            kept = [silent.accept()]
            taken.set()
            time.sleep(600)
            kept.clear()

        threading.Thread(target=accept, daemon=True).start()
        source = {"title": "A", "outlet": "O", "url": "https://o.example/1", "blurb": "Something about the grid."}
        (paper / "s.jsonl").write_text(json.dumps(source) + "\n")
        words = [sys.executable, "-m", "ourtake", "draft", "--batch", "s.jsonl", "--model", "openai:x", "-o", "o.jsonl"]
        env = os.environ | {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}/v1"}
        process = subprocess.Popen(
            words, cwd=paper, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=listen
        )
        assert taken.wait(600)
        time.sleep(0.3)
        process.send_signal(sign)
        _, errors = process.communicate(timeout=600)
    assert process.returncode == code, errors
    assert "Traceback" not in errors and "stopped" in errors
    from ourtake.store import Store

    with Store.open(f"sqlite:///{paper}/ourtake.db") as store:
        assert [call.state for call in store.calls()] == ["unknown"]
    assert run(
        "draft", "--batch", "s.jsonl", "--model", "baseline", "--resume", "-o", "o.jsonl", folder=paper
    ).returncode in (0, 1)
    assert len((paper / "o.jsonl").read_text().splitlines()) == 1


def test_a_reader_that_goes_away_is_no_error(paper: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m ourtake rules | head -1",
        shell=True,
        cwd=paper,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0 and done.stderr == "" and len(done.stdout.splitlines()) == 1
