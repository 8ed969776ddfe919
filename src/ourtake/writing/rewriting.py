"""A take, or a part of it, written again as an editor's note says: one call, which changes nothing of the draft by
itself.

`ourtake rewrite` makes a revision of what comes back, or, for a draft at the desk, proposals; the page makes a
proposal. All of them keep the fact handles of its sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ourtake.documents import Draft, FieldName, Revision, SentenceHandles, Take
from ourtake.errors import AnswerError, InputError
from ourtake.providers.base import Brief, OnText, require_whole
from ourtake.text.counts import count_of
from ourtake.text.markdown import paragraphs
from ourtake.writing.fact_handles import carried_handles, rests_of, stripped
from ourtake.writing.feedback import Passage
from ourtake.writing.first_take import known_handles
from ourtake.writing.pipeline import as_offered, look_up
from ourtake.writing.repair import apply_repair, passage_texts
from ourtake.writing.second_reading import carried, read_again
from ourtake.writing.session import Pipeline, Session, Wishes


class Order(NamedTuple):
    """What to rewrite. `part`: the name of a passage ("summary", "paragraph 2"), or "" for all but the tags. `attempt`
    counts from 1, so that the same note gets another answer when it is asked again, and not the one in the ledger.
    """

    note: str
    part: str = ""
    attempt: int = 1


class Rewrite(NamedTuple):
    """The take with the archive's addresses, and what its sentences rest on; `by`: the model."""

    take: Take
    handles: tuple[SentenceHandles, ...]
    by: str

    def rests_in(self, block: Block) -> dict[str, tuple[str, ...]]:
        """What the sentences of a part of it rest on, by their words."""
        known = rests_of(self.take, self.handles)
        return {
            words: own.handles for (field, words), own in known.items() if field == block.field and words in block.text
        }


class Block(NamedTuple):
    """A part of a take that a rewrite changed: its field and, in the body, the number of its paragraph from 0."""

    field: FieldName
    number: int
    text: str


def part_name(field: FieldName, index: int) -> str:
    """The name of a part of a take in the prompt. `index`: of a paragraph of the body, from 0."""
    return f"paragraph {index + 1}" if field == "body" else field


async def written_again(
    session: Session, revision: Revision, order: Order, *, on_text: OnText | None = None
) -> Rewrite:
    """A revision's take as the model rewrote it.

    Raises InputError if it has no such part, ProviderError, LimitError, and AnswerError for a reply that changes
    nothing.
    """
    source, related, draft = session.brief.source, session.brief.related, session.draft
    texts = passage_texts(revision.take, related, revision.handles)
    names = [order.part] if order.part else [name for name in texts if name != "tags"]
    if not set(names) <= texts.keys():
        many = sum(name.startswith("paragraph") for name in texts)
        what = f"Draft {draft.id} has {count_of(many, 'paragraph')}; there is no {order.part}."
        raise InputError(what, f"Choose another one; `ourtake drafts show {draft.id}` prints the draft.")
    passages = [Passage(name, texts[name]) for name in names]
    prompt = session.pipeline.prompts.repair(
        session.block, source, related, passages=passages, shape=session.shape, plan=session.plan, note=order.note
    )
    session.step("rewrite")
    reply = await session.ask("repair", prompt, repair_round=revision.number, on_text=on_text)
    require_whole(reply)
    changed = apply_repair(revision.take, reply.text, passages=passages, related=related)
    take, new, _ = stripped(changed, known_handles(session))
    if take == revision.take:
        do = "Say in the note what should be different."
        raise AnswerError("The model did not change the text.", do, status="complete")
    return Rewrite(take, carried_handles(rests_of(revision.take, revision.handles), take, new), session.by)


async def rewrite(draft: Draft, pipeline: Pipeline, order: Order) -> Draft:
    """The draft with one revision more, in which a part, or all of it, is as the note says: checked, and read again
    where the one before was. Raises as `written_again`.
    """
    session, best = reopened(draft, pipeline, attempt=order.attempt), standing(draft)
    made = await written_again(session, best, order)
    known = carried(session, best, made.take)
    revision = await session.add_revision(made.take, note=note_of(order), handles=made.handles, read=known.reread)
    if best.read_by:
        session.replace(revision := await read_again(session, revision, known=known))
    status = "ready" if revision.report.verdict == "pass" else "needs-work"
    new = {"revisions": tuple(session.revisions), "chosen": revision.number, "notes": tuple(session.notes)}
    return draft.model_copy(update={**new, "status": status, "error": None})


def note_of(order: Order) -> str:
    """The note of the revision that an order makes."""
    return f"asked for: {order.note}"


def standing(draft: Draft) -> Revision:
    """The draft's revision in force. Raises InputError if it has none."""
    found = draft.standing()
    if found is None:
        raise InputError(f"Draft {draft.id} has no take to rewrite.", "Draft it again.")
    return found


def changed_blocks(before: Take, after: Take) -> Iterator[Block]:
    """The parts in which two takes differ that have the same number of paragraphs."""
    fields: tuple[FieldName, ...] = ("headline", "summary", "body", "tags")
    for field in fields:
        was, now = (_parts(take, field) for take in (before, after))
        for number, (old, new) in enumerate(zip(was, now, strict=True)):
            if old != new:
                yield Block(field, number, new)


def _parts(take: Take, field: FieldName) -> list[str]:
    if field == "body":
        return [span.text for span in paragraphs(take.body)]
    return [", ".join(take.tags) if field == "tags" else str(getattr(take, field))]


def reopened(draft: Draft, pipeline: Pipeline, *, attempt: int = 1) -> Session:
    """The session of a draft that was written before, with the articles that it was written from.

    Its calls count from zero: what an editor asks for is not held against the budget of the draft.
    """
    brief = look_up(draft.source, archive=pipeline.archive, settings=pipeline.settings)
    related = as_offered(draft, brief, pipeline.archive)
    brief = Brief(source=draft.source, related=related, shape=brief.shape, publication=brief.publication)
    bare = draft.model_copy(update={"usage": type(draft.usage)(), "notes": ()})
    return Session(pipeline, bare, brief, wishes=Wishes(), quick=draft.plan is None, repetition=attempt)
