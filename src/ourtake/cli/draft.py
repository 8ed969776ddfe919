"""`ourtake draft`: one source, or many at once with --batch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli.common import emit, emit_json, index_folder, open_store, output, read_story, say, settings
from ourtake.cli.draft_text import draft_report, take_text
from ourtake.cli.drafting import Spending, beating, build_pipeline, telling, working
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Draft
    from ourtake.publish.output import Output

_EXIT = {"ready": 0, "needs-work": 1, "limit": 4}


def draft(
    source: str = typer.Argument(None, help="A .json or .md file, - for standard input, or a page's address."),
    model: list[str] = typer.Option(
        None,
        "--model",
        "-m",
        help="provider:model, or baseline; a second one is asked when the first is down. Default: [models] default.",
    ),
    stream: bool = typer.Option(False, "--stream", help="Show the take as it grows, on standard error."),
    as_json: bool = typer.Option(False, "--json", help="Print the draft as JSON."),
    out: Path = typer.Option(None, "-o", "--out", help="Write the result to this file."),
    force: bool = typer.Option(False, "--force", help="Replace the file of -o where it exists."),
    batch: Path = typer.Option(None, "--batch", help="A JSONL file of sources; one draft a line goes to -o."),
    concurrency: int = typer.Option(4, min=1, max=200, help="Drafts under way at once, with --batch."),
    resume: bool = typer.Option(
        False, "--resume", help="With --batch: go on where -o ended; finished sources are not drafted again."
    ),
    max_cost: float = typer.Option(
        None, "--max-cost", min=0, help="US dollars that this run may cost; a call that could pass it is not made."
    ),
    fresh: bool = typer.Option(False, "--fresh", help="Ask anew where an earlier run's answer is in the ledger."),
    retry_unknown: bool = typer.Option(
        False, "--retry-unknown", help="Make calls of unknown outcome again; they may have been billed."
    ),
    provider_batch: bool = typer.Option(
        False,
        "--provider-batch",
        help="With --batch: first takes through the provider's batch endpoint, at half the price, within a day.",
    ),
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Make no call; print how many there would be and what they may cost."
    ),
) -> None:
    r"""Write a take on a source.

    Looks up related articles, writes, checks, mends and stores the take, and prints it with its report. Exit code 1
    when errors are left open, 3 when the provider failed, 4 when a limit was reached.

    \b Examples:
    ourtake draft sources/01*.md
    ourtake draft story.json --model anthropic:claude-sonnet-5-5 --stream
    ourtake draft story.json --model openai:gpt-6.2-sol --model anthropic:claude-sonnet-5-5
    ourtake draft --batch sources.jsonl --model openai:gpt-6.2-sol --concurrency 8 --resume -o drafts.jsonl
    ourtake draft --batch sources.jsonl --model openai:gpt-6.2-sol --max-cost 2.50 -o drafts.jsonl
    """
    if (source is None) == (batch is None):
        raise InputError("Name one source, or --batch FILE.", "See `ourtake draft --help`.")
    if provider_batch and batch is None:
        raise InputError("--provider-batch is for many sources.", "Name them with --batch FILE.")
    spending = Spending(max_cost=max_cost, fresh=fresh, retry_unknown=retry_unknown)
    if dry_run:
        from ourtake.cli.draft_estimate import print_estimate

        raise typer.Exit(
            print_estimate(source, batch, model=model, spending=spending, as_json=as_json, in_batch=provider_batch)
        )
    if batch is not None:
        from ourtake.cli.draft_batch import draft_batch

        code = draft_batch(
            batch,
            out,
            model=model,
            concurrency=concurrency,
            resume=resume,
            force=force,
            spending=spending,
            provider_batch=provider_batch,
        )
        raise typer.Exit(code)
    raise typer.Exit(_one(source, model=model, stream=stream, as_json=as_json, out=out, force=force, spending=spending))


def _one(
    source: str, *, model: list[str], stream: bool, as_json: bool, out: Path | None, force: bool, spending: Spending
) -> int:
    import asyncio

    from ourtake.cli.draft_stream import growing
    from ourtake.cli.drafting import chosen
    from ourtake.store.runs import draft_id
    from ourtake.writing.pipeline import OPEN, UnsavedError, write_draft

    # Before anything is paid.
    target = None if out is None else output(out, force=force, inputs=[source])
    index_folder()
    story = read_story(source)
    models = chosen(model, settings())
    # A draft that a kill or a limit ended is gone on with under the same id, as long as story and models are the same.
    name = draft_id("draft", story.model_dump_json(), *models)
    with open_store() as store, working(store, f"draft {name}") as work:
        corridor, ledger = build_pipeline(work, list(models), spending=spending)

        shown = growing() if stream else None

        async def run() -> Draft:
            try:
                async with beating(work):
                    return await write_draft(story, corridor, draft_id=draft_id(work.run_id, name), on_text=shown)
            finally:
                if shown is not None:
                    shown.end()
                await corridor.close()

        with telling(ledger):
            try:
                done = asyncio.run(run())
            except UnsavedError as error:
                # It was paid for: what the store can't keep is at least printed, or written to -o; its notes are said
                # with it.
                if error.draft.standing() is not None:
                    _show(error.draft, as_json=as_json, out=target)
                else:
                    _say_notes(error.draft)
                ledger.untold.clear()
                raise
        work.finished = done.status not in OPEN
    code = _show(done, as_json=as_json, out=target)
    # A paid answer that lies in a file instead of the store is something to be done.
    return 2 if ledger.rescues and code < 2 else code


def _say_notes(done: Draft) -> None:
    for note in done.notes:
        say(f"ourtake: {note}")


def _paid(done: Draft) -> str:
    """What the draft cost so far, where a model was paid or may have been."""
    from ourtake.providers.pricing import MILLION, in_words

    if done.cost_usd is None:
        return " What it cost is not known."
    return f" It cost {in_words(round(done.cost_usd * MILLION))}." if done.cost_usd else ""


def _show(done: Draft, *, as_json: bool, out: Output | None) -> int:
    revision = done.standing()
    _say_notes(done)
    if revision is None:
        if as_json:
            emit_json(done.model_dump(mode="json"))
        say(f"ourtake: {done.error} The draft is kept as {done.id}.{_paid(done)}")
        return _EXIT.get(done.status, 3)
    if out is not None:
        from ourtake.publish.markdown import render

        out.write(done.model_dump_json(indent=2) + "\n" if as_json else render(done))
        say(f"Written to {out.path}.")
    elif as_json:
        emit_json(done.model_dump(mode="json"))
    else:
        emit(take_text(done, revision) + "\n\nReport")
    if done.error:
        say(f"ourtake: {done.error}")
    # Where the take goes to standard output as a file would, nothing else may.
    if not as_json and not (out is not None and out.is_stdout):
        print(draft_report(done, revision))
        revisions = f"{len(done.revisions)} revision{'s' * (len(done.revisions) != 1)}"
        emit(f"Draft {done.id}, {done.status}, written by {revision.by}; {revisions}.{_paid(done)}")
        if revision.by == "baseline":
            emit(
                "The built-in baseline wrote this take, without a model. Choose one with --model, or see `ourtake "
                "models`."
            )
    return _EXIT.get(done.status, 3)
