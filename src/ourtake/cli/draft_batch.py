"""`ourtake draft --batch`: many sources, a fixed number at a time; each draft is written to OUT as it is done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from ourtake.cli import lazy
from ourtake.cli.batch_lines import read_batch
from ourtake.cli.check_batch import usable_processors
from ourtake.cli.context import index_folder, open_store, output, settings
from ourtake.cli.draft_batch_file import Task, next_draft_id, tasks_left, tasks_of
from ourtake.cli.draft_provider_batch import fill_first_takes
from ourtake.cli.draft_wishes import Wanted, wishes_for
from ourtake.cli.drafting import HeldRun, Spending, heartbeat, holding_run, reporting_answers, say_notes, write_each
from ourtake.cli.pipelines import build_pipeline, checker_process
from ourtake.cli.signals import Stopping
from ourtake.cli.terminal import emit, progress, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.documents import Draft
    from ourtake.providers.ledger import Ledger
    from ourtake.publish.output import Output
    from ourtake.writing.pipeline import Pipeline

_CHECKER = "ourtake.writing.check_worker:checks_at"
"""What the worker processes of a batch run; named, not imported."""

_CHECKERS = 2
"""How many there are. With one, all drafts in hand can wait for their checks while the provider has nothing to do. The
second is asked only while the first is busy.
"""


class BatchTerms(NamedTuple):
    """How a batch is run.

    `resume`: OUT keeps its drafts. `provider_batch`: the first takes come from the model's batch endpoint.
    """

    concurrency: int
    resume: bool
    force: bool
    provider_batch: bool


class _Result(NamedTuple):
    """The outcome of a batch. `before`: drafts that OUT had already. `wanted`: how many it was to write, `drafts`
    those that it wrote. `stopped_by`: the exit code of a signal, or 0.
    """

    drafts: Sequence[Draft]
    before: int
    wanted: int
    stopped_by: int
    rescued: bool

    @property
    def failed(self) -> list[Draft]:
        """The drafts that have no finished take."""
        return [draft for draft in self.drafts if draft.status not in lazy.pipeline.FINISHED]


def draft_batch(
    batch: Path, out: Path | None, *, models: Sequence[str], spending: Spending, terms: BatchTerms, wanted: Wanted
) -> int:
    """Draft every source of a JSONL file. Returns the exit code.

    That is 3 when a provider failed, 1 when errors are left open or lines were bad.
    """
    target = _target(batch, out, terms)
    index_folder()
    if terms.provider_batch and settings().take.process != "quick":
        say("A batch endpoint answers one call a story, so these takes are written as with --quick.")
    worker = checker_process(_CHECKER, processes=min(_CHECKERS, usable_processors()))
    with closing(worker):
        sources, bad = read_batch(batch)
        name = f"batch {target.path.absolute()}"
        with open_store() as store, holding_run(store, name, resume=terms.resume) as run:
            tasks = tasks_of([source for _, source in sources], run_id=run.run_id, models=models)
            left = tasks_left(tasks, target.path) if terms.resume else tasks
            pipeline, ledger = build_pipeline(
                run, models, spending=spending, concurrency=terms.concurrency, worker=worker
            )
            pipeline.archive.expect(task.source for task in left)
            filler = models[0] if terms.provider_batch else None
            with reporting_answers(ledger):
                drafts, stopped_by = lazy.asyncio.run(
                    _run(
                        left,
                        pipeline,
                        ledger,
                        run=run,
                        out=target,
                        terms=terms,
                        spending=spending,
                        filler=filler,
                        wanted=wanted,
                    )
                )
            result = _Result(drafts, len(tasks) - len(left), len(left), stopped_by, bool(ledger.rescues))
            run.finished = not stopped_by and not result.failed
    _print_summary(result, to_stderr=target.is_stdout)
    return _exit_code(result, bad)


def _target(batch: Path, out: Path | None, terms: BatchTerms) -> Output:
    """The file for the drafts. Raises InputError if it can't be written or holds something else."""
    if out is None:
        raise InputError("A batch needs -o OUT.jsonl.", "Name the file for the drafts.")
    target = output(out, force=True, inputs=[batch])
    if target.is_stream and terms.resume:
        do = "Leave out --resume, or name the earlier run's file."
        raise InputError(f"{out} can't be resumed: it is not a file.", do)
    if not target.is_stream and out.exists() and out.stat().st_size and not (terms.resume or terms.force):
        do = "Add --resume to continue that batch, --force to replace the file, or name another file."
        raise InputError(f"{out} is not empty.", do)
    return target


def _exit_code(result: _Result, bad: int) -> int:
    if result.stopped_by:
        return result.stopped_by
    if result.failed:
        return 4 if all(draft.status == "limit" for draft in result.failed) else 3
    if result.rescued:
        return 2
    return 1 if bad or any(draft.status != "ready" for draft in result.drafts) else 0


def _print_summary(result: _Result, *, to_stderr: bool) -> None:
    for sentence in _sentences(result.drafts, result.failed):
        say(f"ourtake: {sentence}")
    ready, failed = sum(draft.status == "ready" for draft in result.drafts), len(result.failed)
    with_errors = len(result.drafts) - ready - failed
    counts = f"{ready} ready, {with_errors} with open errors, {failed} failed; {result.before} were done before."
    if missing := result.wanted - len(result.drafts):
        counts += f" {count_of(missing, 'was', 'were')} not written; continue with --resume."
    # Where the drafts go to standard output, nothing else may.
    (say if to_stderr else emit)(f"{count_of(len(result.drafts), 'draft')}: {counts}")


def _append(file: IO[bytes], draft: Draft, out: Path) -> None:
    """Add a line, without a buffer: a killed run keeps every draft that was finished."""
    rest = f"{draft.model_dump_json()}\n".encode()
    try:
        while rest:
            rest = rest[file.write(rest) or 0 :]
    except OSError as error:
        do = "The drafts are in the store. Free some disk space and run the command again with --resume."
        raise InputError(f"{out} can't be written: {error.strerror}.", do) from error


def _sentences(drafts: Sequence[Draft], failed: Sequence[Draft]) -> list[str]:
    """What there is to say about a batch, each thing once.

    Of limits and unknown calls, which differ only in their figures, only the first is said.
    """
    alike: dict[str, list[str]] = {}
    for draft in failed:
        error = draft.error or draft.status
        alike.setdefault(draft.status if draft.status in ("limit", "unknown") else error, []).append(error)
    errors = [
        found[0] if len(found) == 1 else f"{found[0]} ({count_of(len(found), 'draft')})" for found in alike.values()
    ]
    return [*errors, *_stopped_by_a_limit(failed), *sorted({note for draft in drafts for note in draft.notes})]


def _stopped_by_a_limit(failed: Sequence[Draft]) -> list[str]:
    """How far the drafts had come that a limit stopped, where some had been begun: their calls were paid for."""
    limited = [draft for draft in failed if draft.status == "limit"]
    taken = sum(bool(draft.revisions) for draft in limited)
    begun = sum(bool(draft.usage.calls) for draft in limited if not draft.revisions)
    rest = len(limited) - taken - begun
    parts = [
        f"{count_of(taken, 'has', 'have')} a take, but the call to read it again or repair it was refused"
        * bool(taken),
        f"{count_of(begun, 'was', 'were')} begun, but the call for the take was refused" * bool(begun),
        f"{count_of(rest, 'was', 'were')} not begun" * bool(rest),
    ]
    stopped = f"Of {count_of(len(limited), 'draft')} that the limit stopped, {'; '.join(filter(None, parts))}."
    return [stopped] if taken or begun else []


async def _run(
    tasks: Sequence[Task],
    pipeline: Pipeline,
    ledger: Ledger,
    *,
    run: HeldRun,
    out: Output,
    terms: BatchTerms,
    spending: Spending,
    filler: str | None,
    wanted: Wanted,
) -> tuple[list[Draft], int]:
    """The drafts that were done, and the exit code of the signal that stopped the run, or 0.

    `filler`: the model whose batch endpoint writes the first takes.
    """
    stopping = Stopping(ledger.stopping)
    wishes = wishes_for(wanted)
    drafts: list[Draft] = []

    async def one(task: Task) -> Draft:
        again = spending.fresh and not run.new
        draft_id = next_draft_id(task.draft_id, run.store) if again else task.draft_id
        try:
            return await lazy.pipeline.write_draft(
                task.source, pipeline, draft_id=draft_id, repetition=task.repetition, wishes=wishes
            )
        except lazy.pipeline.UnsavedError as error:
            # Its notes name the files that its answers were kept in.
            say_notes(error.draft.notes, ledger)
            raise

    try:
        with (
            stopping.ending(),
            out.appending(empty=not terms.resume) as file,
            progress(len(tasks), "Drafting") as count,
        ):
            async with heartbeat(run):
                if filler is not None:
                    await fill_first_takes(tasks, pipeline, ledger, model=filler, spending=spending)
                # Three times as many drafts in hand as calls under way, since some wait to be tried again: see
                # providers/ledger.py.
                most = 3 * terms.concurrency
                done = lazy.local.run_many(tasks, one, concurrency=most, stop=ledger.stopping)

                def keep(draft: Draft) -> None:
                    drafts.append(draft)
                    count()
                    _append(file, draft, out.path)

                await write_each(done, keep, ledger.stopping)
    finally:
        await pipeline.close()
    return drafts, stopping.code
