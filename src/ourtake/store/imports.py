"""What an import does in its transactions, and the pages that imports have read.

An import of a place (an address or file) has a number, its round. It is open until it is finished. A page's row has the
round in which it was last read: in an open import, the pages of its round are done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from ourtake.documents import Article, Visit
from ourtake.store import articles, saving
from ourtake.store.articles import Change, Position
from ourtake.store.database import Part
from ourtake.store.dialect import put
from ourtake.store.saving import Origin, Saved, Seen, Unchanged
from ourtake.store.tables import fetched, imports


class OpenImport(NamedTuple):
    """An import under way; `done` counts the pages that were read before it was stopped, 0 for a new one."""

    place: str
    round: int
    done: int


class ImportStore(Part):
    """The imports of one store."""

    def begin(self, place: str, *, again: bool = False) -> OpenImport:
        """Resume the open import of a place, or open a new one; `again` always opens a new one."""
        with self._writing() as connection:
            known = select(imports.c.round, imports.c.finished).where(imports.c.place == place)
            row = connection.execute(known).one_or_none()
            if row is not None and not row.finished and not again:
                mine = (fetched.c.place == place) & (fetched.c.round == row.round)
                done = connection.execute(select(func.count()).select_from(fetched).where(mine)).scalar_one()
                return OpenImport(place, row.round, done)
            opened = OpenImport(place, row.round + 1 if row else 1, 0)
            put(connection, imports, [{"place": place, "round": opened.round, "finished": 0}])
            return opened

    def save(self, given: Sequence[Article], seen: Seen, *, place: str, visits: Sequence[Visit]) -> Saved:
        """Add or update articles together with the visits in which they were read; the newest visit of an address
        replaces earlier ones. `seen`: what the import has read before.
        """
        columns = {"url", "round", "etag", "last_modified", "changed", "reason"}
        with self._writing(archive=True) as connection:
            put(connection, fetched, [{"place": place, **visit.model_dump(include=columns)} for visit in visits])
            return saving.save(connection, given, seen=seen)

    def visit(self, place: str, url: str) -> Visit | None:
        """The last visit of an address in imports of this place."""
        statement = select(fetched).where(fetched.c.place == place, fetched.c.url == url)
        with self._reading() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        return None if row is None else Visit(**{name: value for name, value in row.items() if name != "place"})

    def rejected(self, running: OpenImport) -> list[tuple[str, str]]:
        """The address and reason of each page that was rejected in this import so far."""
        mine = (fetched.c.place == running.place) & (fetched.c.round == running.round) & fetched.c.reason.is_not(None)
        statement = select(fetched.c.url, fetched.c.reason).where(mine).order_by(fetched.c.url)
        with self._reading() as connection:
            return [(row.url, row.reason) for row in connection.execute(statement)]

    def finish(self, running: OpenImport) -> None:
        """Mark an import as finished; the next one of this place starts over."""
        with self._writing() as connection:
            connection.execute(update(imports).where(imports.c.place == running.place).values(finished=1))


class Importing:
    """A transaction that articles are saved in; `seen`: what the whole import has read so far."""

    def __init__(self, connection: Connection, seen: Seen) -> None:
        self._connection = connection
        self._seen = seen

    def known(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        """Those of the digests whose articles are still as they were read, with the articles' numbers."""
        found = articles.known(self._connection, digests)
        for number in found.values():
            self._seen.add(number)
        return found

    def save(
        self, given: Sequence[Article], origins: Sequence[Origin | None], unchanged: Unchanged | None = None
    ) -> Saved:
        """Add or update articles; `origins`: what each was read from; `unchanged`: see saving.save."""
        return saving.save(self._connection, given, origins, self._seen, unchanged)

    def changes(self, since: Position) -> Iterator[Change]:
        """What changed after a position, including changes of this transaction."""
        return articles.changes(self._connection, since)

    def position(self) -> Position:
        """How far the archive has come with this transaction."""
        return articles.position(self._connection)
