"""The editor's desk over one store. The page, the terminal, plain mode and the commands all drive these two classes.

`Desk` lists the drafts and opens one. `Session` is one draft: each method is a transaction that is committed when it
returns, and appends what was done to the draft's chain of acts. A session holds nothing between two calls, so any
number of threads and processes may use one, each with its own or the same. There are no locks that a person could hold:
who saves second gets both texts, and nothing that somebody typed is lost.
"""

from __future__ import annotations

import datetime
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from ourtake.documents import Document, Draft, FieldName, Related, Report, ReviewState, Revision, Source, Take
from ourtake.errors import InputError, StoreError
from ourtake.review import editing, states
from ourtake.review.claims import carried
from ourtake.review.diff import pieces, rebased, with_pieces
from ourtake.review.editing import Edited
from ourtake.review.history import (
    TEXTUAL,
    UNDOABLE,
    Correction,
    Proposal,
    changes_of,
    last_undoable,
    undone_by,
)
from ourtake.review.paragraphs import links_in, typed
from ourtake.review.states import SIGNED, State, state_of
from ourtake.review.views import Blocker, ClaimRow, DraftView, view_of
from ourtake.store import Store
from ourtake.store.acts import Act, NewAct, chained
from ourtake.store.desk import Filed
from ourtake.store.queue import QueueRow, row_of

Check = Callable[[Draft, Take], Report]
"""What checks a take of a draft: all rules, against the draft's source and articles. Called by one thread at a time."""

_TRIES = 50
"""So often a change is made again on what another process wrote meanwhile."""


class NotReady(InputError):
    """An approval that still needs something: `blockers` says what."""

    def __init__(self, draft_id: str, blockers: Sequence[Blocker]) -> None:
        listed = "".join(f"\n  {one.text}" for one in blockers)
        super().__init__(
            f"Draft {draft_id} can't be approved yet: {len(blockers)} open.{listed}\n",
            "Decide them with `ourtake review` or in the page.",
        )
        self.blockers = tuple(blockers)


class Saved(Document):
    """What became of a change.

    `status`: "saved"; "unchanged", where the text was so already; or "both", where another person changed the same
    paragraph meanwhile: then `theirs` is what stands there now, `yours` is kept as the proposal `proposal`, and the
    text is unchanged. `index`: where the paragraph is now. `links_before`, `links_after`: of the whole take, so that a
    lost link is noticed.
    """

    status: Literal["saved", "unchanged", "both"]
    revision: int
    field: FieldName
    index: int
    yours: str = ""
    theirs: str = ""
    proposal: str | None = None
    links_before: int = 0
    links_after: int = 0


class Sealer(Protocol):
    """What makes the record of a sign-off (review/record.py)."""

    def seal(self, view: DraftView, chain: Sequence[Act], revisions: Sequence[Revision]) -> tuple[str, str]:
        """The envelope as JSON and the hash of its payload. `chain`: all acts, the sign-off last."""


class _Step(NamedTuple):
    """What a change does. `take`: the new text, by `author`; None: the text stays. `state`: None: as it is."""

    acts: list[NewAct]
    take: Take | None = None
    author: str = ""
    note: str | None = None
    state: State | None = None
    sealed: bool = False
    result: Any = None


class Desk:
    """The drafts of a store, as editors work on them. One for a process; usable from several threads."""

    def __init__(
        self,
        store: Store,
        check: Check,
        *,
        sealer: Sealer | None = None,
        four_eyes: bool = False,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self.store = store
        self.sealer = sealer
        self.four_eyes = four_eyes
        self._check = check
        self._now = now
        self._checking = threading.Lock()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._turns_guard = threading.Lock()

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

    def begin(self, take: Take, source: Source, *, by: str, related: Sequence[Related] = (), note: str = "") -> Session:
        """A draft that begins from a take which people wrote, or that was published. Raises InputError without `by`."""
        by, at = required(by), self.time()
        draft = Draft(id=uuid.uuid4().hex[:12], status="ready", source=source, related=tuple(related), created=at)
        report = self.report(draft, take)
        revision = Revision(number=1, take=take, by=by, report=report, created=at, note=note or None)
        status = "ready" if report.verdict == "pass" else "needs-work"
        review = ReviewState(state="in_review", by=by, since=at)
        draft = draft.model_copy(update={"status": status, "revisions": (revision,), "review": review})
        act = NewAct(kind="began", by=by, at=at, before=0, after=1, data={"note": note})
        view = view_of(Filed(draft, (), 1), tuple(chained(None, [act])))
        self.store.desk.begin(draft, [act], _row(view))
        return Session(self, draft.id)

    def report(self, draft: Draft, take: Take) -> Report:
        """The report of a take, by one thread at a time: the rules keep parsed documents between two calls."""
        with self._checking:
            return self._check(draft, take)

    def time(self) -> str:
        """Now, as it is written down."""
        return self._now().astimezone(datetime.UTC).isoformat(timespec="milliseconds")

    def turn(self, draft_id: str) -> threading.Lock:
        """The turn of a draft in this process, held for one change only, so that threads need not try again."""
        with self._turns_guard:
            return self._turns[draft_id]


class Session:
    """One draft at the desk. Every method that changes something says `by` whom, and is committed when it returns.

    Ids of findings, claims and proposals are those of `view()`. `base` is the number of the revision that the person
    saw. Methods raise InputError for what does not fit: an id that is gone, a state that does not allow it, nobody
    named.
    """

    def __init__(self, desk: Desk, draft_id: str) -> None:
        self.desk = desk
        self.draft_id = draft_id

    # What is there

    def filed(self, *, standing_only: bool = True) -> Filed:
        """The draft and its acts, as stored; `standing_only`: of its revisions only the current one."""
        found = self.desk.store.desk.filed(self.draft_id, standing_only=standing_only)
        if found is None:
            raise InputError(f"No draft has the id {self.draft_id}.", "See `ourtake drafts list`.")
        return found

    def view(self) -> DraftView:
        """The draft as it is now."""
        return view_of(self.filed())

    def history(self) -> list[Act]:
        """Everything that was done, in order."""
        return self.desk.store.desk.acts(self.draft_id)

    def revision(self, number: int) -> Revision:
        """One revision of the draft. Raises InputError where there is none of that number."""
        found = self.desk.store.desk.revision(self.draft_id, number)
        if found is None:
            raise InputError(f"Draft {self.draft_id} has no revision {number}.", "See `ourtake drafts history`.")
        return found

    def seal(self) -> str | None:
        """The newest record of a sign-off, as JSON. It vouches for the text only while `view().signed`."""
        return self.desk.store.desk.seal(self.draft_id)

    def corrections(self) -> tuple[Correction, ...]:
        """The corrections that readers are told of, oldest first."""
        return self.view().standing.corrections

    # Changing the text

    def edit(self, field: FieldName, index: int, text: str, *, base: int, by: str) -> Saved:
        """Put another text for a block: `field` and, for a paragraph of the body, its `index` in revision `base`.

        An empty text removes a paragraph, one with blank lines makes several, an index behind the last one adds one.
        See Saved for what happens when somebody else was there first.
        """
        by, text = required(by), typed(text)

        def work(filed: Filed, view: DraftView) -> _Step:
            states.require(filed.draft, "change")
            before = view.take if base == view.revision.number else self.revision(base).take
            edited = editing.edit(before, view.take, field, index, text)
            if edited.status == "both":
                return self._meanwhile(view, edited, by)
            return self._textual("edited", view, edited, by=by)

        return self._saved(work)

    def apply_fix(self, finding_id: str, *, by: str) -> Saved:
        """Apply the fix that a finding offers: exactly its words change."""
        by = required(by)

        def work(filed: Filed, view: DraftView) -> _Step:
            states.require(filed.draft, "change")
            row = view.finding(finding_id)
            edited = editing.fix(view.take, row.finding, row.index)
            return self._textual("fixed", view, edited, by=by, more={"code": row.finding.code})

        return self._saved(work)

    def link_candidates(self, field: FieldName, number: int) -> list[Related]:
        """The offered articles that a link could lead to instead, the next one first: those the take links to nowhere.

        `number` counts the links of the field from 0.
        """
        view = self.view()
        return editing.candidates(view.draft, view.take, field, number)

    def swap_link(self, field: FieldName, number: int, *, base: int, by: str, to: str | None = None) -> Saved:
        """Let a link lead to another offered article: `to` (its id), else the next candidate. Its words stay.

        Raises InputError where the link's field was changed since `base`, or there is no candidate.
        """
        by = required(by)

        def work(filed: Filed, view: DraftView) -> _Step:
            states.require(filed.draft, "change")
            if base != view.revision.number:
                seen = self.revision(base).take
                if getattr(seen, field) != getattr(view.take, field):
                    raise InputError("The text around this link was changed meanwhile.", "Load the draft again.")
            edited, target = editing.swap_link(view.draft, view.take, field, number, to)
            return self._textual("linked", view, edited, by=by, more={"to": target})

        return self._saved(work)

    def undo(self, *, by: str, act: int | None = None) -> Saved:
        """Undo an act, by a new one: `act`, else this person's last that can be undone.

        Undoing an undoing (by its number) does it again. Raises InputError where the same words were changed since.
        """
        by = required(by)

        def work(filed: Filed, view: DraftView) -> _Step:
            states.require(filed.draft, "change")
            done = _to_undo(filed.acts, by, act)
            told = NewAct(kind="undone", by=by, at=self.desk.time(), data={"act": done.number, "what": done.kind})
            undoing = done
            while undoing.kind == "undone":
                undoing = filed.acts[int(undoing.data["act"]) - 1]
            if undoing.kind not in TEXTUAL:
                saved = Saved(status="saved", revision=view.revision.number, field="body", index=0)
                return _Step([told], state=states.after_change(view.state), result=saved)
            edited = editing.undo(view.take, changes_of(done))
            return self._textual("undone", view, edited, by=by, more=told.data)

        return self._saved(work)

    # Findings and claims

    def let_stand(self, finding_id: str, reason: str, *, by: str) -> DraftView:
        """Let a finding stand, with a reason, which queue, record and history show."""
        by, reason = required(by), " ".join(reason.split())
        if not reason:
            raise InputError("A finding is let stand for a reason.", "Write one.")

        def work(filed: Filed, view: DraftView) -> _Step:
            states.require(filed.draft, "change")
            item = view.finding(finding_id).finding
            data = {"key": finding_id, "code": item.code, "severity": item.severity, "message": item.message}
            data |= {"text": item.text, "reason": reason}
            return self._decided("let-stand", view, by, data)

        return self._viewed(work)

    def show(self, claim_id: str, *, by: str) -> ClaimRow:
        """Say that the evidence of a claim is on this person's screen, and get the row. Only the row shown last can be
        decided, and only once.
        """
        by = required(by)

        def work(filed: Filed, view: DraftView) -> _Step:
            row = view.claim(claim_id)
            if view.standing.shown.get(by) == claim_id:
                return _Step([], result=row)
            told = NewAct(kind="shown", by=by, at=self.desk.time(), after=view.revision.number, data={"key": claim_id})
            return _Step([told], result=row)

        result: ClaimRow = self._change(work)
        return result

    def decide(
        self, claim_id: str, verdict: Literal["right", "wrong", "source"], *, by: str, source: str = ""
    ) -> DraftView:
        """Decide a claim whose evidence was shown last: right, wrong, or right by a source that the person types in.

        Raises InputError where the evidence was not shown to this person, or is not the same any more.
        """
        by, source = required(by), source.strip()
        if verdict == "source" and not source:
            raise InputError("A source has to be typed in.", "Name the document or address, and what it says.")

        def work(filed: Filed, view: DraftView) -> _Step:
            states.require(filed.draft, "change")
            row = view.claim(claim_id)
            if view.standing.shown.get(by) != claim_id:
                raise InputError("A claim can be decided only while its evidence is shown.", "Show its evidence first.")
            data: dict[str, Any] = {"key": claim_id, "verdict": verdict, "blind": row.blind, "source": source}
            data["claim"] = editing.unmasked(view, row).model_dump(mode="json")
            return self._decided("decided", view, by, data)

        return self._viewed(work)

    # Proposals

    def propose(
        self, field: FieldName, index: int, text: str, *, base: int, by: str, asked_by: str, note: str = ""
    ) -> Proposal:
        """Put another text for a block up for decision: `by` a model or person, `asked_by` a person.

        The take stays as it is. `base` is the revision that the proposal was written for.
        """
        asked_by, text = required(asked_by), typed(text)

        def work(filed: Filed, view: DraftView) -> _Step:
            states.require(filed.draft, "change")
            before = view.take if base == view.revision.number else self.revision(base).take
            old = editing.block_text(before, field, index)
            one = self._proposal("rewrite", field, index, old, text, revision=base, by=by, asked_by=asked_by, note=note)
            return self._proposed(view, one)

        proposal: Proposal = self._change(work)
        return proposal

    def decide_piece(
        self, proposal_id: str, piece: int, choice: Literal["take", "drop"] | None, *, by: str
    ) -> DraftView:
        """Take or drop a piece of a proposal, or decide it again (None). The text changes only with `finish`."""
        by = required(by)

        def work(filed: Filed, view: DraftView) -> _Step:
            one = view.proposal(proposal_id)
            if piece not in {part.number for part in one.pieces}:
                raise InputError(f"The proposal has no piece {piece}.", "Load the draft again.")
            data = {"id": proposal_id, "piece": piece, "choice": choice}
            return _Step([NewAct(kind="piece", by=by, at=self.desk.time(), data=data)])

        return self._viewed(work)

    def finish(self, proposal_id: str, *, by: str) -> Saved:
        """Put the pieces that were taken into the text; all pieces must be decided.

        Raises InputError where words of a taken piece were changed meanwhile; nothing is changed then.
        """
        by = required(by)

        def work(filed: Filed, view: DraftView) -> _Step:
            states.require(filed.draft, "change")
            one = view.proposal(proposal_id)
            if one.undecided:
                numbers = ", ".join(map(str, one.undecided))
                raise InputError(f"Pieces {numbers} of the proposal are not decided.", "Take or drop each of them.")
            edited = self._with_taken(view, one)
            return self._textual("finished", view, edited, by=by, author=one.by, more={"id": one.id})

        return self._saved(work)

    def discard(self, proposal_id: str, *, by: str) -> DraftView:
        """Drop a whole proposal. The text stays as it is, and so do edits made meanwhile. It can be undone."""
        by = required(by)

        def work(filed: Filed, view: DraftView) -> _Step:
            one = view.proposal(proposal_id)
            return _Step([NewAct(kind="discarded", by=by, at=self.desk.time(), data={"id": one.id})])

        return self._viewed(work)

    # Signing and what follows

    def approve(self, *, by: str, knowledge: str = "", contact: str = "") -> DraftView:
        """Sign the draft as it is: `by` a person with `knowledge` of its subject, reachable for readers at `contact`.

        Raises NotReady with what is still open. Where two people are required, the first signature waits for the
        second one.
        """
        return self._viewed(lambda filed, view: self._sign("approved", filed, view, by, knowledge, contact))

    def correct(self, note: str, *, by: str, knowledge: str = "", contact: str = "") -> DraftView:
        """Sign a take again that was signed before, with a note that tells readers what was corrected."""
        note = " ".join(note.split())
        if not note:
            raise InputError("A correction says what was corrected.", "Write it for the readers, with --note.")
        return self._viewed(lambda filed, view: self._sign("corrected", filed, view, by, knowledge, contact, note=note))

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
            self._change(lambda filed, view: _Step([NewAct(kind="active", by=by, at=self.desk.time(), data=data)]))

    # How a change is made

    def _sign(
        self,
        kind: Literal["approved", "corrected"],
        filed: Filed,
        view: DraftView,
        by: str,
        knowledge: str,
        contact: str,
        note: str = "",
    ) -> _Step:
        by = required(by)
        states.require(filed.draft, "approve" if kind == "approved" else "correct")
        if kind == "corrected" and view.standing.approved_revision is None:
            raise InputError(f"Draft {filed.draft.id} was never signed.", "Approve it first.")
        if view.blockers:
            raise NotReady(filed.draft.id, view.blockers)
        number = view.revision.number
        data = {"knowledge": knowledge.strip(), "contact": contact.strip()} | ({"note": note} if note else {})
        others = {one.by for one in view.standing.signatures if one.revision == number and one.by != by}
        whole = not self.desk.four_eyes or bool(others)
        told = NewAct(kind=kind if whole else "signed", by=by, at=self.desk.time(), after=number, data=data)
        return _Step([told], state=kind if whole else states.after_change(view.state), sealed=whole)

    def _moved(self, action: str, state: State, *, by: str, data: dict[str, Any]) -> DraftView:
        by = required(by)

        def work(filed: Filed, view: DraftView) -> _Step:
            states.require(filed.draft, action)
            told = NewAct(kind=_KINDS[action], by=by, at=self.desk.time(), after=view.revision.number, data=data)
            return _Step([told], state=state)

        return self._viewed(work)

    def _decided(self, kind: str, view: DraftView, by: str, data: dict[str, Any]) -> _Step:
        told = NewAct(kind=kind, by=by, at=self.desk.time(), after=view.revision.number, data=data)
        return _Step([told], state=states.after_change(view.state))

    def _textual(
        self,
        kind: str,
        view: DraftView,
        edited: Edited,
        *,
        by: str,
        author: str = "",
        more: dict[str, Any] | None = None,
    ) -> _Step:
        """The step of a change of the text; one that changes nothing is no step, but for what else it decides."""
        number = view.revision.number
        links = {"links_before": links_in(view.take), "links_after": links_in(edited.take)}
        saved = Saved(status="saved", revision=number, field=edited.field, index=edited.at, **links)
        data = {"changes": [one.model_dump(mode="json") for one in edited.changes], **(more or {})}
        told = NewAct(kind=kind, by=by, at=self.desk.time(), before=number, after=number, data=data)
        if edited.take == view.take:
            unchanged = saved.model_copy(update={"status": "unchanged"})
            return _Step([told] if kind in ("finished", "undone") else [], result=unchanged)
        state = states.after_change(view.state)
        return _Step([told], take=edited.take, author=author or by, note=_NOTES[kind], state=state, result=saved)

    def _meanwhile(self, view: DraftView, edited: Edited, by: str) -> _Step:
        """The step that keeps what somebody typed for a paragraph that another person changed meanwhile."""
        one = self._proposal(
            "meanwhile", edited.field, edited.at, edited.theirs, edited.yours, revision=view.revision.number, by=by,
            asked_by=by,
        )  # fmt: skip
        step = self._proposed(view, one)
        saved = Saved(
            status="both",
            revision=view.revision.number,
            field=edited.field,
            index=edited.at,
            yours=edited.yours,
            theirs=edited.theirs,
            proposal=one.id,
            links_before=links_in(view.take),
            links_after=links_in(view.take),
        )
        return step._replace(result=saved)

    def _proposal(
        self,
        kind: Literal["rewrite", "meanwhile"],
        field: FieldName,
        index: int,
        old: str,
        text: str,
        *,
        revision: int,
        by: str,
        asked_by: str,
        note: str = "",
    ) -> Proposal:
        return Proposal(
            id=uuid.uuid4().hex[:12],
            kind=kind,
            field=field,
            index=index,
            revision=revision,
            base=old,
            text=text,
            pieces=pieces(old, text),
            by=by,
            asked_by=asked_by,
            at="",
            note=note,
        )

    def _proposed(self, view: DraftView, one: Proposal) -> _Step:
        data = one.model_dump(mode="json", exclude={"at", "decided", "state"})
        told = NewAct(kind="proposed", by=one.asked_by, at=self.desk.time(), after=view.revision.number, data=data)
        return _Step([told], result=one)

    def _with_taken(self, view: DraftView, one: Proposal) -> Edited:
        taken = {number for number, choice in one.decided.items() if choice == "take"}
        wanted = [piece for piece in one.pieces if piece.number in taken]
        base = view.take if one.revision == view.revision.number else self.revision(one.revision).take
        index, now = editing.where_now(base, view.take, one.field, one.index)
        if not one.base:  # a paragraph of its own, put before the one that stands there
            return editing.replaced(view.take, one.field, index, with_pieces("", wanted, taken), insert=True)
        moved, stale = rebased(one.base, now, wanted)
        if stale:
            numbers = ", ".join(str(piece.number) for piece in stale)
            raise InputError(
                f"The words of piece {numbers} were changed meanwhile.", "Drop it, or undo the change of those words."
            )
        return editing.replaced(view.take, one.field, index, with_pieces(now, moved, taken), insert=not now)

    def _saved(self, work: Callable[[Filed, DraftView], _Step]) -> Saved:
        saved: Saved = self._change(work)
        return saved

    def _viewed(self, work: Callable[[Filed, DraftView], _Step]) -> DraftView:
        self._change(work)
        return self.view()

    def _change(self, work: Callable[[Filed, DraftView], _Step]) -> Any:
        """What the step of `work` results in, once committed. It is made again where another process was faster."""
        with self.desk.turn(self.draft_id):
            for _ in range(_TRIES):
                filed = self.filed()
                step = work(filed, view_of(filed))
                if not step.acts or self._committed(filed, step):
                    number = filed.newest + 1
                    return step.result if step.take is None else step.result.model_copy(update={"revision": number})
        raise StoreError(f"Draft {self.draft_id} is being changed all the time.", "Try again.")

    def _committed(self, filed: Filed, step: _Step) -> bool:
        draft, revision = filed.draft, None
        acts, at = step.acts, step.acts[-1].at
        if step.take is not None:
            revision = self._revised(filed, step)
            status = "ready" if revision.report.verdict == "pass" else "needs-work"
            kept = draft.status if draft.status not in ("ready", "needs-work") else status
            changed = {"revisions": (*draft.revisions, revision), "chosen": revision.number, "status": kept}
            draft = draft.model_copy(update=changed)
            acts = [act.model_copy(update={"after": revision.number}) for act in acts]
        review = _review(draft, step, at)
        draft = draft.model_copy(update={"review": review})
        placed = tuple(chained(filed.acts[-1] if filed.acts else None, acts))
        view = view_of(Filed(draft, filed.acts, filed.newest), placed)
        envelope = None
        if step.sealed and self.desk.sealer is not None:
            whole = self.filed(standing_only=False).draft.revisions
            envelope, digest = self.desk.sealer.seal(view, (*filed.acts, *placed), whole)
            draft = draft.model_copy(update={"review": review.model_copy(update={"seal": digest})})
        made = self.desk.store.desk.commit(
            draft, acts, _row(view), seen=len(filed.acts), revision=revision, seal=envelope
        )
        return made is not None

    def _revised(self, filed: Filed, step: _Step) -> Revision:
        """The revision of a changed text, with a report of its own: code checks all of it again."""
        assert step.take is not None
        before = filed.draft.standing()
        report = self.desk.report(filed.draft, step.take)
        if before is not None:
            report = carried(before.report, before.take, report, step.take)
        return Revision(
            number=filed.newest + 1,
            take=step.take,
            by=step.author,
            report=report,
            created=step.acts[-1].at,
            note=step.note,
        )


_KINDS = {
    "reject": "rejected",
    "kill": "killed",
    "reopen": "reopened",
    "publish": "published",
    "change outside": "changed-outside",
}
_NOTES = {
    "edited": "edited",
    "fixed": "a fix was applied",
    "linked": "a link leads elsewhere",
    "finished": "pieces of a rewrite were taken",
    "undone": "a change was undone",
}


def required(by: str) -> str:
    """The name of the person who acts. Raises InputError where there is none: nobody is guessed."""
    name = " ".join(by.split())
    if not name:
        raise InputError("It is not said who acts.", "Give --as NAME, or set OURTAKE_EDITOR or [review] editor.")
    return name


def _review(draft: Draft, step: _Step, at: str) -> ReviewState:
    """The state after a step. The seal of a sign-off stays while the text does."""
    was, act = draft.review, step.acts[-1]
    state = step.state or state_of(draft)
    if was is not None and was.state == state:
        return was
    keeps = was is not None and state in SIGNED and step.take is None
    return ReviewState(state=state, by=act.by, since=at, seal=was.seal if was is not None and keeps else None)


def _row(view: DraftView) -> QueueRow:
    undecided = sum(row.needed and row.decision is None for row in view.claims)
    overrides = sum(row.override is not None for row in view.findings)
    row = row_of(view.draft, undecided=undecided, overrides=overrides, proposals=len(view.proposals), acts=view.acts)
    return row.model_copy(update={"not_checked": view.counts["not-checked"]})


def _to_undo(acts: Sequence[Act], by: str, number: int | None) -> Act:
    if number is None:
        found = last_undoable(acts, by)
        if found is None:
            raise InputError("There is nothing of yours to undo.", "See `ourtake drafts history`.")
        return found
    if not 1 <= number <= len(acts) or acts[number - 1].kind not in UNDOABLE:
        raise InputError(f"Act {number} can't be undone.", "See `ourtake drafts history`.")
    if number in undone_by(acts):
        raise InputError(f"Act {number} is undone already.", "See `ourtake drafts history`.")
    return acts[number - 1]
