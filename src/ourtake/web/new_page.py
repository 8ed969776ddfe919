"""A new draft: from a pasted blurb, or from the address of a story, which fills the form in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourtake.documents import Plan, Source
from ourtake.errors import InputError, OurtakeError
from ourtake.web.jobs import Jobs, streamed
from ourtake.web.pages import back_to, form_of, page, service_of, session_of, still_here, web_address
from ourtake.web.service import Service, Tell

FIELDS = ("title", "outlet", "url", "published", "author", "blurb", "text")
_ABOUT = "new"


def new(request: Request) -> Response:
    """GET /new."""
    return _form(request, {})


def _form(
    request: Request, given: dict[str, Any], *, problem: str = "", status: int = 200, plan: Plan | None = None
) -> Response:
    values = {name: str(given.get(name) or "") for name in (*FIELDS, "address", "note", "angle")}
    service = service_of(request)
    can = {"can_write": service.write is not None, "can_plan": service.angles is not None}
    return page(request, "new", status, given=values, problem=problem, job="", plan=plan, **can)


async def posted(request: Request) -> Response:
    """POST /new: with `address` alone the story is read from there; else the draft is begun."""
    form, service = form_of(await request.body()), service_of(request)
    try:
        if form.get("address", "").strip() and not form.get("title", "").strip():
            return _form(request, (await run_in_threadpool(_read, request, form["address"].strip())).model_dump())
        source = source_of(form)
        work = _planning(service, source, form) if form.get("do") == "angles" else _writing(service, source, form)
        jobs: Jobs = request.app.state.jobs
        return back_to(f"/new/{jobs.start(_ABOUT, work)}")
    except OurtakeError as error:
        return _form(request, form, problem=service.mask(str(error)), status=400)


def _writing(service: Service, source: Source, form: dict[str, str]) -> Callable[[Tell], str]:
    """The job that writes the draft; it ends with the draft's id."""
    write, note, angle = service.write, form.get("note", "").strip(), form.get("angle", "").strip()
    if write is None:
        raise InputError("This desk can't write drafts.", "Start it where ourtake.toml is.")
    return lambda tell: write(source, angle, note, tell).id


async def write_planned(request: Request) -> Response:
    """POST /drafts/ID/write: the take of a draft that is only planned, from the angle that was chosen."""
    form, service = form_of(await request.body()), service_of(request)
    write, draft_id = service.write_planned, session_of(request).draft_id
    if write is None:
        raise InputError("This desk can't write drafts.", "Start it where ourtake.toml is.")
    jobs: Jobs = request.app.state.jobs
    return back_to(f"/new/{jobs.start(_ABOUT, lambda tell: write(draft_id, form.get('angle', ''), tell).id)}")


def _planning(service: Service, source: Source, form: dict[str, str]) -> Callable[[Tell], str]:
    """The job that plans the story; it ends with the form and the plan as JSON."""
    angles = service.angles
    if angles is None:
        raise InputError("No model is set up that could plan.", "Set [models] default in ourtake.toml.")
    kept = {name: form.get(name, "") for name in (*FIELDS, "note")}

    def work(tell: Tell) -> str:
        tell("Reading the story and the archive for angles …")
        return json.dumps({"form": kept, "plan": angles(source).model_dump(mode="json")})

    return work


def _read(request: Request, address: str) -> Source:
    service = service_of(request)
    if web_address(address) == "#" or service.read is None:
        raise InputError(f"{address[:200]} is not a web address.", "Write it with https://, or paste the blurb.")
    return service.read(address)


def source_of(form: dict[str, str]) -> Source:
    """The story of a form. Raises InputError naming the field that is missing."""
    given = {name: form.get(name, "").strip() or None for name in FIELDS}
    for name, what in (("title", "headline"), ("outlet", "outlet"), ("url", "address"), ("blurb", "blurb")):
        if given[name] is None:
            raise InputError(f"The story has no {what}.", "Fill it in.")
    if web_address(str(given["url"])) == "#":
        raise InputError("The story's address is not a web address.", "Write it with https://.")
    try:
        source = Source.model_validate(given)
    except ValidationError as error:
        raise InputError(f"The story can't be read: {error.errors()[0]['msg']}.", "Correct the form.") from error
    if given["published"] is not None and source.published is None:
        raise InputError("The date can't be read.", "Write it as 2026-09-08.")
    return source


def watched(request: Request) -> Response:
    """GET /new/JOB: the page on which the take is seen growing; what it came to, once it is over."""
    jobs: Jobs = request.app.state.jobs
    job = jobs.find(_ABOUT, request.path_params["job"])
    if job.end is not None and job.end[0] == "done":
        if not job.end[1].startswith("{"):
            return back_to(f"/drafts/{job.end[1]}")
        made = json.loads(job.end[1])
        return _form(request, made["form"], plan=Plan.model_validate(made["plan"]))
    problem = job.end[1] if job.end is not None else ""
    values = dict.fromkeys((*FIELDS, "address", "note", "angle"), "")
    shown = {"can_write": True, "can_plan": True, "plan": None, "job": request.path_params["job"]}
    return page(request, "new", given=values, problem=problem, **shown)


async def stream(request: Request) -> Response:
    """GET /new/JOB/stream: server-sent events `text`, then `done` with the draft's id or `failed`."""
    jobs: Jobs = request.app.state.jobs
    return streamed(jobs.find(_ABOUT, request.path_params["job"]), still_here(request))
