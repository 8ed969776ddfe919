"""The editor's desk over one store. The page, the terminal, plain mode and the commands all drive these two classes.

`Desk` lists the drafts and opens one. `Session` is one draft: each method is a transaction that is committed when it
returns, and appends what was done to the draft's chain of acts. A session holds nothing between two calls, so any
number of threads and processes may use one, each with its own or the same. There are no locks that a person could hold:
who saves second gets both texts, and nothing that somebody typed is lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from ourtake.documents import Draft, FieldName, Related, ReviewState, Revision, Source, Take
from ourtake.documents.makers import is_machine, joined
from ourtake.errors import InputError
from ourtake.review import editing, states, steps
from ourtake.review.changes import Changes, DeskContext
from ourtake.review.diff import pieces
from ourtake.review.history import Proposal
from ourtake.review.paragraphs import typed
from ourtake.review.states import State
from ourtake.review.steps import Check, NotReady, Saved, Sealer, Step, queue_row, required
from ourtake.review.views import ClaimRow, DraftView, view_of
from ourtake.store.acts import Act, NewAct, chained
from ourtake.store.desk import Filed
from ourtake.store.queue import QueueRow
from ourtake.writing.fact_handles import Rest

__all__ = ["Check", "Desk", "NotReady", "Saved", "Sealer", "Session"]


class Desk(DeskContext):
    """The drafts of a store, as editors work on them. One for a process; usable from several threads."""

    def queue(
        self, *, states: tuple[str, ...] = (), search: str = "", limit: int = 50, offset: int = 0
    ) -> list[QueueRow]:
        """The drafts, newest first; `states`: only those in one of them; `search`: words that they hold."""
        return self.store.desk.queue(states=states, search=search, limit=limit, offset=offset)

    def counts(self, *, search: str = "") -> dict[str, int]:
        """How many drafts there are in each state."""
        return self.store.desk.counts(search=search)

    def open(self, draft_id: str) -> Session:
        """The session of a draft, by its id or a prefix that only one has. Raises InputError."""
        found = self.store.desk.ids_like(draft_id) if draft_id else []
        if draft_id in found or len(found) == 1:
            return Session(self, draft_id if draft_id in found else found[0])
        if found:
            raise InputError(f"Several drafts have ids that begin with {draft_id}.", "Give more of the id.")
        raise InputError(f"No draft has the id {draft_id}.", "See `ourtake drafts list`.")

    def begin(
        self,
        take: Take,
        source: Source,
        *,
        by: str,
        made_by: Sequence[str] = (),
        related: Sequence[Related] = (),
        note: str = "",
        form: Literal["long", "short"] = "long",
    ) -> Session:
        """A draft that begins from a take which people wrote, or that was published. Raises InputError without `by`.

        `made_by`: who made the take, where that is not `by`; a program's name stays with it.
        """
        by, at = required(by), self.time()
        makers = tuple(made_by) or (by,)
        draft = Draft(
            id=uuid.uuid4().hex[:12],
            status="ready",
            source=source,
            related=tuple(related),
            model=joined(tuple(filter(is_machine, makers))),
            created=at,
            form=form,
        )
        report = self.report(draft, take)
        revision = Revision(
            number=1, take=take, by=joined(makers), makers=makers, report=report, created=at, note=note or None
        )
        status = "ready" if report.verdict == "pass" else "needs-work"
        review = ReviewState(state="in_review", by=by, since=at)
        draft = draft.model_copy(update={"status": status, "revisions": (revision,), "review": review})
        act = NewAct(kind="began", by=by, at=at, before=0, after=1, data={"note": note})
        view = view_of(Filed(draft, (), 1), tuple(chained(None, [act])))
        self.store.desk.begin(draft, [act], queue_row(view))
        return Session(self, draft.id)


class Session(Changes):
    """One draft at the desk. Every method that changes something says `by` whom, and is committed when it returns.

    Ids of findings, claims and proposals are those of `view()`. `base` is the number of the revision that the person
    saw. Methods raise InputError for what does not fit: an id that is gone, a state that does not allow it, nobody
    named.
    """

    # What is there

    def view(self) -> DraftView:
        """The draft as it is now."""
        return view_of(self.filed())

    def history(self) -> list[Act]:
        """Everything that was done, in order."""
        return self.desk.store.desk.acts(self.draft_id)

    def revision(self, number: int) -> Revision:
        """One revision of the draft. Raises InputError if there is none of that number."""
        found = self.desk.store.desk.revision(self.draft_id, number)
        if found is None:
            raise InputError(f"Draft {self.draft_id} has no revision {number}.", "See `ourtake drafts history`.")
        return found

    def seal(self) -> str | None:
        """The newest record of a sign-off, as JSON. It vouches for the text only while `view().signed`."""
        return self.desk.store.desk.seal(self.draft_id)

    # Changing the text

    def edit(self, field: FieldName, index: int, text: str, *, base: int, by: str) -> Saved:
        """Put another text for a block: `field` and, for a paragraph of the body, its `index` in revision `base`.

        An empty text removes a paragraph, one with blank lines makes several, an index after the last one adds one, and
        paragraphs.WHOLE stands for the whole body.
        See Saved for what happens when somebody else was there first.
        """
        by, text = required(by), typed(text)

        def work(filed: Filed, view: DraftView) -> Step:
            states.require(filed.draft, "change")
            edited = editing.edit(self._seen(view, base), view.take, field, index, text)
            if edited.status == "both":
                return steps.meanwhile(view, edited, by, self.desk.time())
            return steps.textual(view, edited, self._told("edited", by))

        return self._saved(work)

    def apply_fix(self, finding_id: str, *, by: str) -> Saved:
        """Apply the fix that a finding offers: exactly its words change."""
        by = required(by)

        def work(filed: Filed, view: DraftView) -> Step:
            states.require(filed.draft, "change")
            row = view.finding(finding_id)
            edited = editing.fix(view.take, row.finding, row.index)
            return steps.textual(view, edited, self._told("fixed", by, {"code": row.finding.code}))

        return self._saved(work)

    def swap_link(self, field: FieldName, number: int, *, base: int, by: str, to: str | None = None) -> Saved:
        """Let a link lead to another offered article: `to` (its id), else the next candidate. Its words stay.

        Raises InputError if the link's field was changed since `base`, or there is no candidate.
        """
        by = required(by)

        def work(filed: Filed, view: DraftView) -> Step:
            states.require(filed.draft, "change")
            if getattr(self._seen(view, base), field) != getattr(view.take, field):
                raise InputError("The text around this link has been changed in the meantime.", "Load the draft again.")
            edited, target = editing.swap_link(view.draft, view.take, field, number, to)
            return steps.textual(view, edited, self._told("linked", by, {"to": target}))

        return self._saved(work)

    def undo(self, *, by: str, act: int | None = None) -> Saved:
        """Undo an act with a new act: `act`, or else this person's last act that can be undone.

        Undoing an undo (by its number) redoes the act. Raises InputError if the same words were changed since.
        """
        by = required(by)

        def work(filed: Filed, view: DraftView) -> Step:
            states.require(filed.draft, "change")
            return steps.undone(filed, view, act, self._told("undone", by), self.revision)

        return self._saved(work)

    # Findings and claims

    def let_stand(self, finding_id: str, reason: str, *, by: str) -> DraftView:
        """Let a finding stand, with a reason, which queue, record and history show."""
        by, reason = required(by), " ".join(reason.split())
        if not reason:
            raise InputError("To let a finding stand, you have to give a reason.", "Write one.")

        def work(filed: Filed, view: DraftView) -> Step:
            states.require(filed.draft, "change")
            item = view.finding(finding_id).finding
            data = {"key": finding_id, "code": item.code, "severity": item.severity, "message": item.message}
            data |= {"text": item.text, "reason": reason}
            return steps.decided(view, self._told("let-stand", by, data))

        return self._viewed(work)

    def show(self, claim_id: str, *, by: str) -> ClaimRow:
        """Say that the evidence of a claim is on this person's screen, and get the row. Only the row shown last can be
        decided, and only once.
        """
        by = required(by)

        def work(filed: Filed, view: DraftView) -> Step:
            row = view.claim(claim_id)
            if view.standing.shown.get(by) == claim_id:
                return Step([], result=row)
            return Step([self._told("shown", by, {"key": claim_id}, after=view.revision.number)], result=row)

        result: ClaimRow = self.change(work)
        return result

    def decide(
        self, claim_id: str, verdict: Literal["right", "wrong", "source"], *, by: str, source: str = ""
    ) -> DraftView:
        """Decide a claim whose evidence was shown last: right, wrong, or right by a source that the person types in.

        Raises InputError if the evidence was not shown to this person, or is not the same any more.
        """
        by, source = required(by), source.strip()
        if verdict == "source" and not source:
            raise InputError("The source is missing.", "Name the document or address, and what it says.")

        def work(filed: Filed, view: DraftView) -> Step:
            states.require(filed.draft, "change")
            row = view.claim(claim_id)
            if view.standing.shown.get(by) != claim_id:
                raise InputError("A claim can be decided only while its evidence is shown.", "Show its evidence first.")
            data: dict[str, Any] = {"key": claim_id, "verdict": verdict, "blind": row.blind, "source": source}
            data["claim"] = editing.unmasked(view, row).model_dump(mode="json")
            return steps.decided(view, self._told("decided", by, data))

        return self._viewed(work)

    # Proposals

    def propose(
        self,
        field: FieldName,
        index: int,
        text: str,
        *,
        base: int,
        by: str,
        asked_by: str,
        note: str = "",
        rests: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> Proposal:
        """Put another text for a block up for decision: `by` a model or person, `asked_by` a person.

        The take stays as it is. `base` is the revision that the proposal was written for. `rests`: the fact handles of
        its sentences, by their words.
        """
        asked_by, text = required(asked_by), typed(text)

        def work(filed: Filed, view: DraftView) -> Step:
            states.require(filed.draft, "change")
            old = editing.block_text(self._seen(view, base), field, index)
            one = Proposal(
                kind="rewrite",
                field=field,
                index=index,
                revision=base,
                base=old,
                text=text,
                pieces=pieces(old, text),
                by=by,
                asked_by=asked_by,
                note=note,
                rests=dict(rests),
            )
            return steps.proposed(view, one, self.desk.time())

        proposal: Proposal = self.change(work)
        return proposal

    def decide_piece(
        self, proposal_id: str, piece: int, choice: Literal["take", "drop"] | None, *, by: str
    ) -> DraftView:
        """Take or drop a piece of a proposal, or decide it again (None). The text changes only with `finish`."""
        by = required(by)

        def work(filed: Filed, view: DraftView) -> Step:
            one = view.proposal(proposal_id)
            if piece not in {part.number for part in one.pieces}:
                raise InputError(f"The proposal has no piece {piece}.", "Load the draft again.")
            data = {"id": proposal_id, "piece": piece, "choice": choice}
            return Step([self._told("piece", by, data)])

        return self._viewed(work)

    def finish(self, proposal_id: str, *, by: str) -> Saved:
        """Put the pieces that were taken into the text; all pieces must be decided.

        Raises InputError where words of a taken piece were changed in the meantime; nothing is changed then.
        """
        by = required(by)

        def work(filed: Filed, view: DraftView) -> Step:
            states.require(filed.draft, "change")
            one = view.proposal(proposal_id)
            edited = steps.with_taken(view, one, self.revision)
            step = steps.textual(view, edited, self._told("finished", by, {"id": one.id}), author=one.by)
            return step._replace(rests={(one.field, words): Rest(own) for words, own in one.rests.items()})

        return self._saved(work)

    def discard(self, proposal_id: str, *, by: str) -> DraftView:
        """Drop a whole proposal. The text stays as it is, and so do edits made meanwhile. It can be undone."""
        by = required(by)

        def work(filed: Filed, view: DraftView) -> Step:
            one = view.proposal(proposal_id)
            return Step([self._told("discarded", by, {"id": one.id})])

        return self._viewed(work)

    # Signing and what follows

    def approve(self, *, by: str, knowledge: str = "", contact: str = "", label: bool = False) -> DraftView:
        """Sign the draft as it is: `by` a person with `knowledge` of its subject, reachable for readers at `contact`.

        `label`: readers are told that a model wrote it all the same. Raises NotReady with what is still open. Where two
        people are required, the first signature waits for the second one.
        """
        data = {"knowledge": knowledge.strip(), "contact": contact.strip(), "label": label}
        return self._signed("approved", by, data)

    def correct(self, note: str, *, by: str, knowledge: str = "", contact: str = "", label: bool = False) -> DraftView:
        """Sign a take again that was signed before, with a note that tells readers what was corrected."""
        note = " ".join(note.split())
        if not note:
            raise InputError(
                "A correction needs a note that says what was corrected.", "Write it for the readers, with --note."
            )
        data = {"knowledge": knowledge.strip(), "contact": contact.strip(), "label": label, "note": note}
        return self._signed("corrected", by, data)

    def reject(self, *, by: str, reason: str = "") -> DraftView:
        """Reject a draft that was not published."""
        return self._moved("reject", "rejected", by=by, data={"reason": reason.strip()})

    def kill(self, *, by: str, reason: str = "") -> DraftView:
        """Take a story back: it is not published, or no longer."""
        return self._moved("kill", "killed", by=by, data={"reason": reason.strip()})

    def reopen(self, *, by: str, reason: str = "") -> DraftView:
        """Open a draft again that was signed, rejected or killed."""
        return self._moved("reopen", "reopened", by=by, data={"reason": reason.strip()})

    def published(self, *, by: str, where: str, remote: str = "", url: str = "") -> DraftView:
        """Write down that the draft was published: `where` (wordpress, ghost, ...), with the id it has there.

        An unsigned draft stays unsigned.
        """
        return self._moved("publish", "published", by=by, data={"where": where, "remote": remote, "url": url})

    def changed_outside(self, *, by: str, where: str, difference: str = "") -> DraftView:
        """Write down that the published text is not the one that was sent."""
        data = {"where": where, "difference": difference}
        return self._moved("change outside", "changed_outside", by=by, data=data)

    def add_active(self, seconds: float, *, by: str) -> None:
        """Add to the time in which this person worked on the draft; the caller stops the clock when nobody is there."""
        by = required(by)
        if seconds > 0:
            data = {"seconds": round(min(seconds, 3600.0), 1)}
            self.change(lambda filed, view: Step([self._told("active", by, data)]))

    # How a change is said

    def _told(self, kind: str, by: str, data: dict[str, Any] | None = None, *, after: int = 0) -> NewAct:
        return NewAct(kind=kind, by=by, at=self.desk.time(), after=after, data=data or {})

    def _seen(self, view: DraftView, base: int) -> Take:
        """The take of the revision that a person saw."""
        return view.take if base == view.revision.number else self.revision(base).take

    def _signed(self, kind: Literal["approved", "corrected"], by: str, data: dict[str, Any]) -> DraftView:
        told = self._told("", required(by), data)
        return self._viewed(lambda filed, view: steps.signed(kind, filed, view, told, four_eyes=self.desk.four_eyes))

    def _moved(self, action: str, state: State, *, by: str, data: dict[str, Any]) -> DraftView:
        told = self._told("", required(by), data)
        return self._viewed(lambda filed, view: steps.moved(action, state, filed, view, told))

    def _saved(self, work: Callable[[Filed, DraftView], Step]) -> Saved:
        saved: Saved = self.change(work)
        return saved

    def _viewed(self, work: Callable[[Filed, DraftView], Step]) -> DraftView:
        self.change(work)
        return self.view()
