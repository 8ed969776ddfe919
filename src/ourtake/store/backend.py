"""What a store asks of the database behind it, where SQLite and PostgreSQL differ beyond single statements."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, Engine

from ourtake.errors import StoreError
from ourtake.store import schema
from ourtake.store.address import is_server
from ourtake.store.sent_marks import Marks, SentMarks

if TYPE_CHECKING:
    from ourtake.store.turns import Turns

IMPORT_CACHE = 64_000
"""KiB of an SQLite store's pages that an import keeps in memory: its indexes are written in no order."""


class Backend(Protocol):
    """One database. `only_read`: it can't be written. `from_copy`: what is read is an updated copy of it."""

    engine: Engine
    marks: Marks
    only_read: bool
    from_copy: bool
    reading: Mapping[str, Any]
    """The options of a connection that reads."""

    turns: Turns | None
    """Turns that several machines share; None where there is only one."""
    notice: Callable[[str], None]
    """Called with a sentence when the database is away, and when it is back."""
    queue_address: str
    """Where jobs can be queued; "" where the database has no room for a queue."""

    def plain_errors(self) -> AbstractContextManager[None]:
        """Raise the database's errors as StoreError."""

    def check_ledger(self, connection: Connection) -> None:
        """Raise StoreError when the tables for payments and drafts are damaged."""

    def check_whole(self, connection: Connection) -> None:
        """Raise StoreError when anything in the store is damaged."""

    def prepare_import(self, connection: Connection) -> None:
        """Make a transaction ready for many articles."""

    def is_away(self, error: BaseException) -> bool:
        """Whether an error says that the database can't be reached just now."""

    def wait(self) -> bool:
        """Wait for a database that is away; whether it is back."""


def _unheard(sentence: str) -> None:
    """Nobody listens."""


class SqliteBackend:
    """A file."""

    def __init__(self, engine: Engine) -> None:
        path = Path(str(engine.url.database))
        self.engine = engine
        self.marks: Marks = SentMarks(path)
        self.only_read = not schema.can_write(path)
        self.from_copy = bool(engine.get_execution_options().get(schema.FROM_COPY))
        self.reading: Mapping[str, Any] = {"reading": True}
        self.queue_address = ""
        self.turns: Turns | None = None
        self.notice: Callable[[str], None] = _unheard

    def plain_errors(self) -> AbstractContextManager[None]:
        """See Backend."""
        return schema.plain_errors(self.engine)

    def check_ledger(self, connection: Connection) -> None:
        """See Backend."""
        schema.check_ledger(connection)

    def check_whole(self, connection: Connection) -> None:
        """See Backend."""
        schema.check_whole(connection)

    def prepare_import(self, connection: Connection) -> None:
        """See Backend."""
        connection.exec_driver_sql(f"PRAGMA cache_size = -{IMPORT_CACHE}")

    def is_away(self, error: BaseException) -> bool:
        """A file is not away."""
        return False

    def wait(self) -> bool:
        """See Backend."""
        return True


def open_backend(address: str, *, create: bool) -> Backend:
    """The database at an address. Raises StoreError."""
    if not is_server(address):
        return SqliteBackend(schema.open_engine(address, create=create))
    if importlib.util.find_spec("psycopg") is None:
        raise StoreError("A store on PostgreSQL needs the package psycopg.", "Run pip install 'ourtake[postgres]'.")
    # Loaded where it is needed: with its driver it takes a tenth of a second.
    from ourtake.store.server_backend import ServerBackend

    return ServerBackend.open(address)
