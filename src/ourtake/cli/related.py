"""`ourtake related`: the archive's articles that are related to a story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.batch_lines import read_batch
from ourtake.cli.context import filled_archive, open_store, read_story, settings
from ourtake.cli.options import Json, SourceOrBatch
from ourtake.cli.terminal import emit, emit_json, progress
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Related

_SHOWN = ("id", "url", "title", "score", "published", "passage")


def related(
    source: SourceOrBatch = None,
    count: int = typer.Option(8, "-k", min=1, max=1000, help="How many articles to list at most."),
    batch: Path = typer.Option(None, "--batch", help="A JSONL file of sources; one line is printed for each."),
    as_json: Json = False,
    passages: bool = typer.Option(
        False, "--passages", help="Show the passages of each article that the model is given to write from."
    ),
    explain: bool = typer.Option(
        False, "--explain", help="Show what each group of signals contributed to an article's score."
    ),
) -> None:
    r"""List the archive's articles that are related to a story.

    Lists only articles that were published before the source, best first, each with its best passage. The number says
    how much of the story the article shares. An article can be ranked below one with a lower number, because of its
    date, its links or for variety; its row then says so.

    With --batch, each source gets its best articles, even those below the threshold in [lookup].

    \b
    Examples:
      ourtake related sources/01*.md -k 3
      ourtake related sources/01*.md --explain
      ourtake related sources/01*.md --passages
    """
    if (source is None) == (batch is None):
        raise InputError("Name one source, or --batch FILE.", "See `ourtake related --help`.")
    if batch is not None:
        raise typer.Exit(_batch(batch, count))
    story = read_story(source)
    with open_store() as store:
        explained = filled_archive(store).explained(story, count=count, threshold=settings().lookup.threshold)
    found = [item for item, _ in explained]
    shown = lazy.writing_context.passages_to_write_from(story, found, None) if passages else {}
    moved = lazy.order.why_lower(explained)
    if as_json:
        rows = [
            _row(item)
            | ({"order": moved[item.id]} if item.id in moved else {})
            | ({"signals": _rounded(shares)} if explain else {})
            | ({"passages": shown[item.handle or ""]} if passages else {})
            for item, shares in explained
        ]
        emit_json({"id": story.id, "related": rows})
        return
    if explain and explained:
        emit(_table(explained))
        return
    for item in found:
        order = f"      {moved[item.id]}\n" if item.id in moved else ""
        emit(
            f"{item.score:.2f}  {(item.published or '')[:10]:<10}  {item.title}\n      {item.url}\n{order}      "
            f"{shown.get(item.handle or '', item.passage)}\n"
        )
    if not found:
        emit("Nothing related in the archive.")


def _rounded(shares: dict[str, float]) -> dict[str, float]:
    return {group: round(value, 3) for group, value in shares.items()} | {"total": round(sum(shares.values()), 3)}


def _table(explained: list[tuple[Related, dict[str, float]]]) -> str:
    """A row for each article in the order of the ranking, a column for each group of signals; titles below."""
    groups = [*explained[0][1], "total"]
    lines = [" ".join(["   ", "score", *(f"{group:>5}" for group in groups)])]
    for item, given in explained:
        values = _rounded(given)
        lines.append(
            " ".join(
                [
                    f"{item.handle:3}",
                    f"{item.score:5.2f}",
                    *(f"{values[group]:{max(5, len(group))}.2f}" for group in groups),
                ]
            )
        )
    return "\n".join([*lines, "", *(f"{item.handle:3} {item.title}" for item, _ in explained)])


def _row(item: Related) -> dict[str, Any]:
    return {key: getattr(item, key) for key in _SHOWN}


def _batch(batch: Path, count: int) -> int:
    sources, bad = read_batch(batch)
    with open_store() as store, progress(len(sources), "Looking up") as bar:
        archive = filled_archive(store)
        archive.expect(source for _, source in sources)
        for line, source in sources:
            hits = archive.related(source, count=count)
            row = {"id": source.id or str(line), "related": [_row(item) for item in hits]}
            print(json.dumps(row, ensure_ascii=False))
            bar()
    return 1 if bad else 0
