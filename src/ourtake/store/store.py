"""The store: one object over one database, handed down from cli/ to whoever needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DBAPIError

from ourtake.documents import Article, Draft, LinkCheck, Visit
from ourtake.errors import StoreError
from ourtake.store import articles, drafts, fetched, link_checks
from ourtake.store.calls import CallEnd, CallRecord, CallStart
from ourtake.store.schema import open_engine
from ourtake.store.tables import rankings
from ourtake.store.writer import GroupWriter

Result = TypeVar("Result")


class Store:
    """Articles, drafts and the ledger. What is written is committed when a method returns (when awaited, for async ones)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = GroupWriter(engine)

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

    def save_articles(self, given: Sequence[Article], *, place: str = "", visits: Sequence[Visit] = ()) -> list[articles.Outcome]:
        """Add or update articles in one transaction; one outcome each, in order. With them go the visits in which the import of `place` read them."""
        with self._writing() as connection:
            fetched.save(connection, place, visits)
            return articles.save(connection, given)

    def begin_import(self, place: str, *, again: bool = False) -> fetched.OpenImport:
        """Go on with the import of a place that was stopped, or begin a new one."""
        with self._writing() as connection:
            return fetched.begin(connection, place, again=again)

    def visit(self, place: str, url: str) -> Visit | None:
        """The last visit of an address in imports of this place."""
        with self._reading() as connection:
            return fetched.one(connection, place, url)

    def rejected(self, running: fetched.OpenImport) -> list[tuple[str, str]]:
        """Address and reason of the pages that gave nothing in this import so far."""
        with self._reading() as connection:
            return fetched.rejected(connection, running)

    def finish_import(self, running: fetched.OpenImport) -> None:
        """The import came to its end; the next one of this place begins anew."""
        with self._writing() as connection:
            fetched.finish(connection, running)

    def articles(self) -> Iterator[Article]:
        """Every article, with its id."""
        with self._reading() as connection:
            yield from articles.every(connection)

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

    def save_link_checks(self, checks: Sequence[LinkCheck]) -> None:
        """Keep what was found behind addresses; the newest look at each stands."""
        with self._writing() as connection:
            link_checks.save(connection, checks)

    def link_checks(self, urls: Sequence[str]) -> list[LinkCheck]:
        """The newest look at each of these addresses, as far as there is one."""
        with self._reading() as connection:
            return link_checks.known(connection, urls)

    def archive_version(self) -> int:
        """A number that grows at each change of the articles."""
        with self._reading() as connection:
            return articles.version(connection)

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
