"""What lookup reads from the store, by the articles' numbers: the articles, their days and their links.

A number is in a column of the index, while an id is in its documents, which take much longer to read. An article that
changes gets another number. So what was read under a number stays true, but an index that is behind the store has
numbers that no longer exist. In that case, the articles of its hits are read by id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from ourtake.archive.query import Hit, id_at
from ourtake.documents import Article
from ourtake.store import Store
from ourtake.store.article_rows import ArticleRows, Entry, LinkedBy
from ourtake.store.articles import Position

MOST_KEPT = 4096
"""Articles kept in memory."""

MOST_LINKED = 200_000
"""Articles whose links are kept, for each direction, before all are dropped."""

Value = TypeVar("Value")


class _Links(NamedTuple):
    """The links that were read at one position of the store."""

    position: Position | None
    out: dict[int, tuple[int, ...]]
    into: dict[int, list[LinkedBy]]


class Kept:
    """What look-ups have read, for one open index, which has reached a position of the store."""

    def __init__(self, store: Store, searcher: Any, reached: Position | None) -> None:
        self.searcher = searcher
        self.articles: dict[int, Article] = {}
        self._links = _Links(reached, {}, {})
        self._store = store
        self._reached = reached

    @contextmanager
    def moment(self) -> Iterator[Moment]:
        """The store as it is now, for one look-up."""
        with self._store.article_rows() as rows:
            position = rows.position()
            links = self._links
            if position != links.position:
                # What a link leads to may have another number by now, or exist only now. Another thread may still be
                # reading the links of the moment before, so they are left to it.
                links = self._links = _Links(position, {}, {})
            yield Moment(self, rows, links, current=position == self._reached)


class Moment:
    """One moment of the store; what is asked for is kept in memory, since many sources ask for the same."""

    def __init__(self, kept: Kept, rows: ArticleRows, links: _Links, *, current: bool) -> None:
        self._kept = kept
        self._rows = rows
        self._links = links
        self._current = current

    def numbered(self, hits: list[Hit]) -> list[Hit]:
        """The hits with the numbers and days that their articles have now, without those whose articles are gone."""
        if self._current:
            return hits
        ids = [id_at(self._kept.searcher, hit.address) for hit in hits]
        now = {entry.id: entry for entry in self._rows.entries_of(ids)}
        return [
            hit._replace(number=now[id_].number, day=now[id_].day)
            for id_, hit in zip(ids, hits, strict=True)
            if id_ in now
        ]

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        """The articles of those numbers, in their order; a number without one is left out."""
        wanted = list(numbers)
        kept = self._kept.articles
        missing = [number for number in wanted if number not in kept]
        if len(kept) + len(missing) > MOST_KEPT:
            kept.clear()
            missing = wanted
        if missing:
            kept.update(self._rows.articles(missing))
        return {number: kept[number] for number in wanted if number in kept}

    def entries(self, numbers: Iterable[int]) -> list[Entry]:
        """Number, id and day of each article, in the order of the ids."""
        wanted = list(numbers)
        return self._rows.entries(wanted) if wanted else []

    def entries_of(self, ids: Iterable[str]) -> list[Entry]:
        """The same by ids."""
        return self._rows.entries_of(ids)

    def out(self, numbers: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
        """What each article links to; () for none."""
        return _cached(self._links.out, numbers, self._rows.out_of, ())

    def into(self, numbers: Iterable[int]) -> Mapping[int, list[LinkedBy]]:
        """Who links to each article. To find them takes longer than what it links to."""
        return _cached(self._links.into, numbers, self._rows.into, [])


def _cached(
    rows: dict[int, Value], numbers: Iterable[int], ask: Callable[[list[int]], dict[int, Value]], nothing: Value
) -> dict[int, Value]:
    wanted = dict.fromkeys(numbers)
    missing = [number for number in wanted if number not in rows]
    if missing:
        if len(rows) > MOST_LINKED:
            rows.clear()
            missing = list(wanted)
        rows.update(dict.fromkeys(missing, nothing))
        rows.update(ask(missing))
    return {number: rows[number] for number in wanted}
