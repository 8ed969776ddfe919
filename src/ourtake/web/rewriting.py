"""A rewrite of a paragraph: it streams in, and what it ends with is a proposal."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ourtake.errors import InputError
from ourtake.review.session import Session
from ourtake.web.draft_page import block_named
from ourtake.web.jobs import Jobs, streamed
from ourtake.web.pages import json_of, service_of, session_of, still_here, who_of
from ourtake.web.service import RewriteOrder, Service, Tell

MOST_NOTE = 2000
"""Characters of a note."""


async def start(request: Request) -> Response:
    """POST /drafts/ID/rewrite with {"part", "note", "model"?}: answers with the address of the stream."""
    given = await json_of(request)
    note, part = (given.get("note"), given.get("part")) if isinstance(given, dict) else (None, None)
    service, by = service_of(request), who_of(request)
    try:
        if not isinstance(note, str) or not isinstance(part, str) or not note.strip() or len(note) > MOST_NOTE:
            raise InputError("The note is empty or too long.", "Write a note of up to 2,000 characters.")
        if not by:
            raise InputError("The desk doesn't know who you are.", "Type your name first.")
        model = given.get("model") or ""
        if model and model not in service.models:
            raise InputError("That model is not set up for rewrites.", "Choose one of the list.")
        session = await run_in_threadpool(session_of, request)
        jobs: Jobs = request.app.state.jobs
        order = RewriteOrder(*block_named(part), note.strip(), model)
        work = await run_in_threadpool(_work, service, session, order, by)
        name = jobs.start(session.draft_id, work)
    except InputError as error:
        return JSONResponse({"error": service.mask(str(error))}, 400)
    return JSONResponse({"stream": f"/drafts/{session.draft_id}/rewrite/{name}"})


def _work(service: Service, session: Session, order: RewriteOrder, by: str) -> Callable[[Tell], str]:
    """What the job does: the model's text becomes a proposal."""
    rewrite = service.rewrite
    if rewrite is None:
        raise InputError("No model is set up that could rewrite.", "Set [models] default in ourtake.toml.")
    view = session.view()
    if not any((block.field, block.index) == (order.field, order.block) for block in view.blocks):
        raise InputError("That part is no longer in the text.", "Load the draft again.")

    def work(tell: Tell) -> str:
        made = rewrite(view, order, tell)
        base = view.revision.number
        return session.propose(
            order.field, order.block, made.text, base=base, by=made.by, asked_by=by, note=order.note, rests=made.rests
        ).id

    return work


async def stream(request: Request) -> Response:
    """GET /drafts/ID/rewrite/JOB: server-sent events `text` (all of it so far), then `done` or `failed`."""
    jobs: Jobs = request.app.state.jobs
    session = await run_in_threadpool(session_of, request)
    return streamed(jobs.find(session.draft_id, request.path_params["job"]), still_here(request))
