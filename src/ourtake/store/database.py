"""A store's database: transactions that read or write it. Each subject's part of a store is built on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ourtake.store.backend import Backend
from ourtake.store.writer import GroupWriter

Result = TypeVar("Result")


class Database:
    """One open database. `reading`, `writing` and `write` are for store/ only."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._engine = backend.engine
        self._writer = GroupWriter(backend)
        self.marks = backend.marks

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit what waits, and close."""
        self._writer.close()
        self._engine.dispose()
        self.marks.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the store."""
        with self._backend.plain_errors(), self._connected().execution_options(**self._backend.reading) as connection:
            yield connection

    @contextmanager
    def writing(self, *, archive: bool = False) -> Iterator[Connection]:
        """One transaction; `archive`: one that changes articles."""
        with (
            self._backend.plain_errors(),
            self._connected().execution_options(archive=archive) as connection,
            connection.begin(),
        ):
            yield connection

    async def write(self, work: Callable[[Connection], Result], *, alone: bool = True) -> Result:
        """What `work` returns, once it is committed together with other small writes. `alone`: see GroupWriter."""
        with self._backend.plain_errors():
            return await self._writer.write(work, alone=alone)

    def _connected(self) -> Connection:
        """A connection; a server that is away just now is waited for."""
        while True:
            try:
                return self._engine.connect()
            except DBAPIError as error:
                if not self._backend.is_away(error) or not self._backend.wait():
                    raise


class Part:
    """One subject's part of a store. What is written is committed when a method returns (when awaited, for async ones).
    Usable from several threads.
    """

    def __init__(self, database: Database) -> None:
        self._reading = database.reading
        self._writing = database.writing
        self._write = database.write
