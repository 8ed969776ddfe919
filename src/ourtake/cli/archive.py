"""`ourtake archive`: fill it, search it, look after its index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli.common import (
    emit,
    emit_json,
    filled_archive,
    index_folder,
    open_archive,
    open_store,
    output,
    progress,
    say,
)
from ourtake.cli.embed import after_add, embed
from ourtake.cli.rejects import Rejects
from ourtake.errors import InputError, StoreError

if TYPE_CHECKING:
    from ourtake.archive.tune import Tuned

app = typer.Typer(help="The publication's own articles.", no_args_is_help=True, rich_markup_mode=None)
app.command("embed")(embed)


@app.command("add")
def add(
    paths: list[str] = typer.Argument(
        ...,
        help="JSONL files, folders of Markdown, feeds, sitemaps, WordPress exports; a file or an http(s) address.",
        metavar="PATH|URL...",
    ),
    form: str = typer.Option("auto", "--format", help="auto, jsonl, markdown, rss, atom, sitemap or wxr."),
    again: bool = typer.Option(
        False, "--again", help="Read every page anew, also those that have not changed since the last import."
    ),
    rejects: Path = typer.Option(
        None,
        "--rejects",
        help="Where to write what was skipped. Default: beside the store, when it is much.",
        metavar="FILE",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the counts and what was skipped as JSON."),
    force: bool = typer.Option(False, "--force", help="Replace the file of --rejects where it exists."),
) -> None:
    r"""Add or update articles; the same article is the same id, else the same address.

    An import that was stopped goes on when the command is run again. Exit code 1 when something was broken; the rest is
    imported.

    \b Examples:
    ourtake archive add posts/ more.jsonl
    ourtake archive add https://paper.example/sitemap.xml
    """
    from ourtake.archive.ingest import Counts
    from ourtake.cli.import_sources import ImportSource
    from ourtake.intake.reject import Reject

    # Each place and path is looked at before the store is made, so that a wrong name leaves nothing behind.
    places = [ImportSource(path, form=form, again=again) for path in paths]
    total = Counts()
    index_folder()
    with Rejects(rejects, force=force, inputs=paths) as refused, open_store(create=True) as store:
        archive = open_archive(store)
        with progress(None, "Importing") as bar:
            for place in places:
                try:
                    counts = place.import_into(store, archive.folder, tick=bar.advance, rejected=refused.add)
                    total = Counts(*map(sum, zip(total, counts, strict=True)))
                except StoreError:
                    raise
                except InputError as error:
                    # One place of several that can't be read at all: the others are.
                    if len(places) == 1:
                        raise
                    refused.add(Reject(place.name, str(error)))
        archive.refresh(wait=True)
        after_add(store)
    if as_json:
        emit_json({**total._asdict(), "skipped": refused.count, **refused.summary()})
        raise typer.Exit(1 if refused.broken else 0)
    emit(f"{total.added} added, {total.updated} updated, {total.unchanged} unchanged, {refused.count} skipped")
    for line in refused.told():
        emit(line)
    raise typer.Exit(1 if refused.broken else 0)


@app.command("search")
def search(
    words: str,
    count: int = typer.Option(10, "-k", min=1, max=1000, help="How many."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    r"""Articles with any of the words.

    \b
    Example:
      ourtake archive search "grid connection" -k 5
    """
    from ourtake.values import clean_text

    with open_store() as store:
        found = filled_archive(store).search(clean_text(words), count=count)
    if as_json:
        emit_json([item.model_dump(mode="json", exclude={"text", "handle"}) for item in found])
        return
    for item in found:
        emit(f"{item.score:7.2f}  {(item.published or '')[:10]:<10}  {item.title}\n         {item.url}")
    if not found:
        say("Nothing found.")


@app.command("stats")
def stats(as_json: bool = typer.Option(False, "--json")) -> None:
    """How many articles, from when, who links to whom.

    Also which links are broken, and where the ranking comes from.
    """
    with open_store() as store:
        archive = open_archive(store)
        archive.refresh()
        found, weighting = archive.stats(), archive.weighting
    if as_json:
        emit_json(found.model_dump(mode="json"))
        return
    emit(
        f"{found.articles} articles, {found.first or '?'} to {found.last or '?'}; {found.linking} link to others, "
        f"{found.links} links"
    )
    emit(f"{found.orphans} are linked from nowhere; {len(found.broken)} links lead to no article of the archive")
    for title, count in found.most_linked:
        emit(f"{count:5d}  {title}")
    for article, address in found.broken[:20]:
        emit(f"broken  {article} -> {address}")
    emit(
        f"ranking: learned on {weighting.learned} from {weighting.questions} questions"
        if weighting.learned
        else "ranking: the defaults"
    )


@app.command("tune")
def tune(
    until: str = typer.Option(
        None, "--until", help="A day (YYYY-MM-DD): nothing published on or after it is used.", metavar="DATE"
    ),
    seed: int = typer.Option(
        0, "--seed", help="Which questions are drawn where there are more than can be learned from."
    ),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    r"""Learn the ranking from the archive's own links.

    The defaults stay where that does not help.

    \b
    Example:
      ourtake archive tune --until 2026-01-01
    """
    from ourtake.archive.rank import defaults
    from ourtake.archive.tune import drawn, measured
    from ourtake.archive.tune import tune as learn

    with open_store() as store:
        archive = filled_archive(store)
        questions = drawn(archive.questions(until=_day(until)), seed=seed)
        archive.expect(question.source for question in questions)
        start = defaults(meaning=archive.meaning is not None)
        with progress(len(questions), "Reading the archive's links") as bar:
            done = learn(measured(questions, archive.signals(), tick=bar.advance), start, until=until or "")
        store.save_ranking(done.weighting.model_dump_json())
    if as_json:
        emit_json(done.model_dump(mode="json"))
        return
    emit(_tuned(done))


def _tuned(done: Tuned) -> str:
    lines = [f"{done.questions} questions"]
    pairs = (
        (f"the later fifth, {done.judged}", done.before, done.after),
        (f"step by step, {done.steps}", done.before_steps, done.after_steps),
    )
    for name, before, after in pairs:
        if before and after:
            lines.append(f"{name + ' judged:':28} nDCG@10 before {before.ndcg:.4f}, after {after.ndcg:.4f}")
            lines.append(f"{'':28} recall@10 before {before.recall:.4f}, after {after.recall:.4f}")
    lines.append("The learned weights are in force." if done.kept else f"The defaults stay: {done.why}.")
    return "\n".join(lines)


def _day(text: str | None) -> int | None:
    from ourtake.values import iso_date, ordinal

    if text is None:
        return None
    if iso_date(text) is None:
        raise InputError(f"{text} is no day.", "Write it as 2026-01-31.")
    return ordinal(text)


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
def export(file: Path, force: bool = typer.Option(False, "--force", help="Replace the file where it exists.")) -> None:
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
    tell(f"Wrote {count} articles to {'standard output' if target.is_stdout else file}.")
