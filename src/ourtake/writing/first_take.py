"""The first take of a draft: asked for, asked for again where the reply is cut off or not a take, and read."""

from __future__ import annotations

from typing import NamedTuple

from ourtake.documents import SOURCE, SentenceHandles, Take, handle_map
from ourtake.errors import AnswerError
from ourtake.providers.base import OnText, require_whole, window_full
from ourtake.text.counts import count_of
from ourtake.writing.fact_handles import stripped
from ourtake.writing.prompts import Prompt, TakeTerms
from ourtake.writing.reply import parse_take
from ourtake.writing.session import Session
from ourtake.writing.shapes import Build


class FirstTake(NamedTuple):
    """A take and what its sentences rest on, as its writer said."""

    take: Take
    handles: tuple[SentenceHandles, ...]


async def first_take(session: Session, on_text: OnText | None) -> FirstTake:
    """The take in the model's answer. Raises ProviderError and LimitError."""
    plan = session.plan
    session.step(
        "write", f"{count_of(len(plan.of_angle().facts), 'fact')}; {plan.angle().claim}" if plan is not None else ""
    )
    prompt = take_prompt(session)
    reply = await session.ask("take", prompt, on_text=on_text)
    if reply.status == "cut-off" and not window_full(reply.stop_reason):
        # A cut-off reply is never parsed: the model is asked once more, with twice the room.
        reply = await session.ask("take", prompt, larger=True, on_text=on_text)
    require_whole(reply)
    try:
        return _read(session, reply.text)
    except AnswerError as failure:
        complaint = failure.what
    # Outside the handler: what goes wrong from here on has nothing to do with that reply.
    reply = await session.ask("take", take_prompt(session, complaint=complaint), on_text=on_text)
    require_whole(reply)
    return _read(session, reply.text)


def take_prompt(session: Session, *, complaint: str = "") -> Prompt:
    """What the model is asked. `complaint`: what was wrong with its last answer."""
    draft, brief = session.draft, session.brief
    build = Build(draft.shape, draft.closing)  # type: ignore[arg-type]
    terms = TakeTerms(build, session.shape, session.plan, session.wishes.note, complaint)
    return session.pipeline.prompts.take(brief.source, brief.related, terms)


def _read(session: Session, text: str) -> FirstTake:
    take, handles, unknown = stripped(parse_take(text, session.brief.related), known_handles(session))
    if unknown:
        session.note(f"The take cites handles that do not exist: {', '.join(unknown)}.")
    return FirstTake(take, handles)


def known_handles(session: Session) -> set[str]:
    """The handles that a sentence may rest on."""
    facts = session.plan.facts if session.plan is not None else ()
    return {SOURCE, *handle_map(list(session.brief.related)), *(fact.id for fact in facts)}
