"""Where pipelines are built, for one draft, a batch, and the cells of an eval run: models, prompts, limits and checker
over one ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ourtake.cli import lazy
from ourtake.cli.context import filled_archive, load_outside_rules, settings, store_address
from ourtake.cli.drafting import HeldRun, Spending, ceilings_of, recorded_providers
from ourtake.cli.terminal import say
from ourtake.collector import loading

if TYPE_CHECKING:
    from ourtake.archive.lookup import Archive
    from ourtake.config import Settings
    from ourtake.jobs.worker_process import WorkerProcess
    from ourtake.providers.ledger import Ledger
    from ourtake.providers.registry import ProviderFactory
    from ourtake.writing.checking import Checker, CheckInput
    from ourtake.writing.pipeline import Pipeline
    from ourtake.writing.prompts import Prompts
    from ourtake.writing.verify import Verifier


_SHARED = ("store", "lookup", "pipeline", "checking")


class Pipelines(NamedTuple):
    """A pipeline for each pair of the names of models and prompts, over one ledger."""

    by_cell: dict[tuple[str, str], Pipeline]
    ledger: Ledger

    async def close(self) -> None:
        """Close the connections and the checker."""
        for pipeline in self.by_cell.values():
            await pipeline.close()


def checker_process(target: str, more: Sequence[str] = (), *, processes: int = 1) -> WorkerProcess[CheckInput, str]:
    """The processes that check the takes of many stories with `target` (see WorkerProcess). They are copies of this
    one: what all need is loaded now, `more` names further modules of lazy, and no store may be open yet.
    """
    with loading():
        load_outside_rules()
        for name in (*_SHARED, *more):
            getattr(lazy, name)
    worker: WorkerProcess[CheckInput, str] = lazy.worker_process.WorkerProcess(target, processes=processes, fork=True)
    return worker


def build_pipeline(
    run: HeldRun,
    models: Sequence[str],
    *,
    spending: Spending,
    concurrency: int = 1,
    worker: WorkerProcess[CheckInput, str] | None = None,
) -> tuple[Pipeline, Ledger]:
    """Everything that a draft needs. `models`: an order to fall back in. `worker`: the process that is to check takes;
    it gets its configuration here.

    Raises InputError for an unknown model, a missing key, an empty archive, a limit without a price.
    """
    given = settings()

    def archive() -> Archive:
        found = filled_archive(run.store, bill=lazy.calls.Bill(run.run_id, ceilings_of(given, spending)))
        found.leave_out(run.run_id)
        return found

    built = build_pipelines(
        run, archive, {"": models}, {"": given}, given=given, spending=spending, concurrency=concurrency, worker=worker
    )
    return built.by_cell["", ""], built.ledger


def build_pipelines(
    run: HeldRun,
    archive_of: Callable[[], Archive],
    lines: Mapping[str, Sequence[str]],
    prompts: Mapping[str, Settings],
    *,
    given: Settings,
    spending: Spending,
    concurrency: int,
    worker: WorkerProcess[CheckInput, str] | None = None,
) -> Pipelines:
    """A pipeline for each of `lines` (name -> models to fall back in) with each of `prompts` (name -> the settings that
    say where they are), by the settings `given`. See build_pipeline.
    """
    named = (*(name for line in lines.values() for name in line), *filter(None, [_named_verifier(given)]))
    factory, ledger = recorded_providers(run, given, named, spending, concurrency=concurrency)
    # Before the archive is read: an unknown model is the shorter message.
    providers = {name: factory.line(tuple(line), holds=ledger.holds) for name, line in lines.items()}
    archive = archive_of()
    checker: Checker = lazy.checking.LocalChecker(archive, given)
    if worker is not None:
        worker.begin(lazy.checking.WorkerConfig(store_address(), archive.folder, run.run_id, given))
        checker = lazy.checking.RemoteChecker(worker, checker, say=say)
    found: dict[tuple[str, str], Pipeline] = {}
    for version, where in prompts.items():
        loaded = lazy.prompts.Prompts(where)
        verifier = _verifier_of(factory, loaded, given)
        for name, provider in providers.items():
            found[name, version] = lazy.pipeline.Pipeline(
                run.store,
                archive,
                provider,
                loaded,
                given,
                run=run.run_id,
                new_run=run.new,
                verifier=verifier,
                checker=checker,
                fresh=spending.fresh,
            )
    return Pipelines(found, ledger)


def _named_verifier(given: Settings) -> str:
    """The model that [checks] verifier names; "" where it is the writer's own, or off."""
    return "" if given.checks.verifier in ("auto", "off") else given.checks.verifier


def _verifier_of(factory: ProviderFactory, prompts: Prompts, given: Settings) -> Verifier | None:
    """The verifier of drafts, where the settings name one."""
    name = _named_verifier(given)
    return lazy.writing_verify.Verifier(factory.line((name,)), prompts, given) if name else None
