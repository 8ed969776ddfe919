"""`ourtake rules`: all rules, or the page of one; docs/rules.md is `ourtake rules --format markdown`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.context import settings
from ourtake.cli.rules_house import learn_rules, try_rules
from ourtake.cli.terminal import emit, emit_json
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.checks.base import Rule


def rules(
    code: str = typer.Argument(
        None, help="The code of a rule, such as LNK001, or `try` or `learn`.", metavar="[CODE|try|learn]"
    ),
    file: Path = typer.Argument(
        None,
        help="With try: draft rules (TOML, JSON, JSONL) to look for in the archive. With learn: where to write them.",
        metavar="[FILE]",
    ),
    form: str = typer.Option("text", "--format", help="text, json or markdown."),
    as_json: bool = typer.Option(False, "--json", help="The same as --format json."),
    force: bool = typer.Option(False, "--force", help="With learn: replace the file if it exists."),
) -> None:
    r"""List the rules, or explain one of them.

    The explanation of a rule says what it looks for and how to fix it. It has one example that trips the rule and one
    that does not.

    `rules try FILE` counts how often draft house rules match the archive's articles. `rules learn` proposes house rules
    from what editors cut from drafts. `rules learn FILE` also writes them to a file that you can try.

    \b
    Examples:
      ourtake rules LNK003
      ourtake rules try house-rules.toml
      ourtake rules learn draft-rules.toml
      ourtake rules --format markdown > docs/rules.md
    """
    if code == "try":
        if file is None:
            raise InputError("Name the file of draft rules.", "For example: `ourtake rules try house-rules.toml`.")
        try_rules(file, as_json=as_json or form == "json")
        return
    if code == "learn":
        learn_rules(file, force=force, as_json=as_json or form == "json")
        return
    if file is not None:
        raise InputError(f"{file} is one argument too many.", "See `ourtake rules --help`.")
    if form not in ("text", "json", "markdown"):
        raise InputError(f"There is no format {form}.", "Formats: text, json, markdown.")
    chosen = [lazy.rule_registry.find_rule(code)] if code else list(lazy.rule_registry.RULES.values())
    if as_json or form == "json":
        emit_json([_row(rule) for rule in chosen])
    elif form == "markdown":
        emit(lazy.rule_pages.markdown_page(chosen).rstrip("\n"), wrap=False)
    elif code:
        emit(lazy.rule_pages.text_page(chosen[0]) + _limits(chosen[0].code))
    else:
        _table(chosen)


def _row(rule: Rule) -> dict[str, Any]:
    row = {"code": rule.code, "name": rule.name, "severity": rule.severity, "looks_for": rule.looks_for}
    passes = lazy.rule_pages.example_parts(rule, passing=True)
    return row | {
        "how_to_fix": rule.how_to_fix,
        "package": rule.package,
        "trips": dict(lazy.rule_pages.example_parts(rule)),
        "passes": dict(passes),
    }


def _table(chosen: list[Rule]) -> None:
    for rule in chosen:
        package = "" if rule.package == "ourtake" else f" (from the package {rule.package})"
        emit(f"{rule.code}  {rule.name:<24} {rule.severity:<8} {rule.looks_for}{package}")


_RANGES = {
    "STR001": "summary_words",
    "STR002": "paragraphs",
    "STR003": "body_words",
    "STR004": "paragraph_words",
    "STR006": "tags",
    "LNK004": "links",
    "LNK005": "links",
}
"""The rules that count something, and the key of [take] with their limits."""


def _limits(code: str) -> str:
    """Both limits of a rule that counts something."""
    if code not in _RANGES:
        return ""
    key = _RANGES[code]
    limits = getattr(settings().take, key)
    return (
        f"\n\nLimits here: outside {limits.low} to {limits.high} is a warning, outside {limits.floor} to "
        f"{limits.ceiling} an error ([take] {key})."
    )
