"""The claim sheet: each claim beside its evidence, decided one at a time by a person who has the evidence on screen."""

from __future__ import annotations

from typing import Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourtake.errors import InputError
from ourtake.review.claims import needs_decision, text_of
from ourtake.review.editing import unmasked
from ourtake.review.session import Session
from ourtake.review.views import ClaimRow, DraftView, short
from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences
from ourtake.web.cards import passage_of, readable_diff, verdict_of
from ourtake.web.draft_page import why_not
from ourtake.web.pages import back_to, form_of, page, session_of, wants_part, who_of

PASSAGES = 2
"""Passages shown beside a claim, the best first; as many again can be opened."""
AROUND = 110
"""Characters of a document before and after the words that a claim rests on: enough to read them, and on one screen."""
_VERDICTS: tuple[Literal["right", "wrong", "source"], ...] = ("right", "wrong", "source")


def claims(request: Request) -> Response:
    """GET /drafts/ID/claims?row=CLAIM: the sheet with one row open; without one, the first that is to be decided."""
    return claims_page(request, session_of(request).view(), request.query_params.get("row", ""))


def claims_page(request: Request, view: DraftView, wanted: str = "", *, done: str = "") -> Response:
    """The sheet; `wanted`: the id of the row that is open."""
    rows = [row for row in view.claims if row.needed or row.decision is not None]
    open_row = next((row for row in rows if row.id == wanted), None) or _first_open(rows)
    by = who_of(request)
    return page(
        request,
        "claims",
        view=view,
        draft=view.draft,
        rows=rows,
        at_once=PASSAGES,
        opinions=sum(not needs_decision(row.claim) for row in view.claims),
        current=open_row,
        sentence=_sentence(view, open_row) if open_row else ("", "", ""),
        passages=[
            passage_of(view.draft, one, view.take, around=AROUND) for one in open_row.claim.evidence[: 2 * PASSAGES]
        ]
        if open_row
        else [],
        diff=readable_diff(visible(open_row.claim.text), open_row.claim.evidence[0].text)
        if open_row and open_row.claim.evidence and open_row.claim.kind != "link"
        else (),
        was_shown=open_row is not None and view.standing.shown.get(by) == open_row.id,
        decided=sum(row.decision is not None for row in rows),
        verdict=verdict_of(view),
        short=lambda row: short(visible(row.claim.text), 140),
        why_not=why_not(view),
        done=done,
    )


def _first_open(rows: list[ClaimRow]) -> ClaimRow | None:
    return next((row for row in rows if row.decision is None), rows[0] if rows else None)


def _sentence(view: DraftView, row: ClaimRow) -> tuple[str, str, str]:
    """The sentences around a claim: before, the claim, after. Statements are sentences themselves."""
    text, claim = text_of(view.take, row.claim.field), row.claim
    near = [span for span in sentences(text) if span.start < claim.end and span.end > claim.start]
    start, end = (near[0].start, near[-1].end) if near else (claim.start, claim.end)
    return (
        visible(text[min(start, claim.start) : claim.start]),
        visible(text[claim.start : claim.end]),
        visible(text[claim.end : max(end, claim.end)]),
    )


async def show(request: Request) -> Response:
    """POST /drafts/ID/claims/CLAIM/show: its evidence is on this person's screen."""
    return await run_in_threadpool(_shown, request)


def _shown(request: Request) -> Response:
    session, claim = session_of(request), request.path_params["claim"]
    session.show(claim, by=who_of(request))
    if wants_part(request):
        return claims_page(request, session.view(), claim)
    return back_to(f"/drafts/{session.draft_id}/claims?row={claim}#row")


async def decide(request: Request) -> Response:
    """POST /drafts/ID/claims/CLAIM with verdict right, wrong or source (and the source)."""
    form = form_of(await request.body())
    return await run_in_threadpool(_decided, request, form)


def _decided(request: Request, form: dict[str, str]) -> Response:
    session, claim = session_of(request), request.path_params["claim"]
    verdict = next((one for one in _VERDICTS if one == form.get("verdict")), None)
    if verdict is None:
        raise InputError(
            "A claim is right, wrong, or right according to a source that you name.", "Choose one of them."
        )
    before = session.view().claim(claim)
    after = session.decide(claim, verdict, by=who_of(request), source=form.get("source", ""))
    done = _told(session, before, verdict)
    if wants_part(request):
        return claims_page(request, after, done=done)
    if verdict == "wrong":
        return back_to(f"/drafts/{session.draft_id}?edit={before.claim.field}-{before.index}")
    return back_to(f"/drafts/{session.draft_id}/claims#row")


def _told(session: Session, before: ClaimRow, verdict: str) -> str:
    words = {"right": "right", "wrong": "wrong", "source": "right, according to your source"}[verdict]
    if not before.blind:
        return f"Decided: {words}."
    machine = unmasked(session.view(), before)
    status = machine.status.replace("-", " ")
    return f"You answered {words} before the verdict was shown. The {machine.by}'s verdict was: {status}."
