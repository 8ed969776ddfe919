"""The repairs of a draft: all findings of its passages in one call, and what a repair changed is read again."""

from __future__ import annotations

from collections.abc import Sequence

from ourtake.documents import Revision, Take
from ourtake.errors import ProviderError, StoreError, UnknownCallError
from ourtake.providers.base import require_whole
from ourtake.text.counts import count_of
from ourtake.text.words import count_words
from ourtake.writing.fact_handles import carried_handles, rests_of, stripped
from ourtake.writing.feedback import Passage
from ourtake.writing.first_take import known_handles
from ourtake.writing.following import left_standing
from ourtake.writing.repair import apply_repair, passages_to_repair
from ourtake.writing.second_reading import carried, read_again, with_reading
from ourtake.writing.session import Session

REPAIR_ROUNDS = 2
REPAIRED = "repaired"
"""How the note of a repaired revision begins."""


async def repair(session: Session) -> None:
    """Append up to REPAIR_ROUNDS repaired revisions, each made from the best so far. Stop if nothing is left to repair
    or when a repair fails. Raises UnknownCallError and LimitError.
    """
    done = sum((revision.note or "").startswith(REPAIRED) for revision in session.revisions)
    for _ in range(done, REPAIR_ROUNDS):
        best = session.best()
        passages = passages_to_repair(
            best.take,
            best.report,
            session.brief.related,
            handles=best.handles,
            wanted=session.pipeline.settings.repair.for_,
        )
        if not passages:
            return
        if best.read_by and session.calls_left() < 2:
            session.note("Not repaired further: calls_per_draft in [budget] leaves no calls for it.")
            return
        found = sum(len(passage.findings) for passage in passages)
        session.step("repair", f"{count_of(found, 'finding')} in {count_of(len(passages), 'passage')}")
        changed = await _repaired(session, best, passages)
        if changed is None:
            return
        take, handles, _unknown = stripped(changed, known_handles(session))
        if take == best.take:
            session.notes.append("Not repaired: the reply changed none of the passages that it was asked to fix.")
            return
        known = carried(session, best, take)
        revision = await session.add_revision(
            take,
            note=f"{REPAIRED} " + ", ".join(passage.name for passage in passages),
            handles=carried_handles(rests_of(best.take, best.handles), take, handles),
            read=known.reread,
        )
        if best.read_by:
            session.replace(revision := await read_again(session, revision, known=known))
        left = left_standing(best, revision)
        if left:
            read = session.readings.get(revision.number, known.reread)
            read = read._replace(findings=(*read.findings, *left))
            session.replace(await with_reading(session, revision, read, by=revision.read_by))


async def _repaired(session: Session, best: Revision, passages: Sequence[Passage]) -> Take | None:
    """The take of a revision with its faulty passages as the model has rewritten them, handles and all. None if the
    repair failed: the take is worth more than its failed repair, and a note says why it was not repaired.
    """
    related, prompts = session.brief.related, session.pipeline.prompts
    try:
        prompt = prompts.repair(
            session.block,
            session.brief.source,
            related,
            passages=passages,
            shape=session.shape,
            plan=session.plan,
            body_words=count_words(best.take.body),
        )
        reply = await session.ask("repair", prompt, repair_round=len(session.revisions))
        require_whole(reply)
        return apply_repair(best.take, reply.text, passages=passages, related=related)
    except UnknownCallError:
        raise
    except (ProviderError, StoreError) as failure:
        session.notes.append(f"Not repaired: {failure.what}")
        return None
