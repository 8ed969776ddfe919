"""`ourtake draft`: one source, or many at once with --batch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from ourtake.cli import lazy
from ourtake.cli.context import index_folder, open_store, output, read_story, settings
from ourtake.cli.draft_batch import BatchTerms, draft_batch, read_batch
from ourtake.cli.draft_estimate import print_estimate
from ourtake.cli.draft_stream import StreamedTake
from ourtake.cli.draft_text import draft_report, take_text
from ourtake.cli.draft_wishes import Wanted, wishes_for
from ourtake.cli.drafting import (
    Spending,
    build_pipeline,
    chosen,
    heartbeat,
    holding_run,
    reporting_answers,
)
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.cli.worker import queue_drafts
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
        help="provider:model, or baseline; a second one is used when the first is down. Default: [models] default.",
    ),
    quick: bool = typer.Option(False, "--quick", help="One call: no plan and no second reading."),
    angle: str = typer.Option(
        None, "--angle", help="The number of an angle that `ourtake angles` showed, or a claim of your own."
    ),
    note: str = typer.Option("", "--note", help="What you ask for in this take, in a sentence."),
    verify: bool = typer.Option(
        True, "--verify/--no-verify", help="Have the take read again beside its texts. --quick never does."
    ),
    stream: bool = typer.Option(False, "--stream", help="Show the take as it grows, on standard error."),
    as_json: bool = typer.Option(False, "--json", help="Print the draft as JSON."),
    out: Path = typer.Option(None, "-o", "--out", help="Write the result to this file."),
    force: bool = typer.Option(False, "--force", help="Replace the file of -o if it exists."),
    batch: Path = typer.Option(None, "--batch", help="A JSONL file of sources; the drafts go to -o, one a line."),
    concurrency: int = typer.Option(4, min=1, max=200, help="With --batch: how many drafts are written at a time."),
    resume: bool = typer.Option(
        False, "--resume", help="With --batch: continue the file of -o; finished sources are not drafted again."
    ),
    max_cost: float = typer.Option(
        None, "--max-cost", min=0, help="US dollars that this run may cost; a call that could exceed it is not made."
    ),
    fresh: bool = typer.Option(False, "--fresh", help="Ask again even where the ledger has an earlier run's answer."),
    retry_unknown: bool = typer.Option(
        False, "--retry-unknown", help="Repeat calls whose outcome is unknown; they may have been billed."
    ),
    provider_batch: bool = typer.Option(
        False,
        "--provider-batch",
        help="With --batch: get first takes from the provider's batch endpoint, at half the price, within a day.",
    ),
    queue: bool = typer.Option(
        False, "--queue", help="Hand the drafts to `ourtake worker`, on this or another machine; needs PostgreSQL."
    ),
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Make no calls; print how many there would be and what they may cost."
    ),
) -> None:
    r"""Write a take on a source.

    Looks up related articles; plans, writes, checks, reads again, repairs and stores the take; prints it with its
    report. Exit code 1 when errors are left open, 3 when the provider failed, 4 when a limit was reached.

    \b
    Examples:
      ourtake draft sources/01*.md
      ourtake draft story.json --model anthropic:claude-sonnet-5-5 --stream
      ourtake draft story.json --model openai:gpt-6.2-sol --model anthropic:claude-sonnet-5-5
      ourtake draft story.json --angle 2 --note "drier, and give the cost"
      ourtake draft story.json --quick
      ourtake draft --batch sources.jsonl --model openai:gpt-6.2-sol --concurrency 8 --resume -o drafts.jsonl
      ourtake draft --batch sources.jsonl --model openai:gpt-6.2-sol --max-cost 2.50 -o drafts.jsonl
    """
    if (source is None) == (batch is None):
        raise InputError("Name one source, or --batch FILE.", "See `ourtake draft --help`.")
    if provider_batch and batch is None:
        raise InputError("--provider-batch works with many sources only.", "Name them with --batch FILE.")
    if batch is not None and (angle is not None or note):
        raise InputError("--angle and --note are for one source.", "Leave them out, or name the source.")
    if quick and angle is not None:
        raise InputError("--quick makes no plan, so it has no angles.", "Leave out --quick or --angle.")
    if fresh and angle is not None and angle.strip().isdecimal():
        raise InputError("--fresh makes a new plan, whose angles you have not seen.", "Leave out --fresh or --angle.")
    spending = Spending(max_cost=max_cost, fresh=fresh, retry_unknown=retry_unknown)
    wanted = Wanted(quick=quick or provider_batch, angle=angle, note=note, reread=verify)
    if dry_run:
        code = print_estimate(
            source, batch, model=model, spending=spending, as_json=as_json, in_batch=provider_batch, quick=wanted.quick
        )
    elif queue:
        stories = [read_story(source)] if batch is None else read_batch(batch)[0]
        queue_drafts(stories, model, wanted, as_json=as_json)
        code = 0
    elif batch is not None:
        terms = BatchTerms(concurrency, resume=resume, force=force, provider_batch=provider_batch)
        code = draft_batch(batch, out, model=model, spending=spending, terms=terms, wanted=wanted)
    else:
        show = Showing(stream=stream, as_json=as_json, out=out, force=force)
        code = _draft_one(source, model, show=show, spending=spending, wanted=wanted)
    raise typer.Exit(code)


class Showing(NamedTuple):
    """How a draft is shown: --stream, --json, -o and --force."""

    stream: bool = False
    as_json: bool = False
    out: Path | None = None
    force: bool = False


def _draft_one(source: str, model: list[str], *, show: Showing, spending: Spending, wanted: Wanted) -> int:
    # Before anything is paid.
    target = None if show.out is None else output(show.out, force=show.force, inputs=[source])
    index_folder()
    story = read_story(source)
    models = chosen(model, settings())
    # A draft that a kill or a limit ended is resumed under the same id, as long as story and models are the same.
    name = lazy.runs.draft_id("draft", story.model_dump_json(), *models, *wanted.parts())
    with open_store() as store, holding_run(store, f"draft {name}") as run:
        pipeline, ledger = build_pipeline(run, list(models), spending=spending)
        shown = StreamedTake() if show.stream else None
        wishes = wishes_for(wanted, story, pipeline)

        async def write() -> Draft:
            draft_id = lazy.runs.draft_id(run.run_id, name)
            try:
                async with heartbeat(run):
                    return await lazy.pipeline.write_draft(
                        story,
                        pipeline,
                        draft_id=draft_id,
                        on_text=shown,
                        on_step=None if shown is None else shown.step,
                        wishes=wishes,
                    )
            finally:
                if shown is not None:
                    shown.end()
                await pipeline.close()

        with reporting_answers(ledger):
            try:
                done = lazy.asyncio.run(write())
            except lazy.pipeline.UnsavedError as error:
                # It was paid for: what the store can't keep is at least printed, or written to -o, with its notes.
                if error.draft.standing() is not None:
                    _show(error.draft, as_json=show.as_json, out=target)
                else:
                    _say_notes(error.draft)
                ledger.untold.clear()
                raise
        run.finished = done.status not in lazy.pipeline.OPEN
    code = _show(done, as_json=show.as_json, out=target)
    # A paid answer that is in a file instead of the store still has to be recovered.
    return 2 if ledger.rescues and code < 2 else code


def _say_notes(done: Draft) -> None:
    for note in done.notes:
        say(f"ourtake: {note}")


def _paid(done: Draft) -> str:
    """What the draft cost so far, where a model was paid or may have been."""
    if done.cost_usd is None:
        return " What it cost is not known."
    return f" It cost {lazy.pricing.in_words(round(done.cost_usd * lazy.pricing.MILLION))}." if done.cost_usd else ""


def _show(done: Draft, *, as_json: bool, out: Output | None) -> int:
    revision = done.standing()
    _say_notes(done)
    if revision is None:
        if as_json:
            emit_json(done.model_dump(mode="json"))
        say(f"ourtake: {done.error} The draft is kept as {done.id}.{_paid(done)}")
        return _EXIT.get(done.status, 3)
    if out is not None:
        out.write(done.model_dump_json(indent=2) + "\n" if as_json else lazy.markdown.render(done))
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
            emit("The built-in baseline wrote this take, without a model. To choose one, see `ourtake models`.")
    return _EXIT.get(done.status, 3)
