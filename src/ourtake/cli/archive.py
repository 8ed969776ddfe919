"""`ourtake archive`: fill it, search it, look after its index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli.common import emit, emit_json, filled_archive, open_archive, open_store, progress, say, settings
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Article
    from ourtake.intake.articles import Reject
    from ourtake.store import Store

app = typer.Typer(help="The publication's own articles.", no_args_is_help=True, rich_markup_mode=None)
_GROUP = 1000


@app.command("add")
def add(
    paths: list[str] = typer.Argument(..., help="JSONL files or folders of Markdown.", metavar="PATH..."),
    form: str = typer.Option("auto", "--format", help="auto, jsonl or markdown."),
) -> None:
    r"""Add or update articles; the same article is the same id, else the same address.

    Exit code 1 when something was broken; the rest is imported.

    \b
    Example:
      ourtake archive add posts/ more.jsonl
    """
    from ourtake.intake.articles import Reject, articles_from

    site = settings().publication.url
    for path in paths:
        if path.startswith(("http://", "https://")):
            raise InputError("Importing from an address is not in this version.", "Save it as a file first.")
    # Each reader is made before the store, so that a wrong name leaves nothing behind.
    readers = [articles_from(Path(path), form=form, site=site) for path in paths]
    counts = {"added": 0, "updated": 0, "unchanged": 0}
    rejects: list[Reject] = []
    with open_store(create=True) as store, progress(None, "Importing") as bar:
        group: list[Article] = []
        for reader in readers:
            for found in reader:
                bar.advance()
                if isinstance(found, Reject):
                    rejects.append(found)
                    continue
                group.append(found)
                if len(group) == _GROUP:
                    _save(store, group, counts)
        _save(store, group, counts)
        open_archive(store).refresh()
    emit(f"{counts['added']} added, {counts['updated']} updated, {counts['unchanged']} unchanged, {len(rejects)} skipped")
    for reject in rejects:
        emit(f"skipped {reject.where}: {reject.reason}")
    raise typer.Exit(1 if any(reject.broken for reject in rejects) else 0)


def _save(store: Store, group: list[Article], counts: dict[str, int]) -> None:
    for outcome in store.save_articles(group):
        counts[outcome] += 1
    group.clear()


@app.command("search")
def search(words: str, count: int = typer.Option(10, "-k", min=1, max=1000, help="How many."), as_json: bool = typer.Option(False, "--json")) -> None:
    r"""Articles with any of the words.

    \b
    Example:
      ourtake archive search "grid connection" -k 5
    """
    with open_store() as store:
        found = filled_archive(store).search(words, count=count)
    if as_json:
        emit_json([item.model_dump(mode="json", exclude={"text", "handle"}) for item in found])
        return
    for item in found:
        emit(f"{item.score:7.2f}  {(item.published or '')[:10]:<10}  {item.title}\n         {item.url}")
    if not found:
        say("Nothing found.")


@app.command("stats")
def stats(as_json: bool = typer.Option(False, "--json")) -> None:
    """How many articles, from when, how many link to others."""
    with open_store() as store:
        found = open_archive(store).stats()
    if as_json:
        emit_json(found.model_dump(mode="json"))
    else:
        emit(f"{found.articles} articles, {found.first or '?'} to {found.last or '?'}; {found.linking} link to others, {found.links} links")


@app.command("reindex")
def reindex() -> None:
    """Build the search index anew from the store."""
    with open_store() as store:
        open_archive(store).refresh(force=True)
        emit(f"Indexed {store.count_articles()} articles.")


@app.command("remove")
def remove(id_or_url: str) -> None:
    """Remove one article by its id or address."""
    with open_store() as store:
        if not store.remove_article(id_or_url):
            raise InputError(f"There is no article {id_or_url}.", "See `ourtake archive search`.")
        open_archive(store).refresh()
    emit(f"Removed {id_or_url}.")


@app.command("export")
def export(file: Path) -> None:
    """Write every article to a JSONL file, which `archive add` reads back."""
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise InputError(f"{file} can't be written.", "Name a file in a folder that exists.")
    with open_store() as store, file.open("w", encoding="utf-8") as out:
        count = 0
        for article in store.articles():
            out.write(article.model_dump_json() + "\n")
            count += 1
    emit(f"Wrote {count} articles to {file}.")
