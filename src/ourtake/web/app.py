"""The desk as a Starlette application: one table of routes."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ourtake.errors import OurtakeError
from ourtake.web import (
    acts,
    api,
    claims_page,
    draft_page,
    history_page,
    login,
    new_page,
    pairs_page,
    plain_pages,
    queue,
    rewriting,
    sign_page,
)
from ourtake.web.jobs import Jobs
from ourtake.web.pages import HERE, broken, error_page, not_there
from ourtake.web.security import Guard
from ourtake.web.service import Service

ROUTES = (
    *api.ROUTES,
    Route("/health", login.alive),
    Route("/health/store", login.ready),
    Route("/", queue.queue),
    Route("/login", login.login_page),
    Route("/login", login.login, methods=["POST"]),
    Route("/logout", login.logout, methods=["POST"]),
    Route("/who", plain_pages.who),
    Route("/who", plain_pages.name_given, methods=["POST"]),
    Route("/new", new_page.new),
    Route("/new", new_page.posted, methods=["POST"]),
    Route("/new/{job:str}", new_page.watched),
    Route("/new/{job:str}/stream", new_page.stream),
    Route("/pairs", pairs_page.pairs),
    Route("/outdated", plain_pages.outdated),
    Route("/pairs", pairs_page.picked, methods=["POST"]),
    Route("/help", plain_pages.help_page),
    Route("/settings", plain_pages.settings_page),
    Route("/drafts/{draft:str}", draft_page.draft),
    Route("/drafts/{draft:str}/write", new_page.write_planned, methods=["POST"]),
    Route("/drafts/{draft:str}/sign", sign_page.sign_page),
    Route("/drafts/{draft:str}/sign", sign_page.signed, methods=["POST"]),
    Route("/drafts/{draft:str}/history", history_page.history),
    Route("/drafts/{draft:str}/evidence/{number:int}", draft_page.evidence),
    Route("/drafts/{draft:str}/record", plain_pages.record),
    Route("/drafts/{draft:str}/export/{format:str}", plain_pages.export),
    Route("/drafts/{draft:str}/publish", plain_pages.publish, methods=["POST"]),
    Route("/drafts/{draft:str}/check", acts.check, methods=["POST"]),
    Route("/drafts/{draft:str}/active", acts.active, methods=["POST"]),
    Route("/drafts/{draft:str}/claims", claims_page.claims),
    Route("/drafts/{draft:str}/claims/{claim:str}", claims_page.decide, methods=["POST"]),
    Route("/drafts/{draft:str}/claims/{claim:str}/show", claims_page.show, methods=["POST"]),
    Route("/drafts/{draft:str}/rewrite", rewriting.start, methods=["POST"]),
    Route("/drafts/{draft:str}/rewrite/{job:str}", rewriting.stream),
    *(Route(f"/drafts/{{draft:str}}/{name}", acts.endpoint(name), methods=["POST"]) for name in acts.ACTS),
)


def create_app(service: Service, *, names: tuple[str, ...] = ()) -> Starlette:
    """The application of a desk. `names`: see Guard."""
    middleware = [Middleware(Guard, names=names)]
    if service.accounts is not None:
        middleware.append(Middleware(login.Entry, accounts=service.accounts))
    app = Starlette(
        routes=[*ROUTES, Mount("/static", StaticFiles(directory=HERE / "static"))],
        middleware=middleware,
        exception_handlers={OurtakeError: error_page, HTTPException: not_there, Exception: broken},
    )
    app.state.service = service
    app.state.jobs = Jobs(service.mask)
    return app
