"""Articles in the store, as they are read. They are written in saving.py.

A million of them must be read as fast as they are indexed, so statements go directly to the driver, many rows at a
time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json
from sqlalchemy import Connection

from ourtake.documents import Article, trusted_article
from ourtake.store.dialect import last_number, last_number_query, parts, run
from ourtake.text.words import canonical_url, normalise


class Position(NamedTuple):
    """The state of a store's archive: which store, the last article number, the last removal. It only grows."""

    store: int
    number: int
    removed: int


class Change(NamedTuple):
    """An article as it is now with its number, or the id of one that is gone. `new`: there was no article with the id
    before.
    """

    id: str
    article: Article | None
    new: bool = False
    number: int = 0


def among(connection: Connection, statement: str, values: Sequence[Any]) -> Iterator[Any]:
    """The rows of a statement that ends with IN."""
    for part in parts(values):
        yield from run(connection, f"{statement} ({','.join('?' * len(part))})", tuple(part)).fetchall()


def title_hash(text: str) -> int:
    """By which an article is found by its title; `text` is normalised."""
    return zlib.crc32(text.encode())


def read(document: str) -> Article:
    """The article of a stored document, which was validated when it was stored."""
    return trusted_article(from_json(document, cache_strings="keys"))


def known(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, int]:
    """Those of the digests whose articles are still as they were read, with the articles' numbers."""
    return {row[0]: row[1] for row in among(connection, "SELECT digest, number FROM articles WHERE digest IN", digests)}


def position(connection: Connection) -> Position:
    """The state of the archive."""
    return position_in(run(connection, *position_query(connection)).one())


def position_query(connection: Connection) -> tuple[str, tuple[str, str]]:
    """A statement and its parameters, whose only row is the state of the archive."""
    last = last_number_query(connection)
    # One statement: every look-up asks, and an index that follows an import does so many times a second.
    return f"SELECT value, {last}, {last} FROM ourtake_meta WHERE name = 'identity'", ("articles", "removed")


def position_in(row: Any) -> Position:
    """The state of the archive in that row."""
    identity, number, removed = row
    return Position(identity, number or 0, removed or 0)


def changes(connection: Connection, since: Position) -> Iterator[Change]:
    """What changed after a position: first removals, then additions, in order.

    An addition may replace an article with the same id.
    """
    nothing = since.number == 0
    if not nothing:
        for (id_,) in run(connection, "SELECT DISTINCT id FROM removed WHERE sequence > ?", (since.removed,)):
            yield Change(id_, None)
    statement = "SELECT number, document FROM articles WHERE number > ? ORDER BY number"
    for number, document in run(connection, statement, (since.number,), chunk=1000):
        article = read(document)
        yield Change(article.id or "", article, nothing, number)


def every(connection: Connection, *, linking: bool = False) -> Iterator[Article]:
    """The articles in the order of their numbers; `linking`: only those that link to something."""
    only = "WHERE number IN (SELECT article FROM links)" if linking else ""
    for (document,) in run(connection, f"SELECT document FROM articles {only} ORDER BY number", chunk=1000):
        yield read(document)


def of(connection: Connection, ids: Iterable[str]) -> dict[str, Article]:
    """The articles of those ids, by id; an id without one is left out."""
    return {
        id_: read(document)
        for id_, document in among(connection, "SELECT id, document FROM articles WHERE id IN", list(ids))
    }


def days_of(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """The days of the articles of those ids, as ordinals (0 undated)."""
    return dict(map(tuple, among(connection, "SELECT id, day FROM articles WHERE id IN", list(ids))))


def one(connection: Connection, id_or_url: str) -> Article | None:
    """The article of that id, else of that address."""
    for column, value in (("id", id_or_url), ("canonical_url", canonical_url(id_or_url))):
        document = run(connection, f"SELECT document FROM articles WHERE {column} = ?", (value,)).scalar()
        if document is not None:
            return read(document)
    return None


def by_title(connection: Connection, title: str) -> Article | None:
    """The article of that title, typography and case folded; the first of several."""
    folded = normalise(title)
    rows = run(connection, "SELECT document FROM articles WHERE title_hash = ? ORDER BY number", (title_hash(folded),))
    return next((article for (document,) in rows if normalise((article := read(document)).title) == folded), None)


def count(connection: Connection) -> int:
    """How many articles there are."""
    return last_number(connection, "articles") - last_number(connection, "removed")


def spread(connection: Connection, wanted: int) -> dict[int, Article]:
    """About `wanted` articles by their numbers, evenly spread over those."""
    last = last_number(connection, "articles")
    statement = "SELECT number, document FROM articles WHERE number >= ? ORDER BY number LIMIT 1"
    probes = (run(connection, statement, (1 + last * part // wanted,)).fetchone() for part in range(wanted))
    found = {row[0]: row[1] for row in probes if row is not None}
    return {number: read(document) for number, document in found.items()}
