"""The store: one object over one database, handed down from cli/ to whoever needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DBAPIError

from ourtake.documents import Article, Draft
from ourtake.errors import StoreError
from ourtake.store import articles, drafts, links
from ourtake.store.articles import Change, Position, Saved
from ourtake.store.calls import CallEnd, CallRecord, CallStart
from ourtake.store.schema import open_engine
from ourtake.store.tables import rankings
from ourtake.store.vectors import Vectors
from ourtake.store.writer import GroupWriter

Result = TypeVar("Result")

IMPORT_CACHE = 64_000
"""KiB of the store's pages that an import keeps in memory: its indexes are written in no order."""


class Importing:
    """A transaction that articles are saved in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, digests: Sequence[bytes]) -> set[bytes]:
        """Those of the digests whose articles still stand as they were read."""
        return articles.known(self._connection, digests)

    def save(self, given: Sequence[Article], digests: Sequence[bytes | None]) -> Saved:
        """Add or update articles; `digests`: of what each was read from."""
        return articles.save(self._connection, given, digests)

    def changes(self, since: Position) -> Iterator[Change]:
        """What changed after a position, this transaction's own changes among it."""
        return articles.changes(self._connection, since)

    def position(self) -> Position:
        """How far the archive has come with this transaction."""
        return articles.position(self._connection)


class Store:
    """Articles, drafts and the ledger. What is written is committed when a method returns (when awaited, for async ones)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = GroupWriter(engine)
        self.vectors = Vectors(self._reading, self._writing)

    @classmethod
    def open(cls, address: str, *, create: bool = True) -> Store:
        """The store at sqlite:///PATH. Raises StoreError when it is missing and create is False, is not ours, or can't be written."""
        return cls(open_engine(address, create=create))

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit what waits, and close."""
        self._writer.close()
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _plain_errors(), self._engine.connect().execution_options(reading=True) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _plain_errors(), self._engine.begin() as connection:
            yield connection

    def save_articles(self, given: Sequence[Article]) -> list[articles.Outcome]:
        """Add or update articles in one transaction; one outcome each, in order."""
        with self._writing() as connection:
            return articles.save(connection, given).outcomes

    @contextmanager
    def importing(self) -> Iterator[Importing]:
        """One transaction for many articles; it is committed when the block ends, and nothing of it is kept when the block fails."""
        with self._writing() as connection:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{IMPORT_CACHE}")
            yield Importing(connection)

    def articles(self, *, linking: bool = False) -> Iterator[Article]:
        """Every article, with its id; `linking`: only those that link to something."""
        with self._reading() as connection:
            yield from articles.every(connection, linking=linking)

    def articles_of(self, ids: Iterable[str]) -> dict[str, Article]:
        """The articles of those ids in one go, by id; an id without one is left out."""
        with self._reading() as connection:
            return articles.of(connection, ids)

    def days_of(self, ids: Iterable[str]) -> dict[str, int]:
        """The days of the articles of those ids, as ordinals (0 undated)."""
        with self._reading() as connection:
            return articles.days_of(connection, ids)

    def changes(self, since: Position) -> Iterator[Change]:
        """What changed after a position: first what went, then what came."""
        with self._reading() as connection:
            yield from articles.changes(connection, since)

    def links_out_of(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The ids of the articles that each of these links to."""
        with self._reading() as connection:
            return links.out_of(connection, ids)

    def links_into(self, ids: Iterable[str]) -> dict[str, list[links.LinkedBy]]:
        """Who links to each of these."""
        with self._reading() as connection:
            return links.into(connection, ids)

    def tally_links(self) -> links.Tally:
        """Counts over all links."""
        with self._reading() as connection:
            return links.tally(connection)

    def days(self) -> tuple[int, int] | None:
        """The first and the last day of the archive, as ordinals."""
        with self._reading() as connection:
            first, last = connection.exec_driver_sql("SELECT min(day), max(day) FROM articles WHERE day > 0").one()
            return None if first is None else (first, last)

    def article(self, id_or_url: str) -> Article | None:
        """The article of that id, else of that address."""
        with self._reading() as connection:
            return articles.one(connection, id_or_url)

    def article_by_title(self, title: str) -> Article | None:
        """The article of that title, typography and case folded."""
        with self._reading() as connection:
            return articles.by_title(connection, title)

    def count_articles(self) -> int:
        """How many articles there are."""
        with self._reading() as connection:
            return articles.count(connection)

    def remove_article(self, id_or_url: str) -> bool:
        """Remove an article; whether there was one."""
        with self._writing() as connection:
            return articles.remove(connection, id_or_url)

    def save_ranking(self, document: str) -> None:
        """Keep a ranking's JSON; the newest is in force."""
        with self._writing() as connection:
            connection.execute(insert(rankings).values(document=document))

    def ranking(self) -> str | None:
        """The newest ranking's JSON."""
        with self._reading() as connection:
            return connection.execute(select(rankings.c.document).order_by(rankings.c.id.desc()).limit(1)).scalar()

    def position(self) -> Position:
        """How far the archive has come: it grows at each change of the articles."""
        with self._reading() as connection:
            return articles.position(connection)

    async def save_draft(self, draft: Draft) -> None:
        """Insert or update a draft; its stored revisions are never rewritten."""
        await self._write(lambda connection: drafts.save(connection, draft))

    def draft(self, draft_id: str) -> Draft | None:
        """The draft of that id."""
        with self._reading() as connection:
            return drafts.one(connection, draft_id)

    def drafts(self, limit: int = 50) -> list[Draft]:
        """The newest drafts first."""
        with self._reading() as connection:
            return drafts.newest(connection, limit)

    async def start_call(self, start: CallStart) -> int:
        """Write down a call before it is made; its number."""
        return await self._write(lambda connection: drafts.start_call(connection, start))

    async def finish_call(self, call_id: int, end: CallEnd) -> None:
        """Write down how a call ended."""
        await self._write(lambda connection: drafts.finish_call(connection, call_id, end))

    def calls(self, draft_id: str | None = None) -> list[CallRecord]:
        """The ledger, all or one draft's calls, in order."""
        with self._reading() as connection:
            return drafts.ledger(connection, draft_id)

    async def _write(self, work: Callable[[Connection], Result]) -> Result:
        with _plain_errors():
            return await self._writer.write(work)


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(
            f"The store can't be read or written: {error.orig}.", "Check the disk and its rights; nothing half-written was kept."
        ) from error
