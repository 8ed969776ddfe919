"""The server: which addresses it may listen on, and how it ends."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from ourtake.errors import InputError
from ourtake.web.app import create_app
from ourtake.web.security import is_loopback
from ourtake.web.service import Service


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one. Raises InputError if that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host.strip("[]"), port))
        made.listen(128)
    except (OSError, OverflowError) as error:
        made.close()
        raise InputError(
            f"The desk can't listen on {host}:{port}: {getattr(error, 'strerror', None) or error}.",
            "Choose another with --host or --port.",
        ) from error
    return made


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._call_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._call_started()


def serve(
    service: Service,
    listening: socket.socket,
    *,
    host: str,
    names: tuple[str, ...] = (),
    started: Callable[[], None] = lambda: None,
) -> None:
    """Serve until the process is told to end. `started` is called once requests are answered and Ctrl-C is handled."""
    allowed = names if is_loopback(host) else (host.strip("[]"), *names)
    config = uvicorn.Config(
        create_app(service, names=allowed),
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=65_536,
    )
    _Server(config, started).run(sockets=[listening])
