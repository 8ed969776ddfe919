"""`ourtake eval report`: what a run shows, as a page, a table, JSON, CSV and JUnit XML; no call is made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import flags, open_store
from ourtake.cli.eval_setup import store_of
from ourtake.cli.options import Json, RunDir
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.evals.results import RunFolder
    from ourtake.evals.summary import Summary

FORMATS = {"table": "", "html": "report.html", "json": "report.json", "csv": "report.csv", "junit": "report.xml",
           "markdown": "report.md"}  # fmt: skip


def report(
    folder: RunDir,
    form: str = typer.Option(
        None, "--format", help="table, html, json, csv, junit or markdown. Default: all files, and the table."
    ),
    as_json: Json = False,
    audit: bool = typer.Option(
        False, "--audit", help="Recompute every interval and p value with scipy and statsmodels (ourtake[evals])."
    ),
) -> None:
    r"""Write the report of a run into DIR.

    It is a self-contained page, a table, JSON, CSV and JUnit XML. The report is made from DIR alone, at any time and
    without a call. While a run is in progress, it covers what is there. If the run's store is there, the report also
    counts what editors changed before they signed takes.

    \b
    Examples:
      ourtake eval report out
      ourtake eval report out --format csv
      ourtake eval report out --audit
    """
    run = lazy.eval_results.RunFolder(folder)
    if form is not None and form not in FORMATS:
        raise InputError(f"There is no report format {form}.", f"Choose {', '.join(FORMATS)}.")
    run.record()
    keep_reviews(run)
    summary = lazy.eval_summary.summarise(run)
    if not summary.cells:
        raise InputError(f"The run in {folder} has no results yet.", "Wait for the first cell, or resume the run.")
    if audit:
        raise typer.Exit(_audited(summary))
    written = _written(run, summary, form)
    if as_json:
        emit_json(lazy.eval_summary.as_json(summary))
    elif form in (None, "table"):
        emit(lazy.eval_report_text.table(summary, width=shutil.get_terminal_size((100, 24)).columns))
    if not summary.complete:
        say(f"ourtake: the run is not complete: {summary.cells} of {count_of(summary.record.cells, 'cell')} "
            f"{'is' if summary.cells == 1 else 'are'} done. Unless it is still running, "
            f"`ourtake eval run ... --resume` completes it.")  # fmt: skip
    if written:
        say(f"Written to {', '.join(str(path) for path in written)}.")


def _written(run: RunFolder, summary: Summary, form: str | None) -> list[Path]:
    """Write the file of a format, or those of all. Returns their paths."""
    text = lazy.eval_report_text
    contents: dict[str, Callable[[], str]] = {
        "html": lambda: lazy.eval_report_html.page(run, summary),
        "json": lambda: text.json_report(summary),
        "csv": lambda: text.csv_report(run.rows()),
        "junit": lambda: text.junit_report(summary, run.rows()),
        "markdown": lambda: text.markdown_report(summary),
    }
    return [run.write(FORMATS[name], content()) for name, content in contents.items() if form in (None, name)]


def keep(
    folder: Path = typer.Argument(..., help="The folder of a finished run.", metavar="DIR"),
    target: Path = typer.Argument(
        ..., help="The folder to keep it in. An earlier run there is replaced.", metavar="KEPT"
    ),
) -> None:
    r"""Keep a finished run for later comparison.

    Its takes, findings and figures are kept, but not its calls and evidence. KEPT is small enough for a repository.
    `ourtake eval compare KEPT DIR` reads it, and so does `against` in a suite's [gate].

    \b
    Example:
      ourtake eval keep out evals/kept/takes
    """  # fmt: skip
    run, kept = lazy.eval_results.RunFolder(folder), lazy.eval_results.RunFolder(target)
    if kept.path.resolve() == run.path.resolve():
        raise InputError("A run can't be kept in its own folder.", "Name another one.")
    emit(f"{count_of(run.keep_in(kept), 'cell')} of {folder} are kept in {target}.")


def keep_reviews(run: RunFolder) -> None:
    """Write down in DIR what editors did with its takes, as far as the run's store knows it by now."""
    if not (run.path / "eval.db").is_file() and not flags().store and not os.environ.get("OURTAKE_STORE"):
        return
    store_of(run)
    with open_store() as store:
        found = lazy.eval_reviews.signed_cells(store, (row.draft for row in run.rows()))
    if found or (run.path / "edits.jsonl").is_file():
        run.write("edits.jsonl", "".join(f"{one.model_dump_json()}\n" for one in found))


def _audited(summary: Summary) -> int:
    """Say how the figures compare with those of other packages; the exit code."""
    found = lazy.eval_audit.audit(summary)
    for sentence in found.differing:
        emit(f"{sentence}.")
    told = f"{len(found.differing)} differ" if found.differing else "all agree to six digits"
    emit(f"{found.figures:,} figures were recomputed with scipy and statsmodels: {told}.")
    return 1 if found.differing else 0
