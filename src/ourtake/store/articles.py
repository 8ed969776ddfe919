"""Articles in the store: an article is the same when its id, else its canonical address, is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ourtake.documents import Article
from ourtake.store.tables import articles, meta
from ourtake.text.words import canonical_url, fold

Outcome = Literal["added", "updated", "unchanged"]
_CHUNK = 500
"""SQLite's oldest limit on variables in one statement is 999."""


def save(connection: Connection, given: Sequence[Article]) -> list[Outcome]:
    """Insert or update the articles; one outcome each, in order."""
    by_id, by_url = _known(connection, given)
    outcomes: list[Outcome] = []
    new: dict[str, dict[str, str]] = {}
    changed: dict[str, dict[str, str]] = {}
    for article in given:
        address = canonical_url(article.url)
        id_ = article.id if article.id in by_id else by_url.get(address) or article.id or _id_of(address)
        document = article.model_copy(update={"id": id_}).model_dump_json()
        digest = hashlib.sha256(document.encode()).hexdigest()
        row = {"id": id_, "canonical_url": address, "folded_title": fold(article.title), "digest": digest, "document": document}
        if by_id.get(id_) == digest:
            outcomes.append("unchanged")
            continue
        if by_url.get(address, id_) != id_:
            # Its new address is another article's: the two are one story, and the newcomer's text stands.
            other = by_url[address]
            connection.execute(delete(articles).where(articles.c.id == other))
            new.pop(other, None)
            changed.pop(other, None)
            by_id.pop(other, None)
        outcomes.append("updated" if id_ in by_id else "added")
        (new if id_ not in by_id or id_ in new else changed)[id_] = row
        by_id[id_] = digest
        by_url[address] = id_
    if new:
        connection.execute(insert(articles), list(new.values()))
    for row in changed.values():
        connection.execute(update(articles).where(articles.c.id == row["id"]).values(**row))
    if new or changed:
        raise_version(connection)
    return outcomes


def _known(connection: Connection, given: Sequence[Article]) -> tuple[dict[str, str], dict[str, str]]:
    by_id: dict[str, str] = {}
    by_url: dict[str, str] = {}
    columns = select(articles.c.id, articles.c.canonical_url, articles.c.digest)
    for first in range(0, len(given), _CHUNK):
        part = given[first : first + _CHUNK]
        addresses = [canonical_url(article.url) for article in part]
        ids = [article.id or _id_of(address) for article, address in zip(part, addresses, strict=True)]
        for where in (articles.c.id.in_(ids), articles.c.canonical_url.in_(addresses)):
            for row in connection.execute(columns.where(where)):
                by_id[row.id] = row.digest
                by_url[row.canonical_url] = row.id
    return by_id, by_url


def _id_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def raise_version(connection: Connection) -> None:
    """Count one more change of the archive, so that an index knows that it is behind."""
    statement = upsert(meta).values(name="archive_version", value=1)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": meta.c.value + 1}))


def version(connection: Connection) -> int:
    """How often the archive was changed."""
    return connection.execute(select(meta.c.value).where(meta.c.name == "archive_version")).scalar() or 0


def every(connection: Connection) -> Iterator[Article]:
    """All articles, in order of id."""
    for row in connection.execution_options(yield_per=1000).execute(select(articles.c.document).order_by(articles.c.id)):
        yield Article.model_validate_json(row.document)


def one(connection: Connection, id_or_url: str) -> Article | None:
    """The article of that id, else of that address."""
    for where in (articles.c.id == id_or_url, articles.c.canonical_url == canonical_url(id_or_url)):
        document = connection.execute(select(articles.c.document).where(where)).scalar()
        if document is not None:
            return Article.model_validate_json(document)
    return None


def by_title(connection: Connection, title: str) -> Article | None:
    """The article of that title, typography and case folded."""
    document = connection.execute(select(articles.c.document).where(articles.c.folded_title == fold(title)).limit(1)).scalar()
    return None if document is None else Article.model_validate_json(document)


def count(connection: Connection) -> int:
    """How many articles there are."""
    return connection.execute(select(func.count()).select_from(articles)).scalar_one()


def remove(connection: Connection, id_or_url: str) -> bool:
    """Remove the article; whether there was one."""
    found = one(connection, id_or_url)
    if found is None:
        return False
    connection.execute(delete(articles).where(articles.c.id == found.id))
    raise_version(connection)
    return True


def spread(connection: Connection, wanted: int) -> list[Article]:
    """About `wanted` articles, evenly spread over the ids."""
    ids = connection.execute(select(articles.c.id).order_by(articles.c.id)).scalars().all()
    chosen = ids[:: max(1, len(ids) // wanted)][:wanted]
    rows = connection.execute(select(articles.c.document).where(articles.c.id.in_(chosen)).order_by(articles.c.id))
    return [Article.model_validate_json(row.document) for row in rows]
