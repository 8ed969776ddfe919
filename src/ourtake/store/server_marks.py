"""The marks of sent calls in PostgreSQL: an unlogged table, written without waiting for the disk.

The server empties an unlogged table when it has crashed, and leaves it out of its copies: then no mark is there, and a
call without a mark may have been sent. As long as the server runs, a mark is there as soon as its statement returns,
whatever becomes of the process that wrote it.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from ourtake.store.dialect import upsert
from ourtake.store.postgres import is_away, plain_error, wait_for
from ourtake.store.tables import sent_marks

_SHORT = 16
_WRITTEN, _SENT = "w", "s"


class ServerMarks:
    """See sent_marks.Marks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def written(self, connection: Connection, call: int, request_hash: str) -> None:
        """Mark a call in the transaction that its row is written in."""
        values = {"call": call, "mark": _WRITTEN, "hash": request_hash[:_SHORT]}
        statement = upsert(connection, sent_marks).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["call"], set_=values))

    def sent(self, call: int, request_hash: str) -> None:
        """Mark a call that is sent now. Raises StoreError when it can't be marked: then it must not be sent."""
        values = {"call": call, "mark": _SENT, "hash": request_hash[:_SHORT]}
        for last in (False, True):
            try:
                with self._engine.connect().execution_options(plain=True) as connection, connection.begin():
                    statement = upsert(connection, sent_marks).values(values)
                    connection.execute(statement.on_conflict_do_update(index_elements=["call"], set_=values))
                return
            except DBAPIError as error:
                if last or not is_away(error) or not wait_for(self._engine):
                    raise plain_error(error) from error

    def never_sent(self, connection: Connection, call: int, request_hash: str) -> bool:
        """Whether it is certain that a recorded call was not sent."""
        row = connection.execute(select(sent_marks).where(sent_marks.c.call == call)).first()
        return row is not None and (row.mark, row.hash) == (_WRITTEN, request_hash[:_SHORT])

    def kept(self, connection: Connection, process_id: int | None) -> bool:
        """Whether that process's marks are there: the server has them, wherever the process ran."""
        return process_id is not None

    def close(self) -> None:
        """Nothing is open between two calls."""
