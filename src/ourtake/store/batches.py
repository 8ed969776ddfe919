"""Batches at a provider's batch endpoint: a row before one is submitted, its id as soon as the provider gives it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from sqlalchemy import Connection, insert, select, update

from ourtake.store.database import Part
from ourtake.store.tables import batches

State = Literal["submitting", "submitted", "collected", "failed"]


class BatchRow(NamedTuple):
    """One batch. "submitting", once its process is gone, means that nobody knows whether the provider accepted it."""

    number: int
    state: str
    batch_id: str | None
    requests: int


class BatchStore(Part):
    """The batches of one store."""

    async def begin(self, *, run_id: str, provider: str, model: str, requests: int) -> int:
        """Insert a row for a batch that is about to be submitted. Returns its number."""
        values = {"run_id": run_id, "provider": provider, "model": model, "state": "submitting", "requests": requests}

        def work(connection: Connection) -> int:
            key = connection.execute(insert(batches).values(**values)).inserted_primary_key
            assert key is not None
            return int(key[0])

        return await self._write(work)

    async def mark(self, number: int, state: State, batch_id: str | None = None) -> None:
        """Save the state of a batch, and its id where it is known."""
        values = {"state": state} | ({"batch_id": batch_id} if batch_id else {})
        statement = update(batches).where(batches.c.id == number).values(**values)
        await self._write(lambda connection: connection.execute(statement))

    def open_ones(self, *, run_id: str, provider: str, model: str) -> list[BatchRow]:
        """The run's batches of this model that are not collected."""
        mine = (batches.c.run_id == run_id, batches.c.provider == provider, batches.c.model == model)
        still_open = batches.c.state.in_(("submitting", "submitted"))
        with self._reading() as connection:
            rows = connection.execute(select(batches).where(*mine, still_open).order_by(batches.c.id))
            return [BatchRow(row.id, row.state, row.batch_id, row.requests) for row in rows]
