"""Who linked to whom, and when: the publication's own memory of what belongs together.

The links are the store's (store/links.py); this asks it for those of a few articles at a time and remembers the
answers. Only links to articles of the archive count; an answer never uses a link that was made on or after the source's
own day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from ourtake.store import Store
from ourtake.store.links import LinkedBy
from ourtake.values import ordinal

__all__ = ["NO_DAY", "LinkGraph", "LinkedBy", "ordinal"]

NO_DAY = 0
MOST = 200_000
"""Articles whose links are remembered, each way, before all are forgotten and asked for anew."""

Value = TypeVar("Value")


class LinkGraph:
    """The links of an archive, both ways. What links to an article costs more to find than what it links to, so each is
    asked for on its own.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._out: dict[str, tuple[str, ...]] = {}
        self._into: dict[str, list[LinkedBy]] = {}

    def out(self, ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """What each of the articles links to, by id: () where it is nothing."""
        return _remembered(self._out, ids, self._store.links_out_of, ())

    def into(self, ids: Iterable[str]) -> Mapping[str, list[LinkedBy]]:
        """Who links to each of the articles, by id."""
        return _remembered(self._into, ids, self._store.links_into, [])


def _remembered(
    rows: dict[str, Value], ids: Iterable[str], ask: Callable[[list[str]], dict[str, Value]], nothing: Value
) -> dict[str, Value]:
    wanted = list(dict.fromkeys(ids))
    missing = [id_ for id_ in wanted if id_ not in rows]
    if missing:
        if len(rows) > MOST:
            rows.clear()
            missing = wanted
        rows.update(dict.fromkeys(missing, nothing))
        rows.update(ask(missing))
    return {id_: rows[id_] for id_ in wanted}
