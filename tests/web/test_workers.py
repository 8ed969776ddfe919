"""The desk hands long work to workers where there are any, and does it itself where there are none."""

from __future__ import annotations

import json
import re
import signal
import time
import urllib.parse
import urllib.request
from pathlib import Path

from tests.cli.test_worker import jobs, shared, worker
from tests.conftest import Run, Start
from tests.providers.conformance import environment
from tests.web.conftest import RunningDesk, Serve
from tests.wire.awkward_server import serving
from tests.wire.test_llmock import good_take

__all__ = ["shared"]

FORM = {
    "title": "Council swaps call centre for a chatbot",
    "outlet": "Metro Dispatch",
    "url": "https://metro.example/council-chatbot",
    "published": "2026-09-10",
    "blurb": "The city council of Ostley replaces half of its call centre with a chatbot this month.",
}


def written(desk: RunningDesk, **changed: str) -> str:
    """The id of the draft that a filled-in form becomes."""
    data = urllib.parse.urlencode({**FORM, **changed}).encode()
    request = urllib.request.Request(f"{desk.address}/new", data, headers={"Origin": desk.address})
    with urllib.request.urlopen(request, timeout=600) as answer:
        watched = answer.url
    end = time.monotonic() + 600
    while time.monotonic() < end:
        with urllib.request.urlopen(watched, timeout=600) as answer:
            if found := re.fullmatch(r".*/drafts/(\w+)", answer.url):
                return found[1]
        time.sleep(0.2)
    raise AssertionError("the draft was not written")


def test_a_worker_writes_what_the_desk_asks_for(
    run: Run, start: Start, paper: Path, shared: dict[str, str], serve: Serve
) -> None:
    with serving(json.dumps(good_take(run, paper))) as (_, port):
        env = shared | environment(port)
        settings = (paper / "ourtake.toml").read_text(encoding="utf-8")
        (paper / "ourtake.toml").write_text(settings.replace('"baseline"', '"openai:good"'), encoding="utf-8")
        desk = serve("--as", "Ines Calloway", folder=paper, env=env)
        own = written(desk)
        assert jobs(run, paper, env) == [], "no worker is alive, so the desk does it itself"
        with worker(start, paper, env) as running:
            while "1 worker." not in run("jobs", "list", folder=paper, env=env).stderr and running.poll() is None:
                time.sleep(0.2)
            theirs = written(desk, url="https://metro.example/another")
            (job,) = jobs(run, paper, env)
            running.send_signal(signal.SIGTERM)
            running.wait(600)
        assert (job["task"], job["state"], job["priority"]) == ("draft", "done", 10)
        assert job["arguments"]["draft_id"] == theirs != own
        for name in (own, theirs):
            shown = json.loads(run("drafts", "show", name, "--json", folder=paper, env=env).stdout)
            assert shown["revisions"] and shown["source"]["outlet"] == "Metro Dispatch"


def test_a_take_that_a_worker_writes_is_seen_growing(
    run: Run, start: Start, paper: Path, shared: dict[str, str], serve: Serve
) -> None:
    take = good_take(run, paper)
    with serving(json.dumps(take)) as (awkward, port):
        env = shared | environment(port)
        settings = (paper / "ourtake.toml").read_text(encoding="utf-8")
        (paper / "ourtake.toml").write_text(settings.replace('"baseline"', '"openai:good"'), encoding="utf-8")
        desk = serve("--as", "Ines Calloway", folder=paper, env=env)
        with worker(start, paper, env) as running:
            while "1 worker." not in run("jobs", "list", folder=paper, env=env).stderr and running.poll() is None:
                time.sleep(0.2)
            awkward.pause = 0.02
            data = urllib.parse.urlencode(FORM).encode()
            asking = urllib.request.Request(f"{desk.address}/new", data, headers={"Origin": desk.address})
            with urllib.request.urlopen(asking, timeout=600) as answer:
                watched = answer.url
            told: list[tuple[str, str]] = []
            with urllib.request.urlopen(f"{watched}/stream", timeout=600) as events:
                for line in events:
                    name, _, value = line.decode().strip().partition(": ")
                    told += [(value, "")] if name == "event" else []
                    if name == "data":
                        told[-1] = told[-1][0], json.loads(value)
            (job,) = jobs(run, paper, env)
        assert told[-1][0] == "done" and job["task"] == "draft" and job["state"] == "done"
        headline, body = str(take["headline"]), str(take["body"])[:40]
        texts = [text for event, text in told if event == "text"]
        whole = next(number for number, text in enumerate(texts) if body in text)
        assert any(headline in text and body not in text for text in texts[:whole]), texts
