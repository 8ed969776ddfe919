"""The path of one story: 1 look up, 2 plan, 3 write, 4 check, 5 read again, 6 repair, 7 store. `write_draft` follows
it, top to bottom; with `process = "quick"` step 2 is left out, and step 5 unless verification is asked for.

Nothing here prints or chooses a model. Whatever goes wrong on the way, the draft is stored with its status: ready (no
error found), needs-work (errors are left), planned (no take was asked for yet), cut-off, refused, filtered, empty,
invalid, failed (the provider), limit (of the budget), unknown (a call of an earlier run has no known outcome and may
have been billed).
"""

from __future__ import annotations

import datetime
import uuid
from contextlib import suppress

from ourtake.archive.lookup import Archive
from ourtake.config import Settings
from ourtake.documents import Draft, Related, Source
from ourtake.errors import AnswerError, LimitError, ProviderError, StoreError
from ourtake.providers.base import Brief, OnText, Request, name_of
from ourtake.store import Store
from ourtake.store.failpoints import failpoint
from ourtake.text.counts import count_of
from ourtake.values import day_of, utc_now
from ourtake.writing.context import is_short
from ourtake.writing.first_take import first_take
from ourtake.writing.planning import plan_draft
from ourtake.writing.prompts import Prompt, Prompts, TakeTerms, request_for
from ourtake.writing.repairing import REPAIR_ROUNDS, repair
from ourtake.writing.second_reading import carried, read_again
from ourtake.writing.session import LEAST_CALLS, OnStep, Pipeline, Session, Wishes
from ourtake.writing.shapes import LAST, EarlierBuild, choose

__all__ = [
    "REPAIR_ROUNDS",
    "OnText",
    "Pipeline",
    "UnsavedError",
    "Wishes",
    "first_request",
    "look_up",
    "quick_prompt",
    "stored",
    "write_draft",
]

FINISHED = ("ready", "needs-work")
"""The statuses of a finished draft."""
PLANNED = "planned"
"""The status of a draft with angles to choose from and no take; `write_draft` goes on from its plan."""
OPEN = ("writing", "limit", "unknown", "failed")
"""The statuses of a draft that can be resumed. One with any other status got an answer that is not a take: only another
answer helps.
"""


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
    on_step: OnStep | None = None,
    wishes: Wishes = Wishes(),  # noqa: B008
) -> Draft:
    """Write a take on the source, check, read again, repair and store it. The draft's status says how that ended.

    A provider's failure doesn't raise: it is the draft's `error`, and the draft is kept. on_text receives the raw text
    of the take's reply as it arrives, on_step the name of each step. If draft_id names an unfinished draft, its plan
    and revisions are kept and it is resumed; a finished one is returned. `repetition`: see Request. Raises UnsavedError
    when the store can't take the draft, and InputError for an angle that the plan does not have.
    """
    earlier = pipeline.store.draft(draft_id) if draft_id and not pipeline.new_run else None
    if earlier is not None and earlier.status in FINISHED:
        return earlier
    # 1. Look up related articles.
    brief = look_up(source, archive=pipeline.archive, settings=pipeline.settings)
    session = _session(brief, pipeline, draft_id or uuid.uuid4().hex[:12], earlier, wishes, repetition)
    session.on_step = on_step
    status, error = "failed", None
    try:
        # 2. Plan: facts, angles, and how this take is built.
        if not session.revisions:
            await _plan(session)
            if wishes.plan_only:
                if session.plan is None and pipeline.provider.name == "baseline":
                    session.note("The built-in baseline makes no plans: there are no angles to choose from.")
                return await stored(_ended(session, PLANNED), pipeline.store)
            # 3. Write a take, and 4. check it.
            take, handles = await first_take(session, on_text)
            note = f"asked for: {wishes.note}" if wishes.note else None
            await session.add_revision(take, note=note, handles=handles)
        # 5. Read it again beside the texts.
        await _read_again(session)
        # 6. Repair what was found; each repaired take is checked and read again as well.
        await repair(session)
        status = "ready" if session.best().report.verdict == "pass" else "needs-work"
    except AnswerError as failure:
        status, error = failure.status, str(failure)
    except LimitError as failure:
        status, error = "limit", str(failure)
    except ProviderError as failure:
        status, error = "failed", str(failure)
    # 7. Store the draft.
    return await stored(_ended(session, status, error), pipeline.store)


def look_up(source: Source, *, archive: Archive, settings: Settings) -> Brief:
    """The source with the articles that the model is offered: none if none is related enough."""
    related = archive.related(source, count=settings.lookup.offered, threshold=settings.lookup.threshold)
    shape = settings.take.shortened() if is_short(source, related) else settings.take
    return Brief(source=source, related=tuple(related), shape=shape, publication=settings.publication)


def first_request(source: Source, *, model: str, archive: Archive, prompts: Prompts, settings: Settings) -> Request:
    """The request for the first take on a source, as `write_draft` makes it in one call."""
    brief = look_up(source, archive=archive, settings=settings)
    prompt = quick_prompt(brief, prompts)
    return request_for("take", prompt, model=model, brief=brief, settings=settings)


def quick_prompt(brief: Brief, prompts: Prompts) -> Prompt:
    """The prompt of a take that is written in one call."""
    return prompts.take(
        brief.source, brief.related, TakeTerms(choose(brief.source, None, brief.shape, ()), brief.shape)
    )


def _session(
    brief: Brief, pipeline: Pipeline, draft_id: str, earlier: Draft | None, wishes: Wishes, repetition: int
) -> Session:
    """A new draft, or the earlier one if it has a plan or revisions: it is resumed after its last step."""
    quick = _is_quick(pipeline, wishes)
    if earlier is not None and (earlier.revisions or earlier.plan is not None):
        if earlier.plan is not None:
            brief = brief.model_copy(update={"related": as_offered(earlier, brief, pipeline.archive)})
        draft = earlier.model_copy(update={"related": _bare(brief.related), "error": None})
        return Session(pipeline, draft, brief, wishes=wishes, quick=earlier.plan is None, repetition=repetition)
    build = choose(brief.source, None, pipeline.settings.take, ())
    draft = Draft(
        id=draft_id,
        status="writing",
        source=brief.source,
        related=_bare(brief.related),
        model=name_of(pipeline.provider),
        created=utc_now(),
        run=pipeline.run,
        cost_usd=0.0,
        notes=_notes_on(brief.source),
        form="short" if is_short(brief.source, brief.related) else "long",
        shape=build.shape,
        closing=build.closing,
    )
    return Session(pipeline, draft, brief, wishes=wishes, quick=quick, repetition=repetition)


def _is_quick(pipeline: Pipeline, wishes: Wishes) -> bool:
    """Whether the take is written in one call: the baseline can't do more."""
    return (wishes.process or pipeline.settings.take.process) == "quick" or pipeline.provider.name == "baseline"


def as_offered(earlier: Draft, brief: Brief, archive: Archive) -> tuple[Related, ...]:
    """The articles that an earlier run offered, under the same handles, with their texts."""
    known = {item.id: item for item in brief.related}
    texts = {item.id: known.get(item.id) or archive.by_url(item.url) for item in earlier.related}
    return tuple(
        item if (found := texts[item.id]) is None else item.model_copy(update={"text": found.text})
        for item in earlier.related
    )


async def _plan(session: Session) -> None:
    """Give the draft its plan and its shape, and store them: a run that is resumed goes on from the same plan."""
    pipeline, draft = session.pipeline, session.draft
    if session.quick or draft.plan is not None:
        return
    most = pipeline.settings.budget.calls_per_draft
    if most < LEAST_CALLS:
        session.note(
            f"Written in one call: calls_per_draft = {most} in [budget] leaves no room for a plan and a second reading."
        )
        session.quick = True
        return
    session.step("plan", count_of(len(session.brief.related), "article"))
    plan = await plan_draft(session)
    if plan is None:
        session.go_quick()
        return
    recent = pipeline.store.recent_drafts(LAST, besides_run=pipeline.run)
    build = choose(draft.source, plan, pipeline.settings.take, [_build_of(one) for one in recent])
    planned = {"plan": plan, "shape": build.shape, "closing": build.closing, "related": _bare(session.brief.related)}
    session.draft = draft.model_copy(update=planned)
    await pipeline.store.save_draft(session.draft.model_copy(update={"notes": tuple(session.notes)}))


def _ended(session: Session, status: str, error: str | None = None) -> Draft:
    """The draft as it is to be stored."""
    ended = {
        "status": status,
        "error": error,
        "related": _bare(session.brief.related),
        "revisions": tuple(session.revisions),
        "chosen": session.best().number if session.revisions else 1,
        "notes": tuple(session.notes),
    }
    return session.draft.model_copy(update=ended)


def _build_of(draft: dict[str, object]) -> EarlierBuild:
    source = draft.get("source")
    url = source.get("url") if isinstance(source, dict) else ""
    return EarlierBuild(str(url), str(draft.get("shape") or ""), str(draft.get("closing") or ""))


async def _read_again(session: Session) -> None:
    """Have the newest revision read again, if nobody has; what a repair changed is read with the repair."""
    newest = session.revisions[-1]
    if not session.reads or newest.read_by:
        return
    best = session.best()
    known = carried(session, best, newest.take) if best.read_by else None
    session.replace(await read_again(session, newest, known=known))


def _bare(related: tuple[Related, ...]) -> tuple[Related, ...]:
    return tuple(item.model_copy(update={"text": ""}) for item in related)


def _notes_on(source: Source) -> tuple[str, ...]:
    """What an editor should know about the source first: a future date is a slip, or a clock is wrong."""
    # It may be tomorrow already where the source was published.
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    day = day_of(source.published)
    return (
        (f"The source's date of publication, {day}, is in the future.",) if day is not None and day > tomorrow else ()
    )


async def stored(draft: Draft, store: Store) -> Draft:
    """The draft as it was saved, with its usage and cost. Raises UnsavedError."""
    failpoint("before-draft")
    try:
        # From the ledger, not added up on the way: after a kill, only the ledger knows this draft's calls.
        saved = await store.save_paid(draft)
    except StoreError as failure:
        with suppress(StoreError):  # a full disk can still be read
            draft = store.paid(draft)
        raise UnsavedError(failure.what, failure.do, draft=draft) from failure
    failpoint("after-draft")
    return saved
