"""How articles are written: an article is the same when its id, else its canonical address, is the same.

A million of them must be imported as fast as they are indexed, so statements go directly to the driver, many rows at
a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from ourtake.documents import Article
from ourtake.store.articles import Change, among, read, title_hash
from ourtake.store.dialect import run, take_numbers
from ourtake.text.words import amp_original, canonical_url, normalise
from ourtake.values import ordinal

Outcome = Literal["added", "updated", "unchanged", "skipped"]
_KEPT = ("published", "summary", "tags", "author", "updated", "links")
_UNREAD = "unread_dates"
"""The key of dates that could not be read (intake/dates.py): not kept once there is a date."""


class Repeated(NamedTuple):
    """An article that this import had read before: its place among those given, and the title that it had then.

    `refused`: the titles differ and no id says that the two are one, so the first was kept. `copy_of`: the address of
    the article of which this one is an AMP copy, which was kept.
    """

    place: int
    title: str
    refused: bool
    copy_of: str = ""


class Saved(NamedTuple):
    """An outcome for each article given, in order, the changes, and what the import had read before."""

    outcomes: list[Outcome]
    changes: list[Change]
    repeated: tuple[Repeated, ...] = ()


class Unchanged(NamedTuple):
    """Where the articles given are among lines whose articles are stored as they are: the place of each article, and
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
    `unchanged`: the lines among which the articles are; one that follows an article of the same id counts, not it.
    """
    saving = _Saving(connection, given, seen, unchanged)
    for index, (article, origin) in enumerate(zip(given, origins or [None] * len(given), strict=True)):
        saving.outcomes.append(saving.place(index, article, origin))
    return saving.write()


class _Saving:
    """Articles that are saved together. Where each belongs is settled first, then all are written at once."""

    def __init__(
        self, connection: Connection, given: Sequence[Article], seen: Seen | None, unchanged: Unchanged | None
    ) -> None:
        self._connection, self._seen, self._unchanged = connection, seen, unchanged
        self._at_id, self._at_address = _existing(connection, given)
        self._was = dict(self._at_id)
        self._copies = {original: one for one in self._at_address if (original := amp_original(one))}
        """The AMP copies that are stored, or given here, by the address of their page."""
        self._now: dict[str, tuple[Article, Origin | None]] = {}
        self._gone: dict[str, None] = {}
        self._reread: list[tuple[bytes, int]] = []
        self._repeated: list[Repeated] = []
        self.outcomes: list[Outcome] = []

    def place(self, index: int, article: Article, origin: Origin | None) -> Outcome:
        """Settle where an article belongs and what it is then."""
        address = canonical_url(article.url)
        original = amp_original(address)
        if original and self._has(original, article):
            self._repeated.append(Repeated(index, article.title, refused=False, copy_of=original))
            return "skipped"
        if original:
            self._copies[original] = address
        copy = self._copies.get(address, "")
        stored = self._at_address.get(address) or (self._at_address[copy] if self._has(copy, article) else None)
        id_ = article.id if article.id in self._at_id else stored or article.id or _id_of(address)
        named, document = _named(article, origin, id_)
        stands = self._at_id.get(id_)
        if stands is not None and stands.document != document:
            earlier = read(stands.document)
            settled = self._settled_before(index, article.id != id_, named, earlier, stands)
            if settled is not None:
                return settled
            named, document = _with_known(named, earlier, document)
            stands = stands._replace(document=document) if earlier == named else stands
        if stands is not None and stands.document == document:
            self._same(stands.number, origin)
            return "unchanged"
        self._move(id_, address, stands)
        self._at_id[id_], self._at_address[address] = _Row(0, address, document), id_
        self._now[id_] = named, origin
        return "added" if stands is None else "updated"

    def _has(self, address: str, article: Article) -> bool:
        """Whether an article of the same title is at an address."""
        row = self._at_id.get(self._at_address.get(address, ""))
        return row is not None and normalise(read(row.document).title) == normalise(article.title)

    def _settled_before(
        self, index: int, by_address: bool, named: Article, earlier: Article, stands: _Row
    ) -> Outcome | None:
        """What becomes of an article that this import has read before, otherwise; None if it replaces that one."""
        if self._seen is None or earlier == named or (stands.number and stands.number not in self._seen):
            return None
        refused = by_address and normalise(earlier.title) != normalise(named.title)
        self._repeated.append(Repeated(index, earlier.title, refused))
        if refused:
            return "skipped"
        followed = self._unchanged is not None and self._unchanged.follows(stands.number, index)
        return "unchanged" if followed else None

    def _same(self, number: int, origin: Origin | None) -> None:
        """An article is as it is stored; number 0: as one of those given here."""
        if origin and number:
            self._reread.append((origin.digest, number))
        if self._seen is not None and number:
            self._seen.add(number)

    def _move(self, id_: str, address: str, stands: _Row | None) -> None:
        """Free the address for an article. Another article that has it is the same story: the new text is kept."""
        if stands is not None and stands.address != address:
            self._at_address.pop(stands.address, None)
        other = self._at_address.get(address, id_)
        if other != id_:
            self._at_id.pop(other, None)
            self._now.pop(other, None)
            self._gone[other] = None

    def write(self) -> Saved:
        """Write what was settled."""
        if self._reread:
            run(self._connection, "UPDATE articles SET digest = ? WHERE number = ?", self._reread)
        replaced = dict.fromkeys(id_ for id_ in [*self._now, *self._gone] if id_ in self._was)
        _take_out(self._connection, [(id_, self._was[id_].number) for id_ in replaced])
        rows = [
            (id_, article, origin and origin.digest, self._at_id[id_]) for id_, (article, origin) in self._now.items()
        ]
        first = _put_in(self._connection, rows)
        if self._seen is not None:
            self._seen.update(range(first, first + len(rows)))
        changes = [Change(id_, None) for id_ in self._gone if id_ not in self._now]
        changes += [
            Change(id_, article, id_ not in self._was, number)
            for number, (id_, (article, _)) in enumerate(self._now.items(), first)
        ]
        return Saved(self.outcomes, changes, tuple(self._repeated))


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
    addresses += [original for address in addresses if (original := amp_original(address))]
    at_id: dict[str, _Row] = {}
    at_address: dict[str, str] = {}
    for column, values in (("id", ids), ("canonical_url", addresses)):
        for id_, *rest in among(
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
        (
            number,
            id_,
            row.address,
            title_hash(normalise(article.title)),
            ordinal(article.published),
            digest,
            row.document,
        )
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


def _id_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def remove(connection: Connection, id_or_url: str) -> bool:
    """Remove the article; whether there was one."""
    for column, value in (("id", id_or_url), ("canonical_url", canonical_url(id_or_url))):
        rows = run(connection, f"SELECT id, number FROM articles WHERE {column} = ?", (value,)).fetchall()
        if rows:
            _take_out(connection, [(row[0], row[1]) for row in rows])
            return True
    return False
