"""What the editor's desk reads and writes: the queue, and a draft together with its acts.

A change at the desk is one transaction: new revisions, the draft's state, its acts and its row of the queue are kept
together or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from ourtake.documents import Draft, Revision
from ourtake.store import acts, queue
from ourtake.store.acts import Act, NewAct
from ourtake.store.database import Part
from ourtake.store.queue import QueueRow
from ourtake.store.tables import acts as table
from ourtake.store.tables import drafts, revisions, seals


class Filed(NamedTuple):
    """A draft with its acts, read in one transaction. `newest`: the number of its last revision, 0 for none."""

    draft: Draft
    acts: tuple[Act, ...]
    newest: int


class DeskStore(Part):
    """The desk's part of one store."""

    def queue(
        self, *, states: tuple[str, ...] = (), search: str = "", limit: int = 50, offset: int = 0
    ) -> list[QueueRow]:
        """The newest drafts first; see store/queue.py."""
        with self._reading() as connection:
            return queue.listed(connection, states=states, search=search, limit=limit, offset=offset)

    def counts(self, *, search: str = "") -> dict[str, int]:
        """How many drafts there are in each state."""
        with self._reading() as connection:
            return queue.counts(connection, search=search)

    def ids_like(self, prefix: str, limit: int = 3) -> list[str]:
        """The ids of drafts that begin so."""
        with self._reading() as connection:
            statement = select(drafts.c.id).where(drafts.c.id.startswith(prefix, autoescape=True)).limit(limit)
            return list(connection.execute(statement).scalars())

    def filed(self, draft_id: str, *, standing_only: bool = False) -> Filed | None:
        """The draft and its acts; `standing_only`: of its revisions only the current one, which is faster to read."""
        with self._reading() as connection:
            document = connection.execute(select(drafts.c.document).where(drafts.c.id == draft_id)).scalar()
            if document is None:
                return None
            values = json.loads(document)
            wanted = select(revisions.c.document).where(revisions.c.draft_id == draft_id).order_by(revisions.c.number)
            if standing_only:
                wanted = wanted.where(revisions.c.number == values.get("chosen", 1))
            values["revisions"] = [json.loads(text) for text in connection.execute(wanted).scalars()]
            newest = connection.execute(select(func.max(revisions.c.number)).where(revisions.c.draft_id == draft_id))
            return Filed(Draft.model_validate(values), tuple(acts.listed(connection, draft_id)), newest.scalar() or 0)

    def revision(self, draft_id: str, number: int) -> Revision | None:
        """One revision of a draft."""
        with self._reading() as connection:
            found = select(revisions.c.document).where(revisions.c.draft_id == draft_id, revisions.c.number == number)
            document = connection.execute(found).scalar()
            return None if document is None else Revision.model_validate_json(document)

    def acts(self, draft_id: str) -> list[Act]:
        """The acts of a draft, in order."""
        with self._reading() as connection:
            return acts.listed(connection, draft_id)

    def acts_of(self, ids: Sequence[str]) -> dict[str, tuple[Act, ...]]:
        """The acts of each draft that has some, in order."""
        with self._reading() as connection:
            return acts.listed_by_draft(connection, ids)

    def commit(
        self,
        draft: Draft,
        new: Sequence[NewAct],
        row: QueueRow,
        *,
        seen: int,
        revision: Revision | None = None,
        seal: str | None = None,
    ) -> list[Act] | None:
        """Keep what was done to a draft. None, and nothing is kept, where somebody else was faster.

        `seen`: how many acts the draft had when it was read. `revision`: a new one. `row`: the draft's row of the
        queue; its number of acts is filled in. `seal`: the envelope of a sign-off, which is the last of the acts.
        """
        with self._writing() as connection:
            # On a server, the row of the draft is held until the commit; SQLite lets one writer in at a time anyway.
            connection.execute(select(drafts.c.id).where(drafts.c.id == draft.id).with_for_update())
            last = acts.last(connection, draft.id)
            newest = select(func.max(revisions.c.number)).where(revisions.c.draft_id == draft.id)
            if (last.number if last else 0) != seen:
                return None
            if revision is not None and revision.number != (connection.execute(newest).scalar() or 0) + 1:
                return None
            values = {"status": draft.status, "document": draft.model_dump_json(exclude={"revisions"})}
            if not connection.execute(update(drafts).where(drafts.c.id == draft.id).values(values)).rowcount:
                return None
            if revision is not None:
                _add_revisions(connection, draft.id, [revision])
            made = acts.append(connection, draft.id, new)
            if seal is not None:
                stored = {"draft_id": draft.id, "number": made[-1].number, "envelope": seal}
                connection.execute(insert(seals), stored)
            queue.save(connection, row.model_copy(update={"acts": seen + len(made)}))
            return made

    def seal(self, draft_id: str) -> str | None:
        """The newest seal of a draft, as JSON; None if it was never signed."""
        statement = select(seals.c.envelope).where(seals.c.draft_id == draft_id).order_by(seals.c.number.desc())
        with self._reading() as connection:
            return connection.execute(statement.limit(1)).scalar()

    def edited_ids(self, limit: int) -> list[str]:
        """The newest drafts whose text a person edited."""
        edited = select(table.c.draft_id).where(table.c.document.contains('"kind":"edited"', autoescape=True))
        statement = select(drafts.c.id).where(drafts.c.id.in_(edited)).order_by(drafts.c.sequence.desc()).limit(limit)
        with self._reading() as connection:
            return list(connection.execute(statement).scalars())

    def published_at(self, url: str) -> str | None:
        """The draft that was last published at an address."""
        told = json.dumps(url, ensure_ascii=False)
        statement = select(table.c.draft_id, table.c.document).where(
            table.c.document.contains('"kind":"published"', autoescape=True),
            table.c.document.contains(f'"url":{told}', autoescape=True),
        )
        with self._reading() as connection:
            rows = connection.execute(statement.order_by(table.c.draft_id, table.c.number)).all()
        found = [(json.loads(row.document)["at"], row.draft_id) for row in rows]
        return max(found)[1] if found else None

    def remove(self, draft_id: str) -> None:
        """Remove a draft with its revisions, acts, records and its row of the queue."""
        with self._writing() as connection:
            for one in (revisions, table, seals):
                connection.execute(delete(one).where(one.c.draft_id == draft_id))
            queue.remove(connection, draft_id)
            connection.execute(delete(drafts).where(drafts.c.id == draft_id))

    def begin(self, draft: Draft, new: Sequence[NewAct], row: QueueRow) -> list[Act]:
        """Keep a draft that begins at the desk. Raises StoreError if there is one of its id."""
        with self._writing() as connection:
            document = draft.model_dump_json(exclude={"revisions"})
            connection.execute(insert(drafts), {"id": draft.id, "status": draft.status, "document": document})
            _add_revisions(connection, draft.id, draft.revisions)
            made = acts.append(connection, draft.id, new)
            queue.save(connection, row.model_copy(update={"acts": len(made)}))
            return made


def _add_revisions(connection: Connection, draft_id: str, new: Sequence[Revision]) -> None:
    rows = [{"draft_id": draft_id, "number": one.number, "document": one.model_dump_json()} for one in new]
    connection.execute(insert(revisions), rows)
