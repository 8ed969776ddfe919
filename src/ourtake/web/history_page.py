"""The history of a draft: every act, what it changed, and whether the chain of acts is intact."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from ourtake.review.diff import Segment, segments
from ourtake.review.history import Proposal, changes_of
from ourtake.review.views import DraftView
from ourtake.store.acts import Act, broken_at
from ourtake.text.counts import count_of
from ourtake.web.pages import STATE_NAMES, page, session_of

_WORDS = {
    "began": "began the draft",
    "edited": "edited",
    "fixed": "applied a fix",
    "linked": "changed a link",
    "let-stand": "let a finding stand",
    "shown": "looked at the evidence of a claim",
    "decided": "decided a claim",
    "proposed": "asked for a rewrite",
    "piece": "decided a piece of a proposal",
    "finished": "put the accepted pieces into the text",
    "discarded": "dropped a proposal",
    "undone": "undid an act",
    "approved": "signed",
    "signed": "signed; a second person has to sign as well",
    "corrected": "signed a correction",
    "rejected": "rejected it",
    "killed": "killed it",
    "reopened": "reopened it",
    "published": "published it",
    "changed-outside": "found that the published text had been changed",
    "revised": "changed the text from outside the desk",
    "active": "worked on it",
}
_QUIET = frozenset({"shown", "active"})
"""Acts that are many and change nothing; the page shows them when asked to."""


class ShownAct(NamedTuple):
    """An act with what it changed, a word diff for each field; `told`: what else it says."""

    act: Act
    what: str
    told: str
    diffs: tuple[tuple[str, list[Segment]], ...]
    undone: bool


def history(request: Request) -> Response:
    """GET /drafts/ID/history; ?all=1 shows the small acts too."""
    session = session_of(request)
    view, acts = session.view(), session.history()
    every = request.query_params.get("all") == "1"
    rows = [_shown(act, view) for act in acts if every or act.kind not in _QUIET]
    return page(
        request,
        "history",
        view=view,
        draft=view.draft,
        state_name=STATE_NAMES[view.state],
        rows=list(reversed(rows)),
        quiet=sum(act.kind in _QUIET for act in acts),
        every=every,
        count=len(acts),
        head=acts[-1].digest if acts else "",
        broken=broken_at(acts),
        dropped=[one for one in view.standing.proposals.values() if one.state == "discarded"],
        diff_of=_proposal_diff,
        active=view.standing.active_seconds,
    )


def _proposal_diff(one: Proposal) -> list[Segment]:
    return segments(one.base, one.text)


def _shown(act: Act, view: DraftView) -> ShownAct:
    diffs = tuple(
        (change.field, segments("\n\n".join(change.before), "\n\n".join(change.after))) for change in changes_of(act)
    )
    return ShownAct(act, _WORDS.get(act.kind, act.kind), _told(act), diffs, act.number in view.standing.undone)


def _told(act: Act) -> str:
    """What an act says besides its changes, as one line."""
    data = act.data
    if act.kind == "decided":
        verdict = {"right": "right", "wrong": "wrong", "source": "right, according to a source"}[data["verdict"]]
        blind = ", before the machine's verdict was shown" if data.get("blind") else ""
        return f"{verdict}{blind}: “{data['claim']['text']}”" + (f" Source: {data['source']}" if data["source"] else "")
    if act.kind == "let-stand":
        return f"{data['code']} “{data['text'][:200]}”. Reason: {data['reason']}"
    if act.kind == "undone":
        return f"act {data['act']}"
    if act.kind in ("approved", "signed", "corrected"):
        parts = [f"knows: {data.get('knowledge', '')}", f"contact: {data.get('contact', '')}", data.get("note", "")]
        return ". ".join(part for part in parts if part)
    if act.kind == "piece":
        return f"piece {data['piece']}: {data['choice'] or 'open again'}"
    if act.kind == "active":
        return count_of(round(data["seconds"]), "second")
    words = (data.get("note"), data.get("reason"), data.get("where"), data.get("code"))
    return ". ".join(str(word) for word in words if word)
