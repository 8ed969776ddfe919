"""Both SDKs and a compatible server over a real wire, against `llmock` of the npm package @copilotkit/aimock on
loopback.

The replies are written for these tests; no model wrote them. Skipped where llmock is not installed, failed under
OURTAKE_TEST_REQUIRE_ALL.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ourtake.documents import Draft
from ourtake.text.markdown import links, paragraphs
from ourtake.text.words import canonical_url
from tests.cli.test_main_job import addresses
from tests.conftest import Run

MODELS = ("openai:gpt-6.2-sol", "anthropic:claude-sonnet-5-5", "local:tiny")
SOURCE = "sources/01-data-centre-power.md"


def program() -> str:
    found = os.environ.get("OURTAKE_LLMOCK") or shutil.which("llmock")
    if found is None:
        if os.environ.get("OURTAKE_TEST_REQUIRE_ALL"):
            pytest.fail("llmock is not installed; set OURTAKE_LLMOCK")
        pytest.skip("llmock is not installed")
    return found


@contextmanager
def serving(folder: Path, fixtures: list[dict[str, Any]], *flags: str) -> Iterator[int]:
    """llmock on a free port of loopback, with these fixtures."""
    path = folder / "fixtures.json"
    path.write_text(json.dumps({"fixtures": fixtures}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [program(), "--port", str(port), "--fixtures", str(path), *flags],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(12000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def environment(folder: Path, port: int) -> dict[str, str]:
    settings = (folder / "ourtake.toml").read_text()
    if "[models.local]\nbase" not in settings:
        (folder / "ourtake.toml").write_text(settings + f'\n[models.local]\nbase_url = "http://127.0.0.1:{port}/v1"\n')
    base = f"http://127.0.0.1:{port}"
    return {
        "OPENAI_API_KEY": "test",
        "ANTHROPIC_API_KEY": "test",
        "OPENAI_BASE_URL": f"{base}/v1",
        "ANTHROPIC_BASE_URL": base,
    }


_sound: list[str] = []


def good_take(run: Run, paper: Path) -> dict[str, Any]:
    """A sound take in handles, arranged by the baseline for the example source in a copy of the publication, once."""
    if not _sound:
        copy = Path(shutil.copytree(paper, paper.with_name("for-the-baseline")))
        draft = Draft.model_validate_json(run("draft", SOURCE, "--json", folder=copy).stdout)
        revision = draft.standing()
        assert revision is not None
        body = revision.take.body
        for item in draft.related:
            body = body.replace(item.url, item.handle or "")
        take = {**revision.take.model_dump(), "body": body, "tags": list(revision.take.tags)}
        _sound.append(json.dumps(take))
    found: dict[str, Any] = json.loads(_sound[0])
    return found


def answer(content: object, *, task: str = "", index: int | None = None, **more: Any) -> dict[str, Any]:
    match: dict[str, Any] = {"userMessage": task} if task else {}
    if index is not None:
        match["sequenceIndex"] = index
    return {
        "match": match,
        "response": {"content": content if isinstance(content, str) else json.dumps(content), **more},
    }


def sound(draft: Draft, paper: Path) -> None:
    """No take that is stored holds an address outside the archive."""
    for revision in draft.revisions:
        for text in (revision.take.summary, revision.take.body):
            assert {canonical_url(link.target) for link in links(text) if "://" in link.target} <= addresses(paper)
            assert "made-up.example" not in text


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("flags", [(), ("--stream",)])
def test_a_good_reply(run: Run, paper: Path, model: str, flags: tuple[str, ...]) -> None:
    with serving(paper, [answer(good_take(run, paper))]) as port:
        done = run("draft", SOURCE, "--model", model, "--json", *flags, folder=paper, env=environment(paper, port))
    assert done.returncode == 0, done.stderr
    draft = Draft.model_validate_json(done.stdout)
    assert (draft.status, len(draft.revisions), draft.model) == ("ready", 1, model)
    sound(draft, paper)


@pytest.mark.parametrize("model", MODELS)
def test_an_unknown_handle_and_a_made_up_address_are_mended_in_one_round(run: Run, paper: Path, model: str) -> None:
    good = good_take(run, paper)
    parts = [span.text for span in paragraphs(good["body"])]
    wrong = [parts[0], parts[1] + " See [a study](a77) and [another](https://made-up.example/x).", *parts[2:]]
    repair = {
        "passages": [
            {"name": "paragraph 2", "text": parts[1]},
            {"name": "paragraph 3", "text": "This must be ignored."},
        ]
    }
    fixtures = [answer(repair, task="Your task is to fix passages"), answer({**good, "body": "\n\n".join(wrong)})]
    with serving(paper, fixtures) as port:
        done = run("draft", SOURCE, "--model", model, "--json", folder=paper, env=environment(paper, port))
    assert done.returncode == 0, done.stderr
    draft = Draft.model_validate_json(done.stdout)
    sound(draft, paper)
    first, second = draft.revisions
    assert {finding.code for finding in first.report.findings if finding.severity == "error"} == {"LNK001", "SAF004"}
    assert second.report.verdict == "pass" and draft.chosen == 2
    before, after = ([span.text for span in paragraphs(revision.take.body)] for revision in (first, second))
    assert [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new] == [1]
    exported = run("export", draft.id, folder=paper).stdout
    assert "made-up.example" not in exported


def failed(run: Run, paper: Path, fixtures: list[dict[str, Any]], model: str, *flags: str) -> Draft:
    with serving(paper, fixtures, *flags) as port:
        done = run("draft", SOURCE, "--model", model, "--json", folder=paper, env=environment(paper, port))
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    draft = Draft.model_validate_json(done.stdout)
    assert draft.revisions == () and run("export", draft.id, folder=paper).returncode == 2
    return draft


@pytest.mark.parametrize("model", MODELS)
def test_a_cut_off_reply_is_no_take(run: Run, paper: Path, model: str) -> None:
    draft = failed(run, paper, [answer(good_take(run, paper), finishReason="length")], model)
    assert draft.status == "cut-off"


@pytest.mark.parametrize("model", MODELS)
def test_a_malformed_reply_is_no_take(run: Run, paper: Path, model: str) -> None:
    draft = failed(run, paper, [answer("I am sorry, something went wrong.")], model)
    assert draft.status == "invalid" and draft.usage.calls == 2


@pytest.mark.parametrize("model", MODELS)
def test_a_dropped_connection_is_no_take(run: Run, paper: Path, model: str) -> None:
    assert failed(run, paper, [answer("x")], model, "--chaos-disconnect", "1").status == "failed"


@pytest.mark.parametrize("model", MODELS)
def test_a_429_is_waited_for_as_told(run: Run, paper: Path, model: str) -> None:
    good = good_take(run, paper)
    refused = {
        "match": {"sequenceIndex": 0},
        "response": {"error": {"message": "slow down", "type": "rate_limit_error"}, "status": 429, "retryAfter": 1},
    }
    with serving(paper, [refused, answer(good)]) as port:
        done = run("draft", SOURCE, "--model", model, "--json", folder=paper, env=environment(paper, port))
    assert done.returncode == 0, done.stderr
    draft = Draft.model_validate_json(done.stdout)
    from ourtake.store import Store

    with Store.open(f"sqlite:///{paper}/ourtake.db") as store:
        states = [(call.state, call.attempt) for call in store.calls(draft.id)]
    assert states == [("failed", 1), ("answered", 2)]


def test_the_next_model_is_asked_when_the_first_is_down(run: Run, paper: Path) -> None:
    (paper / "ourtake.toml").write_text(
        (paper / "ourtake.toml").read_text() + '\n[models.dead]\nbase_url = "http://127.0.0.1:9/v1"\n'
    )
    with serving(paper, [answer(good_take(run, paper))]) as port:
        words = ("draft", SOURCE, "--model", "dead:x", "--model", "openai:gpt-6.2-sol", "--json")
        done = run(*words, folder=paper, env=environment(paper, port))
    assert done.returncode == 0, done.stderr
    draft = Draft.model_validate_json(done.stdout)
    assert draft.revisions[0].by == "openai:gpt-6.2-sol" and "dead:x failed" in draft.notes[0]
    assert "dead:x failed" in done.stderr
    sound(draft, paper)
