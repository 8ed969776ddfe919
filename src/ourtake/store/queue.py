"""The rows of the desk's queue: what it lists of each draft, in columns with indexes.

A row follows its draft in the same transaction, so that the queue never shows what is not so.
"""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, or_, select

from ourtake.documents import Document, Draft
from ourtake.store.dialect import is_server, upsert_at
from ourtake.store.tables import queue

_MILLION = 1_000_000


class QueueRow(Document):
    """A draft as the queue lists it.

    `undecided`: claims that a person has to decide before an approval; -1 if the desk has not counted them yet.
    `not_checked`: claims that nobody checked. `overrides`: findings that a person let stand. `proposals`: rewrites that
    wait for a decision. `cost`: millionths of a US dollar. `title`: the source's.
    """

    draft_id: str
    state: str = "draft"
    since: str = ""
    by: str = ""
    status: str
    headline: str = ""
    outlet: str = ""
    title: str = ""
    errors: int = 0
    warnings: int = 0
    not_checked: int = 0
    undecided: int = -1
    overrides: int = 0
    proposals: int = 0
    revision: int = 0
    acts: int = 0
    model: str = ""
    cost: int | None = None
    created: str = ""


def row_of(draft: Draft, **counted: int) -> QueueRow:
    """The row of a draft. `counted`: undecided, overrides, proposals, acts, where the desk has counted them."""
    standing, review = draft.standing(), draft.review
    counts = standing.report.counts if standing else {}
    return QueueRow(
        draft_id=draft.id,
        state=review.state if review else "draft",
        since=(review.since if review else "") or draft.created,
        by=review.by if review else "",
        status=draft.status,
        headline=standing.take.headline if standing else "",
        outlet=draft.source.outlet,
        title=draft.source.title,
        errors=counts.get("error", 0),
        warnings=counts.get("warning", 0),
        not_checked=standing.report.claim_counts.get("not-checked", 0) if standing else 0,
        revision=draft.chosen if standing else 0,
        model=draft.model,
        cost=None if draft.cost_usd is None else round(draft.cost_usd * _MILLION),
        created=draft.created,
        **counted,
    )


def save(connection: Connection, row: QueueRow, *, keep: tuple[str, ...] = ()) -> None:
    """Insert or replace a row; of one that is there, the columns of `keep` stay."""
    connection.execute(_saving(is_server(connection), keep), row.model_dump())


@functools.cache
def _saving(server: bool, keep: tuple[str, ...]) -> Any:
    """Made once: putting it together costs more than running it, and it runs for every draft."""
    statement = upsert_at(server, queue)
    changed = {name: statement.excluded[name] for name in QueueRow.model_fields if name not in ("draft_id", *keep)}
    return statement.on_conflict_do_update(index_elements=["draft_id"], set_=changed)


def remove(connection: Connection, draft_id: str) -> None:
    """Remove a draft's row."""
    connection.execute(delete(queue).where(queue.c.draft_id == draft_id))


def listed(
    connection: Connection, *, states: tuple[str, ...] = (), search: str = "", limit: int = 50, offset: int = 0
) -> list[QueueRow]:
    """The newest drafts first; `states`: those in one of them; `search`: words that a row holds."""
    statement = _matching(select(queue), states, search)
    statement = statement.order_by(queue.c.created.desc(), queue.c.draft_id.desc()).limit(limit).offset(offset)
    return [QueueRow.model_validate(dict(row)) for row in connection.execute(statement).mappings()]


def counts(connection: Connection, *, search: str = "") -> dict[str, int]:
    """How many drafts there are in each state."""
    statement = _matching(select(queue.c.state, func.count()), (), search).group_by(queue.c.state)
    return {state: count for state, count in connection.execute(statement)}


def _matching(statement: Select[Any], states: tuple[str, ...], search: str) -> Select[Any]:
    if states:
        statement = statement.where(queue.c.state.in_(states))
    shown = (queue.c.headline, queue.c.outlet, queue.c.title, queue.c.draft_id)
    for word in search.split():
        statement = statement.where(and_(or_(*(column.icontains(word, autoescape=True) for column in shown))))
    return statement
