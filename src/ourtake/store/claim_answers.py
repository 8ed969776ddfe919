"""What verifiers said of claims, by a hash of the claim, its passages, the prompt and the verifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from ourtake.store.dialect import upsert
from ourtake.store.tables import claim_answers

_AT_A_TIME = 500


def save(connection: Connection, given: Mapping[str, str]) -> None:
    """Insert or replace the JSON of each key."""
    for key, document in given.items():
        statement = upsert(connection, claim_answers).values(key=key, document=document)
        connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"document": document}))


def of(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """The JSON of those keys that are there."""
    found: dict[str, str] = {}
    for first in range(0, len(keys), _AT_A_TIME):
        wanted = claim_answers.c.key.in_(keys[first : first + _AT_A_TIME])
        rows = connection.execute(select(claim_answers.c.key, claim_answers.c.document).where(wanted))
        found.update((row.key, row.document) for row in rows)
    return found
