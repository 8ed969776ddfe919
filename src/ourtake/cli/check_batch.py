"""`ourtake check --batch --format json` over several processes: each checks a run of lines, and the reports come out in
the order of the lines.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ourtake.cli.check_targets import Line, Workspace, given_of
from ourtake.cli.common import Globals, global_flags, progress, say, set_globals, settings
from ourtake.errors import InputError, ProcessLost

if TYPE_CHECKING:
    from ourtake.cli.check_targets import CheckTarget
    from ourtake.documents import Report
    from ourtake.jobs.worker_process import WorkerProcess

RUN_OF_LINES = 20
FEWEST = 100
"""Takes below which starting processes costs more than they save."""

_WORK = "ourtake.cli.check_batch:lines_at"


class Terms(NamedTuple):
    """What every process is told: the flags before the command, the file, the rules."""

    flags: Globals
    batch: Path
    select: tuple[str, ...]
    ignore: tuple[str, ...]


class Checked(NamedTuple):
    """What came of a run of lines: a report for each, as JSON; whether one failed; the error that ended it early."""

    reports: tuple[str, ...]
    failed: bool
    error: InputError | None


def processes_for(takes: int) -> int:
    """How many processes so many takes are worth, on the processors that this one may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, takes // FEWEST + 1)


def check_lines(
    lines: Sequence[Line], batch: Path, *, select: Sequence[str], ignore: Sequence[str], processes: int
) -> bool:
    """Check the lines of a batch and print their reports; whether one failed. Raises InputError for a line that is no
    take.
    """
    from ourtake.jobs.worker_process import WorkerProcess

    failed = False
    beside: WorkerProcess[Sequence[Line], Checked] = WorkerProcess(_WORK, processes=processes)
    with closing(beside), Workspace() as shelf, progress(len(lines), "Checking") as bar:
        if shelf.archive is not None:
            # Once, and not by several processes at once.
            shelf.archive.refresh()
        terms = Terms(global_flags(), batch, tuple(select), tuple(ignore))
        beside.begin(terms)
        for checked in _checked(lines, terms, beside):
            for report in checked.reports:
                print(report)
                bar.advance()
            failed = failed or checked.failed
            if checked.error is not None:
                raise checked.error
    return failed


def _checked(lines: Sequence[Line], terms: Terms, beside: WorkerProcess[Sequence[Line], Checked]) -> Iterator[Checked]:
    """What came of each run of lines, in order; one whose process is lost is checked in this one."""
    here: Callable[[Sequence[Line]], Checked] | None = None
    for run, answer in beside.answers(
        lines[start : start + RUN_OF_LINES] for start in range(0, len(lines), RUN_OF_LINES)
    ):
        try:
            yield answer.result()
        except ProcessLost as error:
            if here is None:
                say(f"ourtake: {error.what} Its takes are checked in this one, which takes longer.")
            here = here or lines_at(terms)
            yield here(run)


def json_line(given: CheckTarget, report: Report) -> str:
    """A report as JSON, its offsets those of the take as it was given."""
    from ourtake.checks.offsets import as_json, given_report

    return as_json(given_report(report.model_copy(update={"id": given.name} if given.row is None else {}), given.raw))


def lines_at(terms: Terms) -> Callable[[Sequence[Line]], Checked]:
    """A function that checks lines, over a store and an index that it only reads."""
    from ourtake.cli.check import Checking

    set_globals(terms.flags)
    checking = Checking(settings(), select=terms.select, ignore=terms.ignore, form="json")
    # Open until the process ends.
    checking.shelf = Workspace().__enter__()

    def check_run(lines: Sequence[Line]) -> Checked:
        reports: list[str] = []
        failed = False
        try:
            for line in lines:
                given = given_of(terms.batch, line)
                report = checking.report(given, given.take)
                failed = failed or report.verdict == "fail"
                reports.append(json_line(given, report))
        except InputError as error:
            return Checked(tuple(reports), failed, error)
        return Checked(tuple(reports), failed, None)

    return check_run
