"""`ourtake draft`: one source, or many at once with --batch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli.common import emit, emit_json, filled_archive, open_store, read_story, say, settings
from ourtake.cli.show import draft_report, take_text
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ourtake.documents import Draft
    from ourtake.store import Store
    from ourtake.writing.pipeline import Corridor

_EXIT = {"ready": 0, "needs-work": 1, "limit": 4}


def draft(
    source: str = typer.Argument(None, help="A .json or .md file, - for standard input, or a page's address."),
    model: list[str] = typer.Option(
        None, "--model", "-m", help="provider:model, or baseline; a second one is asked when the first is down. Default: [models] default."
    ),
    stream: bool = typer.Option(False, "--stream", help="Print the reply as it arrives, on standard error."),
    as_json: bool = typer.Option(False, "--json", help="Print the draft as JSON."),
    out: Path = typer.Option(None, "-o", "--out", help="Write the result to this file."),
    batch: Path = typer.Option(None, "--batch", help="A JSONL file of sources; one draft a line goes to -o."),
    concurrency: int = typer.Option(4, min=1, max=200, help="Drafts under way at once, with --batch."),
    resume: bool = typer.Option(False, "--resume", help="With --batch: go on where -o ended; finished sources are not drafted again."),
) -> None:
    r"""Write a take on a source.

    Looks up related articles, writes, checks, mends and stores the take, and prints it with its report. Exit code 1 when
    errors are left open, 3 when the provider failed.

    \b
    Examples:
      ourtake draft sources/01*.md
      ourtake draft story.json --model anthropic:claude-sonnet-5-5 --stream
      ourtake draft story.json --model openai:gpt-6.2-sol --model anthropic:claude-sonnet-5-5
      ourtake draft --batch sources.jsonl --model openai:gpt-6.2-sol --concurrency 8 --resume -o drafts.jsonl
    """
    if (source is None) == (batch is None):
        raise InputError("Name one source, or --batch FILE.", "See `ourtake draft --help`.")
    if batch is not None:
        from ourtake.cli.batch import draft_batch

        raise typer.Exit(draft_batch(batch, out, model=model, concurrency=concurrency, resume=resume))
    raise typer.Exit(_one(source, model=model, stream=stream, as_json=as_json, out=out))


def build_corridor(store: Store, models: list[str], *, concurrency: int = 1) -> Corridor:
    """Everything that a draft needs. Raises InputError for an unknown model, a missing key, an empty archive."""
    from ourtake.providers.fallback import Fallback
    from ourtake.providers.ledger import Ledgered
    from ourtake.providers.registry import build_provider
    from ourtake.providers.retry import Retrying
    from ourtake.writing.pipeline import Corridor
    from ourtake.writing.prompts import Prompts

    given = settings()
    limits = given.models
    providers = [
        Retrying(Ledgered(build_provider(name, given), store, concurrency=concurrency), tries=limits.tries, deadline_seconds=limits.deadline_seconds)
        for name in models or limits.in_order
    ]
    return Corridor(store, filled_archive(store), Fallback(providers), Prompts(given), given)


def check_writable(out: Path | None) -> None:
    """Raise InputError before anything is paid when the result could not be written."""
    if out is None:
        return
    place = out if out.exists() else out.absolute().parent
    if out.is_dir() or not out.absolute().parent.is_dir() or not os.access(place, os.W_OK):
        raise InputError(f"{out} can't be written.", "Name a file in a folder that exists and can be written.")


def _one(source: str, *, model: list[str], stream: bool, as_json: bool, out: Path | None) -> int:
    import asyncio

    story = read_story(source)
    check_writable(out)
    with open_store() as store:
        corridor = build_corridor(store, model)

        from ourtake.writing.pipeline import UnsavedError, write_draft

        async def run() -> Draft:
            try:
                return await write_draft(story, corridor, on_text=_stream() if stream else None)
            finally:
                await corridor.provider.close()

        try:
            done = asyncio.run(run())
        except UnsavedError as error:
            # It was paid for: what the store can't keep is at least printed, or written to -o.
            if error.draft.standing() is not None:
                _show(error.draft, as_json=as_json, out=out)
            raise
    return _show(done, as_json=as_json, out=out)


def _stream() -> Callable[[str], None]:
    from ourtake.cli.common import plain

    def show(piece: str) -> None:
        typer.echo(plain(piece), nl=False, err=True)

    return show


def _show(done: Draft, *, as_json: bool, out: Path | None) -> int:
    revision = done.standing()
    for note in done.notes:
        say(f"ourtake: {note}")
    if revision is None:
        if as_json:
            emit_json(done.model_dump(mode="json"))
        say(f"ourtake: {done.error} The draft is kept as {done.id}.")
        return _EXIT.get(done.status, 3)
    if out is not None:
        from ourtake.publish.markdown import render

        out.write_text(done.model_dump_json(indent=2) if as_json else render(done), encoding="utf-8")
        say(f"Written to {out}.")
    elif as_json:
        emit_json(done.model_dump(mode="json"))
    else:
        emit(take_text(done, revision) + "\n\nReport")
    if not as_json:
        print(draft_report(done, revision))
        emit(f"Draft {done.id}, {done.status}, written by {revision.by}; {len(done.revisions)} revision{'s' * (len(done.revisions) != 1)}.")
        if revision.by == "baseline":
            emit("The built-in baseline wrote this take, without a model. Choose one with --model, or see `ourtake models`.")
    return _EXIT.get(done.status, 3)
