"""What an eval run works on: suite and models, the folder, the store with the suite's archive, the pipelines."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ourtake import __version__
from ourtake.cli import lazy
from ourtake.cli.context import flags, index_folder, set_flags, settings
from ourtake.cli.drafting import HeldRun, Spending
from ourtake.cli.pipelines import Pipelines, build_pipelines
from ourtake.cli.terminal import say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.config import Settings
    from ourtake.evals.archive import CaseArchive
    from ourtake.evals.results import RunFolder, RunRecord
    from ourtake.evals.suite import Case, Suite
    from ourtake.jobs.worker_process import WorkerProcess
    from ourtake.store import Store
    from ourtake.writing.checking import CheckInput

_HAND_WRITTEN, _BASELINE = "hand-written replies, not a model", "the built-in writer, not a model"


class Setup(NamedTuple):
    """A suite to be run. `models`: label -> provider:model, in order. `own_store`: the store is the run's eval.db."""

    suite: Suite
    cases: list[Case]
    models: dict[str, str]
    repeats: int
    own_store: bool

    @property
    def prompts(self) -> tuple[str, ...]:
        """The names of the prompt versions."""
        return tuple(self.suite.prompts)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.cases) * len(self.models) * len(self.prompts) * self.repeats


def read_setup(file: Path, models: Sequence[str], repeat: int | None, *, asks: bool = True) -> Setup:
    """The suite with what the flags change; `asks`: its models are going to be asked. Raises InputError before
    anything is made.
    """
    suite = lazy.eval_suite.read_suite(file)
    cases = lazy.eval_suite.read_cases(suite)
    replay = lazy.eval_suite.REPLAY
    given = {name: name for name in models} or {
        name: f"{replay}{suite.path(name.removeprefix(replay))}" if name.startswith(replay) else name
        for name in suite.models
    }
    if not given:
        raise InputError(f"The suite {file} names no models.", "Name one or more with --model.")
    if len(given) < len(models or suite.models):
        raise InputError("A model is named twice.", "Name each once; to ask it more often, use --repeat.")
    for name, spec in given.items():
        if asks:
            lazy.registry.check_model(spec, settings())
        if name.startswith(replay) and not Path(spec.removeprefix(replay)).exists():
            do = "Name a folder with a file ID.json for each case, or a .jsonl file."
            raise InputError(f"The replies {spec.removeprefix(replay)} do not exist.", do)
    for name, folder in suite.prompts.items():
        if folder and not (suite.path(folder) / "prompts").is_dir():
            raise InputError(f"The prompts {name} need a folder {suite.path(folder)}/prompts.", "Correct [prompts].")
    suite.shape(settings().take)
    # Before anything is paid for: the gate comes last.
    lazy.eval_metrics.check_metrics(suite.gate.bounds)
    own = not (flags().store or os.environ.get("OURTAKE_STORE"))
    if own:
        _check_archive(suite, cases)
    return Setup(suite, cases, given, repeat or suite.repeats, own)


def _check_archive(suite: Suite, cases: Sequence[Case]) -> None:
    if suite.archive and not suite.path(suite.archive).exists():
        raise InputError(f"{suite.file}: the archive {suite.path(suite.archive)} does not exist.", "Correct `archive`.")
    if not suite.archive and all(case.related is None for case in cases):
        what = f"{suite.file} names no archive, and none of its cases has related articles."
        raise InputError(what, "Set `archive` to a folder or file of articles.")


def use_folder(folder: RunFolder, setup: Setup) -> None:
    """Make the store of the run's folder the one in use, unless a store was named."""
    if setup.own_store:
        set_flags(flags()._replace(store=f"sqlite:///{folder.path / 'eval.db'}", index_folder=None))
        os.environ.pop("OURTAKE_INDEX", None)


def store_of(folder: RunFolder) -> None:
    """Make the store of the run's folder the one in use, unless one was named."""
    if not flags().store and (folder.path / "eval.db").is_file():
        set_flags(flags()._replace(store=f"sqlite:///{folder.path / 'eval.db'}", index_folder=None))


def asked_of(setup: Setup) -> str:
    """A hash of all that the cells of a run depend on, but for the archive's articles."""
    prompts = [
        lazy.eval_suite.fingerprint(
            [
                (path.name, path.read_text(encoding="utf-8"))
                for path in sorted((setup.suite.path(folder) / "prompts").glob("*.jinja"))
            ]
            if folder
            else ""
        )
        for folder in setup.suite.prompts.values()
    ]
    cases = [case.model_dump(mode="json", exclude_defaults=True) for case in setup.cases]
    form = [setup.suite.take] if setup.suite.take else []
    return str(lazy.eval_suite.fingerprint(cases, prompts, setup.suite.process, *form))


def settings_of(setup: Setup) -> Settings:
    """The settings in use, with the form of a take that the suite asks for."""
    given = settings()
    return given.model_copy(update={"take": setup.suite.shape(given.take)})


def new_record(setup: Setup, run: HeldRun, folder: RunFolder, *, started: str, concurrency: int) -> RunRecord:
    """The record of a run that begins."""
    labels = {name: _label(name) for name in setup.models if _label(name)}
    return lazy.eval_results.RunRecord(
        suite=setup.suite.model_dump(mode="json"),
        suite_file=os.path.relpath(setup.suite.file.resolve(), folder.path.resolve()),
        models=tuple(setup.models),
        prompts=setup.prompts,
        repeats=setup.repeats,
        cases=len(setup.cases),
        cells=setup.cells,
        labels=labels,
        asked=asked_of(setup),
        version=__version__,
        run=run.run_id,
        started=started,
        concurrency=concurrency,
    )


def _label(model: str) -> str:
    if model.startswith("replay:"):
        return _HAND_WRITTEN
    return _BASELINE if model == "baseline" else ""


def fill_archive(store: Store, setup: Setup) -> CaseArchive:
    """The archive that the cases see: the suite's, imported, or that of the store that was named. Raises InputError."""
    suite = setup.suite
    folder = index_folder()
    notes: list[str] = []
    if setup.own_store:
        if suite.archive:
            name = str(suite.path(suite.archive))
            source = lazy.import_source.ImportSource(
                name, form="auto", again=False, settings=settings(), say=notes.append
            )
            source.import_into(store, folder, tick=lambda count: None, rejected=lambda reject: None)
        whole = [item for case in setup.cases for item in case.related or () if not isinstance(item, str)]
        if whole:
            store.save_articles(whole)
    if store.count_articles() == 0:
        where = f"The archive {suite.path(suite.archive)}" if setup.own_store and suite.archive else "The archive"
        raise InputError(f"{where} has no articles.", "Name a folder or file that has some, in `archive` of the suite.")
    for note in notes:
        say(note)
    archive: CaseArchive = lazy.eval_archive.CaseArchive(
        store,
        folder,
        weighting=lazy.rank.defaults(meaning=False),
        diversity=settings().lookup.diversity,
        publication=settings().publication.name,
    )
    archive.refresh(wait=True)
    archive.freeze(setup.cases, store)
    return archive


def pipelines_of(
    run: HeldRun,
    setup: Setup,
    *,
    spending: Spending,
    concurrency: int,
    worker: WorkerProcess[CheckInput, str] | None,
) -> Pipelines:
    """The pipelines of a run. `worker`: see build_pipeline. Raises InputError for a limit without a price."""
    return build_pipelines(
        run,
        lambda: fill_archive(run.store, setup),
        {name: (spec,) for name, spec in setup.models.items()},
        prompts_of(setup),
        given=settings_of(setup),
        spending=spending,
        concurrency=concurrency,
        worker=worker,
    )


def prompts_of(setup: Setup) -> dict[str, Settings]:
    """For each version of the prompts, the settings that say where they are."""
    given = settings_of(setup)
    return {
        name: given.model_copy(update={"folder": setup.suite.path(folder)}) if folder else given
        for name, folder in setup.suite.prompts.items()
    }
