"""`ourtake draft --batch`: many sources, a fixed number under way, one Draft a line as each is done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from ourtake.cli.common import emit, index_folder, open_store, output, progress, say, settings
from ourtake.cli.draft_batch_file import Task, anew, tasks_left, tasks_of
from ourtake.cli.drafting import Spending, Work, beating, build_pipeline, chosen, say_notes, telling, working
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Draft, Report, Source
    from ourtake.providers.ledger import Ledger
    from ourtake.publish.output import Output
    from ourtake.writing.checking import CheckInput
    from ourtake.writing.pipeline import Pipeline


def draft_batch(
    batch: Path,
    out: Path | None,
    *,
    model: list[str],
    concurrency: int,
    resume: bool,
    force: bool,
    spending: Spending,
    provider_batch: bool = False,
) -> int:
    """Draft every source of a JSONL file. Returns the exit code: 3 when a provider failed, 1 when errors are left open
    or lines were bad.
    """
    from ourtake.jobs.worker_process import WorkerProcess

    if out is None:
        raise InputError("A batch needs -o OUT.jsonl.", "Name the file for the drafts.")
    target = output(out, force=True, inputs=[batch])
    index_folder()
    if target.is_stream and resume:
        raise InputError(
            f"{out} can't be resumed: it is not a file.", "Leave out --resume, or name the earlier run's file."
        )
    if not target.is_stream and out.exists() and out.stat().st_size and not (resume or force):
        do = "Add --resume to go on with it, --force to replace it, or name another file."
        raise InputError(f"{out} holds something already.", do)
    # Begun before all else is loaded: it loads the rules meanwhile.
    beside: WorkerProcess[CheckInput, Report] = WorkerProcess(_APART)
    with closing(beside):
        from ourtake.writing.pipeline import FINISHED

        sources, bad = read_batch(batch)
        with open_store() as store, working(store, f"batch {out.absolute()}", resume=resume) as work:
            tasks = tasks_of(sources, run_id=work.run_id, models=chosen(model, settings()))
            left = tasks_left(tasks, out) if resume else tasks
            corridor, ledger = build_pipeline(work, model, spending=spending, concurrency=concurrency, beside=beside)
            corridor.archive.expect(task.source for task in left)
            filled = (chosen(model, settings())[0], spending) if provider_batch else None
            terms = _Terms(concurrency=concurrency, fresh=spending.fresh, filled=filled, afresh=not resume)
            with telling(ledger):
                drafts, stopped_by = asyncio.run(_run(left, corridor, ledger, work=work, out=target, terms=terms))
            failed = [draft for draft in drafts if draft.status not in FINISHED]
            work.finished = not stopped_by and not failed
    for sentence in _sentences(drafts, failed):
        say(f"ourtake: {sentence}")
    ready = sum(draft.status == "ready" for draft in drafts)
    open_errors, before = len(drafts) - ready - len(failed), len(tasks) - len(left)
    # Where the drafts go to standard output, nothing else may.
    tell = say if target.is_stdout else emit
    counts = f"{ready} ready, {open_errors} with open errors, {len(failed)} failed; {before} were done before."
    tell(f"{len(drafts)} drafts: {counts}")
    if stopped_by:
        return stopped_by
    if failed:
        return 4 if all(draft.status == "limit" for draft in failed) else 3
    if ledger.rescues:
        return 2
    return 1 if bad or open_errors else 0


def read_batch(batch: Path) -> tuple[list[Source], int]:
    """The sources of a JSONL file, and how many lines were none; each of those is said."""
    from ourtake.intake.files import read_sources

    rows = list(read_sources(batch))
    bad = [(line, found) for line, found in rows if isinstance(found, InputError)]
    for line, problem in bad:
        say(f"{batch}:{line}: {problem}")
    return [found for _, found in rows if not isinstance(found, InputError)], len(bad)


def _append(file: IO[bytes], draft: Draft, out: Path) -> None:
    """A line more, without a buffer between: a killed run keeps every draft that was finished."""
    rest = f"{draft.model_dump_json()}\n".encode()
    try:
        while rest:
            rest = rest[file.write(rest) or 0 :]
    except OSError as error:
        raise InputError(
            f"{out} can't be written: {error.strerror}.", "The drafts are in the store; free the disk and --resume."
        ) from error


def _sentences(drafts: Sequence[Draft], failed: Sequence[Draft]) -> list[str]:
    """What there is to say of a batch, each thing once: of limits and unknown calls, which differ in their figures
    only, the first.
    """
    alike: dict[str, list[str]] = {}
    for draft in failed:
        error = draft.error or draft.status
        alike.setdefault(draft.status if draft.status in ("limit", "unknown") else error, []).append(error)
    errors = [found[0] if len(found) == 1 else f"{found[0]} ({len(found)} drafts)" for found in alike.values()]
    return [*errors, *sorted({note for draft in drafts for note in draft.notes})]


_APART = "ourtake.writing.check_worker:checks_at"
"""What the process beside a batch runs; named, not imported."""


class _Terms(NamedTuple):
    """How a batch is run.

    `filled`: the model whose batch endpoint writes the first takes, and the limits of that. `afresh`: what OUT holds
    goes.
    """

    concurrency: int
    fresh: bool
    filled: tuple[str, Spending] | None
    afresh: bool


async def _run(
    tasks: Sequence[Task], corridor: Pipeline, ledger: Ledger, *, work: Work, out: Output, terms: _Terms
) -> tuple[list[Draft], int]:
    """The drafts that were done, and the exit code of the signal that stopped the run, or 0."""
    from ourtake.cli.draft_provider_batch import fill_first_takes
    from ourtake.cli.signals import Stopping
    from ourtake.jobs.local import run_many
    from ourtake.writing.pipeline import UnsavedError, write_draft

    stopping = Stopping(ledger.stopping)
    drafts = []
    unwritten: InputError | None = None

    async def one(task: Task) -> Draft:
        draft_id = anew(task.draft_id, work.store) if terms.fresh and not work.new else task.draft_id
        try:
            return await write_draft(task.source, corridor, draft_id=draft_id, repetition=task.repetition)
        except UnsavedError as error:
            # Its notes name the files that its answers were kept in.
            say_notes(error.draft.notes, ledger)
            raise

    try:
        with out.growing(afresh=terms.afresh) as file, progress(len(tasks), "Drafting") as bar:
            async with beating(work):
                await fill_first_takes(tasks, corridor, ledger, asked=terms.filled)
                # Three times as many drafts in hand as calls under way, since some wait to be tried again: see
                # providers/ledger.py.
                async for draft in run_many(tasks, one, concurrency=3 * terms.concurrency, stop=ledger.stopping):
                    drafts.append(draft)
                    bar.advance()
                    try:
                        _append(file, draft, out.path)
                    except InputError as failure:
                        # What is under way is paid for: its answers are waited for, and the store has the drafts.
                        unwritten = unwritten or failure
                        ledger.stopping.set()
        if unwritten is not None:
            raise unwritten
    except ExceptionGroup as group:
        # Each may name a file of its own that an answer was kept in.
        for error in group.exceptions[1:]:
            say(f"ourtake: {error}")
        raise group.exceptions[0] from None
    except asyncio.CancelledError:
        if not stopping.code:
            raise
    finally:
        await corridor.close()
    return drafts, stopping.code
