"""A second opinion on what supports each sentence: a model answers, and code looks up what it quotes.

A judge may change a sentence's class in either direction. It can't make up evidence: "supported" counts only if the
document that it names contains the words that it quotes. If the judge can't be reached, sentences that word matching
called unsupported become unknown; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ourtake.checks.evidence import Document, documents_of
from ourtake.config import Settings
from ourtake.documents import Evidence, Report, SentenceRecord, Take, handle_map
from ourtake.errors import AnswerError, ProviderError, StoreError, UnknownCallError
from ourtake.providers.base import Brief, Provider, name_of, require_whole
from ourtake.text.plain import visible_only
from ourtake.text.tokens import find_quotation, tokenize
from ourtake.writing.prompts import Prompts, request_for
from ourtake.writing.reply import STRING, json_object, list_of, schema_of

BATCH = 12
"""Sentences in one request."""

LEAST_QUOTED = 5
"""Words that a quotation needs to count as evidence."""

LONGEST = 12_000
"""Characters of a document that a judge sees."""

CLASSES = ("source", "archive", "opinion", "unsupported", "unknown")
SUPPORT_SCHEMA = schema_of(
    sentences=list_of(
        schema_of(number={"type": "integer"}, support=STRING | {"enum": [*CLASSES]}, document=STRING, quotation=STRING)
    )
)


class PromptDocument(NamedTuple):
    """A document in the prompt; its name is "source" or a handle."""

    name: str
    text: str


class PromptSentence(NamedTuple):
    """A sentence in the prompt, with its number, from 1."""

    number: int
    text: str


class Judge(NamedTuple):
    """The judge's model, and what its requests are made with."""

    provider: Provider
    prompts: Prompts
    settings: Settings


async def judged(report: Report, take: Take, brief: Brief, *, judge: Judge, draft_id: str) -> tuple[Report, str | None]:
    """The report with its sentences judged, and a note if the judge could not be asked. Raises UnknownCallError."""
    own, *others = documents_of(brief.source, brief.related)
    documents = {"source": own} | dict(zip(handle_map(list(brief.related)), others, strict=True))
    records = list(report.sentences)
    note = None
    for first in range(0, len(records), BATCH):
        batch = records[first : first + BATCH]
        shown = [
            PromptSentence(number, visible_only(getattr(take, one.field)[one.start : one.end]))
            for number, one in enumerate(batch, first + 1)
        ]
        try:
            answers = await _answers(shown, documents, brief, judge=judge, draft_id=draft_id)
        except UnknownCallError:
            raise
        except (ProviderError, AnswerError, StoreError) as failure:
            note = f"Could not check what supports the sentences with {name_of(judge.provider)}: {failure.what}"
            records[first:] = [
                one.model_copy(update={"support": "unknown"}) if one.support == "unsupported" else one
                for one in records[first:]
            ]
            break
        for number, record in enumerate(batch, first + 1):
            records[number - 1] = _updated(record, answers.get(number), documents)
    return report.model_copy(update={"sentences": tuple(records)}), note


async def _answers(
    sentences: Sequence[PromptSentence], documents: dict[str, Document], brief: Brief, *, judge: Judge, draft_id: str
) -> dict[int, dict[str, Any]]:
    shown = [PromptDocument(name, visible_only(document.text)[:LONGEST]) for name, document in documents.items()]
    prompt = judge.prompts.support(brief.source, brief.related, documents=shown, asked=sentences)
    model, settings = judge.provider.model, judge.settings
    request = request_for("support", prompt, model=model, brief=brief, settings=settings, json_schema=SUPPORT_SCHEMA)
    reply = await judge.provider.reply(request.model_copy(update={"draft_id": draft_id}))
    require_whole(reply)
    rows = json_object(reply.text).get("sentences")
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {row["number"]: row for row in found if isinstance(row.get("number"), int)}


def _updated(record: SentenceRecord, answer: dict[str, Any] | None, documents: dict[str, Document]) -> SentenceRecord:
    """The record as the judge sees it; unchanged if the judge says nothing, or quotes what can't be found."""
    support = answer.get("support") if answer else None
    if answer is None or support not in CLASSES:
        return record
    if support in ("source", "archive"):
        evidence = _evidence(answer, documents)
        if evidence is None:
            return record
        return record.model_copy(
            update={"support": "source" if evidence.document == "source" else "archive", "evidence": (evidence,)}
        )
    return record.model_copy(update={"support": support, "evidence": ()})


def _evidence(answer: dict[str, Any], documents: dict[str, Document]) -> Evidence | None:
    document = documents.get(str(answer.get("document", "")).strip())
    quotation = str(answer.get("quotation", ""))
    if document is None or len(tokenize(quotation).words) < LEAST_QUOTED:
        return None
    place = find_quotation(quotation, document.text)
    return None if place is None else document.evidence(*tokenize(document.text).span(place.first, place.last))
