"""The judge: what it quotes is looked up, what it makes up counts for nothing, and one that is down is said once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from ourtake.checks.base import CheckContext
from ourtake.checks.examples import RELATED, SOUND, SOURCE, build
from ourtake.checks.registry import check
from ourtake.config import Settings
from ourtake.documents import Draft, Report, Usage
from ourtake.errors import TransientError
from ourtake.providers.base import Brief, OnText, Reply, Request
from ourtake.writing.judge import BATCH, Judge, judged
from ourtake.writing.prompts import Prompts
from tests.conftest import Run

TAKE = build(SOUND).take


class Answering:
    """The network's edge: answers from a function of the request's number, or fails."""

    name, model = "scripted", "judge"

    def __init__(self, rows: list[dict[str, Any]] | None) -> None:
        self.rows = rows
        self.requests: list[Request] = []

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        self.requests.append(request)
        if self.rows is None:
            raise TransientError("The server is not there.", "Start it.")
        return Reply(
            status="complete",
            text=json.dumps({"sentences": self.rows}),
            stop_reason="stop",
            usage=Usage(calls=1),
            model=self.model,
        )

    async def close(self) -> None:
        return None


def ask(rows: list[dict[str, Any]] | None) -> tuple[Report, Report, str | None, Answering]:
    provider = Answering(rows)
    report = check(TAKE, CheckContext(SOURCE, RELATED))
    judge = Judge(provider, Prompts(Settings()), Settings())
    after, note = asyncio.run(judged(report, TAKE, Brief(source=SOURCE, related=RELATED), judge=judge, draft_id="d"))
    return report, after, note, provider


def row(number: int, support: str, document: str = "", quotation: str = "") -> dict[str, Any]:
    return {"number": number, "support": support, "document": document, "quotation": quotation}


def test_a_quotation_that_stands_in_the_document_lifts_a_sentence_and_is_its_evidence() -> None:
    quotation = "where the electricity for its new halls will come from"
    _, after, note, provider = ask(
        [
            row(2, "source", "source", quotation),
            row(3, "archive", "a2", "Households pay for the regulator's delays"),
            row(4, "opinion"),
        ]
    )
    assert note is None and len(provider.requests) == -(-len(after.sentences) // BATCH)
    second, third, fourth = after.sentences[1:4]
    assert (second.support, second.evidence[0].document) == ("source", "source")
    assert SOURCE.blurb[second.evidence[0].start : second.evidence[0].end] == second.evidence[0].text == quotation
    assert (third.support, third.evidence[0].document) == ("archive", "r2")
    assert (fourth.support, fourth.evidence) == ("opinion", ())


def test_made_up_evidence_counts_for_nothing() -> None:
    rows = [
        row(2, "source", "source", "the regulator has already agreed to all of it"),
        row(3, "archive", "a9", "Households pay for the regulator's delays"),
        row(4, "source", "source", "six weeks"),
        row(99, "source", "source", ""),
    ]
    before, after, _, _ = ask(rows)
    assert after.sentences == before.sentences


def test_a_judge_that_is_down_is_said_once() -> None:
    _, after, note, provider = ask(None)
    assert note is not None and "scripted:judge" in note and "not there" in note
    assert len(provider.requests) == 1
    assert "unsupported" not in {record.support for record in after.sentences}


def test_the_documents_and_sentences_stand_between_marks() -> None:
    provider = ask([])[3]
    prompt = provider.requests[0].prompt
    assert SOURCE.blurb in prompt and "Document: a3" in prompt and "1. " in prompt
    assert prompt.count("===") % 2 == 0


def test_a_dead_judge_stops_no_draft(run: Run, paper: Path) -> None:
    toml = paper / "ourtake.toml"
    toml.write_text(
        toml.read_text() + '\n[checks]\njudge = "dead:x"\n\n[models.dead]\nbase_url = "http://127.0.0.1:9/v1"\n'
    )
    done = run("draft", "sources/01-data-centre-power.md", "--json", folder=paper)
    assert done.returncode == 0, done.stderr
    draft = Draft.model_validate_json(done.stdout)
    assert [note for note in draft.notes if note.startswith("Could not check what supports")] == list(draft.notes)[-1:]
