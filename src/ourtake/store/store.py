"""The store: one object for one database, passed from cli/ to whatever needs it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Table, insert, select

from ourtake.documents import Article, Draft, EarlierTake, LinkCheck, Usage
from ourtake.errors import StoreError
from ourtake.store import articles, drafts, ledger, links, processes, saving
from ourtake.store.accounts import AccountStore
from ourtake.store.address import is_server, without_password
from ourtake.store.article_rows import ArticleRows
from ourtake.store.articles import Change, Position
from ourtake.store.backend import Backend
from ourtake.store.batches import BatchStore
from ourtake.store.calls import Begun, CallEnd, CallRecord, CallStart, Ceiling, CostRow, Over, Terms
from ourtake.store.database import Database
from ourtake.store.desk import DeskStore
from ourtake.store.dialect import parts, put
from ourtake.store.failpoints import failpoint
from ourtake.store.imports import Importing, ImportStore
from ourtake.store.posts import PostStore
from ourtake.store.runs import RunStore
from ourtake.store.sqlite_backend import SqliteBackend
from ourtake.store.tables import COPYING, claim_answers, link_checks, meta, rankings
from ourtake.store.vectors import Vectors
from ourtake.store.watching import WatchStore


class Store(Database):
    """Articles, drafts and the ledger; the other subjects have a part each. What is written is committed when a method
    returns (when awaited, for async ones). `queue_address`: where jobs for workers are queued, `turns`: those that
    workers share at providers; "" and None for a store in a file.
    """

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.only_read = backend.only_read
        self.from_copy = backend.from_copy
        self.queue_address = backend.queue_address
        self.turns = backend.turns
        self.accounts = AccountStore(self)
        self.batches = BatchStore(self)
        self.desk = DeskStore(self)
        self.imports = ImportStore(self)
        self.posts = PostStore(self)
        self.runs = RunStore(self)
        self.vectors = Vectors(self)
        self.watch = WatchStore(self)

    @classmethod
    def open(cls, address: str, *, create: bool = True, half_copied: bool = False) -> Store:
        """The store at sqlite:///PATH or postgresql://... (address.py).

        Raises StoreError when it is missing and create is False, is not ours, can't be written or can't be reached, or
        is a copy that is not complete (copying.py), unless `half_copied`.
        """
        store = cls(open_backend(address, create=create))
        with store.reading() as connection:
            copying = connection.execute(select(meta.c.value).where(meta.c.name == COPYING)).scalar()
        if copying is not None and not half_copied:
            store.close()
            what = f"The store {without_password(address)} is a copy that is not complete."
            raise StoreError(what, "Run the same `ourtake store copy` again, which continues it.")
        return store

    def tell(self, notice: Callable[[str], None]) -> None:
        """Have a sentence said when the server is away in the middle of the work, and when it is back."""
        self._backend.notice = notice

    def save_articles(self, given: Sequence[Article]) -> list[saving.Outcome]:
        """Add or update articles in one transaction. Returns one outcome each, in order."""
        with self.writing(archive=True) as connection:
            return saving.save(connection, given).outcomes

    @contextmanager
    def importing(self, seen: saving.Seen | None = None) -> Iterator[Importing]:
        """One transaction for many articles; it is committed when the block ends, and nothing of it is kept when the
        block fails. `seen`: what the import has read in earlier transactions.
        """
        with self.writing(archive=True) as connection:
            self._backend.prepare_import(connection)
            yield Importing(connection, saving.Seen() if seen is None else seen)

    def articles(self, *, linking: bool = False) -> Iterator[Article]:
        """Every article, with its id; `linking`: only those that link to something."""
        with self.reading() as connection:
            yield from articles.every(connection, linking=linking)

    def articles_of(self, ids: Iterable[str]) -> dict[str, Article]:
        """The articles of those ids in one go, by id; an id without one is left out."""
        with self.reading() as connection:
            return articles.of(connection, ids)

    def days_of(self, ids: Iterable[str]) -> dict[str, int]:
        """The days of the articles of those ids, as ordinals (0 undated)."""
        with self.reading() as connection:
            return articles.days_of(connection, ids)

    def changes(self, since: Position) -> Iterator[Change]:
        """What changed after a position: first removals, then additions."""
        with self.reading() as connection:
            yield from articles.changes(connection, since)

    @contextmanager
    def since(self, position: Position) -> Iterator[tuple[Position, Iterator[Change]]]:
        """How far the archive has come, and what leads there from a position, both of one moment."""
        with self.reading() as connection:
            yield articles.position(connection), articles.changes(connection, position)

    def links_out_of(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The ids of the articles that each of these links to."""
        with self.reading() as connection:
            return links.out_of(connection, ids)

    @contextmanager
    def article_rows(self) -> Iterator[ArticleRows]:
        """The articles by their numbers, all that is asked for of one moment."""
        with self.reading() as connection:
            yield ArticleRows(connection)

    def tally_links(self) -> links.Tally:
        """Counts over all links."""
        with self.reading() as connection:
            return links.tally(connection, articles=articles.count(connection))

    def article(self, id_or_url: str) -> Article | None:
        """The article of that id, else of that address."""
        with self.reading() as connection:
            return articles.one(connection, id_or_url)

    def article_by_title(self, title: str) -> Article | None:
        """The article of that title, typography and case folded."""
        with self.reading() as connection:
            return articles.by_title(connection, title)

    def spread_articles(self, wanted: int) -> dict[int, Article]:
        """About `wanted` articles by their numbers, evenly spread over the archive."""
        with self.reading() as connection:
            return articles.spread(connection, wanted)

    def earlier_takes(self, limit: int, *, besides_run: str = "") -> tuple[EarlierTake, ...]:
        """The current takes of the newest drafts, newest first, without those of one run."""
        with self.reading() as connection:
            return drafts.earlier_takes(connection, limit, besides_run=besides_run)

    def count_articles(self) -> int:
        """How many articles there are."""
        with self.reading() as connection:
            return articles.count(connection)

    def remove_article(self, id_or_url: str) -> bool:
        """Remove an article; whether there was one."""
        with self.writing(archive=True) as connection:
            return saving.remove(connection, id_or_url)

    def save_ranking(self, document: str) -> None:
        """Keep a ranking's JSON; the newest is in force."""
        with self.writing() as connection:
            connection.execute(insert(rankings).values(document=document))

    def ranking(self) -> str | None:
        """The newest ranking's JSON."""
        with self.reading() as connection:
            return connection.execute(select(rankings.c.document).order_by(rankings.c.id.desc()).limit(1)).scalar()

    def save_link_checks(self, checks: Sequence[LinkCheck]) -> None:
        """Save what was found behind links; the newest check of an address replaces earlier ones."""
        with self.writing() as connection:
            put(connection, link_checks, [{"url": one.url, "document": one.model_dump_json()} for one in checks])

    def link_checks(self, urls: Sequence[str]) -> list[LinkCheck]:
        """The newest check of each of these addresses, where there is one."""
        with self.reading() as connection:
            found = _documents(connection, link_checks, urls)
            return [LinkCheck.model_validate_json(document) for document in found.values()]

    def claim_answers(self, keys: Sequence[str]) -> dict[str, str]:
        """What was said of these claims (writing/claim_memory.py), by their keys, where something was."""
        with self.reading() as connection:
            return _documents(connection, claim_answers, keys)

    async def save_claim_answers(self, given: Mapping[str, str]) -> None:
        """Keep what was said of claims; the newest answer replaces earlier ones."""
        rows = [{"key": key, "document": document} for key, document in given.items()]
        await self.write(lambda connection: put(connection, claim_answers, rows))

    def position(self) -> Position:
        """How far the archive has come: it grows at each change of the articles."""
        with self.reading() as connection:
            return articles.position(connection)

    async def save_draft(self, draft: Draft) -> None:
        """Insert or update a draft; its stored revisions are never rewritten."""
        await self.write(lambda connection: drafts.save(connection, draft))

    async def save_paid(self, draft: Draft) -> Draft:
        """Save a draft with what its calls used and cost, as the ledger has it. Returns it so."""

        def work(connection: Connection) -> Draft:
            paid = _paid(connection, draft)
            drafts.save(connection, paid)
            return paid

        return await self.write(work)

    def paid(self, draft: Draft) -> Draft:
        """The draft with what its calls used and cost, as the ledger has it."""
        with self.reading() as connection:
            return _paid(connection, draft)

    def draft(self, draft_id: str) -> Draft | None:
        """The draft of that id."""
        with self.reading() as connection:
            return drafts.one(connection, draft_id)

    def drafts(self, limit: int = 50) -> list[Draft]:
        """The newest drafts first."""
        with self.reading() as connection:
            return drafts.newest(connection, limit)

    def recent_drafts(self, limit: int, *, besides_run: str = "") -> list[dict[str, object]]:
        """The newest drafts without their revisions, newest first, without those of one run, as JSON objects."""
        with self.reading() as connection:
            return drafts.recent(connection, limit, besides_run=besides_run)

    def enroll(self) -> int:
        """Record that this process is at work, and the outcome of calls of processes that are gone.

        Returns the process's number. Raises StoreError when the ledger is damaged.
        """
        with self.writing() as connection:
            self._backend.check_ledger(connection)
            ledger.reap_orphans(connection, self.marks)
            return processes.enroll(connection)

    def check_whole(self) -> None:
        """Read the whole store. Raises StoreError when any of it is damaged."""
        with self.reading() as connection:
            self._backend.check_whole(connection)

    async def beat(self, process_id: int) -> None:
        """Record that the process is alive, for other machines."""
        await self.write(lambda connection: processes.beat(connection, process_id))

    async def begin_call(self, start: CallStart, *, process_id: int, terms: Terms) -> Begun:
        """Record a call before it is made, if it may be made."""
        return await self.write(
            lambda connection: ledger.begin(connection, start, process_id=process_id, terms=terms, marks=self.marks)
        )

    async def finish_call(self, call_id: int, end: CallEnd) -> None:
        """Record how a call ended."""

        def work(connection: Connection) -> None:
            ledger.finish(connection, call_id, end)
            if end.state == "answered":
                failpoint("before-commit")

        await self.write(work, alone=False)

    def calls(
        self,
        draft_id: str | None = None,
        *,
        run_id: str | None = None,
        state: str | None = None,
        last: int | None = None,
    ) -> list[CallRecord]:
        """The calls in the ledger, or those that match, in order."""
        with self.reading() as connection:
            return ledger.listed(connection, draft_id=draft_id, run_id=run_id, state=state, last=last)

    def call(self, call_id: int) -> CallRecord | None:
        """The call of that number."""
        with self.reading() as connection:
            return ledger.one(connection, call_id)

    def answered_hashes(
        self, hashes: Sequence[str], *, draft_id: str | None = None, states: Sequence[str] = ("answered",)
    ) -> set[str]:
        """Those of the requests that have a call in one of `states`; with `draft_id`, one made for that draft."""
        with self.reading() as connection:
            return ledger.hashes_in(connection, hashes, states=states, draft_id=draft_id)

    def spent_on(self, draft_id: str) -> tuple[Usage, int | None]:
        """What a draft's answered calls used, and cost in millionths of a US dollar (None: unknown)."""
        with self.reading() as connection:
            return ledger.spent_on(connection, draft_id)

    def seconds_on(self, draft_id: str) -> float:
        """How long a draft's own calls took that have ended."""
        with self.reading() as connection:
            return ledger.seconds_on(connection, draft_id)

    def over_draft(self, ceiling: Ceiling, *, draft_id: str, needed: int) -> Over | None:
        """Whether `needed` more (millionths of a US dollar) could exceed the limit of a draft.

        Its calls of unknown outcome count too.
        """
        with self.reading() as connection:
            return ledger.over_draft(connection, ceiling, draft_id=draft_id, needed=needed)

    def price_calls(self, price: Callable[[str, str, Usage], int | None]) -> int:
        """Set the cost of answered calls without one to what `price` gives for provider, model and tokens.

        Returns how many got one.
        """
        with self.writing() as connection:
            return ledger.price(connection, price)

    def reap_orphans(self) -> int:
        """Record the outcome of calls of processes that are gone: unknown, or never sent. Returns how many."""
        with self.writing() as connection:
            return ledger.reap_orphans(connection, self.marks)

    def costs(self, group: str) -> list[CostRow]:
        """The cost of calls, by day, model, draft or run."""
        with self.reading() as connection:
            return ledger.costs(connection, group)


def _paid(connection: Connection, draft: Draft) -> Draft:
    usage, cost = ledger.spent_on(connection, draft.id)
    return draft.model_copy(update={"usage": usage, "cost_usd": None if cost is None else cost / 1_000_000})


def open_backend(address: str, *, create: bool) -> Backend:
    """The database at an address. Raises StoreError."""
    if not is_server(address):
        return SqliteBackend(address, create=create)
    if importlib.util.find_spec("psycopg") is None:
        raise StoreError("A store on PostgreSQL needs the package psycopg.", "Run pip install 'ourtake[postgres]'.")
    # Loaded where it is needed: with its driver it takes a tenth of a second.
    from ourtake.store.server_backend import ServerBackend

    return ServerBackend(address)


def _documents(connection: Connection, table: Table, keys: Sequence[str]) -> dict[str, str]:
    """The documents of a table whose rows are a key and a document, by those of the keys that are there."""
    (key,) = table.primary_key
    found: dict[str, str] = {}
    for part in parts(keys):
        rows = connection.execute(select(key, table.c.document).where(key.in_(part)))
        found.update((row[0], row[1]) for row in rows)
    return found
