"""The second reading of a draft: all claims of the first take that code did not settle, later only those that a repair
changed.

A take with a plan is read whole beside the whole texts; of one that was written in one call the verifier reads the
claims beside their passages (verify.py). What was said of a sentence that stays as it was is carried over, so that
nothing is paid for twice and no finding is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ourtake.checks.base import ReadAnswer, ReadFinding
from ourtake.documents import Claim, Revision, SentenceHandles, Take
from ourtake.errors import ProviderError, StoreError, UnknownCallError
from ourtake.providers.base import Reply, name_of, require_whole
from ourtake.text.counts import count_of
from ourtake.text.markdown import paragraphs
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize
from ourtake.writing.beside_claims import Documents, PromptDocument, Story, passages_for
from ourtake.writing.fact_handles import FIELDS, with_handles_of_reading, without_handles
from ourtake.writing.handles import with_handles
from ourtake.writing.prompts import Prompt
from ourtake.writing.readings import answers_of, findings_of
from ourtake.writing.reply import json_object
from ourtake.writing.reread import Item, Reading, numbered, read_rows
from ourtake.writing.session import Reread, Session
from ourtake.writing.verify import Verification, Verifier, respecting_code, unsettled, verify

MORE_BYTES = 6_000
"""Of passages beside claims that the texts above leave out: long articles are shown in part."""


async def read_again(session: Session, revision: Revision, *, known: Known | None = None) -> Revision:
    """The revision with what a second reading found in it; the same, with a note, if it could not be read.

    `known`: what was carried over from the revision before. Raises UnknownCallError and LimitError.
    """
    before = known.reread if known is not None else Reread()
    if session.reads == "claims":
        return await _verified(session, revision, before)
    items, more, claims = _shown(session, revision, asked=known.new if known is not None else None)
    asked = known.new if known is not None else ()
    reading, by = Reading({}, (), 0), name_of(session.reader)
    if asked or known is None:
        session.step("read changes" if asked else "read again", count_of(len(asked or items), "sentence"))
        shown = _around(items, asked, revision.take) if asked else items
        prompt = session.pipeline.prompts.reread(
            session.block, shown, claims=claims, more=more, plan=session.plan, asked=asked
        )
        try:
            reply = await session.ask("reread", prompt, repair_round=revision.number - 1)
            require_whole(reply)
            by = reply.by or by
            wanted = [item for item in items if not asked or item.id in asked]
            reading = read_rows(json_object(reply.text), wanted, revision.take, story=session.texts(), by=by)
        except UnknownCallError:
            raise
        except (ProviderError, StoreError) as failure:
            session.note(f"Revision {revision.number} was not read again: {failure.what}")
            return revision
    if reading.unproven:
        count = count_of(reading.unproven, "answer")
        session.note(f"{count} of the second reading quoted words that are in no text, so they did not count.")
    findings = respecting_code(reading.findings, revision.report)
    found = Reread((*before.findings, *findings), (*before.answers, *reading.answers.values()))
    return await with_reading(session, revision, found, by=by)


async def with_reading(session: Session, revision: Revision, found: Reread, *, by: str) -> Revision:
    """The revision with the report of a take in which a reader found this, and what its sentences rest on by that."""
    session.readings[revision.number] = found
    handles = revision.handles
    if session.plan is not None:
        documents = Documents(Story(session.brief.source, session.brief.related))
        # Of other facts the writer knew nothing, and rules would ask for links to their articles.
        known = session.plan.used({name for one in handles for name in one.handles})
        handles = with_handles_of_reading(handles, found.answers, known, documents.handle)
    report = await session.check(revision.take, handles=handles, read=found)
    return revision.model_copy(update={"report": report, "read_by": by, "handles": handles})


async def _verified(session: Session, revision: Revision, before: Reread) -> Revision:
    """The revision with what the verifier says about its claims, in as many calls as the budget leaves."""
    pipeline, story = session.pipeline, Story(session.brief.source, session.brief.related)
    verifier = Verifier(
        session.reader,
        pipeline.prompts,
        pipeline.settings,
        store=pipeline.store,
        fresh=pipeline.fresh,
        repetition=session.repetition,
    )

    async def ask(prompt: Prompt) -> Reply:
        return await session.ask("verify", prompt, repair_round=revision.number - 1)

    found: Verification = await verify(
        revision.report, revision.take, story, verifier=verifier, ask=ask, calls=session.calls_left()
    )
    for note in found.notes:
        session.note(note)
    if found.left and not found.asked + found.recalled:
        return revision
    findings = dict.fromkeys((*before.findings, *found.findings))
    read = Reread(tuple(findings), (*before.answers, *found.answers))
    return await with_reading(session, revision, read, by=found.by or name_of(session.reader))


class _Shown(NamedTuple):
    """What a second reading is shown. `more`: passages that the story's texts leave out; `claims`: the ids of the items
    that code did not settle.
    """

    items: list[Item]
    more: tuple[PromptDocument, ...]
    claims: tuple[str, ...]


def _shown(session: Session, revision: Revision, *, asked: Sequence[str] | None) -> _Shown:
    """The numbered sentences of a take, which of them are claims that code did not settle, and are to be answered for,
    and passages of the texts that the prompt does not have yet.
    """
    documents = Documents(Story(session.brief.source, session.brief.related))
    open_ = {(claim.field, claim.start): claim for claim in unsettled(revision.report)}
    items = _items_of(session, revision.take, revision.handles)
    claims: dict[str, Claim] = {
        item.id: open_[item.field, item.start]
        for item in items
        if (item.field, item.start) in open_ and (asked is None or item.id in asked)
    }
    more = passages_for(list(claims.values()), documents, room=MORE_BYTES, known=session.block.text)
    opinions = {name for name, claim in claims.items() if claim.status == "opinion"}
    shown = [item._replace(opinion=item.id in opinions) for item in items]
    return _Shown(shown, tuple(one for one in more.documents if one.passages), tuple(claims))


def _items_of(session: Session, take: Take, handles: Sequence[SentenceHandles]) -> list[Item]:
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
    """What the reading of an earlier revision still says about a take: about the sentences that have not changed."""
    read = session.readings.get(before.number) or Reread(findings_of(before), answers_of(before))
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
            inside = finding.field == item.field and same.start <= finding.start < same.end
            if inside and not _is_taken_up(finding, before.take, take):
                end = min(finding.end + by, item.end)
                findings.append(finding._replace(start=finding.start + by, end=end))
        for answer in read.answers:
            if answer.field == item.field and same.start <= answer.start < same.end:
                answers.append(answer._replace(start=item.start, end=item.end))
    return Known(Reread(tuple(findings), tuple(answers)), tuple(new))


def _is_taken_up(finding: ReadFinding, before: Take, take: Take) -> bool:
    """Whether a take now has the words that the finding proposed: its sentence may be the same, with another behind."""
    proposed = _words(finding.proposal)
    was, now = (_words(getattr(one, finding.field)) for one in (before, take))
    return bool(proposed.strip()) and proposed in now and proposed not in was


def _words(text: str) -> str:
    """The words that a reader sees: a proposal has handles where the take has addresses."""
    return tokenize(_TARGET.sub("]", without_handles(text))).joined


_TARGET = re.compile(r"\]\([^()\s]*\)")
