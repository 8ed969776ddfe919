"""A rewrite that streams in: a job writes it, any number of pages may watch, and what it ends with is a proposal.

The job does not hang on the page that asked: who closes the tab finds the proposal when they come back.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from ourtake.errors import InputError, OurtakeError
from ourtake.review.session import Session
from ourtake.web.draft_page import block_named
from ourtake.web.pages import json_of, service_of, session_of, who_of
from ourtake.web.service import Rewritten, Service

KEPT_SECONDS = 600
"""So long a finished job can still be watched, as by a page that lost its connection."""
MOST_JOBS = 20
"""Rewrites under way at one time."""


class Job:
    """A rewrite under way. `text`: what there is of it. `end`: the last event, once it is over."""

    def __init__(self, draft_id: str) -> None:
        self.draft_id = draft_id
        self.text = ""
        self.end: tuple[str, str] | None = None
        self.task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    def tell(self, text: str) -> None:
        """There is more of the text."""
        self.text = text
        self._wake()

    def finish(self, event: str, data: str) -> None:
        """It is over."""
        self.end = event, data
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def events(self) -> AsyncIterator[tuple[str, str]]:
        """The text each time it has grown, then the end."""
        shown = None
        while True:
            changed = self._changed
            if self.text != shown:
                shown = self.text
                yield "text", shown
            if self.end is not None:
                yield self.end
                return
            await changed.wait()


class Jobs:
    """The rewrites of a server."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def start(self, service: Service, session: Session, part: str, note: str, by: str) -> str:
        """Start a rewrite and return its id. Raises InputError where it can't be started."""
        field, index = block_named(part)
        if service.rewrite is None:
            raise InputError("No model is set up that could rewrite.", "Set [models] default in ourtake.toml.")
        if sum(job.end is None for job in self._jobs.values()) >= MOST_JOBS:
            raise InputError(f"{MOST_JOBS} rewrites are under way.", "Wait until one is done.")
        view, write = session.view(), service.rewrite
        if not any((block.field, block.index) == (field, index) for block in view.blocks):
            raise InputError("That part is not in the text any more.", "Load the draft again.")
        name, job = uuid.uuid4().hex, Job(session.draft_id)
        self._jobs[name] = job

        async def run() -> None:
            try:
                made: Rewritten = await write(view, field, index, note, job.tell)
                told = {"base": view.revision.number, "by": made.by, "asked_by": by, "note": note}
                one = await run_in_threadpool(session.propose, field, index, made.text, **told)  # type: ignore[arg-type]
                job.finish("proposed", one.id)
            except OurtakeError as error:
                job.finish("failed", f"{service.mask(str(error))} The text is as it was.")
            except Exception:
                job.finish("failed", "The rewrite failed inside ourtake. The text is as it was; see the server's log.")
                raise
            finally:
                asyncio.get_running_loop().call_later(KEPT_SECONDS, self._jobs.pop, name, None)

        job.task = asyncio.create_task(run())
        return name

    def find(self, draft_id: str, name: str) -> Job:
        """The job of that id. Raises InputError where there is none."""
        job = self._jobs.get(name)
        if job is None or job.draft_id != draft_id:
            raise InputError("That rewrite is not under way here.", "Ask for it again.")
        return job


async def start(request: Request) -> Response:
    """POST /drafts/ID/rewrite with {"part", "note"}: answers with the address of the stream."""
    given = await json_of(request)
    note, part = (given.get("note"), given.get("part")) if isinstance(given, dict) else (None, None)
    try:
        if not isinstance(note, str) or not isinstance(part, str) or not note.strip() or len(note) > 2000:
            raise InputError("It is not said what should be different.", "Write a note of up to 2,000 characters.")
        if not who_of(request):
            raise InputError("It is not said who acts.", "Say who you are first.")
        session = await run_in_threadpool(session_of, request)
        jobs: Jobs = request.app.state.jobs
        name = jobs.start(service_of(request), session, part, note.strip(), who_of(request))
    except InputError as error:
        return JSONResponse({"error": service_of(request).mask(str(error))}, 400)
    return JSONResponse({"stream": f"/drafts/{session.draft_id}/rewrite/{name}"})


async def stream(request: Request) -> Response:
    """GET /drafts/ID/rewrite/JOB: server-sent events `text` (all of it so far), then `proposed` or `failed`."""
    jobs: Jobs = request.app.state.jobs
    session = await run_in_threadpool(session_of, request)
    job = jobs.find(session.draft_id, request.path_params["job"])

    async def sent() -> AsyncIterator[str]:
        async for event, data in job.events():
            yield f"event: {event}\ndata: {json.dumps(data)}\n\n"

    return StreamingResponse(sent(), media_type="text/event-stream", headers={"cache-control": "no-store"})
