"""`ourtake archive`: add, search, tune, export and remove articles; rebuild the index."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.archive_embed import after_add, embed
from ourtake.cli.context import (
    filled_archive,
    import_settings,
    index_folder,
    open_archive,
    open_store,
    output,
    settings,
    store_file,
)
from ourtake.cli.options import Force, Json
from ourtake.cli.queueing import queue_imports
from ourtake.cli.terminal import emit, emit_json, progress, say
from ourtake.errors import InputError, StoreError
from ourtake.intake.formats import FORMAT_HELP
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.archive.import_source import ImportSource
    from ourtake.archive.importing import Counts
    from ourtake.archive.rejects import Rejects
    from ourtake.archive.tune import Tuned
    from ourtake.store import Store

_NICE = 5
"""Added to the niceness of an import into a shared store: the desk, workers and indexes that follow go first."""

app = typer.Typer(help="Fill and search the archive of your own articles.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add")
def add(
    paths: list[str] = typer.Argument(
        ...,
        help="JSONL files, folders of Markdown, feeds, sitemaps or exports: paths or http(s) addresses.",
        metavar="PATH|URL...",
    ),
    form: str = typer.Option("auto", "--format", help=FORMAT_HELP),
    again: bool = typer.Option(
        False, "--again", help="Read every page again, even if it has not changed since the last import."
    ),
    rejects: Path = typer.Option(
        None,
        "--rejects",
        help="List what was skipped in this file. Default: a file beside the store, but only if the list is long.",
        metavar="FILE",
    ),
    permalink: str = typer.Option(
        "",
        "--permalink",
        help="The pattern of a site's addresses, such as '/:year/:month/:slug.html'. Default: [intake] permalink, then "
        "the pattern of the site's builder, then the addresses as they are given.",
        metavar="PATTERN",
    ),
    encoding: str = typer.Option(
        "",
        "--encoding",
        help="The encoding of files that are not UTF-8 and don't name their own, such as cp1251. Default: [intake] "
        "encoding, then the only one that fits their bytes.",
        metavar="NAME",
    ),
    queue: bool = typer.Option(
        False, "--queue", help="Leave the imports to `ourtake worker`. Files must have the same path on its machine."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the counts and what was skipped as JSON."),
    force: bool = typer.Option(False, "--force", help="Replace the --rejects file if it exists."),
) -> None:
    r"""Add articles, or update the ones with the same id or address.

    If an import is stopped, run the same command again to resume it. If some of the input is broken, the rest is
    imported and the exit code is 1. It is also 1 if nothing is in a format that can be read.

    \b
    Examples:
      ourtake archive add posts/ more.jsonl
      ourtake archive add https://paper.example/sitemap.xml
    """
    # Every path is checked before the store is made, so that a wrong name leaves nothing behind.
    given = import_settings(permalink, encoding)
    sources = [lazy.import_source.ImportSource(path, form=form, again=again, settings=given, say=say) for path in paths]
    if queue:
        queue_imports(paths, form=form, again=again, permalink=permalink, encoding=encoding, as_json=as_json)
        return
    index_folder()
    with _rejects(rejects, force=force, inputs=paths) as refused, open_store(create=True) as store:
        archive = open_archive(store)
        if store.queue_address:
            os.nice(_NICE)
        total = _imported(sources, store, archive.folder, refused)
        archive.refresh(wait=True)
        if old := archive.ranking_is_old():
            say(old)
        after_add(store)
    # Where nothing that was seen is in a format that can be read, the wrong thing was named.
    code = 1 if refused.broken or (refused.not_taken and not any((total.added, total.updated, total.unchanged))) else 0
    if as_json:
        notes = [note for source in sources for note in source.notes]
        emit_json({**total._asdict(), "skipped": refused.count, **refused.summary(), "notes": notes})
        raise typer.Exit(code)
    emit(f"{total.added} added, {total.updated} updated, {total.unchanged} unchanged, {refused.count} skipped")
    for line in refused.lines():
        emit(line)
    raise typer.Exit(code)


def _imported(sources: list[ImportSource], store: Store, folder: Path, refused: Rejects) -> Counts:
    """Import the sources. If one of several can't be read at all, it is reported, and the others are imported."""
    total = lazy.importing.Counts()
    with progress(None, "Importing") as bar:
        for source in sources:
            try:
                counts = source.import_into(store, folder, tick=bar, rejected=refused.add)
                total = lazy.importing.Counts(*map(sum, zip(total, counts, strict=True)))
            except StoreError:
                raise
            except InputError as error:
                if len(sources) == 1:
                    raise
                refused.add(lazy.items.Reject(source.name, str(error)))
    return total


def _rejects(file: Path | None, *, force: bool, inputs: list[str]) -> Rejects:
    """The list of what is skipped, in `file` or in one beside the store, where it may replace an earlier import's.

    Raises InputError if the file holds something else, before anything is imported.
    """
    path = file or store_file(".rejects.jsonl")
    force = force or (file is None and lazy.rejects.is_rejects_file(path))
    target = functools.partial(output, path, force=force, inputs=inputs, option="--rejects")
    if os.path.lexists(path):
        target()
    return lazy.rejects.Rejects(path, lambda: target().open(), always=file is not None)


@app.command("search")
def search(
    words: str = typer.Argument(..., help="The words, in quotation marks if there are several."),
    count: int = typer.Option(10, "-k", min=1, max=1000, help="How many articles to list at most."),
    as_json: Json = False,
) -> None:
    r"""List articles that contain any of the words.

    \b
    Example:
      ourtake archive search "grid connection" -k 5
    """
    name = settings().publication.name
    with open_store() as store:
        found = [
            (item, lazy.retracted.retraction(item.title, item.text, item.model_extra, publication=name))
            for item in filled_archive(store).search(lazy.values.clean_text(words), count=count)
        ]
    if as_json:
        left_out = {"text", "handle"}
        emit_json(
            [
                item.model_dump(mode="json", exclude=left_out | set(item.model_extra or ()))
                | ({"retracted": said} if said else {})
                for item, said in found
            ]
        )
        return
    for item, said in found:
        mark = "retracted: " if said else ""
        emit(f"{item.score:7.2f}  {(item.published or '')[:10]:<10}  {mark}{item.title}\n         {item.url}")
    if not found:
        say("Nothing found.")


@app.command("stats")
def stats(as_json: Json = False) -> None:
    """Count articles and the links between them.

    Also lists broken links, and says where the ranking comes from.
    """
    with open_store() as store:
        archive = open_archive(store)
        archive.refresh()
        found, weighting, old = archive.stats(), archive.weighting, archive.ranking_is_old()
    if as_json:
        emit_json(found.model_dump(mode="json"))
        return
    emit(
        f"{count_of(found.articles, 'article')}, {found.first or '?'} to {found.last or '?'}; "
        f"{count_of(found.linking, 'links', 'link')} to others, "
        f"{count_of(found.links, 'link')}"
    )
    emit(
        f"{count_of(found.orphans, 'is', 'are')} not linked from any article; "
        f"{count_of(len(found.broken), 'link leads', 'links lead')} to articles that are not in the archive"
    )
    for title, count in found.most_linked:
        emit(f"{count:5d}  {title}")
    for article, address in found.broken[:20]:
        emit(f"broken  {article} -> {address}")
    emit(
        f"ranking: learned on {weighting.learned} from {count_of(weighting.questions, 'question')}"
        if weighting.learned
        else "ranking: the defaults"
    )
    if old:
        emit(old)


@app.command("tune")
def tune(
    until: str = typer.Option(
        None, "--until", help="Use nothing that was published on or after this day (YYYY-MM-DD).", metavar="DATE"
    ),
    seed: int = typer.Option(
        0, "--seed", help="The seed for the random sample of links, if the archive has very many."
    ),
    as_json: Json = False,
) -> None:
    r"""Learn how to rank related articles from the archive's own links.

    If the learned ranking is not better, the defaults are kept.

    \b
    Example:
      ourtake archive tune --until 2026-01-01
    """
    try:
        done = _learned(until, seed)
    except KeyboardInterrupt:
        say("ourtake: nothing was learned; the ranking that was in use before is kept.")
        raise
    if as_json:
        emit_json(done.model_dump(mode="json"))
        return
    emit(_tuned(done))


def _learned(until: str | None, seed: int) -> Tuned:
    """What was learned; it is in use once this returns."""
    with open_store() as store:
        archive = filled_archive(store)
        questions = lazy.tune.drawn(archive.questions(until=_day(until)), seed=seed)
        archive.expect(question.source for question in questions)
        start = lazy.rank.defaults(meaning=archive.meaning is not None)
        with progress(len(questions), "Reading the archive's links") as bar:
            found = lazy.tune.measured(questions, archive.signals(), tick=bar)
            done: Tuned = lazy.tune.tune(found, start, until=until or "")
        store.save_ranking(done.weighting.model_dump_json())
    return done


def _tuned(done: Tuned) -> str:
    lines = [count_of(done.questions, "question")]
    pairs = (
        (f"the later fifth, {done.judged}", done.before, done.after),
        (f"step by step, {done.steps}", done.before_steps, done.after_steps),
    )
    for name, before, after in pairs:
        if before and after:
            lines.append(f"{name + ' judged:':28} nDCG@10 before {before.ndcg:.4f}, after {after.ndcg:.4f}")
            lines.append(f"{'':28} recall@10 before {before.recall:.4f}, after {after.recall:.4f}")
    if done.before:
        lines.append(
            f"Before the later fifth, the editors' links became more likely by {done.certainty:.1f} standard errors."
        )
    lines.append("The learned weights are in use." if done.kept else f"The defaults are kept: {done.why}.")
    return "\n".join(lines)


def _day(text: str | None) -> int | None:
    if text is None:
        return None
    if lazy.values.iso_date(text) is None:
        raise InputError(f"{text} is not a day.", "Write it as 2026-01-31.")
    return lazy.values.ordinal(text)


@app.command("reindex")
def reindex() -> None:
    """Rebuild the search index from the store."""
    with open_store() as store:
        open_archive(store).refresh(force=True)
        emit(f"Indexed {count_of(store.count_articles(), 'article')}.")


@app.command("remove")
def remove(id_or_url: str = typer.Argument(..., help="The article's id or address.", metavar="ID|URL")) -> None:
    """Remove one article by its id or address."""
    with open_store() as store:
        if not store.remove_article(id_or_url):
            raise InputError(f"No article has the id or address {id_or_url}.", "See `ourtake archive search`.")
        open_archive(store).refresh()
    emit(f"Removed {id_or_url}.")


@app.command("export")
def export(
    file: Path = typer.Argument(..., help="The file to write."),
    force: Force = False,
) -> None:
    """Write every article to a JSONL file; `-` is standard output.

    `archive add` reads it back.
    """
    target = output(file, force=force, option="FILE")
    with open_store() as store, target.open() as out:
        count = 0
        for article in store.articles():
            out.write(f"{article.model_dump_json()}\n".encode())
            count += 1
    tell = say if target.is_stdout else emit
    tell(f"Wrote {count_of(count, 'article')} to {'standard output' if target.is_stdout else file}.")


app.command("embed")(embed)
