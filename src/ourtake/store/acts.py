"""The acts of a draft at the desk: an append-only list in which each act holds the digest of the one before.

Whoever changes, removes or reorders an act breaks every digest after it. A tail that is cut off leaves a chain that
fits, so a seal states how many acts there were and the digest of the last (review/record.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import Connection, insert, select

from ourtake.documents import Document
from ourtake.store.dialect import parts
from ourtake.store.tables import acts

FIRST = "0" * 64
"""What stands for the digest before the first act."""


class NewAct(Document):
    """Something that was done: what (`kind`), by whom, when (ISO 8601 in UTC), from which revision to which.

    `data`: what the kind of act needs to be understood later; JSON values only.
    """

    kind: str
    by: str
    at: str
    before: int = 0
    after: int = 0
    data: dict[str, Any] = Field(default_factory=dict)


class Act(NewAct):
    """An act in its place. Numbers count from 1. `previous`, `digest`: hexadecimal SHA-256."""

    number: int
    previous: str
    digest: str


def digest_of(act: Act) -> str:
    """The digest that an act must have: of all that it says, its number and the digest before it."""
    told = json.dumps(
        act.model_dump(mode="json", exclude={"digest"}), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def chained(after: Act | None, new: Iterable[NewAct]) -> list[Act]:
    """The acts with their numbers and digests, after the last one that there is."""
    number, previous = (after.number, after.digest) if after is not None else (0, FIRST)
    made: list[Act] = []
    for act in new:
        number += 1
        placed = Act(**act.model_dump(), number=number, previous=previous, digest="")
        placed = placed.model_copy(update={"digest": digest_of(placed)})
        previous = placed.digest
        made.append(placed)
    return made


def broken_at(chain: Sequence[Act]) -> int | None:
    """The number of the first act that does not follow from the one before; None if the chain holds."""
    previous = FIRST
    for number, act in enumerate(chain, 1):
        if act.number != number or act.previous != previous or act.digest != digest_of(act):
            return number
        previous = act.digest
    return None


def listed(connection: Connection, draft_id: str) -> list[Act]:
    """The acts of a draft, in order."""
    rows = connection.execute(select(acts.c.document).where(acts.c.draft_id == draft_id).order_by(acts.c.number))
    return [Act.model_validate_json(row.document) for row in rows]


def listed_by_draft(connection: Connection, draft_ids: Sequence[str]) -> dict[str, tuple[Act, ...]]:
    """The acts of each of the drafts that has some, in order."""
    found: dict[str, list[Act]] = {}
    for part in parts(draft_ids):
        wanted = acts.c.draft_id.in_(part)
        statement = select(acts.c.draft_id, acts.c.document).where(wanted).order_by(acts.c.draft_id, acts.c.number)
        for row in connection.execute(statement):
            found.setdefault(row.draft_id, []).append(Act.model_validate_json(row.document))
    return {draft_id: tuple(chain) for draft_id, chain in found.items()}


def last(connection: Connection, draft_id: str) -> Act | None:
    """The last act of a draft."""
    statement = select(acts.c.document).where(acts.c.draft_id == draft_id).order_by(acts.c.number.desc()).limit(1)
    document = connection.execute(statement).scalar()
    return None if document is None else Act.model_validate_json(document)


def append(connection: Connection, draft_id: str, new: Sequence[NewAct]) -> list[Act]:
    """Append acts. They are kept when the transaction is committed."""
    if not new:
        return []
    made = chained(last(connection, draft_id), new)
    rows = [
        {"draft_id": draft_id, "number": act.number, "document": act.model_dump_json(), "digest": act.digest}
        for act in made
    ]
    connection.execute(insert(acts), rows)
    return made
