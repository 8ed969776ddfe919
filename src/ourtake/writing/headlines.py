"""Other headlines for a finished take. One counts only if it names a sentence of the body that supports it."""

from __future__ import annotations

from ourtake.documents import Draft, HeadlineOption, Take
from ourtake.errors import LimitError, ProviderError
from ourtake.providers.base import require_whole
from ourtake.text.plain import plain_line, visible_only
from ourtake.text.tokens import find_quotation, tokenize
from ourtake.writing.handles import without_markup
from ourtake.writing.pipeline import stored
from ourtake.writing.reply import json_object
from ourtake.writing.rewriting import reopened
from ourtake.writing.session import Pipeline, Session

LONGEST_HEADLINE = 200
_LEAST_WORDS = 4
"""Words of a sentence that carries a headline."""


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
    """The draft with `count` alternative headlines, stored; with a note where the model gave none."""
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
        return HeadlineOption(
            text=text, doubt="No sentence of the body that supports it was named, so it may oversell."
        )
    report = await session.check(take.model_copy(update={"headline": text}))
    wrong = [finding.message for finding in report.findings if finding.field == "headline"]
    return HeadlineOption(text=text, carried_by=said, doubt=wrong[0] if wrong else "")
