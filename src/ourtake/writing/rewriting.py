"""What an editor asks for after the draft: a passage rewritten as a note says, and other headlines.

A rewrite is a revision like any other: checked, read again where the draft has a plan, with the handles of its facts. A
headline counts only with a sentence of the body that carries it.
"""

from __future__ import annotations

from ourtake.documents import Draft, HeadlineOption, Take
from ourtake.errors import AnswerError, InputError, LimitError, ProviderError
from ourtake.providers.base import Brief, require_whole
from ourtake.text.counts import count_of
from ourtake.text.plain import plain_line, visible_only
from ourtake.text.tokens import find_quotation, tokenize
from ourtake.writing.fact_handles import carried_handles, stripped
from ourtake.writing.feedback import Passage
from ourtake.writing.first_take import known_handles
from ourtake.writing.handles import without_markup
from ourtake.writing.pipeline import as_offered, look_up, stored
from ourtake.writing.repair import apply_repair, passage_texts
from ourtake.writing.reply import json_object
from ourtake.writing.second_reading import carried, read_again
from ourtake.writing.session import Pipeline, Session, Wishes

MOST_HEADLINES = 10
LONGEST_HEADLINE = 200
_LEAST_WORDS = 4
"""Words of a sentence that carries a headline."""


async def rewrite(draft: Draft, pipeline: Pipeline, *, note: str, paragraph: int | None = None) -> Draft:
    """The draft with one revision more, in which a paragraph (from 1), or all of it, is as the note says.

    Raises InputError where it has no such paragraph, ProviderError and LimitError.
    """
    session, best = reopened(draft, pipeline), draft.standing()
    if best is None:
        raise InputError(f"Draft {draft.id} has no take to rewrite.", "Draft it again.")
    texts = passage_texts(best.take, session.brief.related, best.handles)
    names = [name for name in texts if name != "tags"] if paragraph is None else [f"paragraph {paragraph}"]
    if not set(names) <= texts.keys():
        many = sum(name.startswith("paragraph") for name in texts)
        raise InputError(
            f"Draft {draft.id} has {count_of(many, 'paragraph')}, no paragraph {paragraph}.", "See `drafts show`."
        )
    passages = [Passage(name, texts[name]) for name in names]
    source, related = session.brief.source, session.brief.related
    prompt = pipeline.prompts.repair(
        session.block, source, related, passages=passages, shape=session.shape, plan=session.plan, note=note
    )
    session.step("rewrite")
    reply = await session.ask("repair", prompt, repair_round=len(session.revisions))
    require_whole(reply)
    changed = apply_repair(best.take, reply.text, passages=passages, related=related)
    take, handles, _ = stripped(changed, known_handles(session))
    if take == best.take:
        raise AnswerError("The reply changed nothing.", "Say what is to change in other words.", status="invalid")
    known = carried(session, best, take)
    revision = await session.add_revision(
        take,
        note=f"asked for: {note}",
        handles=carried_handles(best.take, best.handles, take, handles),
        read=known.reread,
    )
    if best.read_by:
        session.replace(revision := await read_again(session, revision, known=known))
    status = "ready" if revision.report.verdict == "pass" else "needs-work"
    new = {"revisions": tuple(session.revisions), "chosen": revision.number, "notes": tuple(session.notes)}
    return draft.model_copy(update={**new, "status": status, "error": None})


async def headlines(draft: Draft, pipeline: Pipeline, *, count: int) -> list[HeadlineOption]:
    """Other headlines for the draft's take, each held against its body. Raises ProviderError and LimitError."""
    session, best = reopened(draft, pipeline), draft.standing()
    if best is None:
        return []
    prompt = pipeline.prompts.headlines(draft.source, best.take, count=count)
    reply = await session.ask("headlines", prompt)
    require_whole(reply)
    rows = json_object(reply.text).get("headlines")
    found: list[HeadlineOption] = []
    for row in rows if isinstance(rows, list) else []:
        text = row.get("headline") if isinstance(row, dict) else None
        words = row.get("carried_by") if isinstance(row, dict) else None
        if isinstance(text, str) and plain_line(text).strip() and len(text) <= LONGEST_HEADLINE:
            found.append(await _held(session, best.take, without_markup(text), str(words or "")))
    return found[:count]


async def with_headlines(draft: Draft, pipeline: Pipeline, *, count: int) -> Draft:
    """The draft with so many other headlines, stored; with a note where the model gave none."""
    if not count or draft.standing() is None or draft.headlines:
        return draft
    try:
        found = await headlines(draft, pipeline, count=count)
        changed: dict[str, object] = {"headlines": tuple(found)}
    except (ProviderError, LimitError) as failure:
        changed = {"notes": (*draft.notes, f"No other headlines: {failure.what}")}
    return await stored(draft.model_copy(update=changed), pipeline.store)


async def _held(session: Session, take: Take, text: str, words: str) -> HeadlineOption:
    """A headline held against the body: a sentence carries it, and the rules of headlines find nothing."""
    said = visible_only(words).strip()
    enough = len(tokenize(said).words) >= _LEAST_WORDS
    if not enough or find_quotation(said, take.body) is None:
        return HeadlineOption(text=text, doubt="No sentence of the body was named that carries it: it may oversell.")
    report = await session.check(take.model_copy(update={"headline": text}))
    wrong = [finding.message for finding in report.findings if finding.field == "headline"]
    return HeadlineOption(text=text, carried_by=said, doubt=wrong[0] if wrong else "")


def reopened(draft: Draft, pipeline: Pipeline) -> Session:
    """The session of a draft that was written before, with the articles that it was written from.

    Its calls count from zero: what an editor asks for is not held against the budget of the draft.
    """
    brief = look_up(draft.source, archive=pipeline.archive, settings=pipeline.settings)
    related = as_offered(draft, brief, pipeline.archive)
    brief = Brief(source=draft.source, related=related, shape=brief.shape, publication=brief.publication)
    bare = draft.model_copy(update={"usage": type(draft.usage)(), "notes": ()})
    return Session(pipeline, bare, brief, wishes=Wishes(), quick=draft.plan is None)
