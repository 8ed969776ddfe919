"""What the acts of the desk do, as pure functions: each makes the step that changes.py commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

from ourtake.documents import Document, Draft, FieldName, Report, ReviewState, Revision, SentenceHandles, Take
from ourtake.errors import InputError
from ourtake.review import editing, states
from ourtake.review.diff import pieces, rebased, with_pieces
from ourtake.review.editing import Edited
from ourtake.review.history import TEXTUAL, UNDOABLE, Proposal, changes_of, undone_by
from ourtake.review.paragraphs import links_in
from ourtake.review.states import SIGNED, State, state_of
from ourtake.review.views import Blocker, DraftView
from ourtake.store.acts import Act, NewAct
from ourtake.store.desk import Filed
from ourtake.store.queue import QueueRow, row_of
from ourtake.writing.fact_handles import Rests, rests_of

Revisions = Callable[[int], Revision]

Check = Callable[[Draft, Take, Sequence[SentenceHandles]], Report]
"""What checks a take of a draft with the fact handles of its sentences: all rules, against the draft's source, articles
and facts. Called by one thread at a time.
"""


class Sealer(Protocol):
    """What makes the record of a sign-off (review/record.py)."""

    def seal(self, view: DraftView, chain: Sequence[Act], revisions: Sequence[Revision]) -> tuple[str, str]:
        """The envelope as JSON and the hash of its payload. `chain`: all acts, the sign-off last."""


class NotReady(InputError):
    """An approval that still needs something: `blockers` says what."""

    def __init__(self, draft_id: str, blockers: Sequence[Blocker]) -> None:
        counts = Counter(_OPEN[one.kind] for one in blockers)
        told = ", ".join(f"{count} {words}" for words, count in counts.items())
        super().__init__(f"Draft {draft_id} can't be approved yet: {told}.", "Decide them with `ourtake review`.")
        self.blockers = tuple(blockers)


class Saved(Document):
    """The outcome of a change.

    `status`: "saved"; "unchanged", where the text was so already; or "both", where another person changed the same
    paragraph in the meantime: then `theirs` is what is there now, `yours` is kept as the proposal `proposal`, and the
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


class Step(NamedTuple):
    """What a change does. `take`: the new text, by `author`; None: the text stays. `state`: None: as it is. `rests`:
    what new sentences of it rest on.
    """

    acts: list[NewAct]
    take: Take | None = None
    author: str = ""
    note: str | None = None
    state: State | None = None
    sealed: bool = False
    result: Any = None
    rests: Rests = MappingProxyType({})


def signed(
    kind: Literal["approved", "corrected"],
    filed: Filed,
    view: DraftView,
    told: NewAct,
    *,
    four_eyes: bool,
) -> Step:
    """A sign-off, or with four eyes the first of two. Raises NotReady, and InputError if the state does not fit."""
    unsigned = view.state in SIGNED and not view.signed  # published with its label, before anybody signed
    if kind == "corrected" or not unsigned:
        states.require(filed.draft, "approve" if kind == "approved" else "correct")
    if kind == "corrected" and view.standing.approved_revision is None:
        raise InputError(f"Draft {filed.draft.id} was never signed.", "Approve it first.")
    if view.blockers:
        raise NotReady(filed.draft.id, view.blockers)
    number = view.revision.number
    others = {one.by for one in view.standing.signatures if one.revision == number and one.by != told.by}
    whole = not four_eyes or bool(others)
    if not whole and view.signed_once:
        raise InputError(f"{told.by} has already signed this text.", "Another person has to sign it as well.")
    told = told.model_copy(update={"kind": kind if whole else "signed", "after": number})
    return Step([told], state=kind if whole else states.after_change(view.state), sealed=whole)


def moved(action: str, state: State, filed: Filed, view: DraftView, told: NewAct) -> Step:
    """An act that changes the state only."""
    states.require(filed.draft, action)
    return Step([told.model_copy(update={"kind": _KINDS[action], "after": view.revision.number})], state=state)


def decided(view: DraftView, told: NewAct) -> Step:
    """A decision about a claim or a finding."""
    return Step([told.model_copy(update={"after": view.revision.number})], state=states.after_change(view.state))


def textual(view: DraftView, edited: Edited, told: NewAct, *, author: str = "") -> Step:
    """A change of the text by an act; `author`: who wrote the words, where that is not who acts.

    Where nothing changes there is nothing to commit, but for what the act decides besides.
    """
    number = view.revision.number
    links = {"links_before": links_in(view.take), "links_after": links_in(edited.take)}
    saved = Saved(status="saved", revision=number, field=edited.field, index=edited.at, **links)
    data = {"changes": [one.model_dump(mode="json") for one in edited.changes], **told.data}
    told = told.model_copy(update={"before": number, "after": number, "data": data})
    if edited.take == view.take:
        unchanged = saved.model_copy(update={"status": "unchanged"})
        return Step([told] if told.kind in ("finished", "undone") else [], result=unchanged)
    state = states.after_change(view.state)
    return Step([told], take=edited.take, author=author or told.by, note=_NOTES[told.kind], state=state, result=saved)


def undone(filed: Filed, view: DraftView, act: int | None, told: NewAct, revision: Revisions) -> Step:
    """An act is undone: `act`, else the last of who acts. Raises InputError if that can't be."""
    done = _to_undo(filed.acts, told.by, act)
    told = told.model_copy(update={"data": {"act": done.number, "what": done.kind}})
    first = done
    while first.kind == "undone":
        first = filed.acts[int(first.data["act"]) - 1]
    if first.kind in TEXTUAL:
        step = textual(view, editing.undo(view.take, changes_of(done)), told)
        before = revision(done.before) if step.take is not None else view.revision
        return step._replace(rests=rests_of(before.take, before.handles))
    saved = Saved(status="saved", revision=view.revision.number, field="body", index=0)
    return Step([told], state=states.after_change(view.state), result=saved)


def meanwhile(view: DraftView, edited: Edited, by: str, at: str) -> Step:
    """What somebody typed for a paragraph that another person changed in the meantime is kept as a proposal."""
    number = view.revision.number
    one = Proposal(
        kind="meanwhile",
        field=edited.field,
        index=edited.at,
        revision=number,
        base=edited.theirs,
        text=edited.yours,
        pieces=pieces(edited.theirs, edited.yours),
        by=by,
        asked_by=by,
    )
    saved = Saved(
        status="both",
        revision=number,
        field=edited.field,
        index=edited.at,
        yours=edited.yours,
        theirs=edited.theirs,
        proposal=one.id,
        links_before=links_in(view.take),
        links_after=links_in(view.take),
    )
    return proposed(view, one, at)._replace(result=saved)


def proposed(view: DraftView, one: Proposal, at: str) -> Step:
    """A proposal is put up for decision; the text stays as it is."""
    data = one.model_dump(mode="json", exclude={"at", "decided", "state"})
    return Step([NewAct(kind="proposed", by=one.asked_by, at=at, after=view.revision.number, data=data)], result=one)


def with_taken(view: DraftView, one: Proposal, revision: Revisions) -> Edited:
    """The take with the accepted pieces. Raises InputError if the words of one have been changed in the meantime."""
    if one.undecided:
        numbers = ", ".join(map(str, one.undecided))
        raise InputError(f"Pieces {numbers} of the proposal are not decided.", "Accept or drop each of them.")
    taken = {number for number, choice in one.decided.items() if choice == "take"}
    wanted = [piece for piece in one.pieces if piece.number in taken]
    base = view.take if one.revision == view.revision.number else revision(one.revision).take
    index, now = editing.where_now(base, view.take, one.field, one.index)
    if not one.base:  # a paragraph of its own, put before the one that is there
        return editing.replaced(view.take, one.field, index, with_pieces("", wanted, taken), insert=True)
    places, stale = rebased(one.base, now, wanted)
    if stale:
        numbers = ", ".join(str(piece.number) for piece in stale)
        do = "Drop it, or undo the change of those words."
        raise InputError(f"The words of piece {numbers} have been changed in the meantime.", do)
    return editing.replaced(view.take, one.field, index, with_pieces(now, places, taken), insert=not now)


_OPEN = {
    "claim": "claims to decide",
    "wrong": "claims found wrong",
    "error": "open errors",
    "proposal": "proposals to decide",
    "take": "parts missing",
}
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
    "finished": "pieces of a rewrite were accepted",
    "undone": "a change was undone",
}


def required(by: str) -> str:
    """The name of the person who acts. Raises InputError if there is none: nobody is guessed."""
    name = " ".join(by.split())
    if not name:
        raise InputError(
            "The desk doesn't know who you are.", "Use --as NAME, or set OURTAKE_EDITOR or [review] editor."
        )
    return name


def review_after(draft: Draft, step: Step, at: str) -> ReviewState:
    """The state after a step. The seal of a sign-off stays while the text does."""
    was, act = draft.review, step.acts[-1]
    state = step.state or state_of(draft)
    if was is not None and was.state == state:
        return was
    keeps = was is not None and state in SIGNED and step.take is None
    return ReviewState(state=state, by=act.by, since=at, seal=was.seal if was is not None and keeps else None)


def queue_row(view: DraftView) -> QueueRow:
    """The row of the queue that a draft has now."""
    undecided = sum(row.needed and row.decision is None for row in view.claims)
    overrides = sum(row.override is not None for row in view.findings)
    row = row_of(view.draft, undecided=undecided, overrides=overrides, proposals=len(view.proposals), acts=view.acts)
    return row.model_copy(update={"not_checked": view.counts["not-checked"]})


def _to_undo(acts: Sequence[Act], by: str, number: int | None) -> Act:
    """The act to undo: of that number, else this person's last, which is not itself an undoing. Raises InputError if it
    can't be undone.
    """
    undone = undone_by(acts)
    if number is None:
        mine = (act for act in reversed(acts) if act.by == by and act.kind in UNDOABLE - {"undone"})
        found = next((act for act in mine if act.number not in undone), None)
        if found is None:
            raise InputError("You have nothing to undo.", "See `ourtake drafts history`.")
        return found
    if not 1 <= number <= len(acts) or acts[number - 1].kind not in UNDOABLE:
        raise InputError(f"Act {number} can't be undone.", "See `ourtake drafts history`.")
    if number in undone:
        raise InputError(f"Act {number} has already been undone.", "See `ourtake drafts history`.")
    return acts[number - 1]
