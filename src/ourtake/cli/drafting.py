"""What a draft needs: a run of the ledger that this process holds, its limits in money, and the providers whose calls
the ledger records.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ourtake.cli import lazy
from ourtake.cli.context import settings
from ourtake.cli.terminal import say
from ourtake.errors import InputError, OurtakeError, StoreError

if TYPE_CHECKING:
    import asyncio

    from ourtake.config import Settings
    from ourtake.providers.base import Provider
    from ourtake.providers.ledger import Ledger
    from ourtake.providers.rate import RateLimiter
    from ourtake.providers.registry import ProviderFactory
    from ourtake.providers.shared import Gate
    from ourtake.store import Store
    from ourtake.store.calls import Ceiling
    from ourtake.writing.pipeline import Pipeline


Item = TypeVar("Item")
Result = TypeVar("Result")


class WorkerLimit(NamedTuple):
    """The US dollars that a worker may spend on all that it does; it enrolled as the process of that number."""

    process_id: int
    usd: float


class Spending(NamedTuple):
    """The flags about money: --max-cost in US dollars, --fresh, --retry-unknown. `worker`: the limit of the worker that
    does the work, whoever asked for it.
    """

    max_cost: float | None = None
    fresh: bool = False
    retry_unknown: bool = False
    worker: WorkerLimit | None = None


@dataclass
class HeldRun:
    """A run that this process holds. `new`: it was not resumed. `finished`: how it is marked on release."""

    store: Store
    run_id: str
    process_id: int
    new: bool
    finished: bool = False


@contextmanager
def holding_run(store: Store, name: str, *, resume: bool = False, doing: str = "drafted") -> Iterator[HeldRun]:
    """Hold the run of that name, in which something is being `doing`.

    Raises InputError, naming the holder, when another process does.
    """
    process_id = store.enroll()
    claim = store.runs.claim(name, process_id=process_id, resume=resume)
    if claim.held_by:
        raise InputError(f"This is being {doing} by {claim.held_by}.", "Wait until it is done, or stop it.")
    run = HeldRun(store, claim.run_id, process_id, claim.new)
    try:
        yield run
    finally:
        try:
            store.runs.release(run.run_id, finished=run.finished)
        except StoreError as error:
            # The drafts of the run matter more than its last row: a run that was not released is taken over once its
            # process is gone.
            say(f"ourtake: {error}")


@asynccontextmanager
async def heartbeat(run: HeldRun) -> AsyncIterator[None]:
    """Show other machines, now and then, that this process is alive."""

    async def beat() -> None:
        while True:
            await lazy.asyncio.sleep(lazy.processes.BEAT)
            # A server that is away takes no heartbeat; whoever writes to it next says so.
            with suppress(StoreError):
                await run.store.beat(run.process_id)

    task = lazy.asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(lazy.asyncio.CancelledError):
            await task


def run_to_end(run: HeldRun, pipeline: Pipeline, work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns, done as part of the run. Then the pipeline's connections are closed."""

    async def whole() -> Result:
        try:
            async with heartbeat(run):
                return await work
        finally:
            await pipeline.close()

    return lazy.asyncio.run(whole())


def _gate_of(provider: Provider, limiter: RateLimiter, run: HeldRun) -> Gate:
    """The way out for a provider's calls: on PostgreSQL, [models.limits] hold for all who use the store together."""
    given, turns = settings(), run.store.turns
    if turns is None:
        return limiter.acquire
    spec = lazy.provider_base.name_of(provider)
    own = spec if spec in given.models.limits else provider.name
    limits = lazy.registry.limits_of(spec, given)
    patience = given.models.deadline_seconds
    return lazy.shared.shared_gate(limiter.acquire, turns, own, limits, process_id=run.process_id, deadline=patience)


def recorded_providers(
    run: HeldRun, given: Settings, names: Sequence[str], spending: Spending, *, concurrency: int = 1
) -> tuple[ProviderFactory, Ledger]:
    """A factory of providers whose calls are in the ledger of the run, and that ledger. `names`: all models that may be
    asked. Raises ConfigError when a limit in money is set and one of them has no price.
    """
    ceilings = checked_ceilings(names, given, spending)
    if ceilings:
        # What was answered before its model had a price counts against the limits as well.
        run.store.price_calls(lazy.pricing.cost_by(given))
    terms = lazy.calls.Terms(fresh=spending.fresh, retry_unknown=spending.retry_unknown, ceilings=ceilings)
    ledger = lazy.ledger.Ledger(run.store, given, run_id=run.run_id, process_id=run.process_id, terms=terms)

    def recorded(provider: Provider, limiter: RateLimiter) -> Provider:
        gate = _gate_of(provider, limiter, run)
        return lazy.ledger.RecordedProvider(provider, ledger, concurrency=concurrency, gate=gate)

    return lazy.registry.ProviderFactory(given, recorded=recorded), ledger


@contextmanager
def reporting_answers(ledger: Ledger) -> Iterator[None]:
    """Where an error ends a run, say in which files paid answers are kept that no message has named yet."""
    try:
        yield
    except (OurtakeError, OSError, ExceptionGroup):
        for sentence in ledger.untold:
            say(f"ourtake: {sentence}")
        raise


async def write_each(results: AsyncIterator[Item], write: Callable[[Item], None], stop: asyncio.Event) -> None:
    """Write each result down as it is done.

    Where that fails, nothing more is begun, but what is under way is paid for: its answers are waited for, and the
    store has them. Then the first failure is raised.
    """
    unwritten: InputError | None = None
    async for result in results:
        try:
            write(result)
        except InputError as failure:
            unwritten = unwritten or failure
            stop.set()
    if unwritten is not None:
        raise unwritten


def say_notes(notes: Sequence[str], ledger: Ledger) -> None:
    """Say the notes of a draft. The kept answers that they name need not be named again."""
    for note in notes:
        say(f"ourtake: {note}")
    ledger.untold = [sentence for sentence in ledger.untold if sentence not in notes]


def chosen(models: Sequence[str] | None = None) -> tuple[str, ...]:
    """The models of --model, else those of the settings."""
    return tuple(models or settings().models.in_order)


def checked_ceilings(names: Sequence[str], given: Settings, spending: Spending) -> tuple[Ceiling, ...]:
    """The limits in money. Raises ConfigError when one is set and a model has no price."""
    ceilings = ceilings_of(given, spending)
    lazy.budget.check_priced(names, given, ceilings=ceilings)
    return ceilings


def ceilings_of(given: Settings, spending: Spending) -> tuple[Ceiling, ...]:
    """The limits in money, of the settings, of --max-cost, and of the worker."""
    most = None if spending.max_cost is None else Decimal(str(spending.max_cost))
    found: tuple[Ceiling, ...] = lazy.budget.ceilings_of(given, max_cost=most)
    if spending.worker is not None:
        limit = lazy.pricing.micros_of(Decimal(str(spending.worker.usd)))
        found += (lazy.calls.Ceiling("process", limit, str(spending.worker.process_id)),)
    return found
