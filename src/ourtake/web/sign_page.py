"""The sign-off: who signs, what they know of the subject, and what exactly they sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourtake.errors import InputError
from ourtake.publish.outdated import outdated_takes
from ourtake.review.history import BY_PEOPLE
from ourtake.review.record import content_digest
from ourtake.web.cards import verdict_of
from ourtake.web.draft_page import why_not
from ourtake.web.pages import STATE_NAMES, back_to, form_of, page, service_of, session_of, who_of


def sign_page(
    request: Request,
    *,
    problem: str = "",
    given: dict[str, str] | None = None,
    status: int = 200,
    done: str = "",
    outside: Sequence[str] = (),
) -> Response:
    """GET /drafts/ID/sign.

    `problem`: why something was not accepted; `given`: what was typed in; `done`: what was published; `outside`: the
    lines that somebody changed in the CMS, each after "- " (as it was sent) or "+ " (as it is there).
    """
    session, settings = session_of(request), service_of(request).settings
    view = session.view()
    acts = Counter(act.kind for act in session.history() if act.number not in view.standing.undone)
    claims = {row.id for row in view.claims}
    return page(
        request,
        "sign",
        status,
        view=view,
        draft=view.draft,
        state_name=STATE_NAMES[view.state],
        verdict=verdict_of(view),
        overrides=[row for row in view.findings if row.override is not None],
        sources=[one for one in view.standing.decisions.values() if one.source and one.key in claims],
        warnings=[row for row in view.findings if row.finding.severity == "warning" and row.override is None],
        edits=sum(acts[kind] for kind in BY_PEOPLE),
        fixes=acts["fixed"] + acts["linked"],
        rewrites=acts["finished"],
        model=view.draft.model,
        digest=content_digest(view.take),
        why_not=why_not(view),
        corrects=view.standing.approved_revision is not None and view.state == "reopened",
        problem=problem,
        done=done,
        outdated=list(outdated_takes(session.desk.store, [view.draft], publication=settings.publication.name)),
        outside=[("del" if line[0] == "-" else "ins", line[2:]) for line in outside if line[:2] in ("- ", "+ ")],
        sites=[(name, site.url) for name, site in settings.publish.items()],
        given=_TYPED | (given or {"contact": settings.review.contact or settings.publication.url}),
    )


_TYPED = {"knowledge": "", "contact": "", "note": "", "label": "no"}


async def signed(request: Request) -> Response:
    """POST /drafts/ID/sign."""
    form = form_of(await request.body())
    return await run_in_threadpool(_signed, request, form)


def _signed(request: Request, form: dict[str, str]) -> Response:
    session, by = session_of(request), who_of(request)
    try:
        if " ".join(form.get("name", "").split()) != by:
            raise InputError(
                "The name that you typed is not the name of the person at the desk.", f"Type it as it is shown: {by}."
            )
        if not form.get("knowledge", "").strip():
            raise InputError("Say what you know about the subject.", "A few words are enough.")
        if not form.get("contact", "").strip():
            raise InputError("Readers have no way to reach the person responsible.", "Give an address or a page.")
        if form.get("digest") != content_digest(session.view().take):
            raise InputError("The text was changed since this page was shown.", "Read it again, then sign.")
        knowledge, contact, label = form["knowledge"], form["contact"], bool(form.get("label"))
        if form.get("note", "").strip():
            session.correct(form["note"], by=by, knowledge=knowledge, contact=contact, label=label)
        else:
            session.approve(by=by, knowledge=knowledge, contact=contact, label=label)
    except InputError as error:
        return sign_page(request, problem=str(error), given=form, status=400)
    return back_to(f"/drafts/{session.draft_id}")
