"""`ourtake claims`: the claim sheet of a take."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.check_run import CheckRun, given_report
from ourtake.cli.check_targets import Workspace, target_named
from ourtake.cli.context import output, settings
from ourtake.cli.drafting import Spending
from ourtake.cli.options import Force, Out, Verify, VerifyCost, VerifyFresh
from ourtake.cli.terminal import emit_json, say, terminal_look
from ourtake.cli.verifying import verifying
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ourtake.cli.check_targets import CheckTarget
    from ourtake.documents import Report

WIDTH = 80
"""Columns of the sheet where no terminal says how many it has."""


def claims(
    name: str = typer.Argument(..., help="A published Markdown file or a draft's id.", metavar="FILE|DRAFT_ID"),
    markdown: bool = typer.Option(False, "--markdown", help="Print Markdown."),
    page: bool = typer.Option(False, "--html", help="Print a page for a browser or a printer."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON: every claim, its status and its passages."),
    verify: Verify = False,
    max_cost: VerifyCost = None,
    fresh: VerifyFresh = False,
    out: Out = None,
    force: Force = False,
) -> None:
    r"""Show each claim of a take beside its nearest passages.

    It says which claims differ from them, which were not found, and which nobody has checked.

    \b
    Examples:
      ourtake claims take.md
      ourtake claims take.md --verify
      ourtake claims 3f2a9c1d7b60 --html -o claims.html
    """
    if markdown + page + as_json > 1:
        raise InputError("--markdown, --html and --json can't be combined.", "Use one of them.")
    target_file = None if out is None else output(out, force=force)
    run = CheckRun(settings(), select=[], ignore=[], form="json" if as_json else "text")
    terms = Spending(max_cost=max_cost, fresh=fresh)
    with verifying(run.settings, terms, [name]) if verify else nullcontext() as verifier, Workspace() as run.workspace:
        target = target_named(name, run.workspace)
        report = run.report(target, target.take)
        if verifier is not None:
            report = verifier.report(run, target, report)
        report = run.decided(target, report)
        names = _names(target, report, run.workspace)
    text = _sheet(
        target, report, names, form="html" if page else "markdown" if markdown else "json" if as_json else "text"
    )
    if target_file is not None:
        target_file.write(text if text.endswith("\n") else text + "\n")
        say(f"Written to {out}.")
    elif as_json:
        emit_json(_json(target, report))
    else:
        print(text.rstrip("\n"))
    raise typer.Exit(1 if report.verdict == "fail" else 3 if verifier is not None and verifier.failed else 0)


def _sheet(target: CheckTarget, report: Report, names: Mapping[str, str], *, form: str) -> str:
    if form == "json":
        return json.dumps(_json(target, report), ensure_ascii=False)
    sheet = lazy.claim_sheet
    name = target.name if target.draft is None else f"draft {target.draft.id}"
    if form == "text":
        return sheet.sheet_text(report, name, names, terminal_look(WIDTH))
    return sheet.FORMATS[form].write(report, name, names)


def _names(target: CheckTarget, report: Report, workspace: Workspace) -> dict[str, str]:
    """What a reader calls each document: the outlet, or an article's title."""
    names: dict[str, str] = lazy.claim_sheet.names_of(target.source, target.related)
    store = workspace.store
    for evidence in (one for claim in report.claims for one in claim.evidence if store is not None):
        if evidence.document not in names and store is not None:
            article = store.article(evidence.document)
            names[evidence.document] = article.title if article is not None else evidence.document
    return names


def _json(target: CheckTarget, report: Report) -> dict[str, object]:
    """The verdict with its counts, and every claim; offsets are those of the take as it was given."""
    shown = given_report(target, report).model_dump(mode="json")
    return {key: shown[key] for key in ("id", "verdict", "verdict_line", "counts", "claim_counts", "claims")}
