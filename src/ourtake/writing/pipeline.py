"""One story down the corridor: look up, write, read the reply, check, repair, store. It reads top to bottom.

It never prints and never chooses a model. Whatever goes wrong after the first stored step, the draft stays in the store with its status:
ready (no error found), needs-work (errors left open), cut-off, refused, empty, invalid, failed (the provider), limit (calls of the budget).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ourtake.archive.lookup import Archive
from ourtake.checks.registry import check
from ourtake.config import Settings
from ourtake.documents import Draft, Related, Report, Revision, Source, Take, Usage
from ourtake.errors import AnswerError, LimitError, ProviderError, StoreError
from ourtake.providers.base import Brief, Provider, Reply, Request, name_of
from ourtake.store import Store
from ourtake.writing.prompts import Prompt, Prompts
from ourtake.writing.repair import mended, passages_at_fault, rank
from ourtake.writing.reply import REPAIR_SCHEMA, TAKE_SCHEMA, take_from

REPAIR_ROUNDS = 2
_NOT_WHOLE = {
    "cut-off": ("The model's reply was cut off before its end.", "Raise max_output_tokens in [models], or choose another model."),
    "refused": ("The model refused to write this take.", "Choose another model, or write it by hand."),
    "empty": ("The model's reply was empty.", "Try again, or choose another model."),
    "invalid": ("The model's reply is not a take.", "Try again, or choose another model."),
}


class Corridor(NamedTuple):
    """What a run is built from, once, in cli/ or web/."""

    store: Store
    archive: Archive
    provider: Provider
    prompts: Prompts
    settings: Settings


class UnsavedError(StoreError):
    """The store could not take a finished draft (a full disk); it is handed over in `draft`, since it was paid for."""

    def __init__(self, what: str, do: str, *, draft: Draft) -> None:
        super().__init__(what, do)
        self.draft = draft


class _Session:
    """The calls of one draft: counts them against the budget and adds up what they used."""

    def __init__(self, corridor: Corridor, draft_id: str, brief: Brief) -> None:
        self.corridor = corridor
        self.draft_id = draft_id
        self.brief = brief
        self.usage = Usage()
        self.by = name_of(corridor.provider)
        self.notes: list[str] = []
        self.made = 0

    async def ask(self, task: str, prompt: Prompt, *, larger: bool = False, on_text: Callable[[str], None] | None = None) -> Reply:
        settings = self.corridor.settings
        if self.made >= settings.budget.calls_per_draft:
            raise LimitError(f"The draft reached its {settings.budget.calls_per_draft} model calls.", "Raise calls_per_draft in [budget].")
        self.made += 1
        request = Request.model_validate(
            {
                "task": task,
                "model": self.corridor.provider.model,
                "system": prompt.system,
                "prompt": prompt.user,
                "json_schema": TAKE_SCHEMA if task == "take" else REPAIR_SCHEMA,
                "max_output_tokens": settings.models.max_output_tokens * (2 if larger else 1),
                "brief": self.brief,
                "draft_id": self.draft_id,
            }
        )
        reply = await self.corridor.provider.reply(request, on_text=on_text)
        self.usage = self.usage.plus(reply.usage)
        self.by = reply.by or self.by
        self.notes += [note for note in reply.notes if note not in self.notes]
        return reply


def look_up(source: Source, *, archive: Archive, settings: Settings) -> list[Related]:
    """The articles that the model is offered: none where none is good enough."""
    return archive.related(source, count=settings.lookup.offered, threshold=settings.lookup.threshold)


async def write_draft(source: Source, corridor: Corridor, *, on_text: Callable[[str], None] | None = None) -> Draft:
    """A draft of a take on the source, checked, mended and stored; its status tells how it ended.

    A provider's failure doesn't raise: it is the draft's `error`, and the draft is kept. on_text receives the reply's raw text as it comes.
    Raises UnsavedError when the store can't take the draft.
    """
    settings = corridor.settings
    related = look_up(source, archive=corridor.archive, settings=settings)
    draft = Draft(
        id=uuid.uuid4().hex[:12],
        status="writing",
        source=source,
        related=tuple(item.model_copy(update={"text": ""}) for item in related),
        model=name_of(corridor.provider),
        created=_now(),
    )
    brief = Brief(source=source, related=tuple(related), shape=settings.take, publication=settings.publication)
    session = _Session(corridor, draft.id, brief)
    status, error, chosen = "failed", None, 1
    revisions: list[Revision] = []
    try:
        take = await _first_take(session, related, on_text=on_text)
        revisions = [_revision(take, session, related=related, number=1)]
        await _mend(session, revisions, related)
        best = min(revisions, key=lambda revision: (rank(revision.report, settings.take), revision.number))
        chosen, status = best.number, "ready" if best.report.verdict == "pass" else "needs-work"
    except AnswerError as failure:
        status, error = failure.status, str(failure)
    except LimitError as failure:
        status, error = "limit", str(failure)
    except ProviderError as failure:
        status, error = "failed", str(failure)
    ended = {"status": status, "error": error, "revisions": tuple(revisions), "chosen": chosen, "usage": session.usage, "notes": tuple(session.notes)}
    done = draft.model_copy(update=ended)
    try:
        await corridor.store.save_draft(done)
    except StoreError as failure:
        raise UnsavedError(failure.what, failure.do, draft=done) from failure
    return done


async def _first_take(session: _Session, related: Sequence[Related], *, on_text: Callable[[str], None] | None) -> Take:
    prompts, source = session.corridor.prompts, session.brief.source
    reply = await session.ask("take", prompts.take(source, related), on_text=on_text)
    if reply.status == "cut-off":
        # What was cut off is never parsed: it is asked for once more with twice the room.
        reply = await session.ask("take", prompts.take(source, related), larger=True, on_text=on_text)
    _whole(reply)
    try:
        return take_from(reply.text, related)
    except AnswerError as failure:
        reply = await session.ask("take", prompts.take(source, related, complaint=failure.what), on_text=on_text)
        _whole(reply)
        return take_from(reply.text, related)


async def _mend(session: _Session, revisions: list[Revision], related: Sequence[Related]) -> None:
    """Append up to REPAIR_ROUNDS mended revisions, each made from the best so far; stop where nothing is wrong or can be mended."""
    corridor, source = session.corridor, session.brief.source
    for _ in range(REPAIR_ROUNDS):
        best = min(revisions, key=lambda revision: (rank(revision.report, corridor.settings.take), revision.number))
        passages = passages_at_fault(best.take, best.report, related)
        if not passages:
            return
        try:
            reply = await session.ask("repair", corridor.prompts.repair(source, related, passages=passages))
            _whole(reply)
            take = mended(best.take, reply.text, passages=passages, related=related)
        except (ProviderError, LimitError, StoreError) as failure:
            # A take that stands is worth more than a mend that failed; the person is told why it was not mended.
            session.notes.append(f"Not mended: {failure.what}")
            return
        if take == best.take:
            session.notes.append("Not mended: the reply changed none of the passages that it was asked for.")
            return
        note = "mended " + ", ".join(passage.name for passage in passages)
        revisions.append(_revision(take, session, related=related, number=len(revisions) + 1, note=note))


def _whole(reply: Reply) -> None:
    if reply.status != "complete":
        what, do = _NOT_WHOLE[reply.status]
        raise AnswerError(what, do, status=reply.status)


def _revision(take: Take, session: _Session, *, related: Sequence[Related], number: int, note: str | None = None) -> Revision:
    corridor = session.corridor
    report = check_take(take, source=session.brief.source, related=related, archive=corridor.archive, settings=corridor.settings)
    return Revision(number=number, take=take, by=session.by, report=report, created=_now(), note=note)


def check_take(take: Take, *, source: Source, related: Sequence[Related], archive: Archive, settings: Settings) -> Report:
    """The report of a take that is offered these articles out of this archive."""
    return check(take, source=source, related=tuple(related), settings=settings, archive=archive)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
