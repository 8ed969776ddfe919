"""The path of one story: 1 look up, 2 write, 3 check, 4 repair, 5 store. `write_draft` follows it, top to bottom.

Nothing here prints or chooses a model. Whatever goes wrong on the way, the draft is stored with its status: ready (no
error found), needs-work (errors are left), cut-off, refused, filtered, empty, invalid, failed (the provider), limit (of
the budget), unknown (a call of an earlier run has no known outcome and may have been billed).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Literal, NamedTuple

from ourtake.archive.lookup import Archive
from ourtake.config import Settings
from ourtake.documents import Draft, Report, Revision, Source, Take
from ourtake.errors import AnswerError, LimitError, ProviderError, StoreError, UnknownCallError
from ourtake.providers.base import Brief, Provider, Reply, Request, name_of, require_whole
from ourtake.providers.endings import window_full
from ourtake.store import Store
from ourtake.store.failpoints import failpoint
from ourtake.values import day_of
from ourtake.writing.checking import Checker, CheckInput, LocalChecker
from ourtake.writing.prompts import Prompt, Prompts, request_for
from ourtake.writing.repair import apply_repair, passages_to_repair, rank
from ourtake.writing.reply import REPAIR_SCHEMA, TAKE_SCHEMA, parse_take
from ourtake.writing.verify import Story, Verifier, verify

REPAIR_ROUNDS = 2
FINISHED = ("ready", "needs-work")
"""The statuses of a finished draft."""
OPEN = ("writing", "limit", "unknown", "failed")
"""The statuses of a draft that can be resumed. One with any other status got an answer that is not a take: only another
answer helps.
"""

OnText = Callable[[str], None]


class Pipeline(NamedTuple):
    """What the drafts of a run are made with; built once, in cli/ or web/. `new_run`: it has no drafts to resume."""

    store: Store
    archive: Archive
    provider: Provider
    prompts: Prompts
    settings: Settings
    run: str = ""
    new_run: bool = False
    verifier: Verifier | None = None
    checker: Checker | None = None

    async def report(self, given: CheckInput) -> Report:
        """Check a take, in this process unless the run has another checker."""
        return await (self.checker or LocalChecker(self.archive, self.settings)).report(given)

    async def close(self) -> None:
        """Close the connections of the writer and the verifier, and end the checker."""
        await self.provider.close()
        if self.verifier is not None:
            await self.verifier.provider.close()
        if self.checker is not None:
            await self.checker.close()


class UnsavedError(StoreError):
    """The store could not take a finished draft (for example, the disk is full). `draft` holds it: it was paid for."""

    def __init__(self, what: str, do: str, *, draft: Draft) -> None:
        super().__init__(what, do)
        self.draft = draft


async def write_draft(
    source: Source,
    pipeline: Pipeline,
    *,
    draft_id: str | None = None,
    repetition: int = 1,
    on_text: OnText | None = None,
) -> Draft:
    """Write a take on the source, check, repair and store it. The draft's status says how that ended.

    A provider's failure doesn't raise: it is the draft's `error`, and the draft is kept. on_text receives the reply's
    raw text as it arrives. If draft_id names an unfinished draft, its revisions are kept and it is resumed; a finished
    one is returned. `repetition`: see Request. Raises UnsavedError when the store can't take the draft.
    """
    earlier = pipeline.store.draft(draft_id) if draft_id and not pipeline.new_run else None
    if earlier is not None and earlier.status in FINISHED:
        return earlier
    # 1. Look up related articles.
    brief = look_up(source, archive=pipeline.archive, settings=pipeline.settings)
    draft = _new_or_resumed(brief, pipeline, draft_id=draft_id or uuid.uuid4().hex[:12], earlier=earlier)
    session = _Session(pipeline, draft, brief, repetition=repetition)
    status, error = "failed", None
    try:
        # 2. Write a take, and 3. check it.
        if not session.revisions:
            await session.add_revision(await _first_take(session, on_text))
        # 4. Repair what the checks found; each repaired take is checked as well.
        await _repair(session)
        await _verify(session)
        status = "ready" if session.best().report.verdict == "pass" else "needs-work"
    except AnswerError as failure:
        status, error = failure.status, str(failure)
    except LimitError as failure:
        status, error = "limit", str(failure)
    except ProviderError as failure:
        status, error = "failed", str(failure)
    # 5. Store the draft.
    ended = {
        "status": status,
        "error": error,
        "revisions": tuple(session.revisions),
        "chosen": session.best().number if session.revisions else 1,
        "notes": tuple(session.notes),
    }
    return await _stored(draft.model_copy(update=ended), pipeline.store)


def look_up(source: Source, *, archive: Archive, settings: Settings) -> Brief:
    """The source with the articles that the model is offered: none if none is related enough."""
    related = archive.related(source, count=settings.lookup.offered, threshold=settings.lookup.threshold)
    return Brief(source=source, related=tuple(related), shape=settings.take, publication=settings.publication)


def first_request(source: Source, *, model: str, archive: Archive, prompts: Prompts, settings: Settings) -> Request:
    """The request for the first take on a source, as `write_draft` makes it."""
    brief = look_up(source, archive=archive, settings=settings)
    prompt = prompts.take(source, brief.related)
    return request_for("take", prompt, model=model, brief=brief, settings=settings, json_schema=TAKE_SCHEMA)


def _new_or_resumed(brief: Brief, pipeline: Pipeline, *, draft_id: str, earlier: Draft | None) -> Draft:
    """The earlier draft if it has revisions, so that it is resumed after its last step; else a new one."""
    offered = tuple(item.model_copy(update={"text": ""}) for item in brief.related)
    if earlier is not None and earlier.revisions:
        return earlier.model_copy(update={"related": offered, "error": None})
    return Draft(
        id=draft_id,
        status="writing",
        source=brief.source,
        related=offered,
        model=name_of(pipeline.provider),
        created=_now(),
        run=pipeline.run,
        cost_usd=0.0,
        notes=_notes_on(brief.source),
    )


def _notes_on(source: Source) -> tuple[str, ...]:
    """What an editor should know about the source first: a future date is a slip, or a clock is wrong."""
    # It may be tomorrow already where the source was published.
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    day = day_of(source.published)
    return (
        (f"The source's date of publication, {day}, is in the future.",) if day is not None and day > tomorrow else ()
    )


class _Session:
    """A draft while it is written: its revisions, its notes, and its calls, which count against the budget."""

    def __init__(self, pipeline: Pipeline, draft: Draft, brief: Brief, *, repetition: int) -> None:
        self.pipeline = pipeline
        self.draft_id = draft.id
        self.brief = brief
        self.revisions = list(draft.revisions)
        self.notes = list(draft.notes)
        self._repetition = repetition
        self._by = name_of(pipeline.provider)
        self._calls = draft.usage.calls

    async def ask(
        self,
        task: Literal["take", "repair"],
        prompt: Prompt,
        *,
        larger: bool = False,
        repair_round: int = 0,
        on_text: OnText | None = None,
    ) -> Reply:
        """The provider's whole or cut-off reply. Raises ProviderError, and LimitError when all calls are used up."""
        provider, settings = self.pipeline.provider, self.pipeline.settings
        most = settings.budget.calls_per_draft
        if self._calls >= most:
            raise LimitError(f"The draft reached its {most} model calls.", "Raise calls_per_draft in [budget].")
        self._calls += 1
        schema = TAKE_SCHEMA if task == "take" else REPAIR_SCHEMA
        request = request_for(
            task, prompt, model=provider.model, brief=self.brief, settings=settings, json_schema=schema, larger=larger
        )
        own = {"draft_id": self.draft_id, "repetition": self._repetition, "repair_round": repair_round}
        reply = await provider.reply(request.model_copy(update=own), on_text=on_text)
        self._by = reply.by or self._by
        self.notes += [note for note in reply.notes if note not in self.notes]
        return reply

    async def add_revision(self, take: Take, *, note: str | None = None) -> None:
        """Check a take and append it."""
        report = await self.pipeline.report(CheckInput(take, self.brief.source, self.brief.related))
        number = len(self.revisions) + 1
        self.revisions.append(Revision(number=number, take=take, by=self._by, report=report, created=_now(), note=note))

    def best(self) -> Revision:
        """The revision with the fewest errors; the first of equal ones."""
        shape = self.pipeline.settings.take
        return min(self.revisions, key=lambda revision: (rank(revision.report, shape), revision.number))


async def _first_take(session: _Session, on_text: OnText | None) -> Take:
    prompts, source, related = session.pipeline.prompts, session.brief.source, session.brief.related
    reply = await session.ask("take", prompts.take(source, related), on_text=on_text)
    if reply.status == "cut-off" and not window_full(reply.stop_reason):
        # A cut-off reply is never parsed: the model is asked once more, with twice the room.
        reply = await session.ask("take", prompts.take(source, related), larger=True, on_text=on_text)
    require_whole(reply)
    try:
        return parse_take(reply.text, related)
    except AnswerError as failure:
        complaint = failure.what
    # Outside the handler: what goes wrong from here on has nothing to do with that reply.
    reply = await session.ask("take", prompts.take(source, related, complaint=complaint), on_text=on_text)
    require_whole(reply)
    return parse_take(reply.text, related)


async def _repair(session: _Session) -> None:
    """Append up to REPAIR_ROUNDS repaired revisions, each made from the best so far; stop when nothing is left to
    repair or a repair fails.
    """
    prompts, source, related = session.pipeline.prompts, session.brief.source, session.brief.related
    for _ in range(len(session.revisions) - 1, REPAIR_ROUNDS):
        best = session.best()
        passages = passages_to_repair(best.take, best.report, related)
        if not passages:
            return
        try:
            prompt = prompts.repair(source, related, passages=passages)
            reply = await session.ask("repair", prompt, repair_round=len(session.revisions))
            require_whole(reply)
            take = apply_repair(best.take, reply.text, passages=passages, related=related)
        except UnknownCallError:
            raise
        except (ProviderError, StoreError) as failure:
            # The take is worth more than its failed repair; a note says why it was not repaired.
            session.notes.append(f"Not repaired: {failure.what}")
            return
        if take == best.take:
            session.notes.append("Not repaired: the reply changed none of the passages that it was asked to fix.")
            return
        await session.add_revision(take, note="repaired " + ", ".join(passage.name for passage in passages))


async def _verify(session: _Session) -> None:
    """Have the verifier, if there is one, read the claims of the best revision that code did not settle."""
    verifier, best, brief = session.pipeline.verifier, session.best(), session.brief
    if verifier is None:
        return
    story = Story(brief.source, brief.related)
    found = await verify(best.report, best.take, story, verifier=verifier, draft_id=session.draft_id)
    session.notes += found.notes
    if found.findings or found.answers:
        given = CheckInput(best.take, brief.source, brief.related, read=found.findings, answers=found.answers)
        report = await session.pipeline.report(given)
        session.revisions[session.revisions.index(best)] = best.model_copy(update={"report": report})


async def _stored(draft: Draft, store: Store) -> Draft:
    """The draft as it was saved, with its usage and cost. Raises UnsavedError."""
    try:
        # From the ledger, not added up on the way: after a kill, only the ledger knows this draft's calls.
        usage, cost = store.spent_on(draft.id)
        draft = draft.model_copy(update={"usage": usage, "cost_usd": None if cost is None else cost / 1_000_000})
        failpoint("before-draft")
        await store.save_draft(draft)
    except StoreError as failure:
        raise UnsavedError(failure.what, failure.do, draft=draft) from failure
    failpoint("after-draft")
    return draft


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
