"""`ourtake draft`: one source, or many at once with --batch."""

from __future__ import annotations

from pathlib import Path

import typer

from ourtake.cli.batch_lines import read_batch
from ourtake.cli.context import read_story
from ourtake.cli.draft_batch import BatchTerms, draft_batch
from ourtake.cli.draft_estimate import print_estimate
from ourtake.cli.draft_one import Showing, draft_one, draft_side_by_side
from ourtake.cli.draft_wishes import Wanted, require_verifier
from ourtake.cli.drafting import Spending, chosen
from ourtake.cli.options import DryRun, Force, Fresh, Json, MaxCost, Models, Out, RetryUnknown, SourceOrBatch
from ourtake.cli.queueing import queue_drafts
from ourtake.errors import InputError


def draft(
    source: SourceOrBatch = None,
    model: Models = None,
    quick: bool = typer.Option(False, "--quick", help="Use one call: no plan, and no second reading unless --verify."),
    angle: str = typer.Option(
        None, "--angle", help="The number of an angle from `ourtake angles`, or a claim of your own."
    ),
    note: str = typer.Option("", "--note", help="An instruction for this take, in a sentence."),
    headlines: int = typer.Option(
        0,
        "--headlines",
        min=0,
        max=10,
        help="How many alternative headlines to suggest, each checked against the body.",
    ),
    side_by_side: bool = typer.Option(
        False,
        "--side-by-side",
        help="Have each --model write its own draft. Otherwise the second is only used if the first is down.",
    ),
    verify: bool = typer.Option(
        None,
        "--verify/--no-verify",
        help="Have a model compare the take's claims with the texts ([checks] verifier). Default: yes, except with "
        "--quick.",
    ),
    stream: bool = typer.Option(False, "--stream", help="Show the take on standard error as it is written."),
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
    batch: Path = typer.Option(
        None, "--batch", help="A JSONL file of sources. The drafts go to the -o file, one per line."
    ),
    concurrency: int = typer.Option(4, min=1, max=200, help="With --batch: how many drafts to write at the same time."),
    resume: bool = typer.Option(
        False, "--resume", help="With --batch: continue the -o file. Finished sources are not drafted again."
    ),
    max_cost: MaxCost = None,
    fresh: Fresh = False,
    retry_unknown: RetryUnknown = False,
    provider_batch: bool = typer.Option(
        False,
        "--provider-batch",
        help="With --batch: get the first takes from the provider's batch endpoint, at half the price, within a day.",
    ),
    queue: bool = typer.Option(
        False, "--queue", help="Leave the drafts to `ourtake worker`, on this or another machine. Needs PostgreSQL."
    ),
    dry_run: DryRun = False,
) -> None:
    r"""Write a take on a source.

    Finds related articles, then plans, writes, checks, rereads, repairs and stores the take. Prints the take and its
    report. The exit code is 1 if errors remain, 3 if the provider failed, 4 if a limit was reached.

    \b
    Examples:
      ourtake draft sources/01*.md
      ourtake draft story.json --model anthropic:claude-sonnet-5-5 --stream
      ourtake draft story.json --model openai:gpt-6.1-sol \
          --model anthropic:claude-sonnet-5-5
      ourtake draft story.json --angle 2 --note "drier, and give the cost"
      ourtake draft story.json --headlines 5
      ourtake draft story.json --model openai:gpt-6.1-sol \
          --model anthropic:claude-sonnet-5-5 --side-by-side
      ourtake draft story.json --quick
      ourtake draft story.json --quick --verify
      ourtake draft --batch sources.jsonl --model openai:gpt-6.1-sol \
          --concurrency 8 --resume -o drafts.jsonl
      ourtake draft --batch sources.jsonl --model openai:gpt-6.1-sol \
          --max-cost 2.50 -o drafts.jsonl
    """
    if (source is None) == (batch is None):
        raise InputError("Name one source, or --batch FILE.", "See `ourtake draft --help`.")
    if provider_batch and batch is None:
        raise InputError("--provider-batch works with many sources only.", "Name them with --batch FILE.")
    if batch is not None and (angle is not None or note or headlines or side_by_side):
        what = "--angle, --note, --headlines and --side-by-side are for one source."
        raise InputError(what, "Leave them out, or name the source.")
    if side_by_side and (len(model or []) < 2 or out is not None or angle is not None):
        do = "Name each with --model, and leave out -o and --angle."
        raise InputError("--side-by-side shows the drafts of two or more models.", do)
    if quick and angle is not None:
        raise InputError("--quick makes no plan, so it has no angles.", "Leave out --quick or --angle.")
    if fresh and angle is not None and angle.strip().isdecimal():
        raise InputError("--fresh makes a new plan, whose angles you have not seen.", "Leave out --fresh or --angle.")
    spending = Spending(max_cost=max_cost, fresh=fresh, retry_unknown=retry_unknown)
    wanted = Wanted(
        quick=quick or provider_batch,
        angle=angle,
        note=note,
        reread=verify is not False,
        verify=verify is True,
        headlines=headlines,
    )
    models = chosen(model)
    require_verifier(wanted, models)
    if dry_run:
        code = print_estimate(
            source,
            batch,
            models=models,
            spending=spending,
            as_json=as_json,
            in_batch=provider_batch,
            quick=wanted.quick,
            verify=wanted.verify,
        )
    elif queue:
        stories = [read_story(source)] if batch is None else [story for _, story in read_batch(batch)[0]]
        queue_drafts(stories, models, wanted, as_json=as_json, provider_batch=provider_batch)
        code = 0
    elif batch is not None:
        terms = BatchTerms(concurrency, resume=resume, force=force, provider_batch=provider_batch)
        code = draft_batch(batch, out, models=models, spending=spending, terms=terms, wanted=wanted)
    else:
        show = Showing(stream=stream, as_json=as_json, out=out, force=force)
        work = draft_side_by_side if side_by_side else draft_one
        code = work(source, models, show=show, spending=spending, wanted=wanted)
    raise typer.Exit(code)
