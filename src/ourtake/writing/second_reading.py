"""The second reading of a draft: all sentences of the first take, later only those that a repair changed.

What was said of a sentence that stays as it was is carried over, so that nothing is paid for twice and no finding is
lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ourtake.checks.base import ReadAnswer, ReadFinding
from ourtake.documents import Revision, SentenceHandles, Take
from ourtake.errors import ProviderError, StoreError, UnknownCallError
from ourtake.providers.base import require_whole
from ourtake.text.markdown import paragraphs
from ourtake.text.plain import how_many
from ourtake.text.sentences import sentences
from ourtake.writing.handles import with_handles
from ourtake.writing.reread import FIELDS, Item, Reading, numbered, read_answer
from ourtake.writing.session import Reread, Session


async def read_again(session: Session, revision: Revision, *, known: Known | None = None) -> Revision:
    """The revision with what a second reading found in it; the same, with a note, if it could not be read.

    `known`: what was carried over from the revision before. Raises UnknownCallError and LimitError.
    """
    items = items_of(session, revision.take, revision.handles)
    asked = known.new if known is not None else ()
    reading = Reading({}, (), 0)
    if asked or known is None:
        session.step("read changes" if asked else "read again", how_many(len(asked or items), "sentence"))
        shown = _around(items, asked, revision.take) if asked else items
        prompt = session.pipeline.prompts.reread(session.block, shown, plan=session.plan, asked=asked)
        try:
            reply = await session.ask("reread", prompt, repair_round=revision.number - 1)
            require_whole(reply)
            wanted = [item for item in items if not asked or item.id in asked]
            reading = read_answer(reply.text, wanted, revision.take, story=session.texts(), by=session.by)
        except UnknownCallError:
            raise
        except (ProviderError, StoreError) as failure:
            session.note(f"Revision {revision.number} was not read again: {failure.what}")
            return revision
    if reading.unproven:
        count = f"{reading.unproven} answer{'s' * (reading.unproven != 1)}"
        session.note(f"{count} of the second reading quoted words that are in no text, and did not count.")
    before = known.reread if known is not None else Reread()
    found = Reread((*before.findings, *reading.findings), (*before.answers, *reading.answers.values()))
    session.readings[revision.number] = found
    report = await session.check(revision.take, handles=revision.handles, read=found)
    return revision.model_copy(update={"report": report, "read_by": session.by})


def items_of(session: Session, take: Take, handles: Sequence[SentenceHandles]) -> list[Item]:
    """The numbered sentences of a take, with handles for addresses."""
    related = session.brief.related
    texts = [str(getattr(take, field)) for field in FIELDS]
    parts = [text[span.start : span.end] for text in texts for span in sentences(text)]
    shown = {part: with_handles(part, related) for part in parts if "](" in part}
    return numbered(take, handles=handles, shown=shown)


def _around(items: Sequence[Item], asked: Sequence[str], take: Take) -> list[Item]:
    """The items of the headline and of each passage that has one of those asked for."""
    blocks = paragraphs(take.body)

    def passage(item: Item) -> object:
        return item.field if item.field != "body" else sum(block.start <= item.start for block in blocks)

    wanted = {passage(item) for item in items if item.id in asked} | {"headline"}
    return [item for item in items if passage(item) in wanted]


class Known(NamedTuple):
    """What is known of a take from a reading of an earlier one. `new`: the ids of items that nobody has read."""

    reread: Reread
    new: tuple[str, ...]


def carried(session: Session, before: Revision, take: Take) -> Known:
    """What the reading of an earlier revision still says of a take: of each sentence that is word for word the same."""
    read = session.readings.get(before.number) or Reread(findings_of(before))
    old = {(item.field, item.text): item for item in reversed(numbered(before.take))}
    findings: list[ReadFinding] = []
    answers: list[ReadAnswer] = []
    new: list[str] = []
    for item in numbered(take):
        same = old.get((item.field, item.text))
        if same is None:
            new.append(item.id)
            continue
        by = item.start - same.start
        for finding in read.findings:
            if finding.field == item.field and same.start <= finding.start < same.end:
                end = min(finding.end + by, item.end)
                findings.append(finding._replace(start=finding.start + by, end=end))
        for answer in read.answers:
            if answer.field == item.field and same.start <= answer.start < same.end:
                answers.append(answer._replace(start=item.start, end=item.end))
    return Known(Reread(tuple(findings), tuple(answers)), tuple(new))


def findings_of(revision: Revision) -> tuple[ReadFinding, ...]:
    """What a second reading found in a revision, as its report has it."""
    return tuple(
        ReadFinding(
            one.code, one.message, one.field, one.start, one.end, one.severity, one.evidence, one.by, one.proposal
        )
        for one in revision.report.findings
        if one.by
    )
