"""Drafts and their revisions (a row each, never rewritten)."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ourtake.documents import Draft, EarlierTake, ReviewState, Revision
from ourtake.store import acts, queue
from ourtake.store.acts import NewAct
from ourtake.store.dialect import is_server, upsert_at
from ourtake.store.tables import drafts, revisions

SIGNED = ("approved", "published", "changed_outside", "corrected")
"""States of the desk of drafts that readers may have seen. A change of the text ends them."""

_COUNTED = ("undecided", "overrides", "proposals", "acts")


def save(connection: Connection, draft: Draft) -> None:
    """Insert or update the draft; stored revisions are never changed.

    What the desk stored about it stays: a command that read the draft earlier can't undo a sign-off. If the text of a
    draft that has been at the desk changes, an act records it, and a signed draft is reopened.
    """
    draft, note = _with_desk(connection, draft)
    document = draft.model_dump_json(exclude={"revisions"})
    saving, adding = _saving(is_server(connection))
    connection.execute(saving, {"id": draft.id, "status": draft.status, "document": document})
    rows = [
        {"draft_id": draft.id, "number": revision.number, "document": revision.model_dump_json()}
        for revision in draft.revisions
    ]
    if rows:
        connection.execute(adding, rows)
    made = acts.append(connection, draft.id, [note] if note else [])
    row = queue.row_of(draft).model_copy(update={"acts": made[-1].number} if made else {})
    queue.save(connection, row, keep=() if made else _COUNTED)


@functools.cache
def _saving(server: bool) -> tuple[Any, Any]:
    """The statements that save a draft and add revisions. Made once: they run for every draft."""
    saved = upsert_at(server, drafts)
    changed = {name: saved.excluded[name] for name in ("status", "document")}
    return (
        saved.on_conflict_do_update(index_elements=["id"], set_=changed),
        upsert_at(server, revisions).on_conflict_do_nothing(),
    )


_STORED = select(drafts.c.document).where(drafts.c.id == bindparam("wanted")).with_for_update()


def _with_desk(connection: Connection, draft: Draft) -> tuple[Draft, NewAct | None]:
    """The draft with the state that it has at the desk, and the act to be added."""
    stored = connection.execute(_STORED, {"wanted": draft.id}).scalar()
    known = json.loads(stored) if stored is not None else {}
    if not known.get("review"):
        return draft, None
    review = ReviewState.model_validate(known["review"])
    before, standing = known.get("chosen", 1), draft.standing()
    if before > max((revision.number for revision in draft.revisions), default=0):
        # Somebody edited the draft after it was read: the newer text stays.
        newer = select(revisions.c.document).where(revisions.c.draft_id == draft.id, revisions.c.number == before)
        revision = Revision.model_validate_json(connection.execute(newer).scalar_one())
        kept = {"review": review, "chosen": before, "revisions": (*draft.revisions, revision)}
        return draft.model_copy(update=kept | {"status": known["status"]}), None
    if before == draft.chosen or standing is None:
        return draft.model_copy(update={"review": review}), None
    if review.state in SIGNED:
        review = ReviewState(state="reopened", by=standing.by, since=standing.created)
    data = {"state": review.state, "note": standing.note or ""}
    note = NewAct(kind="revised", by=standing.by, at=standing.created, before=before, after=draft.chosen, data=data)
    return draft.model_copy(update={"review": review}), note


def one(connection: Connection, draft_id: str) -> Draft | None:
    """The draft with its revisions."""
    document = connection.execute(select(drafts.c.document).where(drafts.c.id == draft_id)).scalar()
    return None if document is None else _whole(connection, document, draft_id)


def newest(connection: Connection, limit: int) -> list[Draft]:
    """The newest drafts first, by the order in which they were stored."""
    rows = connection.execute(
        select(drafts.c.id, drafts.c.document).order_by(drafts.c.sequence.desc()).limit(limit)
    ).all()
    return [_whole(connection, row.document, row.id) for row in rows]


def earlier_takes(connection: Connection, limit: int, *, besides_run: str = "") -> tuple[EarlierTake, ...]:
    """The current takes of the newest drafts, newest first, without those of one run."""
    chosen = {draft["id"]: draft for draft in recent(connection, limit, besides_run=besides_run)}
    takes: dict[str, EarlierTake] = {}
    for row in connection.execute(select(revisions).where(revisions.c.draft_id.in_(chosen))):
        draft = chosen[row.draft_id]
        revision = json.loads(row.document) if row.number == draft.get("chosen", 1) else {}
        # The built-in writer says the same things about every story: that a trial draft repeats them is not a fault of
        # the next one, unless it was published.
        if revision and (revision["by"] != "baseline" or (draft.get("review") or {}).get("state") in SIGNED):
            take = revision["take"]
            takes[row.draft_id] = EarlierTake(
                row.draft_id, draft["source"]["url"], take["headline"], take["summary"], take["body"]
            )
    return tuple(takes[name] for name in chosen if name in takes)


def recent(connection: Connection, limit: int, *, besides_run: str = "") -> list[dict[str, Any]]:
    """The newest drafts without their revisions, newest first, without those of one run, as JSON objects."""
    found = (draft for draft in _newest(connection, limit) if not besides_run or draft.get("run") != besides_run)
    return list(itertools.islice(found, limit))


def _newest(connection: Connection, group: int) -> Iterator[dict[str, Any]]:
    """All drafts, newest first, read as many at a time: PostgreSQL's driver would fetch every row at once."""
    listed = select(drafts.c.sequence, drafts.c.document).order_by(drafts.c.sequence.desc()).limit(group)
    rows = connection.execute(listed).all()
    while rows:
        yield from (json.loads(row.document) for row in rows)
        rows = connection.execute(listed.where(drafts.c.sequence < rows[-1].sequence)).all()


def _whole(connection: Connection, document: str, draft_id: str) -> Draft:
    rows = connection.execute(
        select(revisions.c.document).where(revisions.c.draft_id == draft_id).order_by(revisions.c.number)
    )
    return Draft.model_validate({**json.loads(document), "revisions": [json.loads(row.document) for row in rows]})
