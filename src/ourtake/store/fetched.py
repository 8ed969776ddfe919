"""The pages that imports have read. An import of a place (an address or file) has a number, its round.

It is open until it is finished. A page's row has the round in which it was last read: in an open import, the pages of
its round are done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from ourtake.documents import Visit
from ourtake.store.dialect import upsert
from ourtake.store.tables import fetched, imports


class OpenImport(NamedTuple):
    """An import under way; `done` counts the pages that were read before it was stopped, 0 for a new one."""

    place: str
    round: int
    done: int


def begin(connection: Connection, place: str, *, again: bool) -> OpenImport:
    """Resume the open import of a place, or open a new one; `again` always opens a new one."""
    row = connection.execute(select(imports.c.round, imports.c.finished).where(imports.c.place == place)).one_or_none()
    if row is not None and not row.finished and not again:
        mine = (fetched.c.place == place) & (fetched.c.round == row.round)
        return OpenImport(
            place, row.round, connection.execute(select(func.count()).select_from(fetched).where(mine)).scalar_one()
        )
    values = {"place": place, "round": row.round + 1 if row else 1, "finished": 0}
    connection.execute(
        upsert(connection, imports).values(values).on_conflict_do_update(index_elements=["place"], set_=values)
    )
    return OpenImport(place, values["round"], 0)  # type: ignore[arg-type]


def save(connection: Connection, place: str, visits: Sequence[Visit]) -> None:
    """Save the visits; the newest replaces earlier ones of an address."""
    for visit in visits:
        values = {
            "place": place,
            **visit.model_dump(include={"url", "round", "etag", "last_modified", "changed", "reason"}),
        }
        connection.execute(
            upsert(connection, fetched)
            .values(values)
            .on_conflict_do_update(index_elements=["place", "url"], set_=values)
        )


def one(connection: Connection, place: str, url: str) -> Visit | None:
    """The last visit of an address in imports of this place."""
    row = connection.execute(select(fetched).where(fetched.c.place == place, fetched.c.url == url)).one_or_none()
    return None if row is None else Visit(**{name: value for name, value in row._asdict().items() if name != "place"})


def rejected(connection: Connection, running: OpenImport) -> list[tuple[str, str]]:
    """The address and reason of each page that was rejected in this import so far."""
    mine = (fetched.c.place == running.place) & (fetched.c.round == running.round) & fetched.c.reason.is_not(None)
    return [
        (row.url, row.reason)
        for row in connection.execute(select(fetched.c.url, fetched.c.reason).where(mine).order_by(fetched.c.url))
    ]


def finish(connection: Connection, running: OpenImport) -> None:
    """Mark an import as finished."""
    connection.execute(update(imports).where(imports.c.place == running.place).values(finished=1))
