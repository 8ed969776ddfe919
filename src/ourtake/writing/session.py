"""A draft while it is written: what it is written from, its revisions, its notes, and its calls, which count against
the budget.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from ourtake.archive.lookup import Archive
from ourtake.checks.base import ReadAnswer, ReadFinding
from ourtake.config import Settings, TakeShape
from ourtake.documents import Draft, Plan, Report, Revision, SentenceHandles, Take
from ourtake.errors import LimitError
from ourtake.providers.base import Brief, OnText, Provider, Reply, Task, name_of
from ourtake.store import Store
from ourtake.text.counts import count_of
from ourtake.values import utc_now
from ourtake.writing.checking import Checker, CheckInput, LocalChecker
from ourtake.writing.prompts import Prompt, Prompts, StoryBlock, request_for
from ourtake.writing.repair import rank
from ourtake.writing.story_texts import StoryTexts
from ourtake.writing.verify import Verifier

LEAST_CALLS = 3
"""A plan, a take and its second reading: with fewer calls a take is written in one."""

OnStep = Callable[[str, str], None]
"""Receives the name of each step as it begins (plan, write, read again, repair, read changes, rewrite), and what is
known of it, in words, or "".
"""


class Pipeline(NamedTuple):
    """What the drafts of a run are made with; built once, in cli/ or web/. `new_run`: it has no drafts to resume.
    `verifier`: who reads takes again, where that is not their writer. `fresh`: earlier answers are not used.
    """

    store: Store
    archive: Archive
    provider: Provider
    prompts: Prompts
    settings: Settings
    run: str = ""
    new_run: bool = False
    verifier: Verifier | None = None
    checker: Checker | None = None
    fresh: bool = False

    async def report(self, given: CheckInput) -> Report:
        """Check a take, in this process unless the run has another checker."""
        return await (self.checker or LocalChecker(self.archive, self.settings)).report(given)

    async def close(self) -> None:
        """Close the connections of the writer and the verifier, and end the checker."""
        await self.provider.close()
        if self.verifier is not None:
            await self.verifier.provider.close()
        if self.checker is not None:
            await self.checker.close()


class Wishes(NamedTuple):
    """What is asked for one draft. `process` "": as in the settings. `angle`: the number of one of the plan's, from 1,
    or a claim of the editor's own. `angles`: how many the plan has. `reread`: whether it is read again. `verify`: also
    the claims of a take that is written in one call. `plan_only`: nothing is written yet.
    """

    process: Literal["", "full", "quick"] = ""
    angle: int | str = 1
    angles: int = 3
    note: str = ""
    reread: bool = True
    verify: bool = False
    plan_only: bool = False


class Reread(NamedTuple):
    """What a second reading found in a revision, and what it said of each statement."""

    findings: tuple[ReadFinding, ...] = ()
    answers: tuple[ReadAnswer, ...] = ()


class Session:
    """See the module. `quick`: written in one call, so nothing is planned or read again. `by`: who of the writers
    answered last.
    """

    def __init__(
        self, pipeline: Pipeline, draft: Draft, brief: Brief, *, wishes: Wishes, quick: bool, repetition: int = 1
    ) -> None:
        self.pipeline = pipeline
        self.draft = draft
        self.brief = brief
        self.wishes = wishes
        self.quick = quick
        self.revisions = list(draft.revisions)
        self.stored = len(draft.revisions)
        self.notes = list(draft.notes)
        self.on_step: OnStep | None = None
        self.readings: dict[int, Reread] = {}
        self.repetition = repetition
        self.by = name_of(pipeline.provider)
        self._calls = draft.usage.calls
        self._block: StoryBlock | None = None

    @property
    def plan(self) -> Plan | None:
        """The plan that the take is written from."""
        return self.draft.plan

    @property
    def shape(self) -> TakeShape:
        """The measures of this take."""
        take = self.pipeline.settings.take
        return take.shortened() if self.draft.form == "short" else take

    @property
    def block(self) -> StoryBlock:
        """The texts that prompts begin with."""
        if self._block is None:
            prompts, source, related = self.pipeline.prompts, self.brief.source, self.brief.related
            self._block = prompts.passages(source, related) if self.quick else prompts.story(source, related)
        return self._block

    @property
    def reads(self) -> Literal["", "story", "claims"]:
        """How a take is read again: beside the whole texts, or, where it was written in one call, its claims beside
        their passages; "" not at all.
        """
        pipeline, wishes = self.pipeline, self.wishes
        if not wishes.reread or pipeline.settings.checks.verifier == "off" or pipeline.provider.name == "baseline":
            return ""
        if not self.quick:
            return "story"
        return "claims" if wishes.verify or not self._was_to_be_quick() else ""

    def _was_to_be_quick(self) -> bool:
        """Whether one call was asked for, or the budget allows no more; else the plan could not be used."""
        settings = self.pipeline.settings
        process = self.wishes.process or settings.take.process
        return process == "quick" or settings.budget.calls_per_draft < LEAST_CALLS

    @property
    def reader(self) -> Provider:
        """Who reads it again: the verifier that the settings name, else its writer."""
        verifier = self.pipeline.verifier
        return self.pipeline.provider if verifier is None else verifier.provider

    def texts(self) -> StoryTexts:
        """The texts to look up words in."""
        return StoryTexts(self.brief.source, self.brief.related)

    def step(self, name: str, detail: str = "") -> None:
        """Say that a step begins."""
        if self.on_step is not None:
            self.on_step(name, detail)

    def note(self, sentence: str) -> None:
        """Keep a note, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def add_related(self, brief: Brief) -> None:
        """Go on with more articles."""
        self.brief, self._block = brief, None

    def go_quick(self) -> None:
        """Write in one call after all."""
        self.quick, self._block = True, None

    def calls_left(self) -> int:
        """How many calls the budget leaves."""
        return max(0, self.pipeline.settings.budget.calls_per_draft - self._calls)

    async def ask(
        self,
        task: Task,
        prompt: Prompt,
        *,
        larger: bool = False,
        repair_round: int = 0,
        on_text: OnText | None = None,
    ) -> Reply:
        """The whole or cut-off reply of the writer, or for a reading that of the reader. Raises ProviderError, and
        LimitError when all calls are used up.
        """
        reading = task in ("reread", "verify")
        provider, settings = self.reader if reading else self.pipeline.provider, self.pipeline.settings
        if not self.calls_left():
            most = settings.budget.calls_per_draft
            raise LimitError(
                f"The draft has used all of its {count_of(most, 'model call')}.", "Raise calls_per_draft in [budget]."
            )
        self._calls += 1
        request = request_for(task, prompt, model=provider.model, brief=self.brief, settings=settings, larger=larger)
        own = {"draft_id": self.draft.id, "repetition": self.repetition, "repair_round": repair_round}
        reply = await provider.reply(request.model_copy(update=own), on_text=on_text)
        if not reading:
            self.by = reply.by or self.by
        self.notes += [note for note in reply.notes if note not in self.notes]
        return reply

    async def check(
        self, take: Take, *, handles: tuple[SentenceHandles, ...] = (), read: Reread | None = None
    ) -> Report:
        """The report of a take, with what a second reading said of it."""
        brief, found = self.brief, read or Reread()
        cited = {name for one in handles for name in one.handles}
        facts = self.plan.used(cited) if self.plan is not None else ()
        given = CheckInput(
            take,
            brief.source,
            brief.related,
            read=found.findings,
            answers=found.answers,
            handles=handles,
            facts=facts,
            form=self.draft.form,
        )
        return await self.pipeline.report(given)

    async def add_revision(
        self,
        take: Take,
        *,
        note: str | None = None,
        handles: tuple[SentenceHandles, ...] = (),
        read: Reread | None = None,
    ) -> Revision:
        """Check a take and append it."""
        report = await self.check(take, handles=handles, read=read)
        number = len(self.revisions) + 1
        self.revisions.append(
            Revision(
                number=number,
                take=take,
                by=self.by,
                makers=(self.by,),
                report=report,
                created=utc_now(),
                note=note,
                handles=handles,
            )
        )
        return self.revisions[-1]

    def replace(self, revision: Revision) -> None:
        """Replace the revision with the same number. If that one is already stored, it stays as it is, and the new one
        is appended.
        """
        if revision.number > self.stored:
            self.revisions[revision.number - 1] = revision
        else:
            self.revisions.append(revision.model_copy(update={"number": len(self.revisions) + 1, "created": utc_now()}))

    def best(self) -> Revision:
        """The revision with the fewest errors; the first of equal ones, but one that was read again goes before one
        that was not.
        """
        return min(
            self.revisions,
            key=lambda revision: (
                not revision.read_by and any(other.read_by for other in self.revisions),
                rank(revision.report, self.shape),
                revision.number,
            ),
        )
