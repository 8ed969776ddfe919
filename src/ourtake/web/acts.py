"""What an editor does to a draft on its page: each act is a POST, one row of ACTS, and one call of the session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourtake.errors import InputError
from ourtake.review.session import Saved, Session
from ourtake.web.draft_page import block_named, draft_page
from ourtake.web.pages import back_to, form_of, session_of, wants_part, who_of

Form = Mapping[str, str]


def number_of(form: Form, name: str) -> int:
    """A number of the form. Raises InputError if there is none."""
    text = form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InputError(f"The request has no number {name!r}.", "Load the draft again.")
    return int(text)


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


def _reject(session: Session, form: Form, by: str) -> str:
    session.reject(by=by, reason=form.get("reason", ""))
    return "Rejected."


def _kill(session: Session, form: Form, by: str) -> str:
    session.kill(by=by, reason=form.get("reason", ""))
    return "Killed."


def _reopen(session: Session, form: Form, by: str) -> str:
    session.reopen(by=by, reason=form.get("reason", ""))
    return "Reopened."


ACTS: dict[str, Callable[[Session, Form, str], str]] = {
    "edit": _edit,
    "fix": _fix,
    "stand": _stand,
    "link": _link,
    "undo": _undo,
    "piece": _piece,
    "finish": _finish,
    "discard": _discard,
    "reject": _reject,
    "kill": _kill,
    "reopen": _reopen,
}


def endpoint(name: str) -> Callable[[Request], Awaitable[Response]]:
    """POST /drafts/ID/NAME. Our script gets the page as it is then; a plain form is sent to it."""
    doing = ACTS[name]

    async def acting(request: Request) -> Response:
        form = form_of(await request.body())
        return await run_in_threadpool(_done, request, doing, form)

    return acting


def _done(request: Request, doing: Callable[[Session, Form, str], str], form: Form) -> Response:
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
