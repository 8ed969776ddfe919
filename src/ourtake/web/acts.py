"""What an editor does to a draft on its page: each act is a POST, one row of ACTS, and one call of the session. Beside
them, what the page sends by itself: the time of work, and a paragraph to be checked while somebody edits it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ourtake.errors import InputError
from ourtake.review.claims import text_of
from ourtake.review.paragraphs import blocks_of, links_in, typed, with_block
from ourtake.review.session import Saved, Session
from ourtake.review.views import DraftView
from ourtake.web.cards import is_wide
from ourtake.web.draft_page import block_named, draft_page
from ourtake.web.pages import back_to, form_of, json_of, service_of, session_of, wants_part, who_of, whole_number
from ourtake.writing.fact_handles import carried_handles, rests_of

Form = Mapping[str, str]
Act = Callable[[Session, Form, str], str]
"""Does something to a draft, as a form says and by whom; returns what was done, in a sentence."""
SIGNS = {"error": "✕", "warning": "△", "info": "i"}


def number_of(form: Form, name: str) -> int:
    """A number of the form. Raises InputError if there is none."""
    found = whole_number(form.get(name, ""))
    if found is None:
        raise InputError(f"The request has no number {name!r}.", "Load the draft again.")
    return found


def _edit(session: Session, form: Form, by: str) -> str:
    field, index = block_named(form.get("part", ""))
    saved = session.edit(field, index, form.get("text", ""), base=number_of(form, "base"), by=by)
    return _told(saved)


def _told(saved: Saved) -> str:
    if saved.status == "both":
        return (
            "Somebody changed this paragraph in the meantime. Both texts are kept: theirs is in the take, and yours is "
            "below it, to be accepted piece by piece."
        )
    if saved.links_before != saved.links_after:
        return f"Saved. Links {saved.links_before} → {saved.links_after}."
    return "Nothing was changed." if saved.status == "unchanged" else "Saved."


def _fix(session: Session, form: Form, by: str) -> str:
    session.apply_fix(form.get("finding", ""), by=by)
    return "Fixed."


def _stand(session: Session, form: Form, by: str) -> str:
    session.let_stand(form.get("finding", ""), form.get("reason", ""), by=by)
    return "The text is kept as it is, with your reason."


def _link(session: Session, form: Form, by: str) -> str:
    field, _ = block_named(form.get("part", ""))
    session.swap_link(field, number_of(form, "link"), base=number_of(form, "base"), by=by)
    return "The link now leads to the next offered article."


def _undo(session: Session, form: Form, by: str) -> str:
    session.undo(by=by, act=number_of(form, "act") if "act" in form else None)
    return "Undone."


def _piece(session: Session, form: Form, by: str) -> str:
    choice = form.get("choice", "")
    if choice not in ("take", "drop", "none"):
        raise InputError("A piece can only be accepted or dropped.", "Load the draft again.")
    wanted = None if choice == "none" else choice
    session.decide_piece(form.get("proposal", ""), number_of(form, "piece"), wanted, by=by)  # type: ignore[arg-type]
    return {"take": "Accepted.", "drop": "Dropped.", "none": "Undecided again."}[choice]


def _finish(session: Session, form: Form, by: str) -> str:
    return _told(session.finish(form.get("proposal", ""), by=by))


def _discard(session: Session, form: Form, by: str) -> str:
    session.discard(form.get("proposal", ""), by=by)
    return "The proposal was dropped. The text has not changed."


def _moving(move: Callable[..., DraftView], done: str) -> Act:
    """An act that changes the draft's state, by a method of the session that takes a reason."""

    def act(session: Session, form: Form, by: str) -> str:
        move(session, by=by, reason=form.get("reason", ""))
        return done

    return act


ACTS: dict[str, Act] = {
    "edit": _edit,
    "fix": _fix,
    "stand": _stand,
    "link": _link,
    "undo": _undo,
    "piece": _piece,
    "finish": _finish,
    "discard": _discard,
    "reject": _moving(Session.reject, "Rejected."),
    "kill": _moving(Session.kill, "Killed."),
    "reopen": _moving(Session.reopen, "Reopened."),
}


def endpoint(name: str) -> Callable[[Request], Awaitable[Response]]:
    """POST /drafts/ID/NAME. Our script gets the page as it is then; a plain form is sent to it."""
    doing = ACTS[name]

    async def acting(request: Request) -> Response:
        form = form_of(await request.body())
        return await run_in_threadpool(_done, request, doing, form)

    return acting


def _done(request: Request, doing: Act, form: Form) -> Response:
    session = session_of(request)
    done = doing(session, form, who_of(request))
    if wants_part(request):
        return draft_page(request, session.view(), done=done)
    place = form.get("part", "")
    return back_to(f"/drafts/{session.draft_id}" + (f"#p-{place}" if place else ""))


async def active(request: Request) -> Response:
    """POST /drafts/ID/active: seconds in which somebody worked on the draft; the page stops the clock."""
    form = form_of(await request.body())
    by = who_of(request)
    if by and form.get("seconds", "") == "15":
        await run_in_threadpool(session_of(request).add_active, 15.0, by=by)
    return Response(status_code=204)


async def check(request: Request) -> Response:
    """POST /drafts/ID/check with {"part", "text"}: what the rules would find in that paragraph. Nothing is stored."""
    given = await json_of(request)
    if not isinstance(given, dict) or not isinstance(given.get("text"), str) or not isinstance(given.get("part"), str):
        raise InputError("The request has no part and text.", "Send both as JSON.")
    return await run_in_threadpool(_checked, request, given["part"], given["text"])


def _checked(request: Request, part: str, text: str) -> Response:
    field, index = block_named(part)
    view = session_of(request).view()
    text = typed(text)
    take = with_block(view.take, field, index, text)
    handles = carried_handles(rests_of(view.take, view.revision.handles), take)
    report = service_of(request).desk.report(view.draft, take, handles)
    block = next((one for one in blocks_of(take) if (one.field, one.index) == (field, index)), None)
    start, end = (block.start, block.start + len(text)) if block else (0, 0)
    whole = text_of(take, field)
    findings = [
        {"sign": SIGNS[one.severity], "severity": one.severity, "name": one.rule.replace("-", " "), "code": one.code,
         "message": one.message, "text": "" if is_wide(one, whole) else one.text[:120]}
        for one in report.findings
        if one.field == field and one.start < end and one.end > start
    ]  # fmt: skip
    return JSONResponse({"findings": findings, "links": {"before": links_in(view.take), "now": links_in(take)}})
