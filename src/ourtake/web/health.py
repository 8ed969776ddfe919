"""Whether a desk works, for whoever watches it: it needs no login and reveals nothing else."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ourtake.errors import StoreError
from ourtake.web.pages import service_of

OPEN_PATHS = ("/health", "/health/store")


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
