"""A file of SQLite behind a store (see backend.Backend)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ourtake.errors import StoreError
from ourtake.store import faults, schema
from ourtake.store.backend import Backend
from ourtake.store.sent_marks import SentMarks

IMPORT_CACHE = 64_000
"""KiB of a store's pages that an import keeps in memory: its indexes are written in no order."""
_LEDGER = ("calls", "drafts", "revisions", "runs", "processes", "batches")
_CHECKED_UP_TO = 256 * 1024 * 1024
"""Bytes; up to this size a store is checked before anything is paid, at about a gigabyte a second. In a larger one,
damage is found when a page is read.
"""


class SqliteBackend(Backend):
    """A file."""

    def __init__(self, address: str, *, create: bool) -> None:
        """Open it, or create it. Raises StoreError."""
        engine = schema.open_engine(address, create=create)
        self._path = Path(str(engine.url.database))
        super().__init__(engine, SentMarks(self._path), {"reading": True})
        self.only_read = not schema.can_write(self._path)
        self.from_copy = bool(engine.get_execution_options().get(schema.FROM_COPY))

    @contextlib.contextmanager
    def plain_errors(self) -> Iterator[None]:
        """See Backend."""
        try:
            yield
        except DBAPIError as error:
            if faults.is_damaged(error.orig):
                raise faults.damaged(self._path, error.orig) from error
            if full := faults.full_disk(self._path, error.orig):
                raise full from error
            if "readonly" in str(error.orig):
                what = "The store can't be written: it or its folder is read-only."
                raise StoreError(what, schema.PERMISSIONS) from error
            raise StoreError(
                f"The store can't be read or written: {error.orig}.",
                "Check the disk and its permissions; nothing incomplete was kept.",
            ) from error

    def check_ledger(self, connection: Connection) -> None:
        """See Backend."""
        size = connection.exec_driver_sql(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        ).scalar_one()
        for table in _LEDGER if size <= _CHECKED_UP_TO else ():
            self._check(connection, f"PRAGMA quick_check('{table}')")

    def check_whole(self, connection: Connection) -> None:
        """See Backend. Reads the whole file."""
        self._check(connection, "PRAGMA quick_check")

    def prepare_import(self, connection: Connection) -> None:
        """See Backend."""
        connection.exec_driver_sql(f"PRAGMA cache_size = -{IMPORT_CACHE}")

    def _check(self, connection: Connection, pragma: str) -> None:
        found = str(connection.exec_driver_sql(pragma).scalar())
        if found != "ok":
            raise faults.damaged(self._path, found.splitlines()[-1])
