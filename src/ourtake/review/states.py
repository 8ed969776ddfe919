"""The states of a draft at the desk, and which act may follow in which."""

from __future__ import annotations

from typing import Literal, get_args

from ourtake.documents import Draft
from ourtake.errors import InputError

State = Literal[
    "draft", "in_review", "approved", "reopened", "published", "changed_outside", "corrected", "killed", "rejected"
]
STATES: tuple[State, ...] = get_args(State)
SIGNED: frozenset[State] = frozenset(("approved", "published", "changed_outside", "corrected"))
"""States in which a seal may vouch for the text. A change of the text ends each of them."""

CLOSED: frozenset[State] = frozenset(("killed", "rejected"))
"""States in which the text does not change until somebody reopens the draft."""

_MAY: dict[str, tuple[frozenset[State], str]] = {
    "change": (frozenset(STATES) - CLOSED, "its text can't be changed"),
    "approve": (frozenset(("draft", "in_review", "reopened")), "there is nothing to approve"),
    "reject": (frozenset(("draft", "in_review", "reopened", "approved")), "it can't be rejected"),
    "kill": (frozenset(STATES) - {"killed"}, "it has already been killed"),
    "correct": (SIGNED | {"reopened"}, "only a take that was signed can be corrected"),
    "reopen": (SIGNED | CLOSED, "it is already open"),
    "publish": (frozenset(STATES) - CLOSED, "it can't be published"),
    "change outside": (SIGNED | {"reopened"}, "it was never published"),
}
"""The states in which an action fits, and what is said in any other."""


def words_of(state: str) -> str:
    """A state as people read it."""
    return state.replace("_", " ")


def state_of(draft: Draft) -> State:
    """The state of a draft; "draft" where nobody has worked on it."""
    return draft.review.state if draft.review is not None else "draft"


def require(draft: Draft, action: str) -> None:
    """Raise InputError if the action does not fit the draft's state."""
    state, (allowed, refusal) = state_of(draft), _MAY[action]
    if state not in allowed:
        do = "Reopen it first." if state in CLOSED else "See `ourtake drafts history` for what was done."
        raise InputError(f"Draft {draft.id} is {words_of(state)}; {refusal}.", do)


def after_change(state: State) -> State:
    """The state of a draft after a change of its text or of a decision."""
    return "reopened" if state in SIGNED or state == "reopened" else "in_review"
