"""What ends a run half-way: a kill, a stop, a second process, a full disk; and what the next run makes of it."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paid_server import PaidServer

from ourtake.providers.ledger import AGAIN
from tests.cli.conftest import BATCH, ONE, environment, lines
from tests.conftest import Run, Start


def test_a_killed_draft_waits_for_a_word(run: Run, desk: Path, server: PaidServer) -> None:
    words, env = ("draft", ONE, "--model", "openai:paid", "--json"), environment(server)
    assert run(*words, folder=desk, env=env | {"OURTAKE_KILL_AT": "after-receiving"}).returncode == -signal.SIGKILL
    waiting = run(*words, folder=desk, env=env)
    draft = json.loads(waiting.stdout)
    assert (
        waiting.returncode == 3
        and draft["status"] == "unknown"
        and "--retry-unknown" in waiting.stderr
        and len(server.billed) == 1
    )
    unknown = json.loads(run("calls", "list", "--state", "unknown", "--json", folder=desk).stdout)
    assert [call["draft_id"] for call in unknown] == [draft["id"]]
    done = run(*words, "--retry-unknown", folder=desk, env=env)
    mended = json.loads(done.stdout)
    assert (
        done.returncode == 0 and mended["id"] == draft["id"] and mended["notes"] == [AGAIN] and len(server.billed) == 2
    )
    shown = run("calls", "show", str(unknown[0]["id"]), folder=desk).stdout
    assert "unknown" in shown and "Headline:" in shown
    assert run("calls", "cost", folder=desk).stdout.count("for calls that may have been billed") == 2


def test_what_the_second_model_answered_is_not_asked_of_the_first(
    run: Run, origin: tuple[Path, dict[str, Any]], desk: Path, server: PaidServer
) -> None:
    first = PaidServer(origin[1])
    settings = (desk / "ourtake.toml").read_text()
    down, up = (f'\n[models.first]\nbase_url = "http://127.0.0.1:{port}/v1"\n' for port in (9, first.port))
    words, env = ("draft", ONE, "--model", "first:x", "--model", "openai:paid", "--json"), environment(server)
    (desk / "ourtake.toml").write_text(settings + down)
    assert run(*words, folder=desk, env=env | {"OURTAKE_KILL_AT": "before-draft"}).returncode == -signal.SIGKILL
    (desk / "ourtake.toml").write_text(settings + up)
    done = run(*words, folder=desk, env=env)
    first.close()
    draft = json.loads(done.stdout)
    assert done.returncode == 0 and draft["revisions"][0]["by"] == "openai:paid", done.stderr
    assert (first.arrived, len(server.billed)) == (0, 1)


def test_a_killed_batch_leaves_the_other_drafts_alone(run: Run, desk: Path, server: PaidServer) -> None:
    killed = run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server) | {"OURTAKE_KILL_AT": "before-call:8"})
    assert killed.returncode == -signal.SIGKILL
    done = run(*BATCH, "--resume", "-o", "out.jsonl", folder=desk, env=environment(server))
    unknown = json.loads(run("calls", "list", "--state", "unknown", "--json", folder=desk).stdout)
    waiting = [draft for draft in lines(desk) if draft["status"] == "unknown"]
    # Five calls may be under way, and half as many rows are written ahead of their calls.
    assert done.returncode == 3 and 1 <= len(waiting) <= len(unknown) <= 5 + 5 // 2
    assert len(lines(desk)) == 12 and "--retry-unknown" in done.stderr
    again = run(*BATCH, "--resume", "--retry-unknown", "-o", "out.jsonl", folder=desk, env=environment(server))
    assert again.returncode in (0, 1) and len(lines(desk)) == len({draft["id"] for draft in lines(desk)}) == 12


def test_what_was_not_sent_needs_no_word(run: Run, desk: Path, server: PaidServer) -> None:
    killed = run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server) | {"OURTAKE_KILL_AT": "row-written:1"})
    assert killed.returncode == -signal.SIGKILL and not server.billed
    done = run(*BATCH, "--resume", "-o", "out.jsonl", folder=desk, env=environment(server))
    assert done.returncode in (0, 1) and len(lines(desk)) == 12, done.stderr
    calls = [
        call for call in json.loads(run("calls", "list", "--json", folder=desk).stdout) if call["provider"] == "openai"
    ]
    assert {call["state"] for call in calls} == {"answered", "failed"}
    assert sum(call["state"] == "answered" for call in calls) == len(server.billed)


def test_a_second_process_says_who_holds_the_batch(
    run: Run, start: Start, origin: tuple[Path, dict[str, Any]], desk: Path
) -> None:
    slow = PaidServer(origin[1], latency=600)
    first = start(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(slow))
    try:
        wait_for(lambda: slow.arrived > 0)
        second = run(*BATCH, "--resume", "-o", "out.jsonl", folder=desk, env=environment(slow))
    finally:
        first.kill()
        first.wait()
        slow.close()
    assert second.returncode == 2 and f"process {first.pid} on " in second.stderr


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_a_stop_waits_for_the_answers_under_way(
    run: Run, start: Start, origin: tuple[Path, dict[str, Any]], desk: Path
) -> None:
    slow = PaidServer(origin[1], latency=1.5)
    process = start(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(slow))
    wait_for(lambda: slow.arrived >= 5)
    process.send_signal(signal.SIGTERM)
    told, errors = process.communicate(timeout=600)
    slow.close()
    assert process.returncode == 143 and "Traceback" not in errors
    assert "not written; continue with --resume." in told
    states = [call["state"] for call in json.loads(run("calls", "list", "--json", folder=desk).stdout)]
    assert states.count("answered") == len(states), "no call was begun after the signal, and none was thrown away"


def test_a_second_stop_leaves_at_once(run: Run, start: Start, origin: tuple[Path, dict[str, Any]], desk: Path) -> None:
    slow = PaidServer(origin[1], latency=600)
    process = start(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(slow))
    wait_for(lambda: slow.arrived >= 5)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None and "stopping" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=600) == 130
    slow.close()
    # Five under way; those whose rows were written ahead were not sent, and are told apart.
    calls = [
        call for call in json.loads(run("calls", "list", "--json", folder=desk).stdout) if call["provider"] == "openai"
    ]
    unsent = [call for call in calls if call["state"] == "failed"]
    assert [call["state"] for call in calls].count("unknown") == 5 and len(calls) == 5 + len(unsent)
    assert all(call["cost_usd"] == 0 and "before it was sent" in call["error"] for call in unsent)


def test_a_background_job_can_be_ended(run: Run, origin: tuple[Path, dict[str, Any]], desk: Path) -> None:
    slow = PaidServer(origin[1], latency=600)
    words = [sys.executable, "-m", "ourtake", "draft", ONE, "--model", "openai:paid"]
    process = subprocess.Popen(
        words, cwd=desk, env=os.environ | environment(slow), stderr=subprocess.PIPE, text=True, preexec_fn=ignore
    )
    wait_for(lambda: slow.arrived >= 1)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=600)
    slow.close()
    assert process.returncode == 143 and "Traceback" not in errors
    assert [
        call["state"]
        for call in json.loads(run("calls", "list", "--json", folder=desk).stdout)
        if call["provider"] == "openai"
    ] == ["unknown"]


def ignore() -> None:
    """As a shell does for a job in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def test_a_full_disk_loses_no_answer(run: Run, desk: Path, server: PaidServer) -> None:
    rescued_once = False
    for kilobytes in range(128, 640, 32):
        folder = Path(shutil.copytree(desk, desk.parent / f"disk{kilobytes}"))
        temporary = folder / "temporary"
        temporary.mkdir()
        server.billed.clear()

        def full(limit: int = kilobytes * 1024) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = subprocess.run(
            [sys.executable, "-m", "ourtake", "draft", ONE, "--model", "openai:paid"],
            cwd=folder,
            env=os.environ | environment(server) | {"TMPDIR": str(temporary)},
            preexec_fn=full,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert "Traceback" not in done.stderr, done.stderr
        states = [
            call["state"]
            for call in json.loads(run("calls", "list", "--json", folder=folder).stdout)
            if call["provider"] == "openai"
        ]
        kept = list(temporary.glob("ourtake-call-*.json"))
        if "answered" in states:
            if rescued_once:
                break
            continue
        assert done.returncode == 2 and len(server.billed) == len(kept), done.stderr
        if kept:
            rescued_once = True
            assert str(kept[0]) in done.stderr
            assert run("calls", "recover", str(kept[0]), folder=folder).returncode == 0
            again = run("draft", ONE, "--model", "openai:paid", folder=folder, env=environment(server))
            assert again.returncode == 0, again.stderr
            assert len(server.billed) == 1 and run("calls", "recover", str(kept[0]), folder=folder).returncode == 2
    assert rescued_once


def test_what_a_failed_run_left_in_the_file_is_removed(run: Run, desk: Path, server: PaidServer) -> None:
    run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server))
    whole = (desk / "out.jsonl").read_bytes().splitlines(keepends=True)
    failed = json.loads(whole[1]) | {"status": "failed", "revisions": []}
    (desk / "out.jsonl").write_bytes(
        whole[0] + json.dumps(failed).encode() + b"\n" + b"".join(whole[2:11]) + whole[11][:500]
    )
    before = len(server.billed)
    done = run(*BATCH, "--resume", "-o", "out.jsonl", folder=desk, env=environment(server))
    after = (desk / "out.jsonl").read_bytes().splitlines(keepends=True)
    assert done.returncode in (0, 1) and len(server.billed) == before
    assert after[:10] == [whole[0], *whole[2:11]] and sorted(after) == sorted(whole), (
        "what the store had was written, not drafted again"
    )
