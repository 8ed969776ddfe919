"""One story down the corridor: look up, write, read the reply, check, repair, store. It reads top to bottom.

It never prints and never chooses a model. Whatever goes wrong after the first stored step, the draft stays in the store
with its status: ready (no error found), needs-work (errors left open), cut-off, refused, filtered, empty, invalid,
failed (the provider), limit (of the budget), unknown (a call of an earlier run, which may have been billed, stands in
the way).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from ourtake.archive.lookup import Archive
from ourtake.config import Settings
from ourtake.documents import Draft, Related, Report, Revision, Source, Take
from ourtake.errors import AnswerError, LimitError, ProviderError, StoreError, UnknownCallError
from ourtake.providers.base import Brief, Provider, Reply, Request, name_of, require_whole
from ourtake.store import Store
from ourtake.store.failpoints import failpoint
from ourtake.values import day_of
from ourtake.writing.checking import Checker, CheckInput, LocalChecker
from ourtake.writing.judge import Judge, judged
from ourtake.writing.prompts import Prompt, Prompts
from ourtake.writing.repair import mended, passages_at_fault, rank
from ourtake.writing.reply import REPAIR_SCHEMA, TAKE_SCHEMA, take_from

REPAIR_ROUNDS = 2
FINISHED = ("ready", "needs-work")
"""The statuses of a draft that is done."""
OPEN = ("writing", "limit", "unknown", "failed")
"""Those of one that goes on where it was. Any other one has an answer that is no take: only another answer can help
it.
"""


class Pipeline(NamedTuple):
    """What a run is built from, once, in cli/ or web/; a `new_run` has no earlier drafts to go on with."""

    store: Store
    archive: Archive
    provider: Provider
    prompts: Prompts
    settings: Settings
    run: str = ""
    new_run: bool = False
    judge: Judge | None = None
    checker: Checker | None = None

    async def report(self, given: CheckInput) -> Report:
        """The report of a take, by whoever checks in this run: this process, where nobody else does."""
        return await (self.checker or LocalChecker(self.archive, self.settings)).report(given)

    async def close(self) -> None:
        """Close the connections of the writer and the judge, and end the checker."""
        await self.provider.close()
        if self.judge is not None:
            await self.judge.provider.close()
        if self.checker is not None:
            await self.checker.close()


class UnsavedError(StoreError):
    """The store could not take a finished draft (a full disk); it is handed over in `draft`, since it was paid for."""

    def __init__(self, what: str, do: str, *, draft: Draft) -> None:
        super().__init__(what, do)
        self.draft = draft


class _Session:
    """The calls of one draft: counts them against the budget and keeps what is to be said of them."""

    def __init__(self, corridor: Pipeline, draft: Draft, brief: Brief, *, repetition: int) -> None:
        self.corridor = corridor
        self.draft_id = draft.id
        self.own = {"draft_id": draft.id, "repetition": repetition}
        self.brief = brief
        self.by = name_of(corridor.provider)
        self.notes = list(draft.notes)
        self.made = draft.usage.calls

    async def ask(
        self,
        task: Literal["take", "repair"],
        prompt: Prompt,
        *,
        larger: bool = False,
        repair_round: int = 0,
        on_text: Callable[[str], None] | None = None,
    ) -> Reply:
        settings = self.corridor.settings
        if self.made >= settings.budget.calls_per_draft:
            raise LimitError(
                f"The draft reached its {settings.budget.calls_per_draft} model calls.",
                "Raise calls_per_draft in [budget].",
            )
        self.made += 1
        request = made_request(
            task, prompt, model=self.corridor.provider.model, brief=self.brief, settings=settings, larger=larger
        )
        reply = await self.corridor.provider.reply(
            request.model_copy(update=self.own | {"repair_round": repair_round}), on_text=on_text
        )
        self.by = reply.by or self.by
        self.notes += [note for note in reply.notes if note not in self.notes]
        return reply


def made_request(
    task: Literal["take", "repair"],
    prompt: Prompt,
    *,
    model: str,
    brief: Brief,
    settings: Settings,
    larger: bool = False,
) -> Request:
    """What a provider is asked; `larger`: with twice the room for its answer."""
    return Request(
        task=task,
        model=model,
        system=prompt.system,
        prompt=prompt.user,
        json_schema=TAKE_SCHEMA if task == "take" else REPAIR_SCHEMA,
        max_output_tokens=settings.models.max_output_tokens * (2 if larger else 1),
        brief=brief,
        temperature=settings.models.temperature,
        effort=settings.models.effort,
    )


def look_up(source: Source, *, archive: Archive, settings: Settings) -> list[Related]:
    """The articles that the model is offered: none where none is good enough."""
    return archive.related(source, count=settings.lookup.offered, threshold=settings.lookup.threshold)


async def write_draft(
    source: Source,
    corridor: Pipeline,
    *,
    draft_id: str | None = None,
    repetition: int = 1,
    on_text: Callable[[str], None] | None = None,
) -> Draft:
    """A draft of a take on the source, checked, mended and stored; its status tells how it ended.

    A provider's failure doesn't raise: it is the draft's `error`, and the draft is kept. on_text receives the reply's
    raw text as it comes. With the draft_id of one that is not finished, its revisions stand and it is gone on with; a
    finished one is given back. `repetition`: see Request. Raises UnsavedError when the store can't take the draft.
    """
    settings = corridor.settings
    earlier = corridor.store.draft(draft_id) if draft_id and not corridor.new_run else None
    if earlier is not None and earlier.status in FINISHED:
        return earlier
    related = look_up(source, archive=corridor.archive, settings=settings)
    draft = _begun(source, related, corridor, draft_id=draft_id or uuid.uuid4().hex[:12], earlier=earlier)
    brief = Brief(source=source, related=tuple(related), shape=settings.take, publication=settings.publication)
    session = _Session(corridor, draft, brief, repetition=repetition)
    status, error = "failed", None
    revisions = list(draft.revisions)
    try:
        if not revisions:
            take = await _first_take(session, related, on_text=on_text)
            revisions.append(await _revision(take, session, number=1))
        await _mend(session, revisions, related)
        await _judge(session, revisions)
        status = "ready" if _best(revisions, settings).report.verdict == "pass" else "needs-work"
    except AnswerError as failure:
        status, error = failure.status, str(failure)
    except LimitError as failure:
        status, error = "limit", str(failure)
    except ProviderError as failure:
        status, error = "failed", str(failure)
    chosen = _best(revisions, settings).number if revisions else 1
    ended = {"status": status, "error": error, "revisions": tuple(revisions), "chosen": chosen}
    done = draft.model_copy(update=ended | {"notes": tuple(session.notes)})
    try:
        # Asked of the ledger, not added up on the way: after a kill only it knows what this draft's calls were.
        usage, cost = corridor.store.spent_on(draft.id)
        done = done.model_copy(update={"usage": usage, "cost_usd": None if cost is None else cost / 1_000_000})
        failpoint("before-draft")
        await corridor.store.save_draft(done)
    except StoreError as failure:
        raise UnsavedError(failure.what, failure.do, draft=done) from failure
    failpoint("after-draft")
    return done


def _begun(
    source: Source, related: Sequence[Related], corridor: Pipeline, *, draft_id: str, earlier: Draft | None
) -> Draft:
    """A new draft; or the earlier one, where it was left with revisions, so that it goes on from its last step."""
    offered = tuple(item.model_copy(update={"text": ""}) for item in related)
    if earlier is not None and earlier.revisions:
        return earlier.model_copy(update={"related": offered, "error": None})
    model = name_of(corridor.provider)
    notes = _notes_on(source)
    return Draft(
        id=draft_id,
        status="writing",
        source=source,
        related=offered,
        model=model,
        created=_now(),
        run=corridor.run,
        cost_usd=0.0,
        notes=notes,
    )


def _notes_on(source: Source) -> tuple[str, ...]:
    """What an editor should know of the source before reading on: a day that has not come, here or anywhere, is a slip
    or a clock gone wrong.
    """
    day = day_of(source.published)
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    return (
        (f"The source says that it was published on {day}, which is yet to come.",)
        if day is not None and day > tomorrow
        else ()
    )


def _best(revisions: Sequence[Revision], settings: Settings) -> Revision:
    return min(revisions, key=lambda revision: (rank(revision.report, settings.take), revision.number))


async def _first_take(session: _Session, related: Sequence[Related], *, on_text: Callable[[str], None] | None) -> Take:
    prompts, source = session.corridor.prompts, session.brief.source
    reply = await session.ask("take", prompts.take(source, related), on_text=on_text)
    if reply.status == "cut-off":
        # What was cut off is never parsed: it is asked for once more with twice the room.
        reply = await session.ask("take", prompts.take(source, related), larger=True, on_text=on_text)
    require_whole(reply)
    try:
        return take_from(reply.text, related)
    except AnswerError as failure:
        complaint = failure.what
    # Not within the handler: what goes wrong from here on has nothing to do with that reply.
    reply = await session.ask("take", prompts.take(source, related, complaint=complaint), on_text=on_text)
    require_whole(reply)
    return take_from(reply.text, related)


async def _mend(session: _Session, revisions: list[Revision], related: Sequence[Related]) -> None:
    """Append mended revisions up to REPAIR_ROUNDS, each made from the best so far; stop where nothing is wrong or can
    be mended.
    """
    corridor, source = session.corridor, session.brief.source
    for _ in range(len(revisions) - 1, REPAIR_ROUNDS):
        best = _best(revisions, corridor.settings)
        passages = passages_at_fault(best.take, best.report, related)
        if not passages:
            return
        try:
            reply = await session.ask(
                "repair", corridor.prompts.repair(source, related, passages=passages), repair_round=len(revisions)
            )
            require_whole(reply)
            take = mended(best.take, reply.text, passages=passages, related=related)
        except UnknownCallError:
            raise
        except (ProviderError, StoreError) as failure:
            # A take that stands is worth more than a mend that failed; the person is told why it was not mended.
            session.notes.append(f"Not mended: {failure.what}")
            return
        if take == best.take:
            session.notes.append("Not mended: the reply changed none of the passages that it was asked for.")
            return
        note = "mended " + ", ".join(passage.name for passage in passages)
        revisions.append(await _revision(take, session, number=len(revisions) + 1, note=note))


async def _judge(session: _Session, revisions: list[Revision]) -> None:
    """Have the judge, where there is one, say what bears out the sentences of the revision that stands."""
    corridor = session.corridor
    if corridor.judge is None:
        return
    best = _best(revisions, corridor.settings)
    report, note = await judged(best.report, best.take, session.brief, judge=corridor.judge, draft_id=session.draft_id)
    revisions[revisions.index(best)] = best.model_copy(update={"report": report})
    session.notes += [note] if note else []


async def _revision(take: Take, session: _Session, *, number: int, note: str | None = None) -> Revision:
    report = await session.corridor.report(CheckInput(take, session.brief.source, session.brief.related))
    return Revision(number=number, take=take, by=session.by, report=report, created=_now(), note=note)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
