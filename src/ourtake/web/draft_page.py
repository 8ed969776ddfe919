"""The page of a draft: the take as readers see it, its findings, and what is in the way of an approval; and the page of
a document that a finding rests on.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ourtake.documents import FieldName
from ourtake.errors import InputError
from ourtake.review.paragraphs import FIELDS
from ourtake.review.views import DraftView
from ourtake.store.stories import DraftNotice
from ourtake.text.counts import count_of
from ourtake.text.markdown import visible
from ourtake.web.cards import cards_of, document_of, open_counts, verdict_of
from ourtake.web.pages import STATE_NAMES, day_in_words, page, service_of, session_of, whole_number
from ourtake.web.parts import parts_of


def block_named(name: str) -> tuple[FieldName, int]:
    """Field and index of a block's name, as "body-2". Raises InputError for anything else."""
    start, _, number = name.partition("-")
    field, index = next((field for field in FIELDS if field == start), None), whole_number(number)
    if field is None or index is None:
        raise InputError(f"There is no part {name[:40]!r} in a take.", "Load the draft again.")
    return field, index


def draft(request: Request) -> Response:
    """GET /drafts/ID; ?edit=PART opens a part for editing where no script runs."""
    session = session_of(request)
    try:
        return draft_page(request, session.view())
    except InputError:
        planned = service_of(request).desk.store.draft(session.draft_id)
        if planned is None or planned.status != "planned":
            raise
        return page(request, "planned", draft=planned, notice=notice_of(request, planned.id))


def notice_of(request: Request, draft_id: str) -> DraftNotice | None:
    """What watching knows about a draft; None if it did not make it."""
    return service_of(request).desk.store.watch.notices([draft_id]).get(draft_id)


def draft_page(request: Request, view: DraftView, *, done: str = "") -> Response:
    """The page of a draft as it is; `done`: what a request has just changed, in a sentence."""
    report, service = view.revision.report, service_of(request)
    return page(
        request,
        "draft",
        view=view,
        draft=view.draft,
        revision=view.revision,
        take=view.take,
        published=day_in_words(view.draft.source.published),
        parts=parts_of(view),
        cards=cards_of(view),
        open=open_counts(view.findings),
        words=sum(report.words.values()),
        overrides=sum(row.override is not None for row in view.findings),
        verdict=verdict_of(view),
        state_name=STATE_NAMES[view.state],
        why_not=why_not(view),
        editing=request.query_params.get("edit", ""),
        notice=notice_of(request, view.draft.id),
        can_rewrite=service.rewrite is not None,
        models=service.models,
        done=done,
    )


def evidence(request: Request) -> Response:
    """GET /drafts/ID/evidence/NUMBER?revision=N: the first document of a finding, by its number in that report."""
    session, number = session_of(request), request.path_params["number"]
    view = session.view()
    asked = whole_number(request.query_params.get("revision", ""))
    revision = session.revision(asked) if asked is not None else view.revision
    findings = revision.report.findings
    if number >= len(findings) or not findings[number].evidence:
        raise InputError(
            f"Revision {revision.number} has no evidence with the number {number}.", "Load the draft again."
        )
    place = findings[number].evidence[0]
    title, kind, published, url, text = document_of(view.draft, place, revision.take)
    known = text[place.start : place.end] == place.text
    return page(
        request,
        "evidence",
        draft=view.draft,
        finding=findings[number],
        number=number,
        title=title,
        whose=kind,
        published=published,
        url=url,
        before=visible(text[: place.start]) if known else "",
        words=visible(place.text),
        after=visible(text[place.end :]) if known else "",
    )


def why_not(view: DraftView) -> str:
    """What keeps the draft from being approved, in a sentence; "" if nothing does."""
    if view.state in ("approved", "published"):
        return "It is signed. Any change to the text reopens it."
    if view.state in ("killed", "rejected"):
        return f"It is {view.state}: reopen it first."
    if view.signed_once and not view.blockers:
        return f"Signed by {' and '.join(view.signed_once)}. A second person has to sign it as well."
    counts = {kind: sum(one.kind == kind for one in view.blockers) for kind in ("error", "wrong", "claim", "proposal")}
    errors, wrong, claims, proposals = counts.values()
    parts = []
    if errors:
        parts.append(f"{count_of(errors, 'error')} open: fix, or let stand with a reason")
    if wrong:
        parts.append(f"{count_of(wrong, 'claim')} found wrong")
    if claims:
        parts.append(f"{count_of(claims, 'claim')} to decide")
    if proposals:
        parts.append("a rewrite to decide")
    return ("; ".join(parts)[:1].upper() + "; ".join(parts)[1:] + ".") if parts else ""
