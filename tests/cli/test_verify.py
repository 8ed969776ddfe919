"""`check --verify` and `claims --verify` against a server on loopback that answers the real prompt.

What it quotes is looked up; what it says without words counts for nothing; its calls are in the ledger, within the
limits in money, and are not paid twice.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.completions_server import CompletionsServer, completion
from tests.conftest import Run

BLURB = "The harbour board has let the ferry use the new pier, although three of its members were against that."
TAKE = f"""---
title: A pier for the ferry
source: {{title: A ferry gets its pier, outlet: The Post, url: "https://post.example/1", blurb: "{BLURB}"}}
summary: The board of the harbour lets the ferry use its pier. The ferry had asked for years. All members were for it.
tags: [harbour]
---

It is what we wanted. Who pays?
"""
SETTINGS = """
[models]
default = "stub:reader"

[models.stub]
base_url = "{url}"

[prices."stub:reader"]
input = 1
output = 2
"""

Answer = Callable[[dict[str, str]], dict[str, Any] | str]


class Reader:
    """Answers each request with a function of its numbered sentences; `prompts` keeps what was asked."""

    def __init__(self, answer: Answer) -> None:
        self.prompts: list[str] = []
        self._answered = answer
        self._server = CompletionsServer(self._reply)
        self.url, self.close = self._server.url, self._server.close

    def _reply(self, body: dict[str, Any]) -> dict[str, Any]:
        prompt = body["messages"][-1]["content"]
        self.prompts.append(prompt)
        found = self._answered(dict(re.findall(r"^(c\d+): (.*)$", prompt, re.MULTILINE)))
        return completion("reader", found if isinstance(found, str) else json.dumps(found))


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Answer], Reader]]:
    running: list[Reader] = []

    def start(answer: Answer) -> Reader:
        running.append(Reader(answer))
        (tmp_path / "take.md").write_text(TAKE)
        (tmp_path / "ourtake.toml").write_text(SETTINGS.format(url=running[-1].url))
        return running[-1]

    yield start
    for one in running:
        one.close()


def row(number: str, answer: str, words: str = "", take_words: str = "") -> dict[str, str]:
    document = "source" if words else ""
    return {"id": number, "answer": answer, "document": document, "words": words, "take_words": take_words}


def careful(items: dict[str, str]) -> dict[str, Any]:
    """What a careful reader says of the take."""
    claims, findings = [], []
    for number, text in items.items():
        if text.startswith("The board"):
            claims.append(row(number, "supported", "has let the ferry use the new pier"))
        elif text.startswith("The ferry had"):
            claims.append(row(number, "absent"))
        elif text.startswith("All members"):
            claims.append(row(number, "contradicted", "three of its members were against that", "All members"))
            findings.append(
                {"id": number, "kind": "scope", "take_words": "All members", "document": "source",
                 "words": "three of its members were against that", "why": "Three were against it.", "instead": ""}
            )  # fmt: skip
    return {"claims": claims, "findings": findings}


def checked(run: Run, *more: str) -> dict[str, Any]:
    done = run("check", "take.md", "--format", "json", "--select", "FCT,SUP", *more)
    assert "Traceback" not in done.stderr, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def statuses(report: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        claim["text"]: (claim["status"], claim["by"])
        for claim in report["claims"]
        if (claim["kind"], claim["field"]) == ("statement", "summary")
    }


def test_what_the_verifier_proves_counts_and_nothing_else(run: Run, serve: Callable[[Answer], Reader]) -> None:
    reader = serve(careful)
    before = checked(run)
    assert {status for status, _ in statuses(before).values()} == {"not-checked"} and not reader.prompts
    after = checked(run, "--verify")
    assert statuses(after) == {
        "The board of the harbour lets the ferry use its pier.": ("verified", "model"),
        "The ferry had asked for years.": ("not-found", "model"),
        "All members were for it.": ("differs", "model"),
    }
    found = {one["code"]: one for one in after["findings"] if one.get("by")}
    assert (found["FCT006"]["severity"], found["FCT006"]["text"]) == ("error", "All members")
    assert (found["SUP002"]["severity"], found["FCT006"]["by"]) == ("warning", "stub:reader")
    assert after["verdict"] == "fail" and "1 error found; of " in after["verdict_line"]
    assert BLURB in reader.prompts[0] and len(reader.prompts) == 1


def test_the_same_claims_are_not_paid_twice_and_limits_hold(run: Run, serve: Callable[[Answer], Reader]) -> None:
    reader = serve(careful)
    assert run("check", "take.md", "--verify", "--max-cost", "0.0001").returncode == 4 and not reader.prompts
    first = checked(run, "--verify")
    assert checked(run, "--verify")["claims"] == first["claims"] and len(reader.prompts) == 1
    sheet = run("claims", "take.md", "--verify").stdout
    assert len(reader.prompts) == 1 and "by a model" in sheet and "[[All members]] were for it." in sheet
    assert checked(run, "--verify", "--fresh")["claims"] == first["claims"] and len(reader.prompts) == 2
    cost = json.loads(run("calls", "cost", "--by", "model", "--json").stdout)
    assert [(one["name"], one["answered"]) for one in cost["rows"]] == [("stub:reader", 2)]


def test_two_takes_are_verified_at_once_and_one_take_by_one_process(
    run: Run, serve: Callable[[Answer], Reader], tmp_path: Path
) -> None:
    meanwhile: list[subprocess.CompletedProcess[str]] = []

    def answer(items: dict[str, str]) -> dict[str, Any]:
        if not meanwhile:
            meanwhile.append(run("check", "take.md", "--verify", "--select", "FCT"))
            meanwhile.append(run("check", "other.md", "--verify", "--select", "FCT"))
        return careful(items)

    serve(answer)
    (tmp_path / "other.md").write_text(TAKE.replace("for years", "since May"))
    checked(run, "--verify")
    same, other = meanwhile
    assert same.returncode == 2 and "This is being checked by process" in same.stderr
    assert other.returncode == 1 and "FCT006" in other.stdout, other.stderr


def unproven(items: dict[str, str]) -> dict[str, Any]:
    """A yes and a no for every claim with words that are in no text, or with none."""
    return {"claims": [row(one, "supported", "everybody in town agreed to this") for one in items],
            "findings": [{"id": one, "kind": "polarity", "take_words": "", "document": "source", "words": "",
                          "why": "No.", "instead": ""} for one in items]}  # fmt: skip


@pytest.mark.parametrize("answer", [unproven, lambda items: "I can't help with that.", lambda items: {"claims": 7}])
def test_an_answer_without_proof_settles_nothing(run: Run, serve: Callable[[Answer], Reader], answer: Answer) -> None:
    reader = serve(answer)
    before, after = checked(run), checked(run, "--verify")
    assert reader.prompts and after["claims"] == before["claims"] and after["findings"] == before["findings"]


def test_a_verifier_that_is_down_leaves_the_claims_unchecked_and_says_so(
    run: Run, serve: Callable[[Answer], Reader]
) -> None:
    serve(careful).close()
    done = run("check", "take.md", "--format", "json", "--select", "FCT", "--verify")
    assert done.returncode == 3 and "claims were not checked by stub:reader" in done.stderr
    assert {status for status, _ in statuses(json.loads(done.stdout)).values()} == {"not-checked"}


def test_without_a_model_verify_says_what_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "take.md").write_text(TAKE)
    (tmp_path / "ourtake.toml").write_text('[models]\ndefault = "baseline"\n')
    done = run("check", "take.md", "--verify")
    assert done.returncode == 2 and "--verify needs a model" in done.stderr
