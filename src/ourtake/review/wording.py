"""The acts of a draft, blockers and counts in words, the same in the page, the terminal and the commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ourtake.review.states import words_of
from ourtake.review.views import DraftView, short
from ourtake.store.acts import Act
from ourtake.text.counts import count_of

_VERDICTS = {"right": "right", "wrong": "wrong", "source": "right, according to a source"}
_QUOTING = frozenset(("decided", "let-stand", "proposed"))


def act_words(act: Act) -> tuple[str, str]:
    """What was done, in a few words, without who and when; and what it says besides, "" for nothing."""
    data = act.data
    match act.kind:
        case "edited":
            return f"edited {_places(data)}", ""
        case "fixed":
            return f"applied the fix of {data['code']} in {_places(data)}", ""
        case "linked":
            return f"changed the target of a link to {data['to']}", ""
        case "decided":
            blind = ", before the machine's verdict was shown" if data["blind"] else ""
            source = f": {data['source']}" if data["source"] else ""
            return f"decided a claim ({_VERDICTS[data['verdict']]}{blind}{source})", data["claim"]["text"]
        case "let-stand":
            return f"let {data['code']} stand ({data['reason']})", data["text"]
        case "proposed":
            kind = "a rewrite" if data["kind"] == "rewrite" else "what was typed in the meantime"
            return f"proposed {kind} by {data['by']} for {_place(data)}", data["note"]
        case "piece":
            choice = {"take": "accepted", "drop": "dropped"}.get(data["choice"], "undecided again")
            return f"piece {data['piece']} of a proposal: {choice}", ""
        case "undone":
            return f"undid act {data['act']} ({data['what']})", ""
        case "active":
            return f"worked for {count_of(round(data['seconds']), 'second')}", ""
    said = [f"{label}{data[name]}" for name, label in _SAID.items() if data.get(name)]
    return _OTHERS.get(act.kind, act.kind), "; ".join(said)


_OTHERS = {
    "began": "began the draft",
    "shown": "looked at the evidence of a claim",
    "finished": "put the accepted pieces of a proposal into the text",
    "discarded": "dropped a proposal",
    "signed": "signed; a second person has to sign as well",
    "approved": "approved",
    "corrected": "corrected",
    "rejected": "rejected",
    "killed": "killed",
    "reopened": "reopened",
    "published": "published",
    "changed-outside": "found that the published text had been changed",
    "revised": "saved another revision outside the desk",
}


_SAID = {
    "where": "",
    "url": "",
    "note": "",
    "reason": "",
    "knowledge": "knows: ",
    "contact": "contact: ",
    "difference": "",
}
"""What an act may say besides, in this order, and the words before it."""


def _places(data: Mapping[str, Any]) -> str:
    return ", ".join(_place(one) for one in data.get("changes", ())) or "nothing"


def _place(data: Mapping[str, Any]) -> str:
    return f"paragraph {data['index'] + 1}" if data["field"] == "body" else f"the {data['field']}"


def act_line(act: Act) -> str:
    """An act as a line: number, time, who, what, and the revisions where the text changed."""
    revisions = f" (revision {act.before} -> {act.after})" if act.before != act.after and act.before else ""
    what, said = act_words(act)
    # The words of a take may be a whole paragraph.
    more = f": {short(said, 70) if act.kind in _QUOTING else said}" if said else ""
    return f"{act.number:>4}  {act.at[:16].replace('T', ' ')}  {act.by}: {what}{more}{revisions}"


def state_line(view: DraftView) -> str:
    """The state of a draft, and what is known of its claims: "pass" never stands alone."""
    review, counts = view.draft.review, view.revision.report.counts
    since = f" since {review.since[:16].replace('T', ' ')} by {review.by}" if review is not None and review.by else ""
    told = ", ".join(f"{count} {status.replace('-', ' ')}" for status, count in view.counts.items() if count)
    open_ = sum(row.needed and row.decision is None for row in view.claims)
    errors = f"{count_of(counts.get('error', 0), 'error')}, {count_of(counts.get('warning', 0), 'warning')}"
    return f"{words_of(view.state)}{since}; {errors}; claims: {told or 'none recorded'}; {open_} to decide"
