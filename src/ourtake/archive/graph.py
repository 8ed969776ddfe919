"""Who linked to whom, and when: the publication's own memory of what belongs together.

The links are the store's (store/links.py); this asks it for those of a few articles at a time and remembers the answers. Only links to articles
of the archive count; an answer never uses a link that was made on or after the source's own day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from ourtake.documents import ordinal
from ourtake.store import Store
from ourtake.store.links import LinkedBy

__all__ = ["NO_DAY", "LinkGraph", "LinkedBy", "ordinal"]

NO_DAY = 0
MOST = 200_000
"""Articles whose links are remembered before all are forgotten and asked for anew."""

Value = TypeVar("Value")


class _Remembered(Mapping[str, Value]):
    """What was loaded, by article id; one that was not is asked for on its own."""

    def __init__(self, graph: LinkGraph, rows: dict[str, Value]) -> None:
        self._graph = graph
        self._rows = rows

    def __getitem__(self, id_: str) -> Value:
        self._graph.load([id_])
        return self._rows[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class LinkGraph:
    """The links of an archive, both ways: `out` and `into`, by article id."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loaded: set[str] = set()
        self._out: dict[str, tuple[str, ...]] = {}
        self._into: dict[str, list[LinkedBy]] = {}
        self.out: Mapping[str, tuple[str, ...]] = _Remembered(self, self._out)
        self.into: Mapping[str, list[LinkedBy]] = _Remembered(self, self._into)

    def load(self, ids: Iterable[str]) -> None:
        """Ask the store for the links of these articles, in one go; what is remembered is not asked for again."""
        wanted = [id_ for id_ in ids if id_ not in self._loaded]
        if not wanted:
            return
        if len(self._loaded) > MOST:
            for rows in (self._loaded, self._out, self._into):
                rows.clear()
        self._loaded.update(wanted)
        self._out.update(self._store.links_out_of(wanted))
        self._into.update(self._store.links_into(wanted))

    def linked_by(self, article: str, *, before: int) -> list[LinkedBy]:
        """The links to an article that were made before a day."""
        return [link for link in self.into.get(article, ()) if link.day < before]
