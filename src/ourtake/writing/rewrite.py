"""A part of a take written again as an editor's note says: one call, and nothing of the take is changed by it."""

from __future__ import annotations

from typing import NamedTuple

import jiter

from ourtake.config import Settings
from ourtake.documents import Draft, FieldName, Take
from ourtake.errors import AnswerError
from ourtake.providers.base import Brief, OnText, Provider, name_of, require_whole
from ourtake.text.markdown import paragraphs
from ourtake.text.thoughts import Spoken
from ourtake.writing.fact_handles import stripped
from ourtake.writing.feedback import Passage
from ourtake.writing.handles import with_handles
from ourtake.writing.prompts import SCHEMAS, Prompts, request_for
from ourtake.writing.repair import apply_repair


class Order(NamedTuple):
    """What is to be written again, and how. `number`: of a paragraph of the body, from 0. `attempt`: counts from 1, so
    that the same note asked again gets another answer and not the ledger's.
    """

    field: FieldName
    number: int
    note: str
    attempt: int = 1

    @property
    def name(self) -> str:
        """The passage's name in the prompt."""
        return f"paragraph {self.number + 1}" if self.field == "body" else self.field


class Rewrite(NamedTuple):
    """The text of the part, with the archive's addresses; `by`: the model."""

    text: str
    by: str


async def rewrite(
    draft: Draft,
    take: Take,
    order: Order,
    *,
    provider: Provider,
    prompts: Prompts,
    settings: Settings,
    on_text: OnText | None = None,
) -> Rewrite:
    """The part as the model writes it. Raises ProviderError, LimitError, and AnswerError for a reply without it."""
    before = part_of(take, order)
    passage = Passage(order.name, with_handles(before, draft.related))
    story = prompts.passages(draft.source, draft.related)
    shape = settings.take if draft.form == "long" else settings.take.shortened()
    prompt = prompts.repair(
        story, draft.source, draft.related, passages=[passage], shape=shape, plan=draft.plan, note=order.note
    )
    brief = Brief(source=draft.source, related=draft.related, shape=shape, publication=settings.publication)
    request = request_for(
        "repair", prompt, model=provider.model, brief=brief, settings=settings, json_schema=SCHEMAS["repair"]
    )
    own = {"draft_id": draft.id, "repetition": order.attempt}
    reply = await provider.reply(request.model_copy(update=own), on_text=on_text)
    require_whole(reply)
    changed = apply_repair(take, reply.text, passages=[passage], related=draft.related)
    # The handles of facts in braces are for the writer, not for the text.
    facts = {fact.id for fact in draft.plan.facts} if draft.plan is not None else set()
    after = part_of(stripped(changed, facts | {item.handle or "" for item in draft.related} | {"source"}).take, order)
    if after == before:
        raise AnswerError(
            "The model left the text as it was.", "Say in the note what should be different.", status="complete"
        )
    return Rewrite(after, reply.by or name_of(provider))


def part_of(take: Take, order: Order) -> str:
    """The text of the part."""
    if order.field == "body":
        return paragraphs(take.body)[order.number].text
    return ", ".join(take.tags) if order.field == "tags" else str(getattr(take, order.field))


class GrowingPassage:
    """The text of a passage while its reply arrives. It is not checked yet, and its links are handles."""

    def __init__(self) -> None:
        self._spoken = Spoken()

    def add(self, piece: str) -> str:
        """All of the text so far; an empty piece says that the reply starts over."""
        if not piece:
            self._spoken = Spoken()
        self._spoken.add(piece)
        text = self._spoken.text
        start = text.find("{")
        if start < 0:
            return ""
        try:
            found = jiter.from_json(text[start:].encode("utf-8", "replace"), partial_mode="trailing-strings")
        except ValueError:
            return ""
        rows = found.get("passages") if isinstance(found, dict) else None
        first = rows[0] if isinstance(rows, list) and rows else None
        written = first.get("text") if isinstance(first, dict) else None
        return written if isinstance(written, str) else ""
