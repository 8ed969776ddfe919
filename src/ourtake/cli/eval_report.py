"""`ourtake eval report`: what a run shows, as a page, a table, JSON, CSV and JUnit XML; no call is made."""

from __future__ import annotations

from pathlib import Path

import typer

from ourtake.cli import lazy
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

FORMATS = {"table": "", "html": "report.html", "json": "report.json", "csv": "report.csv", "junit": "report.xml"}


def report(
    folder: Path = typer.Argument(..., help="The folder of a run.", metavar="DIR"),
    form: str = typer.Option(
        None, "--format", help="table, html, json, csv or junit. Default: all files, and the table."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
) -> None:
    r"""Report on a run: a self-contained page, a table, JSON, CSV and JUnit XML, written into DIR.

    It is rebuilt from DIR alone, at any time and without a call. A run in progress gets a report of what is there.

    \b
    Examples:
      ourtake eval report out
      ourtake eval report out --format csv
    """
    run = lazy.eval_results.RunFolder(folder)
    if form is not None and form not in FORMATS:
        raise InputError(f"No report has the format {form}.", f"Choose {', '.join(FORMATS)}.")
    summary = lazy.eval_summary.summarise(run)
    if not summary.cells:
        raise InputError(f"The run in {folder} has no results yet.", "Wait for the first cell, or resume the run.")
    text = lazy.eval_report_text
    written = []
    for name, file in FORMATS.items():
        if not file or form not in (None, name):
            continue
        content = {
            "html": lambda: lazy.eval_report_html.page(run, summary),
            "json": lambda: text.json_report(summary),
            "csv": lambda: text.csv_report(run.rows()),
            "junit": lambda: text.junit_report(summary, run.rows()),
        }[name]()
        written.append(run.write(file, content))
    if as_json:
        emit_json(lazy.eval_summary.as_json(summary))
    elif form in (None, "table"):
        emit(text.table(summary))
    if not summary.complete:
        say(f"ourtake: the run is {summary.record.state}: {summary.cells} of "
            f"{count_of(summary.record.cells, 'cell')} {'is' if summary.cells == 1 else 'are'} there. "
            f"`ourtake eval run ... --resume` completes it.")  # fmt: skip
    if written:
        say(f"Written to {', '.join(str(path) for path in written)}.")
