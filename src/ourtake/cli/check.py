"""`ourtake check` and `ourtake rules`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli.common import emit, emit_json, open_archive, open_store, progress, say, settings
from ourtake.cli.show import report_text
from ourtake.errors import InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ourtake.archive.lookup import Archive
    from ourtake.checks.base import Example
    from ourtake.config import Settings
    from ourtake.documents import Related, Report, Source, Take
    from ourtake.store import Store

    _Given = tuple[str, Take, Source, tuple[Related, ...], dict[str, Any]]
    """A name, the case, and the take as it was given."""


def check(
    names: list[str] = typer.Argument(None, help="Published Markdown files or draft ids.", metavar="FILE|DRAFT_ID..."),
    form: str = typer.Option("text", "--format", help="text or json."),
    batch: Path = typer.Option(None, "--batch", help='JSONL lines {"id"?, "take", "source", "related"?}; one report a line, in order.'),
    select: str = typer.Option("", help="Only these rules or families, comma separated."),
    ignore: str = typer.Option("", help="Not these rules or families, comma separated."),
) -> None:
    r"""Check takes for structure and links. Exit code 1 when a finding is an error.

    \b
    Examples:
      ourtake check take.md
      ourtake check 3f2a9c1d7b60 --format json --ignore LNK008
      ourtake check --batch takes.jsonl --format json
    """
    if form not in ("text", "json"):
        raise InputError(f"There is no format {form}.", "Formats: text, json.")
    if bool(names) == (batch is not None):
        raise InputError("Name files or draft ids, or --batch FILE.", "See `ourtake check --help`.")
    from ourtake.checks.offsets import as_json, given_report

    given = settings()
    chosen = [[code.strip() for code in text.split(",") if code.strip()] for text in (select, ignore)]
    with _Shelf() as shelf:
        cases = _batch(batch) if batch is not None else (_named(name, shelf) for name in names)
        failed = False
        for name, take, source, related, raw in cases:
            report = given_report(_report(take, source, related, shelf=shelf, given=given, chosen=chosen), raw)
            failed = failed or report.verdict == "fail"
            if form == "json":
                print(as_json(report.model_copy(update={"id": name} if batch is None else {})))
            else:
                emit(report_text(report, name=name))
    raise typer.Exit(1 if failed else 0)


class _Shelf:
    """The store and the archive where there are any: a file can be checked without either."""

    def __init__(self) -> None:
        self.store: Store | None = None
        self.archive: Archive | None = None

    def __enter__(self) -> _Shelf:
        try:
            self.store = open_store()
        except StoreError as error:
            if "no store" not in error.what:
                raise
        if self.store is not None and self.store.count_articles():
            self.archive = open_archive(self.store)
        return self

    def __exit__(self, *_: object) -> None:
        if self.store is not None:
            self.store.close()


def _report(take: Take, source: Source, related: tuple[Related, ...], *, shelf: _Shelf, given: Settings, chosen: list[list[str]]) -> Report:
    from ourtake.checks.registry import check as run

    return run(take, source=source, related=related, settings=given, archive=shelf.archive, select=chosen[0], ignore=chosen[1])


def _named(name: str, shelf: _Shelf) -> _Given:
    path = Path(name)
    if path.is_file():
        from ourtake.intake.files import read_text
        from ourtake.publish.markdown import read

        return (name, *read(read_text(path), name), {})
    draft = shelf.store.draft(name) if shelf.store else None
    if draft is None:
        raise InputError(f"{name} is neither a file nor a draft.", "See `ourtake drafts list`.")
    revision = draft.standing()
    if revision is None:
        raise InputError(f"Draft {name} has no take to check: {draft.error or draft.status}.", "Draft it again.")
    return name, revision.take, draft.source, with_texts(draft.related, shelf.store), {}


def with_texts(related: tuple[Related, ...], store: Store | None) -> tuple[Related, ...]:
    """Related articles with their texts, which a draft's record leaves out because the archive has them."""
    found = [(item, store.article(item.id) if store and not item.text else None) for item in related]
    return tuple(item.model_copy(update={"text": article.text}) if article else item for item, article in found)


def _batch(batch: Path) -> Iterator[_Given]:
    from pydantic import ValidationError

    from ourtake.documents import Related, Source, Take
    from ourtake.intake.files import read_text, tidy

    lines = [(number, line) for number, line in enumerate(read_text(batch).split("\n"), 1) if line.strip()]
    if not lines:
        say(f"{batch} holds no takes.")
    with progress(len(lines), "Checking") as bar:
        for number, line in lines:
            try:
                row: Any = json.loads(line)
                raw = row["take"]
                clean = tidy(row, "this line")
                related = [Related.model_validate({"id": item.get("url", ""), **item}) for item in clean.get("related") or []]
                case = (str(row.get("id", number)), Take.model_validate(raw), Source.model_validate(clean["source"]), tuple(related), raw)
            except (InputError, RecursionError, ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
                place = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
                raise InputError(f"{batch}:{number}{place} is not a take with its source.", 'A line is {"take": {...}, "source": {...}}.') from error
            yield case
            bar.advance()


def example_text(example: Example) -> str:
    """The part of a sound take that an example changes, as far as a reader needs it."""
    parts = {
        "headline": example.headline,
        "summary": example.summary,
        "body": example.body,
        "tags": ", ".join(example.tags) if example.tags else None,
    }
    shown = [f"{name}: {text if len(text) <= 160 else text[:160].rsplit(' ', 1)[0] + ' ...'}" for name, text in parts.items() if text is not None]
    return "\n".join(shown) or "a sound take whose related articles are others"


def rules(
    code: str = typer.Argument(None, help="One rule, as LNK001; or try.", metavar="[CODE|try FILE]"),
    file: Path = typer.Argument(None, help="With try: draft rules (TOML, JSON, JSONL) to look for in the archive first.", metavar=""),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    r"""The rules, or one with how to mend it; `rules try FILE` looks for draft house rules in the archive's articles.

    \b
    Examples:
      ourtake rules LNK003
      ourtake rules try house-rules.toml
    """
    if code == "try":
        from ourtake.cli.house_rules import try_rules

        if file is None:
            raise InputError("Name the file of draft rules.", "As `ourtake rules try house-rules.toml`.")
        try_rules(file, as_json=as_json)
        return
    if file is not None:
        raise InputError(f"What is {file} for?", "See `ourtake rules --help`.")
    from ourtake.checks.registry import RULES, find_rule

    chosen = [find_rule(code)] if code else list(RULES.values())
    if as_json:
        emit_json([{"code": r.code, "name": r.name, "severity": r.severity, "looks_for": r.looks_for, "mend": r.mend} for r in chosen])
        return
    for rule in chosen:
        if code:
            emit(f"{rule.code} {rule.name} ({rule.severity})\n\nLooks for: {rule.looks_for}\nMend it: {rule.mend}\n")
            emit(f"Found in {example_text(rule.trips)}")
        else:
            emit(f"{rule.code}  {rule.name:<24} {rule.severity:<8} {rule.looks_for}")
