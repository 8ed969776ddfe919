"""The ledger through the real command, against a provider on loopback that keeps its own account (benchmarks/paid_server.py)."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from paid_server import PaidServer, publication, sources_file

from ourtake.providers.ledger import AGAIN, REMEMBERED
from tests.conftest import Run

ONE = "sources/01-data-centre-power.md"
BATCH = ("draft", "--batch", "sources.jsonl", "--model", "openai:paid", "--concurrency", "5")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("money") / "paper"
    take = publication(folder)
    sources_file(folder, 12)
    return folder, take


@pytest.fixture
def desk(origin: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(origin[0], tmp_path / "paper"))


@pytest.fixture
def server(origin: tuple[Path, dict[str, Any]]) -> Iterator[PaidServer]:
    running = PaidServer(origin[1], latency=0.02)
    yield running
    running.close()


def environment(server: PaidServer) -> dict[str, str]:
    return {name: value for name, value in server.environment().items() if name.startswith("OPENAI")}


def lines(desk: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (desk / "out.jsonl").read_text().splitlines()]


def total(run: Run, desk: Path) -> dict[str, Any]:
    rows = json.loads(run("calls", "cost", "--by", "model", "--json", folder=desk).stdout)["rows"]
    found: dict[str, Any] = next(row for row in rows if row["name"] == "openai:paid")
    return found


def test_the_ledger_agrees_with_the_servers_account(run: Run, desk: Path, server: PaidServer) -> None:
    done = run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server))
    assert done.returncode in (0, 1), done.stderr
    row = total(run, desk)
    assert (row["calls"], row["answered"], row["cost_usd"]) == (len(server.billed), len(server.billed), pytest.approx(server.dollars()))
    drafts = lines(desk)
    assert sum(draft["usage"]["calls"] for draft in drafts) == len(server.billed) > len(drafts) == 12
    assert sum(draft["cost_usd"] for draft in drafts) == pytest.approx(server.dollars())
    by_draft = json.loads(run("calls", "cost", "--by", "draft", "--json", folder=desk).stdout)["rows"]
    assert {draft["id"]: draft["cost_usd"] for draft in drafts}.items() <= {line["name"]: line["cost_usd"] for line in by_draft}.items()


def test_the_same_batch_again_is_not_paid_for_again(run: Run, desk: Path, server: PaidServer) -> None:
    run(*BATCH, "-o", "first.jsonl", folder=desk, env=environment(server))
    before = len(server.billed)
    done = run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server))
    assert len(server.billed) == before and REMEMBERED in done.stderr
    assert all(draft["cost_usd"] == 0 and draft["usage"]["calls"] == 0 and draft["notes"] == [REMEMBERED] for draft in lines(desk))


def test_twice_by_hand_is_paid_once_and_says_so(run: Run, desk: Path, server: PaidServer) -> None:
    words, env = ("draft", ONE, "--model", "openai:paid", "--json"), environment(server)
    first, second = (json.loads(run(*words, folder=desk, env=env).stdout) for _ in range(2))
    assert len(server.billed) == 1 and first["id"] != second["id"]
    assert first["revisions"][0]["take"] == second["revisions"][0]["take"] and second["notes"] == [REMEMBERED]
    third = json.loads(run(*words, "--fresh", folder=desk, env=env).stdout)
    assert len(server.billed) == 2 and third["notes"] == []


def test_a_limit_stops_a_batch_which_goes_on_with_more(run: Run, desk: Path, server: PaidServer) -> None:
    done = run(*BATCH, "--max-cost", "0.2", "-o", "out.jsonl", folder=desk, env=environment(server))
    assert done.returncode == 4 and "0.20 USD" in done.stderr and server.dollars() <= 0.2
    drafts = lines(desk)
    assert len(drafts) == 12 and {draft["status"] for draft in drafts} >= {"limit"} and len(done.stderr.splitlines()) == 1
    again = run(*BATCH, "--max-cost", "9", "--resume", "-o", "out.jsonl", folder=desk, env=environment(server))
    assert again.returncode in (0, 1), again.stderr
    after = lines(desk)
    assert sorted(draft["source"]["id"] for draft in after) == sorted(f"s{n}" for n in range(12))
    assert {draft["id"] for draft in after} == {draft["id"] for draft in drafts}
    assert len(server.billed) == total(run, desk)["calls"] == sum(draft["usage"]["calls"] for draft in after)


LIMITS = {
    "a draft": ("[budget]\nusd_per_draft = 0.01\n", (), 4, "0.01 USD for a draft"),
    "a day": ("[budget]\nusd_per_day = 0.02\n", (), 4, "0.02 USD for a day"),
    "the flag before the file": ("[budget]\nusd_per_run = 9\n", ("--max-cost", "0.03"), 4, "0.03 USD for a run"),
    "no price": ("[budget]\nusd_per_day = 5\n", ("--model", "openai:other"), 2, '[prices."openai:other"]'),
    "an unknown key": ('[prices."openai:x"]\ninptu = 3\n', (), 2, "did you mean input"),
    "less than nothing": ("[budget]\nusd_per_day = -1\n", (), 2, "usd_per_day"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_refuses_before_anything_is_paid(run: Run, desk: Path, server: PaidServer, name: str) -> None:
    settings, flags, code, said = LIMITS[name]
    (desk / "ourtake.toml").write_text((desk / "ourtake.toml").read_text() + settings)
    words = ("draft", ONE, *(flags if "--model" in flags else ("--model", "openai:paid", *flags)))
    done = run(*words, folder=desk, env=environment(server))
    assert done.returncode == code and said in done.stderr and server.arrived == 0, done.stderr


def test_the_baseline_is_free_under_any_limit(run: Run, desk: Path) -> None:
    done = run("draft", ONE, "--max-cost", "0", "--json", folder=desk)
    assert done.returncode == 0 and json.loads(done.stdout)["cost_usd"] == 0


def test_a_dry_run_makes_no_call_and_holds(run: Run, desk: Path, server: PaidServer) -> None:
    words = (*BATCH, "--dry-run", "--json")
    before = json.loads(run(*words, folder=desk, env={}).stdout)
    assert server.arrived == 0 and (before["drafts"], before["remembered"], before["calls"][0]) == (12, 0, 12)
    run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server))
    low, high = before["cost_usd"]
    assert low <= server.dollars() <= high and len(server.billed) <= before["calls"][1]
    after = json.loads(run(*words, folder=desk, env={}).stdout)
    assert (after["remembered"], after["calls"][0]) == (12, 0)
    priceless = run("draft", ONE, "--model", "openai:other", "--dry-run", folder=desk)
    assert priceless.returncode == 0 and "unknown" in priceless.stdout


def test_a_killed_draft_waits_for_a_word(run: Run, desk: Path, server: PaidServer) -> None:
    words, env = ("draft", ONE, "--model", "openai:paid", "--json"), environment(server)
    assert run(*words, folder=desk, env=env | {"OURTAKE_KILL_AT": "after-receiving"}).returncode == -signal.SIGKILL
    waiting = run(*words, folder=desk, env=env)
    draft = json.loads(waiting.stdout)
    assert waiting.returncode == 3 and draft["status"] == "unknown" and "--retry-unknown" in waiting.stderr and len(server.billed) == 1
    unknown = json.loads(run("calls", "list", "--state", "unknown", "--json", folder=desk).stdout)
    assert [call["draft_id"] for call in unknown] == [draft["id"]]
    done = run(*words, "--retry-unknown", folder=desk, env=env)
    mended = json.loads(done.stdout)
    assert done.returncode == 0 and mended["id"] == draft["id"] and mended["notes"] == [AGAIN] and len(server.billed) == 2
    shown = run("calls", "show", str(unknown[0]["id"]), folder=desk).stdout
    assert "unknown" in shown and "Headline:" in shown
    assert run("calls", "cost", folder=desk).stdout.count("calls of unknown outcome at most") == 2


def test_a_killed_batch_leaves_the_other_drafts_alone(run: Run, desk: Path, server: PaidServer) -> None:
    killed = run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server) | {"OURTAKE_KILL_AT": "before-call:8"})
    assert killed.returncode == -signal.SIGKILL
    done = run(*BATCH, "--resume", "-o", "out.jsonl", folder=desk, env=environment(server))
    unknown = json.loads(run("calls", "list", "--state", "unknown", "--json", folder=desk).stdout)
    waiting = [draft for draft in lines(desk) if draft["status"] == "unknown"]
    assert done.returncode == 3 and 1 <= len(waiting) <= len(unknown) <= 5
    assert len(lines(desk)) == 12 and "--retry-unknown" in done.stderr
    again = run(*BATCH, "--resume", "--retry-unknown", "-o", "out.jsonl", folder=desk, env=environment(server))
    assert again.returncode in (0, 1) and len(lines(desk)) == len({draft["id"] for draft in lines(desk)}) == 12


def test_a_second_process_says_who_holds_the_batch(run: Run, origin: tuple[Path, dict[str, Any]], desk: Path) -> None:
    slow = PaidServer(origin[1], latency=3)
    words = [sys.executable, "-m", "ourtake", *BATCH, "-o", "out.jsonl"]
    first = subprocess.Popen(words, cwd=desk, env=os.environ | environment(slow), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: slow.arrived > 0)
        second = run(*BATCH, "--resume", "-o", "out.jsonl", folder=desk, env=environment(slow))
    finally:
        first.kill()
        first.wait()
        slow.close()
    assert second.returncode == 2 and f"process {first.pid} on " in second.stderr


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_a_stop_waits_for_the_answers_under_way(run: Run, origin: tuple[Path, dict[str, Any]], desk: Path) -> None:
    slow = PaidServer(origin[1], latency=1.5)
    words = [sys.executable, "-m", "ourtake", *BATCH, "-o", "out.jsonl"]
    process = subprocess.Popen(words, cwd=desk, env=os.environ | environment(slow), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    wait_for(lambda: slow.arrived >= 5)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    slow.close()
    assert process.returncode == 143 and "Traceback" not in errors
    states = [call["state"] for call in json.loads(run("calls", "list", "--json", folder=desk).stdout)]
    assert states.count("answered") == len(states), "no call was begun after the signal, and none was thrown away"


def test_a_second_stop_leaves_at_once(run: Run, origin: tuple[Path, dict[str, Any]], desk: Path) -> None:
    slow = PaidServer(origin[1], latency=30)
    words = [sys.executable, "-m", "ourtake", *BATCH, "-o", "out.jsonl"]
    process = subprocess.Popen(words, cwd=desk, env=os.environ | environment(slow), stderr=subprocess.PIPE, text=True, preexec_fn=listen)
    wait_for(lambda: slow.arrived >= 5)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None and "stopping" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=6) == 130
    slow.close()
    assert len(json.loads(run("calls", "list", "--state", "unknown", "--json", folder=desk).stdout)) == 5


def listen() -> None:
    """A test run that a shell put into the background ignores Ctrl-C, and its children with it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_full_disk_loses_no_answer(run: Run, desk: Path, server: PaidServer) -> None:
    rescued_once = False
    for kilobytes in (24, 40, 56, 72, 88, 104):
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
            timeout=60,
        )
        assert "Traceback" not in done.stderr, done.stderr
        states = [call["state"] for call in json.loads(run("calls", "list", "--json", folder=folder).stdout) if call["provider"] == "openai"]
        kept = list(temporary.glob("ourtake-call-*.json"))
        if "answered" in states:
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


def test_a_key_that_the_server_sends_back_stays_out_of_everything(run: Run, desk: Path) -> None:
    key = "vault-7f3a9e-not-like-a-key"

    class Echo(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            body = json.dumps({"error": {"message": f"bad request with {self.headers['authorization']}"}}).encode()
            self.send_response(400)
            self.send_header("content-length", str(len(body)))
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env = {"OPENAI_API_KEY": key, "OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_address[1]}/v1"}
    done = run("draft", ONE, "--model", "openai:paid", "--json", folder=desk, env=env)
    server.shutdown()
    assert done.returncode == 3 and "Bearer [key]" in done.stdout + done.stderr
    written = b"".join(path.read_bytes() for path in desk.rglob("*") if path.is_file())
    assert key not in done.stdout + done.stderr and key.encode() not in written


def test_what_a_failed_run_left_in_the_file_is_mended(run: Run, desk: Path, server: PaidServer) -> None:
    run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server))
    whole = (desk / "out.jsonl").read_bytes().splitlines(keepends=True)
    failed = json.loads(whole[1]) | {"status": "failed", "revisions": []}
    (desk / "out.jsonl").write_bytes(whole[0] + json.dumps(failed).encode() + b"\n" + b"".join(whole[2:11]) + whole[11][:500])
    before = len(server.billed)
    done = run(*BATCH, "--resume", "-o", "out.jsonl", folder=desk, env=environment(server))
    after = (desk / "out.jsonl").read_bytes().splitlines(keepends=True)
    assert done.returncode in (0, 1) and len(server.billed) == before
    assert after[:10] == [whole[0], *whole[2:11]] and sorted(after) == sorted(whole), "what the store had was written, not drafted again"


def test_no_file_is_left_in_the_temporary_folder() -> None:
    assert not list(Path(tempfile.gettempdir()).glob("ourtake-call-*"))
