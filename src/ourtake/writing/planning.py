"""The plan of a draft: a model makes it, with lookups in the archive if it asks for them, and code checks it.

A plan from which nothing can be written is asked for once more with what was wrong. A model that can't plan writes in
one call instead, and the draft says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ourtake.documents import Plan
from ourtake.errors import AnswerError, InputError, PermanentError, UnableError
from ourtake.providers.base import require_whole
from ourtake.text.counts import count_of
from ourtake.writing.plan import ReadPlan, read_plan
from ourtake.writing.session import LEAST_CALLS, Session

_TOO_MUCH = (400, 413, 422)
"""Statuses by which a provider refuses a request that another form of it may pass."""

ADDED = 2
"""Articles that one look-up of a plan may add."""


class _PlanReply(NamedTuple):
    """A plan, or what was wrong with the reply; `final`: asking again can't help."""

    plan: ReadPlan | None
    wrong: str = ""
    final: bool = False


async def plan_draft(session: Session) -> Plan | None:
    """The plan, with the requested angle chosen; None, with a note, if the model can't make one.

    Raises InputError for an angle that the plan does not have, ProviderError and LimitError.
    """
    found = await _ask_for_plan(session, may_look_up=True)
    looked_up: dict[str, tuple[str, ...]] = {}
    if found.plan is not None and found.plan.look_up:
        # A reply that asks for look-ups has no plan yet, as the prompt says; one that has may be written from.
        looked_up = _look_up(session, found.plan.look_up)
        if any(looked_up.values()) or not found.plan.given:
            found = await _ask_for_plan(session, looked_up=looked_up)
    # Asked again only with calls left for the take and its second reading.
    if found.wrong and not found.final and session.calls_left() >= LEAST_CALLS:
        found = await _ask_for_plan(session, complaint=found.wrong, looked_up=looked_up)
    if found.plan is None or found.wrong:
        session.note(f"Written in one call, without a plan: {found.wrong}")
        return None
    _note_dropped(session, found.plan)
    return _with_choice(found.plan.plan, session.wishes.angle)


async def _ask_for_plan(
    session: Session,
    *,
    complaint: str = "",
    looked_up: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    may_look_up: bool = False,
) -> _PlanReply:
    wishes, prompts = session.wishes, session.pipeline.prompts
    claim = wishes.angle if isinstance(wishes.angle, str) else ""
    prompt = prompts.plan(
        session.block,
        angles=wishes.angles,
        claim=claim,
        complaint=complaint,
        looked_up=looked_up,
        may_look_up=may_look_up,
    )
    try:
        reply = await session.ask("plan", prompt)
        if reply.status == "cut-off":
            return _PlanReply(None, "The plan was cut off before its end: keep every entry shorter.")
        require_whole(reply)
        found = read_plan(reply.text, session.texts(), in_order=bool(claim))
        return _PlanReply(found, found.problem())
    except AnswerError as failure:
        if failure.status in ("refused", "filtered", "unknown"):
            raise
        return _PlanReply(None, failure.what)
    except PermanentError as failure:
        # A writer without plans, or a prompt or schema that is too much for the model: one call may still do.
        if failure.lasting or not (isinstance(failure, UnableError) or failure.status in _TOO_MUCH):
            raise
        return _PlanReply(None, failure.what, final=True)


def _look_up(session: Session, wanted: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Add to the offered articles what the archive has for these words, from before the source: the handles of those
    that each search has added.
    """
    brief, related = session.brief, list(session.brief.related)
    archive, least = session.pipeline.archive, session.pipeline.settings.lookup.threshold
    added: dict[str, tuple[str, ...]] = {}
    for words in wanted:
        known = {item.id for item in related}
        found = archive.search_before(brief.source, words, count=ADDED, threshold=least, without=known)
        added[words] = tuple(f"a{number}" for number in range(len(related) + 1, len(related) + len(found) + 1))
        related += [
            item.model_copy(update={"handle": handle}) for item, handle in zip(found, added[words], strict=True)
        ]
    if len(related) > len(brief.related):
        session.add_related(brief.model_copy(update={"related": tuple(related)}))
    nothing = [f"\u201c{words}\u201d" for words, handles in added.items() if not handles]
    if nothing:
        session.note(f"The plan looked up what the archive has nothing new about: {', '.join(nothing)}.")
    return added


def _note_dropped(session: Session, found: ReadPlan) -> None:
    """Say which parts of the plan can't be used."""
    facts = [one for one in found.dropped if not one.what.startswith("angle")]
    if facts:
        listed = "; ".join(f"{one.what}: {one.why}" for one in facts[:3])
        session.note(
            f"Of {count_of(found.given, 'fact')} of the plan, {count_of(len(facts), 'was', 'were')} dropped ({listed})."
        )
    for one in found.dropped:
        if one.what.startswith("angle"):
            session.note(f"The plan's {one.what} was dropped: {one.why}.")


def _with_choice(plan: Plan, wanted: int | str) -> Plan:
    """The plan with the angle that is written. Raises InputError where it has no angle of that number."""
    if isinstance(wanted, str):
        # The first angle is the editor's claim with what the plan found for it.
        own = plan.angles[0].model_copy(update={"claim": wanted})
        return plan.model_copy(update={"chosen": 0, "own": own})
    if wanted > len(plan.angles):
        angles = count_of(len(plan.angles), "angle")
        raise InputError(f"The plan of this story has {angles}, not {wanted}.", "See `ourtake angles SOURCE`.")
    return plan.model_copy(update={"chosen": wanted})
