"""A document that a finding rests on, in full, with the words marked and in view."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ourtake.errors import InputError
from ourtake.text.markdown import visible
from ourtake.web.cards import document_of
from ourtake.web.pages import page, session_of


def evidence(request: Request) -> Response:
    """GET /drafts/ID/evidence/NUMBER?revision=N: the first document of a finding, by its number in that report."""
    session, number = session_of(request), request.path_params["number"]
    view = session.view()
    asked = request.query_params.get("revision", "")
    revision = session.revision(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else view.revision
    findings = revision.report.findings
    if number >= len(findings) or not findings[number].evidence:
        raise InputError(
            f"Revision {revision.number} has no evidence with the number {number}.", "Load the draft again."
        )
    place = findings[number].evidence[0]
    title, kind, published, url, text = document_of(view.draft, place, revision.take)
    if text[place.start : place.end] != place.text:
        before, after = "", ""
    else:
        before, after = visible(text[: place.start]), visible(text[place.end :])
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
        before=before,
        words=visible(place.text),
        after=after,
    )
