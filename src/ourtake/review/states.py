"""The states of a draft at the desk, and which act may follow in which."""

from __future__ import annotations

from typing import Literal

from ourtake.documents import Draft
from ourtake.errors import InputError

State = Literal[
    "draft", "in_review", "approved", "reopened", "published", "changed_outside", "corrected", "killed", "rejected"
]
STATES: tuple[State, ...] = (
    "draft",
    "in_review",
    "approved",
    "reopened",
    "published",
    "changed_outside",
    "corrected",
    "killed",
    "rejected",
)
SIGNED: frozenset[State] = frozenset(("approved", "published", "changed_outside", "corrected"))
"""States in which a seal may vouch for the text. A change of the text ends each of them."""

CLOSED: frozenset[State] = frozenset(("killed", "rejected"))
"""States in which the text does not change until somebody reopens the draft."""

_MAY: dict[str, frozenset[State]] = {
    "change": frozenset(STATES) - CLOSED,
    "approve": frozenset(("draft", "in_review", "reopened")),
    "reject": frozenset(("draft", "in_review", "reopened", "approved")),
    "kill": frozenset(STATES) - {"killed"},
    "correct": frozenset(("reopened", "approved", "published", "changed_outside", "corrected")),
    "reopen": SIGNED | CLOSED,
    "publish": frozenset(STATES) - CLOSED,
    "change outside": frozenset(("published", "changed_outside", "corrected", "approved", "reopened")),
}
_WORDS = {"changed_outside": "changed outside", "in_review": "in review"}


def words_of(state: str) -> str:
    """A state as people read it."""
    return _WORDS.get(state, state)


def state_of(draft: Draft) -> State:
    """The state of a draft; "draft" where nobody has worked on it."""
    return draft.review.state if draft.review is not None else "draft"


def require(draft: Draft, action: str) -> None:
    """Raise InputError if the action does not fit the draft's state."""
    state = state_of(draft)
    if state not in _MAY[action]:
        do = "Reopen it first." if state in CLOSED else "See `ourtake drafts history` for what was done."
        raise InputError(f"Draft {draft.id} is {words_of(state)}; {_NOT[action]}.", do)


_NOT = {
    "change": "its text can't be changed",
    "approve": "there is nothing to approve",
    "reject": "it can't be rejected",
    "kill": "it has already been killed",
    "correct": "only a take that was signed can be corrected",
    "reopen": "it is already open",
    "publish": "it can't be published",
    "change outside": "it was never published",
}


def after_change(state: State) -> State:
    """The state of a draft after a change of its text or of a decision."""
    return "reopened" if state in SIGNED or state == "reopened" else "in_review"
