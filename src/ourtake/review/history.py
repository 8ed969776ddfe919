"""What the acts of a draft come to: decisions, overrides, proposals. Everything is read from the chain, in order.

An act is never changed or removed. Undoing one is another act, which is left out here together with the one it undoes.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from ourtake.documents import Claim, Document, FieldName, Severity
from ourtake.review.diff import Piece
from ourtake.store.acts import Act

UNDOABLE = frozenset(("edited", "fixed", "linked", "let-stand", "decided", "piece", "finished", "discarded", "undone"))
TEXTUAL = frozenset(("edited", "fixed", "linked", "finished"))
"""Acts that changed the text; undoing one writes a revision."""

WRITING = TEXTUAL | {"began", "undone", "revised"}
"""Acts that may write a revision; all others name the one that they are about."""

BY_PEOPLE = frozenset(("began", "edited"))
"""Acts whose new words a person wrote."""


_VOIDING = frozenset(("decided", "let-stand", "undone", "reopened"))
"""Acts after which a signature of the same text counts no longer, neither as the first of two."""


class Change(Document):
    """What an act changed in one field. For the body `before` and `after` are paragraphs from `index` on."""

    field: FieldName
    index: int = 0
    before: tuple[str, ...]
    after: tuple[str, ...]


class Decision(Document):
    """What a person decided about a claim. `claim`: as it was then, with the evidence that the person saw.

    `blind`: the person answered before the machine's verdict was shown. `source`: what the person typed in for a claim
    that no document here shows.
    """

    key: str
    verdict: Literal["right", "wrong", "source"]
    by: str
    at: str
    act: int
    claim: Claim
    blind: bool = False
    source: str = ""


class Override(Document):
    """A finding that a person let stand, with the reason."""

    key: str
    code: str
    severity: Severity
    message: str
    text: str
    reason: str
    by: str
    at: str
    act: int


class Proposal(Document):
    """Another text for a paragraph, which is not in the take until it is finished.

    `kind`: a "rewrite" by a model, or a "meanwhile": what somebody typed while another changed the same paragraph.
    `base`: the text that `pieces` count in, of revision `revision`. `decided`: piece number -> take or drop. `rests`:
    the fact handles of the sentences of `text`, by their words. `at`: empty until it is committed.
    """

    id: str = Field(default_factory=lambda: uuid.uuid4().hex[:12])
    kind: Literal["rewrite", "meanwhile"]
    field: FieldName
    index: int
    revision: int
    base: str
    text: str
    pieces: tuple[Piece, ...]
    by: str
    asked_by: str
    at: str = ""
    note: str = ""
    rests: dict[str, tuple[str, ...]] = Field(default_factory=dict, exclude_if=lambda rests: not rests)
    decided: dict[int, Literal["take", "drop"]] = Field(default_factory=dict)
    state: Literal["pending", "finished", "discarded"] = "pending"

    @property
    def undecided(self) -> tuple[int, ...]:
        """The numbers of the pieces that nobody has taken or dropped."""
        return tuple(piece.number for piece in self.pieces if piece.number not in self.decided)


class Signature(Document):
    """A person's sign-off of a revision. `knowledge`: what the person says they know about the subject. `label`: the
    take is labelled as written by a model all the same.
    """

    by: str
    at: str
    revision: int
    knowledge: str = ""
    contact: str = ""
    label: bool = False


class Correction(Document):
    """What a correction tells the readers."""

    note: str
    by: str
    at: str
    revision: int


class Standing(Document):
    """What holds after all acts, but for what was undone."""

    decisions: dict[str, Decision] = Field(default_factory=dict)
    overrides: dict[str, Override] = Field(default_factory=dict)
    proposals: dict[str, Proposal] = Field(default_factory=dict)
    shown: dict[str, str] = Field(default_factory=dict)
    undone: frozenset[int] = frozenset()
    signatures: tuple[Signature, ...] = ()
    corrections: tuple[Correction, ...] = ()
    active_seconds: dict[str, float] = Field(default_factory=dict)
    approved_revision: int | None = None

    @property
    def pending(self) -> tuple[Proposal, ...]:
        """The proposals that wait for a decision, oldest first."""
        return tuple(one for one in self.proposals.values() if one.state == "pending")


def undone_by(acts: Sequence[Act]) -> frozenset[int]:
    """The numbers of the acts that are undone; an undoing that was itself undone counts for nothing."""
    undone: set[int] = set()
    for act in reversed(acts):
        if act.kind == "undone" and act.number not in undone:
            undone.add(int(act.data["act"]))
    return frozenset(undone)


def changes_of(act: Act) -> tuple[Change, ...]:
    """What an act changed in the text."""
    return tuple(Change.model_validate(one) for one in act.data.get("changes", ()))


def standing_after(acts: Sequence[Act]) -> Standing:
    """What holds after these acts."""
    undone = undone_by(acts)
    kept = [act for act in acts if act.number not in undone]
    decisions: dict[str, Decision] = {}
    overrides: dict[str, Override] = {}
    proposals: dict[str, Proposal] = {}
    shown: dict[str, str] = {}
    active: dict[str, float] = {}
    for act in kept:
        data, told = act.data, {"by": act.by, "at": act.at}
        if act.kind == "shown":
            shown[act.by] = data["key"]
        elif act.kind == "decided":
            # The row is done: the next key press decides nothing until other evidence was shown.
            shown.pop(act.by, None)
            decisions[data["key"]] = Decision(**data, **told, act=act.number)
        elif act.kind == "let-stand":
            overrides[data["key"]] = Override(**data, **told, act=act.number)
        elif act.kind == "proposed":
            proposals[data["id"]] = Proposal(**data, at=act.at)
        elif act.kind in ("piece", "finished", "discarded"):
            proposals[data["id"]] = _proposal_after(act, proposals[data["id"]])
        elif act.kind == "active":
            active[act.by] = active.get(act.by, 0.0) + float(data["seconds"])
    corrected = [act for act in kept if act.kind == "corrected"]
    return Standing(
        decisions=decisions,
        overrides=overrides,
        proposals=proposals,
        shown=shown,
        undone=undone,
        signatures=_signatures(kept),
        corrections=tuple(Correction(note=a.data["note"], by=a.by, at=a.at, revision=a.after) for a in corrected),
        active_seconds=active,
        approved_revision=next((a.after for a in reversed(kept) if a.kind in ("approved", "corrected")), None),
    )


def _signatures(kept: Sequence[Act]) -> tuple[Signature, ...]:
    """The signatures that still count."""
    found: list[Signature] = []
    for act in kept:
        if act.kind in _VOIDING:
            found.clear()
        elif act.kind in ("signed", "approved", "corrected"):
            said = {name: act.data[name] for name in ("knowledge", "contact", "label") if name in act.data}
            found.append(Signature(by=act.by, at=act.at, revision=act.after, **said))
    return tuple(found)


def _proposal_after(act: Act, one: Proposal) -> Proposal:
    if act.kind != "piece":
        return one.model_copy(update={"state": act.kind})
    decided = {number: choice for number, choice in one.decided.items() if number != act.data["piece"]}
    if act.data["choice"] is not None:
        decided[act.data["piece"]] = act.data["choice"]
    return one.model_copy(update={"decided": decided})
