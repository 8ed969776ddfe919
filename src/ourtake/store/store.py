"""The store: one object for one database, passed from cli/ to whatever needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError

from ourtake.documents import Article, Draft, EarlierTake, LinkCheck, Usage, Visit
from ourtake.errors import StoreError
from ourtake.store import (
    articles,
    batches,
    claim_answers,
    drafts,
    fetched,
    ledger,
    link_checks,
    links,
    posts,
    processes,
    runs,
    saving,
)
from ourtake.store.accounts import AccountStore
from ourtake.store.address import without_password
from ourtake.store.article_rows import ArticleRows
from ourtake.store.articles import Change, Position
from ourtake.store.backend import Backend, open_backend
from ourtake.store.calls import Begun, CallEnd, CallRecord, CallStart, Ceiling, CostRow, Over, Terms
from ourtake.store.desk import DeskStore
from ourtake.store.failpoints import failpoint
from ourtake.store.importing import Importing
from ourtake.store.tables import COPYING, meta, rankings
from ourtake.store.vectors import Vectors
from ourtake.store.watching import WatchStore
from ourtake.store.writer import GroupWriter

Result = TypeVar("Result")


class Store:
    """Articles, drafts and the ledger. What is written is committed when a method returns (when awaited, for async
    ones). `queue_address`: where jobs for workers are queued; "" for a store in a file. `turns`: those that workers
    share at providers; None for a store in a file.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._engine = backend.engine
        self.only_read = backend.only_read
        self.from_copy = backend.from_copy
        self.queue_address = backend.queue_address
        self.turns = backend.turns
        self._writer = GroupWriter(backend)
        self.vectors = Vectors(self.reading, self.writing)
        self.desk = DeskStore(self.reading, self.writing)
        self.accounts = AccountStore(self.reading, self.writing)
        self.watch = WatchStore(self.reading, self.writing)
        self.marks = backend.marks

    def tell(self, notice: Callable[[str], None]) -> None:
        """Have a sentence said when the server is away in the middle of the work, and when it is back."""
        self._backend.notice = notice

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

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit what waits, and close."""
        self._writer.close()
        self._engine.dispose()
        self.marks.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the store; for store/ only."""
        with self._backend.plain_errors(), self._connected().execution_options(**self._backend.reading) as connection:
            yield connection

    @contextmanager
    def writing(self, *, archive: bool = False) -> Iterator[Connection]:
        """One transaction; `archive`: one that changes articles. For store/ only."""
        options = {"archive": archive}
        with (
            self._backend.plain_errors(),
            self._connected().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    def _connected(self) -> Connection:
        """A connection; a server that is away just now is waited for."""
        while True:
            try:
                return self._engine.connect()
            except DBAPIError as error:
                if not self._backend.is_away(error) or not self._backend.wait():
                    raise

    def save_articles(
        self, given: Sequence[Article], *, place: str = "", visits: Sequence[Visit] = ()
    ) -> list[saving.Outcome]:
        """Add or update articles in one transaction. Returns one outcome each, in order. The visits in which the import
        of `place` read them are stored with them.
        """
        with self.writing(archive=True) as connection:
            fetched.save(connection, place, visits)
            return saving.save(connection, given).outcomes

    def import_articles(
        self, given: Sequence[Article], seen: saving.Seen, *, place: str, visits: Sequence[Visit]
    ) -> saving.Saved:
        """As save_articles, for one import that notices what it has read before."""
        with self.writing(archive=True) as connection:
            fetched.save(connection, place, visits)
            return saving.save(connection, given, seen=seen)

    def begin_import(self, place: str, *, again: bool = False) -> fetched.OpenImport:
        """Go on with the import of a place that was stopped, or begin a new one."""
        with self.writing() as connection:
            return fetched.begin(connection, place, again=again)

    def visit(self, place: str, url: str) -> Visit | None:
        """The last visit of an address in imports of this place."""
        with self.reading() as connection:
            return fetched.one(connection, place, url)

    def rejected(self, running: fetched.OpenImport) -> list[tuple[str, str]]:
        """Address and reason of the pages that gave nothing in this import so far."""
        with self.reading() as connection:
            return fetched.rejected(connection, running)

    def finish_import(self, running: fetched.OpenImport) -> None:
        """Mark an import as finished; the next one of this place starts over."""
        with self.writing() as connection:
            fetched.finish(connection, running)

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
            link_checks.save(connection, checks)

    def link_checks(self, urls: Sequence[str]) -> list[LinkCheck]:
        """The newest check of each of these addresses, where there is one."""
        with self.reading() as connection:
            return link_checks.known(connection, urls)

    def claim_answers(self, keys: Sequence[str]) -> dict[str, str]:
        """What was said of these claims (writing/claim_memory.py), by their keys, where something was."""
        with self.reading() as connection:
            return claim_answers.of(connection, keys)

    async def save_claim_answers(self, given: Mapping[str, str]) -> None:
        """Keep what was said of claims; the newest answer replaces earlier ones."""
        await self._write(lambda connection: claim_answers.save(connection, given))

    def position(self) -> Position:
        """How far the archive has come: it grows at each change of the articles."""
        with self.reading() as connection:
            return articles.position(connection)

    async def save_draft(self, draft: Draft) -> None:
        """Insert or update a draft; its stored revisions are never rewritten."""
        await self._write(lambda connection: drafts.save(connection, draft))

    async def save_paid(self, draft: Draft) -> Draft:
        """Save a draft with what its calls used and cost, as the ledger has it. Returns it so."""

        def work(connection: Connection) -> Draft:
            paid = _paid(connection, draft)
            drafts.save(connection, paid)
            return paid

        return await self._write(work)

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

    def post(self, site: str, draft_id: str) -> posts.PostRecord | None:
        """The post that a draft became, or may have become, at a site."""
        with self.reading() as connection:
            return posts.one(connection, site, draft_id)

    def posts_of(self, draft_id: str) -> list[posts.PostRecord]:
        """The posts of a draft at all sites."""
        with self.reading() as connection:
            return posts.of_draft(connection, draft_id)

    def save_post(self, record: posts.PostRecord) -> None:
        """Save a post; it replaces what was known of it."""
        with self.writing() as connection:
            posts.save(connection, record)

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
        await self._write(lambda connection: processes.beat(connection, process_id))

    def claim_run(self, name: str, *, process_id: int, resume: bool) -> runs.Claim:
        """Take the run of that name, or find out who holds it."""
        with self.writing() as connection:
            return runs.claim(connection, name, process_id=process_id, resume=resume)

    def release_run(self, run_id: str, *, finished: bool) -> None:
        """Release a run: finished, or stopped and to be resumed."""
        with self.writing() as connection:
            runs.release(connection, run_id, finished=finished)

    async def begin_batch(self, *, run_id: str, provider: str, model: str, requests: int) -> int:
        """Record a batch before it is submitted. Returns its number."""
        return await self._write(
            lambda connection: batches.begin(
                connection, run_id=run_id, provider=provider, model=model, requests=requests
            )
        )

    async def mark_batch(self, number: int, state: batches.State, batch_id: str | None = None) -> None:
        """Save the state of a batch."""
        await self._write(lambda connection: batches.mark(connection, number, state, batch_id))

    def open_batches(self, *, run_id: str, provider: str, model: str) -> list[batches.BatchRow]:
        """The run's batches that are not collected."""
        with self.reading() as connection:
            return batches.open_ones(connection, run_id=run_id, provider=provider, model=model)

    async def begin_call(self, start: CallStart, *, process_id: int, terms: Terms) -> Begun:
        """Record a call before it is made, if it may be made."""
        return await self._write(
            lambda connection: ledger.begin(connection, start, process_id=process_id, terms=terms, marks=self.marks)
        )

    async def finish_call(self, call_id: int, end: CallEnd) -> None:
        """Record how a call ended."""

        def work(connection: Connection) -> None:
            ledger.finish(connection, call_id, end)
            if end.state == "answered":
                failpoint("before-commit")

        await self._write(work, alone=False)

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

    async def _write(self, work: Callable[[Connection], Result], *, alone: bool = True) -> Result:
        """`alone`: see GroupWriter.write."""
        with self._backend.plain_errors():
            return await self._writer.write(work, alone=alone)


def _paid(connection: Connection, draft: Draft) -> Draft:
    usage, cost = ledger.spent_on(connection, draft.id)
    return draft.model_copy(update={"usage": usage, "cost_usd": None if cost is None else cost / 1_000_000})
