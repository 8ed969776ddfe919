"""What an import does in its one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from ourtake.documents import Article
from ourtake.store import articles, saving
from ourtake.store.articles import Change, Position
from ourtake.store.saving import Origin, Saved, Seen, Unchanged


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
