"""`ourtake rules`: every rule, or the page of one; and all pages as Markdown, which docs/rules.md is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli.common import emit, emit_json
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.checks.base import Rule


def rules(
    code: str = typer.Argument(None, help="One rule, as LNK001; or try.", metavar="[CODE|try FILE]"),
    file: Path = typer.Argument(
        None, help="With try: draft rules (TOML, JSON, JSONL) to look for in the archive first.", metavar=""
    ),
    form: str = typer.Option("text", "--format", help="text, json or markdown."),
    as_json: bool = typer.Option(False, "--json", help="The same as --format json."),
) -> None:
    r"""The rules, or the page of one: what it looks for, what trips it, what does not, how to mend it.

    `rules try FILE` looks for draft house rules in the archive's articles.

    \b
    Examples:
      ourtake rules LNK003
      ourtake rules try house-rules.toml
      ourtake rules --format markdown > docs/rules.md
    """
    if code == "try":
        from ourtake.cli.house_rules import try_rules

        if file is None:
            raise InputError("Name the file of draft rules.", "As `ourtake rules try house-rules.toml`.")
        try_rules(file, as_json=as_json or form == "json")
        return
    if file is not None:
        raise InputError(f"What is {file} for?", "See `ourtake rules --help`.")
    from ourtake.checks.pages import example_parts, markdown_page, text_page
    from ourtake.checks.registry import RULES, find_rule

    if form not in ("text", "json", "markdown"):
        raise InputError(f"There is no format {form}.", "Formats: text, json, markdown.")
    chosen = [find_rule(code)] if code else list(RULES.values())
    if as_json or form == "json":
        emit_json(
            [
                {"code": r.code, "name": r.name, "severity": r.severity, "looks_for": r.looks_for, "mend": r.mend}
                | {"package": r.package}
                | {"trips": dict(example_parts(r)), "passes": dict(example_parts(r, passing=True))}
                for r in chosen
            ]
        )
    elif form == "markdown":
        emit(markdown_page(chosen).rstrip("\n"))
    elif code:
        emit(text_page(chosen[0]))
    else:
        _table(chosen)


def _table(chosen: list[Rule]) -> None:
    for rule in chosen:
        package = "" if rule.package == "ourtake" else f" (from the package {rule.package})"
        emit(f"{rule.code}  {rule.name:<24} {rule.severity:<8} {rule.looks_for}{package}")
