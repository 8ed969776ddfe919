"""The pages beside the drafts: who is at the desk, settings (to be read only), help, and a draft's exports."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ourtake import __version__
from ourtake.errors import InputError
from ourtake.publish.formats import exported, format_named
from ourtake.publish.outdated import outdated_takes
from ourtake.publish.publishing import ChangedOutside
from ourtake.publish.signing import export_context
from ourtake.review.views import reviewed_draft
from ourtake.web.pages import WHO, back_to, form_of, page, service_of, session_of, who_of
from ourtake.web.sign_page import sign_page

_A_YEAR = 365 * 24 * 3600


def who(request: Request) -> Response:
    """GET /who: who is at the desk."""
    return page(request, "who")


async def name_given(request: Request) -> Response:
    """POST /who: keep a name for this browser, on a desk without logins."""
    if service_of(request).accounts is not None:
        return back_to("/")
    name = " ".join(form_of(await request.body()).get("name", "").split())[:100]
    if not name:
        raise InputError("The desk doesn't know who you are.", "Type your name.")
    answer = back_to("/")
    answer.set_cookie(WHO, quote(name), max_age=_A_YEAR, httponly=True, samesite="strict")
    return answer


def help_page(request: Request) -> Response:
    """GET /help."""
    return page(request, "help")


def settings_page(request: Request) -> Response:
    """GET /settings: what ourtake.toml says, without secrets; they are never in it."""
    given = service_of(request).settings
    mask = service_of(request).mask
    tables = []
    for name, value in given.model_dump(mode="json", exclude_none=True).items():
        rows = value.items() if isinstance(value, dict) else [("", value)]
        tables.append((name, [(key, mask(_in_words(one))) for key, one in rows]))
    return page(request, "settings", tables=tables, version=__version__)


def _in_words(value: object) -> str:
    """A setting as people read it."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_in_words(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_in_words, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def export(request: Request) -> Response:
    """GET /drafts/ID/export/FORMAT: the file."""
    session = session_of(request)
    row = format_named(request.path_params["format"])
    filed = session.filed(standing_only=False)
    draft = reviewed_draft(filed)
    text = exported(draft, row, export_context(draft, filed.acts, service_of(request).settings))
    headers = {"content-disposition": f'attachment; filename="{draft.id}{row.suffix}"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


def outdated(request: Request) -> Response:
    """GET /outdated: the takes that link to an article which changed since. It reads every draft."""
    service = service_of(request)
    store, name = service.desk.store, service.settings.publication.name
    takes = groupby(outdated_takes(store, store.drafts(1_000_000), publication=name), key=lambda one: one.draft_id)
    return page(request, "outdated", takes=[list(found) for _, found in takes])


def record(request: Request) -> Response:
    """GET /drafts/ID/record: the record of the sign-off of this text, for `ourtake verify --record`."""
    session = session_of(request)
    envelope = session.seal() if session.view().signed else None
    if envelope is None:
        raise InputError("Nobody has signed this text.", "The record is made when it is approved.")
    headers = {"content-disposition": f'attachment; filename="{session.draft_id}.intoto.json"'}
    return Response(f"{envelope}\n", media_type="application/json", headers=headers)


async def publish(request: Request) -> Response:
    """POST /drafts/ID/publish with the name of a site: publish the take there, or bring its post up to date."""
    form, service = form_of(await request.body()), service_of(request)
    if service.publish is None:
        raise InputError("This desk is not set up to publish.", "Set up a site in ourtake.toml (docs/publishing.md).")
    session = await run_in_threadpool(session_of, request)
    try:
        told = await run_in_threadpool(service.publish, session.draft_id, form.get("site", ""), who_of(request))
    except ChangedOutside as error:
        problem, diff = service.mask(str(error)), error.diff
        return await run_in_threadpool(sign_page, request, problem=problem, outside=diff, status=400)
    return await run_in_threadpool(sign_page, request, done=told)
