"""What a store asks of the database behind it, where SQLite and PostgreSQL differ beyond single statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine

from ourtake.store.sent_marks import Marks

if TYPE_CHECKING:
    from ourtake.store.turns import Turns


def _unheard(sentence: str) -> None:
    """Nobody listens."""


class Backend:
    """One database. `reading`: the options of a connection that reads. `only_read`: it can't be written. `from_copy`:
    what is read is an updated copy of it. `turns`: those that several machines share; None where there is only one.
    `queue_address`: where jobs can be queued; "" where the database has no room for a queue. `notice` is called with a
    sentence when the database is away, and when it is back.
    """

    only_read = False
    from_copy = False
    queue_address = ""
    turns: Turns | None = None

    def __init__(self, engine: Engine, marks: Marks, reading: Mapping[str, Any]) -> None:
        self.engine = engine
        self.marks = marks
        self.reading = reading
        self.notice: Callable[[str], None] = _unheard

    def plain_errors(self) -> AbstractContextManager[None]:
        """Raise the database's errors as StoreError."""
        raise NotImplementedError

    def check_ledger(self, connection: Connection) -> None:
        """Raise StoreError when the tables for payments and drafts are damaged. A server checks its own pages."""

    def check_whole(self, connection: Connection) -> None:
        """Raise StoreError when anything in the store is damaged. A server checks its own pages."""

    def prepare_import(self, connection: Connection) -> None:
        """Make a transaction ready for many articles."""

    def is_away(self, error: BaseException) -> bool:
        """Whether an error says that the database can't be reached just now. A file is not away."""
        return False

    def wait(self) -> bool:
        """Wait for a database that is away; whether it is back."""
        return True
