"""Batches at a provider's batch endpoint: a row before one is submitted, its id as soon as the provider gives it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from sqlalchemy import Connection, insert, select, update

from ourtake.store.tables import batches

State = Literal["submitting", "submitted", "collected", "failed"]


class BatchRow(NamedTuple):
    """One batch. "submitting", once its process is gone, means that nobody knows whether the provider accepted it."""

    number: int
    state: str
    batch_id: str | None
    requests: int


def begin(connection: Connection, *, run_id: str, provider: str, model: str, requests: int) -> int:
    """Insert a row for a batch that is about to be submitted. Returns its number."""
    values = {"run_id": run_id, "provider": provider, "model": model, "state": "submitting", "requests": requests}
    key = connection.execute(insert(batches).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def mark(connection: Connection, number: int, state: State, batch_id: str | None = None) -> None:
    """Save the state of a batch, and its id where it is known."""
    values = {"state": state} | ({"batch_id": batch_id} if batch_id else {})
    connection.execute(update(batches).where(batches.c.id == number).values(**values))


def open_ones(connection: Connection, *, run_id: str, provider: str, model: str) -> list[BatchRow]:
    """The run's batches of this model that are not collected."""
    mine = (batches.c.run_id == run_id, batches.c.provider == provider, batches.c.model == model)
    rows = connection.execute(
        select(batches).where(*mine, batches.c.state.in_(("submitting", "submitted"))).order_by(batches.c.id)
    )
    return [BatchRow(row.id, row.state, row.batch_id, row.requests) for row in rows]
