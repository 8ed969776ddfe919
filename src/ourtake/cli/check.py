"""`ourtake check`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli.check_targets import Workspace, lines_in, lines_of, named
from ourtake.cli.common import emit, settings
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ourtake.checks.evidence import DocumentCache
    from ourtake.cli.check_targets import CheckTarget
    from ourtake.config import Settings
    from ourtake.documents import LinkCheck, Report, Take
    from ourtake.publish.findings_sarif import SarifLog
    from ourtake.publish.findings_text import Look

FORMATS = ("text", "json", "sarif", "github")


def check(
    names: list[str] = typer.Argument(None, help="Published Markdown files or draft ids.", metavar="FILE|DRAFT_ID..."),
    form: str = typer.Option("text", "--format", help="text, json, sarif (2.1.0) or github (annotations)."),
    batch: Path = typer.Option(
        None, "--batch", help='JSONL lines {"id"?, "take", "source", "related"?}; one report a line, in order.'
    ),
    select: str = typer.Option("", help="Only these rules or families, comma separated."),
    ignore: str = typer.Option("", help="Not these rules or families, comma separated."),
    online: bool = typer.Option(False, "--online", help="Look behind the links, too (LNK012 to LNK015)."),
    max_age: str = typer.Option(
        "1d", "--max-age", help="Use looks at links again that are younger, as 30m, 12h, 7d; 0 for none."
    ),
    fix: bool = typer.Option(
        False, "--fix", help="Put in the safe mends (QUO003, LNK003, LNK018, SAF002, LNK006), showing them first."
    ),
    diff: bool = typer.Option(False, "--diff", help="Only show what --fix would change."),
) -> None:
    r"""Check takes against their source and the archive. Exit code 1 when a finding is an error.

    \b
    Examples:
      ourtake check take.md --online
      ourtake check 3f2a9c1d7b60 --format json --ignore LNK008
      ourtake check take.md --fix
      ourtake check --batch takes.jsonl --format json
    """
    if form not in FORMATS:
        raise InputError(f"There is no format {form}.", f"Formats: {', '.join(FORMATS)}.")
    if bool(names) == (batch is not None):
        raise InputError("Name files or draft ids, or --batch FILE.", "See `ourtake check --help`.")
    if batch is not None and (fix or diff):
        raise InputError("A batch is not mended.", "Name files or draft ids.")
    from ourtake.cli.online import look, seconds_of

    age = seconds_of(max_age)
    run = Checking(settings(), select=_codes(select), ignore=_codes(ignore), form=form)
    if batch is not None and form == "json" and not online and (beside := _beside(batch, run)) is not None:
        raise typer.Exit(1 if beside else 0)
    with Workspace() as run.shelf:
        cases: Iterable[CheckTarget] = (
            lines_of(batch) if batch is not None else (named(name, run.shelf) for name in names)
        )
        if online:
            cases = list(cases)
            run.live = look(cases, shelf=run.shelf, settings=run.settings, max_age=age)
        failed = False
        for given in cases:
            report = run.report(given, given.take)
            if fix or diff:
                given, report = run.mend(given, report, write=fix and not diff)
            failed = failed or report.verdict == "fail"
            run.show(given, report)
        run.end()
    raise typer.Exit(1 if failed else 0)


def _beside(batch: Path, run: Checking) -> bool | None:
    """Whether a take of a long batch failed, checked by several processes; None, and nothing checked, where one process
    does as well.
    """
    from ourtake.cli.check_batch import check_lines, processes_for

    lines = lines_in(batch)
    processes = processes_for(len(lines))
    return (
        check_lines(lines, batch, select=run.select, ignore=run.ignore, processes=processes) if processes > 1 else None
    )


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]


class Checking:
    """One run of the command: what is checked by which rules, and how its reports are shown."""

    def __init__(self, given: Settings, *, select: Sequence[str], ignore: Sequence[str], form: str) -> None:
        self.settings = given
        self.shelf = Workspace()
        self.live: Mapping[str, LinkCheck] = {}
        self.select = select
        self.ignore = ignore
        self._form = form
        self._sarif: SarifLog | None = None
        self._look: Look | None = None
        self._documents: DocumentCache | None = None

    def report(self, given: CheckTarget, take: Take) -> Report:
        """The report of a take in this one's place."""
        from ourtake.checks.base import CheckContext
        from ourtake.checks.evidence import DocumentCache
        from ourtake.checks.registry import check as run

        self._documents = self._documents or DocumentCache()
        against = CheckContext(
            given.source,
            given.related,
            _settings_for(given, self.settings),
            self.shelf.archive,
            live=self.live,
            listed=given.listed,
            documents=self._documents,
        )
        return run(take, against, select=self.select, ignore=self.ignore)

    def mend(self, given: CheckTarget, report: Report, *, write: bool) -> tuple[CheckTarget, Report]:
        """The take after its safe mends."""
        from ourtake.cli.fixing import mend_given

        again = lambda take: self.report(given, take)  # noqa: E731
        return mend_given(given, report, check=again, shelf=self.shelf, write=write, quiet=self._form != "text")

    def show(self, given: CheckTarget, report: Report) -> None:
        """Print a report in the format chosen, or keep it for the end."""
        if self._form == "json":
            from ourtake.cli.check_batch import json_line

            print(json_line(given, report))
        elif self._form == "sarif":
            from ourtake.publish.findings_sarif import SarifLog

            self._sarif = self._sarif or SarifLog()
            self._sarif.add(report, layout=given.layout())
        elif self._form == "github":
            from ourtake.publish.findings_github import report_github

            if report.findings:
                emit(report_github(report, layout=given.layout()))
        else:
            from ourtake.publish.findings_text import report_text

            self._look = self._look or terminal_look()
            print(report_text(report, layout=given.layout(), look=self._look))

    def end(self) -> None:
        """Print what was kept."""
        if self._form == "sarif":
            from ourtake.publish.findings_sarif import SarifLog

            print(json.dumps((self._sarif or SarifLog()).log(), indent=2 if sys.stdout.isatty() else None))


def _settings_for(given: CheckTarget, settings: Settings) -> Settings:
    """The settings; where nobody has named the publication, by the name that the file gives it."""
    from ourtake.config import Publication

    if not given.publication or settings.publication.name != Publication().name:
        return settings
    return settings.model_copy(
        update={"publication": settings.publication.model_copy(update={"name": given.publication})}
    )


def terminal_look() -> Look:
    """Colour and width of standard output: colour on a terminal only, and not where NO_COLOR is set."""
    from ourtake.publish.findings_text import WIDTH, Look

    if not sys.stdout.isatty():
        return Look()
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Look(colour=colour, width=max(60, shutil.get_terminal_size((WIDTH, 24)).columns))
