"""The repairs of a draft: all findings of its passages in one call, and what a repair changed is read again."""

from __future__ import annotations

from ourtake.errors import ProviderError, StoreError, UnknownCallError
from ourtake.providers.base import require_whole
from ourtake.text.counts import count_of
from ourtake.text.words import count_words
from ourtake.writing.fact_handles import carried_handles, rests_of, stripped
from ourtake.writing.first_take import known_handles
from ourtake.writing.following import left_standing
from ourtake.writing.repair import apply_repair, passages_to_repair
from ourtake.writing.second_reading import carried, read_again, with_reading
from ourtake.writing.session import Session

REPAIR_ROUNDS = 2
REPAIRED = "repaired"
"""How the note of a repaired revision begins."""


async def repair(session: Session) -> None:
    """Append up to REPAIR_ROUNDS repaired revisions, each made from the best so far; stop when nothing is left to
    repair or a repair fails. Raises UnknownCallError and LimitError.
    """
    source, related, prompts = session.brief.source, session.brief.related, session.pipeline.prompts
    done = sum((revision.note or "").startswith(REPAIRED) for revision in session.revisions)
    for _ in range(done, REPAIR_ROUNDS):
        best = session.best()
        wanted = session.pipeline.settings.repair.for_
        # All revisions but the last were repaired, and so their findings were shown to the model.
        shown = [one for revision in session.revisions[:-1] for one in revision.report.findings]
        passages = passages_to_repair(best.take, best.report, related, handles=best.handles, wanted=wanted, shown=shown)
        if not passages:
            return
        if best.read_by and session.calls_left() < 2:
            session.note("Not repaired further: calls_per_draft in [budget] leaves no calls for it.")
            return
        found = sum(len(passage.findings) for passage in passages)
        session.step("repair", f"{count_of(found, 'finding')} in {count_of(len(passages), 'passage')}")
        try:
            prompt = prompts.repair(
                session.block,
                source,
                related,
                passages=passages,
                shape=session.shape,
                plan=session.plan,
                body_words=count_words(best.take.body),
            )
            reply = await session.ask("repair", prompt, repair_round=len(session.revisions))
            require_whole(reply)
            changed = apply_repair(best.take, reply.text, passages=passages, related=related)
        except UnknownCallError:
            raise
        except (ProviderError, StoreError) as failure:
            # The take is worth more than its failed repair; a note says why it was not repaired.
            session.notes.append(f"Not repaired: {failure.what}")
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
