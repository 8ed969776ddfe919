"""Articles in the store: an article is the same when its id, else its canonical address, is the same.

A million of them must be imported as fast as they are indexed, so statements go directly to the driver, many rows at
a time.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic_core import from_json
from sqlalchemy import Connection

from ourtake.documents import Article, trusted_article
from ourtake.store.dialect import last_number, last_number_query, run, take_numbers
from ourtake.text.words import canonical_url, normalise
from ourtake.values import ordinal

Outcome = Literal["added", "updated", "unchanged", "skipped"]
_CHUNK = 500
"""SQLite's oldest limit on variables in one statement is 999."""

_KEPT = ("published", "summary", "tags", "author", "updated", "links")
_UNREAD = "unread_dates"
"""The key of dates that could not be read (intake/dates.py): not kept once there is a date."""


class Position(NamedTuple):
    """The state of a store's archive: which store, the last article number, the last removal. It only grows."""

    store: int
    number: int
    removed: int


class Change(NamedTuple):
    """An article as it is now, or the id of one that is gone. `new`: there was no article with the id before."""

    id: str
    article: Article | None
    new: bool = False


class Repeated(NamedTuple):
    """An article that this import had read before: its place among those given, and the title that it had then.

    `refused`: the titles differ and no id says that the two are one, so the first was kept.
    """

    place: int
    title: str
    refused: bool


class Saved(NamedTuple):
    """An outcome for each article given, in order, the changes, and what the import had read before."""

    outcomes: list[Outcome]
    changes: list[Change]
    repeated: tuple[Repeated, ...] = ()


class Unchanged(NamedTuple):
    """Where the articles given stand among lines whose articles are stored as they are: the place of each article, and
    the places of those lines by the number of their article.
    """

    places: Sequence[int]
    lines: Mapping[int, int]

    def follows(self, number: int, index: int) -> bool:
        """Whether the line of that number comes after the article at that index."""
        return self.lines.get(number, -1) > self.places[index]


class Seen:
    """The articles that one import has read, by their numbers: a bit each, so a million take 125 kB."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, number: int) -> None:
        """Mark a number."""
        if len(self._bits) <= number >> 3:
            self._bits.extend(bytes((number >> 3) + 1 - len(self._bits)))
        self._bits[number >> 3] |= 1 << (number & 7)

    def update(self, numbers: Iterable[int]) -> None:
        """Mark several numbers."""
        for number in numbers:
            self.add(number)

    def __contains__(self, number: int) -> bool:
        return len(self._bits) > number >> 3 and bool(self._bits[number >> 3] & 1 << (number & 7))


class Origin(NamedTuple):
    """What an article was read from: its digest, for `known`, and its text, where that is valid as stored JSON."""

    digest: bytes
    document: str | None = None


class _Row(NamedTuple):
    """The row that an id has, or will have; number 0: not yet written."""

    number: int
    address: str
    document: str


def save(
    connection: Connection,
    given: Sequence[Article],
    origins: Sequence[Origin | None] = (),
    seen: Seen | None = None,
    unchanged: Unchanged | None = None,
) -> Saved:
    """Insert or update the articles; `origins`: what each was read from, where that is to be known again.

    What an article lacks is kept from its last version: an update never turns a known value into nothing. `seen`: the
    articles that this import has read so far; two different ones with one address are not mixed: the first is kept.
    `unchanged`: the lines among which the articles stand; one that follows an article of the same id counts, not it.
    """
    at_id, at_address = _existing(connection, given)
    was = dict(at_id)
    now: dict[str, tuple[Article, Origin | None]] = {}
    gone: dict[str, None] = {}
    outcomes: list[Outcome] = []
    reread: list[tuple[bytes, int]] = []
    repeated: list[Repeated] = []
    for index, (article, origin) in enumerate(zip(given, origins or [None] * len(given), strict=True)):
        address = canonical_url(article.url)
        id_ = article.id if article.id in at_id else at_address.get(address) or article.id or _id_of(address)
        named, document = _named(article, origin, id_)
        stands = at_id.get(id_)
        if stands is not None and stands.document != document:
            earlier = read(stands.document)
            if seen is not None and earlier != named and (not stands.number or stands.number in seen):
                refused = article.id != id_ and normalise(earlier.title) != normalise(named.title)
                repeated.append(Repeated(index, earlier.title, refused))
                if refused or (unchanged is not None and unchanged.follows(stands.number, index)):
                    outcomes.append("skipped" if refused else "unchanged")
                    continue
            named, document = _with_known(named, earlier, document)
            stands = stands._replace(document=document) if earlier == named else stands
        if stands is not None and stands.document == document:
            outcomes.append("unchanged")
            if origin and stands.number:
                reread.append((origin.digest, stands.number))
            if seen is not None and stands.number:
                seen.add(stands.number)
            continue
        if stands is not None and stands.address != address:
            at_address.pop(stands.address, None)
        other = at_address.get(address, id_)
        if other != id_:
            # Its new address is another article's: the two are one story, and the new text is kept.
            at_id.pop(other, None)
            now.pop(other, None)
            gone[other] = None
        outcomes.append("added" if stands is None else "updated")
        at_id[id_], at_address[address] = _Row(0, address, document), id_
        now[id_] = named, origin
    if reread:
        run(connection, "UPDATE articles SET digest = ? WHERE number = ?", reread)
    replaced = [id_ for id_ in [*now, *gone] if id_ in was]
    _take_out(connection, [(id_, was[id_].number) for id_ in dict.fromkeys(replaced)])
    rows = [(id_, article, origin and origin.digest, at_id[id_]) for id_, (article, origin) in now.items()]
    first = _put_in(connection, rows)
    if seen is not None:
        seen.update(range(first, first + len(now)))
    changes = [Change(id_, None) for id_ in gone if id_ not in now]
    changes += [Change(id_, article, id_ not in was) for id_, (article, _) in now.items()]
    return Saved(outcomes, changes, tuple(repeated))


def _named(article: Article, origin: Origin | None, id_: str) -> tuple[Article, str]:
    """The article with that id, and its document."""
    if article.id == id_:
        return article, (origin and origin.document) or article.model_dump_json()
    named = article.model_copy(update={"id": id_})
    return named, named.model_dump_json()


def _with_known(article: Article, earlier: Article, document: str) -> tuple[Article, str]:
    """The article with what it lacks and its earlier version has, and its document."""
    kept: dict[str, Any] = {
        name: value
        for name in _KEPT
        if (value := getattr(earlier, name)) not in (None, "", ()) and getattr(article, name) in (None, "", ())
    }
    extra = article.model_extra or {}
    kept |= {key: value for key, value in (earlier.model_extra or {}).items() if key not in extra}
    unread = {key: value for key, value in (kept.get(_UNREAD) or {}).items() if not getattr(article, key, None)}
    kept.pop(_UNREAD, None)
    kept |= {_UNREAD: unread} if unread else {}
    if not kept:
        return article, document
    whole = Article.model_validate(article.model_dump() | kept)
    return whole, whole.model_dump_json()


def _existing(connection: Connection, given: Sequence[Article]) -> tuple[dict[str, _Row], dict[str, str]]:
    addresses = [canonical_url(article.url) for article in given]
    ids = [article.id or _id_of(address) for article, address in zip(given, addresses, strict=True)]
    at_id: dict[str, _Row] = {}
    at_address: dict[str, str] = {}
    for column, values in (("id", ids), ("canonical_url", addresses)):
        for id_, *rest in _among(
            connection, f"SELECT id, number, canonical_url, document FROM articles WHERE {column} IN", values
        ):
            at_id[id_] = _Row(*rest)
            at_address[at_id[id_].address] = id_
    return at_id, at_address


def _take_out(connection: Connection, rows: list[tuple[str, int]]) -> None:
    if rows:
        first = take_numbers(connection, "removed", len(rows))
        gone = [(number, id_) for number, (id_, _) in enumerate(rows, first)]
        run(connection, "INSERT INTO removed (sequence, id) VALUES (?, ?)", gone)
        for table, column in (("articles", "number"), ("links", "article")):
            run(connection, f"DELETE FROM {table} WHERE {column} = ?", [(number,) for _, number in rows])


def _put_in(connection: Connection, rows: list[tuple[str, Article, bytes | None, _Row]]) -> int:
    """Insert the rows; returns the number of the first."""
    first = take_numbers(connection, "articles", len(rows))
    if not rows:
        return first
    values = [
        (number, id_, row.address, _hash(normalise(article.title)), ordinal(article.published), digest, row.document)
        for number, (id_, article, digest, row) in enumerate(rows, first)
    ]
    run(
        connection,
        "INSERT INTO articles (number, id, canonical_url, title_hash, day, digest, document) VALUES (?, ?, ?, ?, ?, ?, "
        "?)",
        values,
    )
    made = [
        (number, target)
        for number, (_, article, _, row) in enumerate(rows, first)
        if article.links
        for target in dict.fromkeys(map(canonical_url, article.links))
        if target != row.address
    ]
    if made:
        run(connection, "INSERT INTO links (article, target) VALUES (?, ?)", made)
    return first


def _among(connection: Connection, statement: str, values: Sequence[Any]) -> Iterator[Any]:
    """The rows of a statement that ends with IN."""
    for first in range(0, len(values), _CHUNK):
        part = tuple(values[first : first + _CHUNK])
        yield from run(connection, f"{statement} ({','.join('?' * len(part))})", part).fetchall()


def _id_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


def read(document: str) -> Article:
    """The article of a stored document, which was validated when it was stored."""
    return trusted_article(from_json(document, cache_strings="keys"))


def known(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, int]:
    """Those of the digests whose articles are still as they were read, with the articles' numbers."""
    return {
        row[0]: row[1] for row in _among(connection, "SELECT digest, number FROM articles WHERE digest IN", digests)
    }


def position(connection: Connection) -> Position:
    """The state of the archive."""
    last = last_number_query(connection)
    # One statement: every look-up asks, and an index that follows an import does so many times a second.
    statement = f"SELECT value, {last}, {last} FROM ourtake_meta WHERE name = 'identity'"
    identity, number, removed = run(connection, statement, ("articles", "removed")).one()
    return Position(identity, number or 0, removed or 0)


def changes(connection: Connection, since: Position) -> Iterator[Change]:
    """What changed after a position: first removals, then additions, in order.

    An addition may replace an article with the same id.
    """
    nothing = since.number == 0
    if not nothing:
        for (id_,) in run(connection, "SELECT DISTINCT id FROM removed WHERE sequence > ?", (since.removed,)):
            yield Change(id_, None)
    for article in every(connection, after=since.number):
        yield Change(article.id or "", article, nothing)


def every(connection: Connection, *, after: int = 0, linking: bool = False) -> Iterator[Article]:
    """The articles with a number after one, in that order; `linking`: only those that link to something."""
    only = "AND number IN (SELECT article FROM links)" if linking else ""
    statement = f"SELECT document FROM articles WHERE number > ? {only} ORDER BY number"
    rows = run(connection, statement, (after,), chunk=1000)
    for (document,) in rows:
        yield read(document)


def of(connection: Connection, ids: Iterable[str]) -> dict[str, Article]:
    """The articles of those ids, by id; an id without one is left out."""
    return {
        id_: read(document)
        for id_, document in _among(connection, "SELECT id, document FROM articles WHERE id IN", list(ids))
    }


def days_of(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """The days of the articles of those ids, as ordinals (0 undated)."""
    return dict(map(tuple, _among(connection, "SELECT id, day FROM articles WHERE id IN", list(ids))))


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
    rows = run(connection, "SELECT document FROM articles WHERE title_hash = ? ORDER BY number", (_hash(folded),))
    return next((article for (document,) in rows if normalise((article := read(document)).title) == folded), None)


def count(connection: Connection) -> int:
    """How many articles there are."""
    return last_number(connection, "articles") - last_number(connection, "removed")


def remove(connection: Connection, id_or_url: str) -> bool:
    """Remove the article; whether there was one."""
    for column, value in (("id", id_or_url), ("canonical_url", canonical_url(id_or_url))):
        rows = run(connection, f"SELECT id, number FROM articles WHERE {column} = ?", (value,)).fetchall()
        if rows:
            _take_out(connection, [(row[0], row[1]) for row in rows])
            return True
    return False


def spread(connection: Connection, wanted: int) -> list[Article]:
    """About `wanted` articles, evenly spread over the numbers given."""
    last = last_number(connection, "articles")
    statement = "SELECT number, document FROM articles WHERE number >= ? ORDER BY number LIMIT 1"
    probes = (run(connection, statement, (1 + last * part // wanted,)).fetchone() for part in range(wanted))
    return [read(document) for document in {row[0]: row[1] for row in probes if row is not None}.values()]
