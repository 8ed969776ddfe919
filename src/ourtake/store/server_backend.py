"""PostgreSQL behind a store (see backend.Backend)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from ourtake.store import postgres
from ourtake.store.sent_marks import Marks
from ourtake.store.server_marks import ServerMarks
from ourtake.store.turns import Turns

_PLAIN = {"plain": True}
"""A transaction that takes no lock."""


class ServerBackend:
    """A database of PostgreSQL, which looks after its own pages."""

    def __init__(self, engine: Engine) -> None:
        url = engine.url.set(drivername="postgresql")
        self.queue_address = url.render_as_string(hide_password=False)
        self.engine = engine
        self.marks: Marks = ServerMarks(engine)
        self.only_read = False
        self.from_copy = False
        # Said with BEGIN, so it costs no round trip.
        self.reading: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, **_PLAIN}
        self.turns: Turns | None = Turns(engine)
        self.notice: Callable[[str], None] = lambda sentence: None
        self._waiting = threading.Lock()

    @classmethod
    def open(cls, address: str) -> ServerBackend:
        """The database at an address. Raises StoreError."""
        return cls(postgres.open_server(address))

    @contextmanager
    def plain_errors(self) -> Iterator[None]:
        """See Backend."""
        try:
            yield
        except DBAPIError as error:
            raise postgres.plain_error(error) from error

    def check_ledger(self, connection: Connection) -> None:
        """See Backend."""

    def check_whole(self, connection: Connection) -> None:
        """See Backend. A server checks its own pages."""

    def prepare_import(self, connection: Connection) -> None:
        """See Backend."""

    def is_away(self, error: BaseException) -> bool:
        """See Backend."""
        return postgres.is_away(error)

    def wait(self) -> bool:
        """See Backend."""
        with self._waiting:
            return postgres.wait_for(self.engine, self.notice)
