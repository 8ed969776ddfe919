"""Logging in and out, who may use a desk that has accounts, and what may be asked without a login: whether it works."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ourtake.errors import InputError, StoreError
from ourtake.store.accounts import Person
from ourtake.web.accounts import LONGEST_SECONDS, Accounts, may
from ourtake.web.pages import SESSION, back_to, form_of, page, service_of

OPEN_PATHS = ("/health", "/health/store")
"""For whoever watches the desk: they reveal nothing but whether it works."""


class Entry:
    """ASGI middleware of a desk with logins: lets in who has a session and the role that an act needs."""

    def __init__(self, app: ASGIApp, *, accounts: Accounts) -> None:
        self._app = app
        self._accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer with the login page, 401 or 403."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path in ("/login", *OPEN_PATHS) or path.startswith("/static/"):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        person = self._accounts.holder(request.cookies.get(SESSION, ""))
        answer = self._refusal(request, person)
        if answer is None:
            scope.setdefault("state", {})["person"] = person
            await self._app(scope, receive, send)
            return
        await answer(scope, receive, send)

    def _refusal(self, request: Request, person: Person | None) -> Response | None:
        act = request.url.path.rsplit("/", 1)[-1]
        if person is None:
            if request.url.path.startswith("/api/") or "json" in request.headers.get("content-type", ""):
                return JSONResponse({"error": "Your session has ended. Log in again."}, 401)
            return back_to("/login")
        if request.method not in ("GET", "HEAD") and not may(person.role, act):
            return PlainTextResponse(f"A {person.role} may not do that: ask an editor.\n", 403)
        return None


def login_page(request: Request) -> Response:
    """GET /login."""
    return page(request, "login", problem="", name="")


async def login(request: Request) -> Response:
    """POST /login."""
    form, accounts = form_of(await request.body()), service_of(request).accounts
    if accounts is None:
        return back_to("/")
    name = " ".join(form.get("name", "").split())
    try:
        token = accounts.log_in(name, form.get("password", ""), request.client.host if request.client else "")
    except InputError as error:
        return page(request, "login", 403, problem=str(error), name=name)
    answer = back_to("/")
    secure = request.url.scheme == "https"
    answer.set_cookie(SESSION, token, max_age=LONGEST_SECONDS, httponly=True, samesite="strict", secure=secure)
    return answer


def logout(request: Request) -> Response:
    """POST /logout."""
    accounts = service_of(request).accounts
    if accounts is not None:
        accounts.log_out(request.cookies.get(SESSION, ""))
    answer = back_to("/login")
    answer.delete_cookie(SESSION, httponly=True, samesite="strict")
    return answer


def alive(_: Request) -> Response:
    """GET /health: the process answers."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """GET /health/store: the store answers, too; 503 where it doesn't."""
    try:
        await run_in_threadpool(service_of(request).desk.store.position)
    except StoreError:
        return JSONResponse({"status": "the store does not answer"}, 503)
    return JSONResponse({"status": "ok"})
