"""A small JSON interface to the desk, for scripts and other tools; /api/openapi.json describes it.

One row per operation: the routes, the description and the page are made from the same table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.json_schema import models_json_schema
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ourtake import __version__
from ourtake.documents import FieldName, Report, Take
from ourtake.errors import InputError, OurtakeError
from ourtake.review.session import Saved
from ourtake.review.views import Blocker, reviewed_report
from ourtake.store.queue import QueueRow
from ourtake.web.cards import verdict_of
from ourtake.web.pages import json_of, page, service_of, session_of, status_of, who_of, whole_number

MOST_ROWS = 200


class Edit(BaseModel):
    """Another text for a block. `base`: the revision that its author saw."""

    model_config = ConfigDict(extra="forbid")
    field: FieldName
    index: int = 0
    text: str
    base: int


class Queue(BaseModel):
    """A part of the queue, newest first. `total`: how many drafts match."""

    drafts: list[QueueRow]
    total: int


class DraftNow(BaseModel):
    """A draft as it is now. `report`: its claims have the verdicts of people."""

    id: str
    state: str
    revision: int
    take: Take
    verdict: str
    report: Report
    open: list[Blocker]
    signed: bool


class Problem(BaseModel):
    """What is wrong, and what to do."""

    error: str


class Operation(NamedTuple):
    """A row: `run` gets the request and the body, as `body` describes it, and returns what `answer` describes."""

    method: str
    path: str
    summary: str
    run: Callable[[Request, Any], BaseModel]
    answer: type[BaseModel]
    body: type[BaseModel] | None = None


def _queue(request: Request, _: None) -> Queue:
    query, desk = request.query_params, service_of(request).desk
    states = tuple(state for state in query.get("state", "").split(",") if state)
    limit = min(MOST_ROWS, max(1, _number(query.get("limit", "50"))))
    words = query.get("q", "")
    rows = desk.queue(states=states, search=words, limit=limit, offset=_number(query.get("from", "0")))
    counts = desk.counts(search=words)
    return Queue(drafts=rows, total=sum(count for state, count in counts.items() if not states or state in states))


def _number(text: str) -> int:
    found = whole_number(text)
    if found is None:
        raise InputError(f"{text[:20]!r} is not a number.", "Give limit and from as whole numbers.")
    return found


def _draft(request: Request, _: None) -> DraftNow:
    session = session_of(request)
    view = session.view()
    return DraftNow(
        id=view.draft.id,
        state=view.state,
        revision=view.revision.number,
        take=view.take,
        verdict=verdict_of(view),
        report=reviewed_report(session.filed()),
        open=list(view.blockers),
        signed=view.signed,
    )


def _edit(request: Request, given: Edit) -> Saved:
    return session_of(request).edit(given.field, given.index, given.text, base=given.base, by=who_of(request))


OPERATIONS = (
    Operation("GET", "/api/drafts", "The queue. Query: q (words), state (with commas), limit, from.", _queue, Queue),
    Operation("GET", "/api/drafts/{draft}", "A draft as it is now: its report, and what is open.", _draft, DraftNow),
    Operation("POST", "/api/drafts/{draft}/edit", "Change a block of the take.", _edit, Saved, Edit),
)


def _endpoint(row: Operation) -> Route:
    async def answer(request: Request) -> Response:
        try:
            body = None if row.body is None else _read(row.body, await json_of(request))
            made = await run_in_threadpool(row.run, request, body)
            return Response(made.model_dump_json(), media_type="application/json")
        except OurtakeError as error:
            return JSONResponse({"error": service_of(request).mask(str(error))}, status_of(error))

    return Route(row.path, answer, methods=[row.method])


def _read(model: type[BaseModel], given: object) -> BaseModel:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the body"
        raise InputError(f"{where}: {first['msg']}.", "See /api/openapi.json.") from error


def description() -> dict[str, Any]:
    """The OpenAPI description of the table."""
    models: list[type[BaseModel]] = [Problem, *(row.answer for row in OPERATIONS)]
    models += [row.body for row in OPERATIONS if row.body is not None]
    _, defined = models_json_schema(
        [(model, "serialization") for model in dict.fromkeys(models)], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, Any] = {}
    for row in OPERATIONS:
        operation: dict[str, Any] = {
            "summary": row.summary,
            "responses": {
                "200": {"description": "The answer.", "content": _content(row.answer)},
                "400": {"description": "What is wrong.", "content": _content(Problem)},
            },
        }
        if "{draft}" in row.path:
            schema = {"type": "string"}
            operation["parameters"] = [{"name": "draft", "in": "path", "required": True, "schema": schema}]
        if row.body is not None:
            operation["requestBody"] = {"required": True, "content": _content(row.body)}
        paths.setdefault(row.path, {})[row.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "ourtake desk", "version": __version__},
        "paths": paths,
        "components": {"schemas": defined.get("$defs", {})},
    }


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}


def openapi(request: Request) -> Response:
    """GET /api/openapi.json."""
    del request
    return JSONResponse(description())


def overview(request: Request) -> Response:
    """GET /api: the operations for people."""
    return page(request, "api", operations=OPERATIONS, schemas=description()["components"]["schemas"])


ROUTES = (Route("/api", overview), Route("/api/openapi.json", openapi), *map(_endpoint, OPERATIONS))
