"""PostgreSQL behind a store (see backend.Backend), and the marks of the calls that were sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from ourtake.store import postgres
from ourtake.store.backend import Backend
from ourtake.store.dialect import put
from ourtake.store.tables import sent_marks
from ourtake.store.turns import Turns

_SHORT = 16
_WRITTEN, _SENT = "w", "s"


class ServerBackend(Backend):
    """A database of PostgreSQL, which looks after its own pages."""

    def __init__(self, address: str) -> None:
        """Open it. Raises StoreError."""
        engine = postgres.open_server(address)
        # `plain`: a transaction that takes no lock. Said with BEGIN, so it costs no round trip.
        reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, "plain": True}
        super().__init__(engine, ServerMarks(engine), reading)
        self.queue_address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.turns = Turns(engine)
        self._waiting = threading.Lock()

    @contextmanager
    def plain_errors(self) -> Iterator[None]:
        """See Backend."""
        try:
            yield
        except DBAPIError as error:
            raise postgres.plain_error(error) from error

    def is_away(self, error: BaseException) -> bool:
        """See Backend."""
        return postgres.is_away(error)

    def wait(self) -> bool:
        """See Backend."""
        with self._waiting:
            return postgres.wait_for(self.engine, self.notice)


class ServerMarks:
    """The marks of sent calls (see sent_marks.Marks) in an unlogged table, written without waiting for the disk.

    The server empties an unlogged table when it has crashed, and leaves it out of its copies: then no mark is there,
    and a call without a mark may have been sent. As long as the server runs, a mark is there as soon as its statement
    returns, whatever becomes of the process that wrote it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def written(self, connection: Connection, call: int, request_hash: str) -> None:
        """Mark a call in the transaction that its row is written in."""
        put(connection, sent_marks, [{"call": call, "mark": _WRITTEN, "hash": request_hash[:_SHORT]}])

    def sent(self, call: int, request_hash: str) -> None:
        """Mark a call that is sent now. Raises StoreError when it can't be marked: then it must not be sent."""
        values = {"call": call, "mark": _SENT, "hash": request_hash[:_SHORT]}
        for last in (False, True):
            try:
                with self._engine.connect().execution_options(plain=True) as connection, connection.begin():
                    put(connection, sent_marks, [values])
                return
            except DBAPIError as error:
                if last or not postgres.is_away(error) or not postgres.wait_for(self._engine):
                    raise postgres.plain_error(error) from error

    def never_sent(self, connection: Connection, call: int, request_hash: str) -> bool:
        """Whether it is certain that a recorded call was not sent."""
        row = connection.execute(select(sent_marks).where(sent_marks.c.call == call)).first()
        return row is not None and (row.mark, row.hash) == (_WRITTEN, request_hash[:_SHORT])

    def kept(self, connection: Connection, process_id: int | None) -> bool:
        """Whether that process's marks are there: the server has them, wherever the process ran."""
        return process_id is not None

    def close(self) -> None:
        """Nothing is open between two calls."""
