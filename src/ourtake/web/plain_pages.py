"""The pages beside the drafts: who is at the desk, settings (to be read only), help, and a draft's exports."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from ourtake import __version__
from ourtake.errors import InputError
from ourtake.publish.formats import exported, format_named
from ourtake.publish.signing import export_context
from ourtake.web.pages import WHO, back_to, form_of, page, service_of, session_of

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
        raise InputError("It is not said who is at the desk.", "Type your name.")
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
        tables.append((name, [(key, mask(str(one))) for key, one in rows]))
    return page(request, "settings", tables=tables, version=__version__)


def export(request: Request) -> Response:
    """GET /drafts/ID/export/FORMAT: the file."""
    session = session_of(request)
    row = format_named(request.path_params["format"])
    draft, acts, _ = session.filed(standing_only=False)
    text = exported(draft, row, export_context(draft, acts, service_of(request).settings))
    headers = {"content-disposition": f'attachment; filename="{draft.id}{row.suffix}"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)
