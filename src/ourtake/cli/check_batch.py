"""`ourtake check --batch --format json` in several processes: each checks some lines at a time.

The reports are printed in the order of the lines.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ourtake.cli import lazy
from ourtake.cli.check_run import CheckRun, json_line
from ourtake.cli.check_targets import Line, Workspace, target_of_line
from ourtake.cli.context import Flags, flags, load_outside_rules, set_flags, settings
from ourtake.cli.terminal import progress, say
from ourtake.errors import InputError, ProcessLost

if TYPE_CHECKING:
    from ourtake.jobs.worker_process import WorkerProcess

LINES_AT_ONCE = 20
FEWEST = 100
"""Takes below which starting processes costs more than it saves."""

_WORK = "ourtake.cli.check_batch:line_checker"


class Terms(NamedTuple):
    """What every process needs to know: the flags before the command, the file, the rules."""

    flags: Flags
    batch: Path
    select: tuple[str, ...]
    ignore: tuple[str, ...]


class CheckedLines(NamedTuple):
    """The results of some lines: a report for each, as JSON; whether one failed; the error that ended it early."""

    reports: tuple[str, ...]
    failed: bool
    error: InputError | None


def processes_for(takes: int) -> int:
    """How many processes this many takes are worth, on the processors that this one may use."""
    return min(usable_processors(), takes // FEWEST + 1)


def usable_processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_lines(
    lines: Sequence[Line], batch: Path, *, select: Sequence[str], ignore: Sequence[str], processes: int
) -> bool:
    """Check the lines of a batch and print their reports; whether one failed.

    Raises InputError for a line that is not a take with its source.
    """
    failed = False
    load_outside_rules()
    workers: WorkerProcess[Sequence[Line], CheckedLines] = lazy.worker_process.WorkerProcess(_WORK, processes=processes)
    with closing(workers), Workspace() as workspace, progress(len(lines), "Checking") as count:
        if workspace.archive is not None:
            # Once, and not by several processes at once.
            workspace.archive.refresh()
        terms = Terms(flags(), batch, tuple(select), tuple(ignore))
        workers.begin(terms)
        for checked in _checked(lines, terms, workers):
            for report in checked.reports:
                print(report)
                count()
            failed = failed or checked.failed
            if checked.error is not None:
                raise checked.error
    return failed


def _checked(
    lines: Sequence[Line], terms: Terms, workers: WorkerProcess[Sequence[Line], CheckedLines]
) -> Iterator[CheckedLines]:
    """The results of the lines, in order; those whose process is lost are checked in this one."""
    check: Callable[[Sequence[Line]], CheckedLines] | None = None
    parts = (lines[start : start + LINES_AT_ONCE] for start in range(0, len(lines), LINES_AT_ONCE))
    for part, answer in workers.answers(parts):
        try:
            yield answer.result()
        except ProcessLost as error:
            if check is None:
                say(f"ourtake: {error.what} Its takes are checked in the main process, which takes longer.")
            check = check or line_checker(terms)
            yield check(part)


def line_checker(terms: Terms) -> Callable[[Sequence[Line]], CheckedLines]:
    """A function that checks lines, over a store and an index that it only reads."""
    set_flags(terms.flags)
    run = CheckRun(settings(), select=terms.select, ignore=terms.ignore, form="json")
    # Open until the process ends.
    run.workspace = Workspace().__enter__()

    def check(lines: Sequence[Line]) -> CheckedLines:
        reports: list[str] = []
        failed = False
        try:
            for line in lines:
                target = target_of_line(terms.batch, line)
                report = run.report(target, target.take)
                failed = failed or report.verdict == "fail"
                reports.append(json_line(target, report))
        except InputError as error:
            return CheckedLines(tuple(reports), failed, error)
        return CheckedLines(tuple(reports), failed, None)

    return check
