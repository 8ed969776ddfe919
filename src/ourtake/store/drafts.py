"""Drafts, their revisions (a row each, never rewritten) and the ledger of calls."""

from __future__ import annotations

import datetime
import json
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ourtake.documents import Draft, EarlierTake, Usage
from ourtake.store.calls import CallEnd, CallRecord, CallStart
from ourtake.store.tables import calls, drafts, revisions


def save(connection: Connection, draft: Draft) -> None:
    """Insert the draft, or replace what is kept of it; a revision that is there stays as it is."""
    document = draft.model_dump_json(exclude={"revisions"})
    statement = upsert(drafts).values(id=draft.id, status=draft.status, document=document)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"status": draft.status, "document": document}))
    rows = [{"draft_id": draft.id, "number": revision.number, "document": revision.model_dump_json()} for revision in draft.revisions]
    if rows:
        connection.execute(upsert(revisions).on_conflict_do_nothing(), rows)


def one(connection: Connection, draft_id: str) -> Draft | None:
    """The draft with its revisions."""
    document = connection.execute(select(drafts.c.document).where(drafts.c.id == draft_id)).scalar()
    return None if document is None else _whole(connection, document, draft_id)


def newest(connection: Connection, limit: int) -> list[Draft]:
    """The newest drafts first, by the order in which they were stored."""
    rows = connection.execute(select(drafts.c.id, drafts.c.document).order_by(drafts.c.sequence.desc()).limit(limit)).all()
    return [_whole(connection, row.document, row.id) for row in rows]


def earlier_takes(connection: Connection, limit: int) -> tuple[EarlierTake, ...]:
    """The standing takes of the newest drafts, newest first; only what is needed of each is read."""
    newest_ids = select(drafts.c.id).order_by(drafts.c.sequence.desc()).limit(limit)
    pairs = select(drafts.c.id, drafts.c.document, revisions.c.number, revisions.c.document.label("revision"))
    both = drafts.join(revisions, revisions.c.draft_id == drafts.c.id)
    joined = pairs.select_from(both).where(drafts.c.id.in_(newest_ids)).order_by(drafts.c.sequence.desc())
    found = []
    for row in connection.execute(joined):
        draft = json.loads(row.document)
        if row.number == draft.get("chosen", 1):
            take = json.loads(row.revision)["take"]
            found.append(EarlierTake(row.id, draft["source"]["url"], take["headline"], take["summary"], take["body"]))
    return tuple(found)


def _whole(connection: Connection, document: str, draft_id: str) -> Draft:
    rows = connection.execute(select(revisions.c.document).where(revisions.c.draft_id == draft_id).order_by(revisions.c.number))
    return Draft.model_validate({**json.loads(document), "revisions": [json.loads(row.document) for row in rows]})


def start_call(connection: Connection, start: CallStart) -> int:
    """A row for a call that is about to be made; its number."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    done = connection.execute(insert(calls).values(**start.model_dump(), state="started", started=now))
    key = done.inserted_primary_key
    assert key is not None
    return int(key[0])


def finish_call(connection: Connection, call_id: int, end: CallEnd) -> None:
    """Write down how the call ended."""
    values: dict[str, Any] = end.model_dump(exclude={"usage"}) | end.usage.model_dump(exclude={"calls"})
    connection.execute(update(calls).where(calls.c.id == call_id).values(**values))


def ledger(connection: Connection, draft_id: str | None) -> list[CallRecord]:
    """The calls in order, all or one draft's."""
    statement = select(calls).order_by(calls.c.id)
    rows = connection.execute(statement if draft_id is None else statement.where(calls.c.draft_id == draft_id)).mappings()
    return [_record(dict(row)) for row in rows]


def _record(row: dict[str, Any]) -> CallRecord:
    start = CallStart(**{name: row[name] for name in CallStart.model_fields})
    if row["state"] == "started":
        return CallRecord(id=row["id"], start=start, state="started", end=None, started=row["started"])
    usage = Usage(**{name: row[name] or 0 for name in ("input_tokens", "output_tokens", "cached_tokens")}, calls=1)
    names = [name for name in CallEnd.model_fields if name != "usage"]
    return CallRecord(
        id=row["id"],
        start=start,
        state=row["state"],
        end=CallEnd(**{name: row[name] for name in names}, usage=usage),
        started=row["started"],
    )
