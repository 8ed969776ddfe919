"""The history of a draft: every act, what it changed, and whether the chain of acts is intact."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from ourtake.review.diff import Segment, segments
from ourtake.review.history import changes_of
from ourtake.review.views import DraftView
from ourtake.review.wording import act_words
from ourtake.store.acts import Act, broken_at
from ourtake.web.pages import STATE_NAMES, page, session_of

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
        dropped=[
            (one, segments(one.base, one.text)) for one in view.standing.proposals.values() if one.state == "discarded"
        ],
        active=view.standing.active_seconds,
    )


def _shown(act: Act, view: DraftView) -> ShownAct:
    diffs = tuple(
        (change.field, segments("\n\n".join(change.before), "\n\n".join(change.after))) for change in changes_of(act)
    )
    return ShownAct(act, *act_words(act), diffs, act.number in view.standing.undone)
