"""`ourtake check`: takes against their source and the archive."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.check_batch import check_lines, processes_for
from ourtake.cli.check_fix import fix_take
from ourtake.cli.check_online import check_links_of, seconds_of
from ourtake.cli.check_run import CheckRun
from ourtake.cli.check_targets import Workspace, lines_in, targets_named, targets_of
from ourtake.cli.context import settings
from ourtake.cli.drafting import Spending
from ourtake.cli.options import Verify, VerifyCost, VerifyFresh
from ourtake.cli.queueing import queue_link_checks
from ourtake.cli.terminal import say
from ourtake.cli.verifying import verifying
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ourtake.cli.check_targets import CheckTarget

FORMATS = ("text", "json", "sarif", "github")


def check(
    names: list[str] = typer.Argument(
        None,
        help="Published Markdown files, folders of them, - for standard input, or draft ids.",
        metavar="FILE|FOLDER|DRAFT_ID...",
    ),
    form: str = typer.Option("text", "--format", help="text, json, sarif (2.1.0) or github (annotations)."),
    batch: Path = typer.Option(
        None,
        "--batch",
        help='A JSONL file of {"id"?, "take", "source", "related"?}. Prints a report for each, in order.',
    ),
    select: str = typer.Option("", help="Only these rules or families, separated by commas."),
    ignore: str = typer.Option("", help="Leave out these rules or families, separated by commas."),
    online: bool = typer.Option(False, "--online", help="Also check where the links lead (LNK012 to LNK015)."),
    max_age: str = typer.Option(
        "1d",
        "--max-age",
        help="With --online: reuse link checks newer than this, such as 30m, 12h or 7d. 0: none.",
    ),
    queue: bool = typer.Option(
        False, "--queue", help="With --online and draft ids: leave the link checks to `ourtake worker`."
    ),
    fix: bool = typer.Option(
        False, "--fix", help="Show and apply the safe fixes (for QUO003, LNK003, LNK018, SAF002 and LNK006)."
    ),
    statistics: bool = typer.Option(False, "--statistics", help="Print how often each rule found something."),
    exit_zero: bool = typer.Option(False, "--exit-zero", help="Exit with 0 even if a finding is an error."),
    diff: bool = typer.Option(False, "--diff", help="Show what --fix would change, without changing it."),
    verify: Verify = False,
    max_cost: VerifyCost = None,
    fresh: VerifyFresh = False,
) -> None:
    r"""Check takes against their source and the archive. The exit code is 1 if a finding is an error.

    \b
    Examples:
      ourtake check take.md --online
      ourtake check takes/ --statistics
      ourtake check 3f2a9c1d7b60 --format json --ignore LNK008
      ourtake check take.md --fix
      ourtake check take.md --verify
      ourtake check --batch takes.jsonl --format json
    """
    if form not in FORMATS:
        raise InputError(f"There is no format {form}.", f"Formats: {', '.join(FORMATS)}.")
    if bool(names) == (batch is not None):
        raise InputError("Name files or draft ids, or --batch FILE.", "See `ourtake check --help`.")
    if batch is not None and (fix or diff):
        raise InputError("--fix and --diff do not work on a batch.", "Name files or draft ids.")
    if fix and not diff and "-" in (names or ()):
        raise InputError("--fix can't change standard input.", "Add --diff to see the fixes, or name a file.")
    if statistics and (form != "text" or fix or diff):
        raise InputError("--statistics only prints counts as text.", "Leave out --format, --fix and --diff.")
    age = seconds_of(max_age)
    if queue:
        if not online or not names or fix or diff:
            raise InputError("--queue only works for the links of drafts.", "Name draft ids, and add --online.")
        queue_link_checks(names, max_age=age)
        return
    run = CheckRun(settings(), select=_codes(select), ignore=_codes(ignore), form=form, statistics=statistics)
    if batch is not None and form == "json" and not online and not verify:
        lines = lines_in(batch)
        if (processes := processes_for(len(lines))) > 1:
            failed = check_lines(lines, batch, select=run.select, ignore=run.ignore, processes=processes)
            raise typer.Exit(1 if failed and not exit_zero else 0)
    terms = Spending(max_cost=max_cost, fresh=fresh)
    reading = verifying(run.settings, terms, names or [batch]) if verify else nullcontext()
    with reading as verifier, Workspace() as run.workspace:
        targets: Iterable[CheckTarget] = targets_of(batch) if batch is not None else targets_named(names, run.workspace)
        if online:
            targets = list(targets)
            run.live = check_links_of(targets, run, max_age=age)
        failed = False
        for target in targets:
            _warn_if_outdated(target, run.workspace)
            report = run.report(target, target.take)
            if fix or diff:
                target, report = fix_take(target, report, run, write=fix and not diff)
            if verifier is not None:
                report = verifier.report(run, target, report)
            failed = failed or report.verdict == "fail"
            run.show(target, report)
        run.end()
    raise typer.Exit(1 if failed and not exit_zero else 3 if verifier is not None and verifier.failed else 0)


def _warn_if_outdated(target: CheckTarget, workspace: Workspace) -> None:
    """Say which linked articles have changed: a draft is checked against the texts that it was written from."""
    if target.draft is None or workspace.store is None:
        return
    name = settings().publication.name
    for one in lazy.outdated.outdated_takes(workspace.store, [target.draft], publication=name):
        say(f"ourtake: Draft {one.draft_id} has a link to \u201c{one.title}\u201d ({one.url}), which {one.why}.")


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]
