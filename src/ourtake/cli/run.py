"""What `draft` works under: a run of the ledger that this process holds, its limits, and the corridor of its drafts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from ourtake.cli.common import address, filled_archive, say, settings
from ourtake.errors import InputError, OurtakeError, StoreError

if TYPE_CHECKING:
    from ourtake.config import Settings
    from ourtake.documents import Report
    from ourtake.jobs.worker_process import WorkerProcess
    from ourtake.providers.base import Provider
    from ourtake.providers.ledger import Ledger
    from ourtake.providers.rate import RateLimiter
    from ourtake.store import Store
    from ourtake.store.calls import Ceiling
    from ourtake.writing.checking import Checker, CheckInput
    from ourtake.writing.pipeline import Pipeline


class Spending(NamedTuple):
    """The flags about money: --max-cost in US dollars, --fresh, --retry-unknown."""

    max_cost: float | None = None
    fresh: bool = False
    retry_unknown: bool = False


class Work:
    """A run that this process holds, `new` or gone on with; `finished` tells how it is given back."""

    def __init__(self, store: Store, *, run_id: str, process_id: int, new: bool) -> None:
        self.store = store
        self.new = new
        self.run_id = run_id
        self.process_id = process_id
        self.finished = False


@contextmanager
def working(store: Store, name: str, *, resume: bool = False) -> Iterator[Work]:
    """Hold the run of that name. Raises InputError, saying who has it, when another process does."""
    process_id = store.enroll()
    claim = store.claim_run(name, process_id=process_id, resume=resume)
    if claim.held_by:
        raise InputError(f"This is being drafted by {claim.held_by}.", "Wait until it is done, or stop it.")
    work = Work(store, run_id=claim.run_id, process_id=process_id, new=claim.new)
    try:
        yield work
    finally:
        try:
            store.release_run(work.run_id, finished=work.finished)
        except StoreError as error:
            # What the run brought is worth more than its last row: one that nobody gave back is taken over when its
            # process is gone.
            say(f"ourtake: {error}")


@asynccontextmanager
async def beating(work: Work) -> AsyncIterator[None]:
    """Tell other machines, now and then, that this process is alive."""
    from ourtake.store.processes import BEAT

    async def beat() -> None:
        while True:
            await asyncio.sleep(BEAT)
            await work.store.beat(work.process_id)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def build_pipeline(
    work: Work,
    models: list[str],
    *,
    spending: Spending,
    concurrency: int = 1,
    beside: WorkerProcess[CheckInput, Report] | None = None,
) -> tuple[Pipeline, Ledger]:
    """Everything that a draft needs. `beside`: the process that is to check takes; it is begun here.

    Raises InputError for an unknown model, a missing key, an empty archive, a limit without a price.
    """
    from ourtake.providers.ledger import Ledger, RecordedProvider
    from ourtake.providers.pricing import cost_by
    from ourtake.providers.registry import ProviderFactory
    from ourtake.store.calls import Bill, Terms
    from ourtake.writing.checking import LocalChecker, RemoteChecker, WorkerConfig
    from ourtake.writing.pipeline import Pipeline
    from ourtake.writing.prompts import Prompts

    given = settings()
    names = chosen(models, given)
    terms = Terms(
        fresh=spending.fresh,
        retry_unknown=spending.retry_unknown,
        ceilings=checked_ceilings((*names, *filter(None, [given.checks.judge])), given, spending),
    )
    if terms.ceilings:
        # What was answered before its model had a price counts against the limits as well.
        work.store.price_calls(cost_by(given))
    ledger = Ledger(work.store, given, run_id=work.run_id, process_id=work.process_id, terms=terms)

    def recorded(provider: Provider, limiter: RateLimiter) -> Provider:
        return RecordedProvider(provider, ledger, concurrency=concurrency, gate=limiter.acquire)

    known = ProviderFactory(given, recorded=recorded)
    line = known.line(names, holds=ledger.holds)
    prompts = Prompts(given)
    judge = None
    if given.checks.judge:
        from ourtake.writing.judge import Judge

        judge = Judge(known.line((given.checks.judge,)), prompts, given)
    archive = filled_archive(work.store, bill=Bill(work.run_id, terms.ceilings))
    archive.leave_out(work.run_id)
    checker: Checker = LocalChecker(archive, given)
    if beside is not None:
        beside.begin(WorkerConfig(address(), archive.folder, work.run_id, given))
        checker = RemoteChecker(beside, checker, say=say)
    corridor = Pipeline(
        work.store, archive, line, prompts, given, run=work.run_id, new_run=work.new, judge=judge, checker=checker
    )
    return corridor, ledger


@contextmanager
def telling(ledger: Ledger) -> Iterator[None]:
    """Where an error ends a run, say where the answers are kept that were paid for and that nobody has been told of."""
    try:
        yield
    except (OurtakeError, OSError, ExceptionGroup):
        for sentence in ledger.untold:
            say(f"ourtake: {sentence}")
        raise


def say_notes(notes: Sequence[str], ledger: Ledger) -> None:
    """Say the notes of a draft; where they tell of a kept answer, it is told."""
    for note in notes:
        say(f"ourtake: {note}")
    ledger.untold = [sentence for sentence in ledger.untold if sentence not in notes]


def chosen(models: list[str] | None, given: Settings) -> tuple[str, ...]:
    """The models of --model, else those of the settings."""
    return tuple(models or given.models.in_order)


def checked_ceilings(names: tuple[str, ...], given: Settings, spending: Spending) -> tuple[Ceiling, ...]:
    """The limits in money. Raises ConfigError when one is set and a model has no price."""
    from ourtake.providers.budget import ceilings_of, check_priced

    ceilings = ceilings_of(given, max_cost=None if spending.max_cost is None else Decimal(str(spending.max_cost)))
    check_priced(names, given, ceilings=ceilings)
    return ceilings
