"""An article's own summary is evidence: what only the summary says is found by code and shown to the verifier."""

from __future__ import annotations

import asyncio
import json

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.config import Settings
from ourtake.documents import Related, Source, Take, Usage
from ourtake.providers.base import OnText, Reply, Request
from ourtake.writing.prompts import Prompts
from ourtake.writing.verify import Story, Verifier, asking, verify

SETTINGS = Settings()
SOURCE = Source(
    title="Harbours",
    outlet="The Post",
    url="https://post.example/1",
    blurb="A minister wants every harbour to have a plan by spring.",
)
SUMMARY = "Repairs of the harbour wall cost the town 4.2 million euros in 2019."
ARTICLE = Related(
    id="r1",
    url="https://ours.example/1",
    title="The harbour wall",
    text="The harbour wall fell twice within three years, and nobody was told why.\n\nThe ferry stopped.",
    summary=SUMMARY,
    handle="a1",
)


class Reader:
    """A verifier that supports every claim about repairs with the words of the summary."""

    name = model = "stub"

    def __init__(self) -> None:
        self.prompt = ""

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        self.prompt = request.prompt
        asked = [line.partition(":") for line in request.prompt.splitlines() if line.startswith("c")]
        claims = [
            {"id": name, "answer": "supported", "document": "a1", "words": SUMMARY, "take_words": ""}
            for name, _, text in asked
            if "epair" in text
        ]
        text = json.dumps({"claims": claims, "findings": []})
        return Reply(status="complete", text=text, stop_reason="stop", usage=Usage(calls=1), model="stub")

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    "claim",
    [
        "The town paid 4.2 million euros for repairs in 2019.",
        "The harbour wall fell twice within three years, and its repair took 4.2 million euros out of the town.",
    ],
)
def test_a_fact_that_only_the_summary_has_is_verified(claim: str) -> None:
    take = Take(headline="Plan it", summary="A plan should come first.", body=claim, tags=())
    context = CheckContext(SOURCE, (ARTICLE,), SETTINGS)
    report = check(take, context)
    assert not [one for one in report.findings if one.code == "FCT001"]
    reader, story = Reader(), Story(SOURCE, (ARTICLE,))
    verifier = Verifier(reader, Prompts(SETTINGS), SETTINGS)
    found = asyncio.run(verify(report, take, story, verifier=verifier, ask=asking(verifier, story)))
    fenced = reader.prompt.split("Document: a1")[1].split("===")[0]
    assert SUMMARY in fenced
    after = check(take, context._replace(read=found.findings, answers=found.answers))
    [statement] = [one for one in after.claims if one.kind == "statement" and one.field == "body"]
    assert (statement.status, statement.by) == ("verified", "model")
    assert [(one.document, one.field) for one in statement.evidence[:1]] == [("r1", "summary")]


def test_a_summary_that_repeats_the_text_is_no_second_document() -> None:
    again = ARTICLE.model_copy(update={"summary": ARTICLE.text.partition("\n\n")[0]})
    take = Take(headline="Plan it", summary="A plan should come first.", body="The harbour wall fell twice.", tags=())
    alone = check(take, CheckContext(SOURCE, (ARTICLE.model_copy(update={"summary": None}),), SETTINGS))
    assert check(take, CheckContext(SOURCE, (again,), SETTINGS)) == alone


def test_a_draft_without_summaries_is_written_as_before_and_so_are_prompts() -> None:
    bare = ARTICLE.model_copy(update={"summary": None})
    assert "summary" not in bare.model_dump(mode="json")
    # The marks around texts are hashes of the articles' repr.
    assert repr(ARTICLE) == repr(bare) and "summary" not in repr(bare)
