"""`ourtake eval judge`: ask one or more models which of two takes is better, and check the judges themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings
from ourtake.cli.drafting import HeldRun, Spending, heartbeat, holding_run, recorded_providers, reporting_answers
from ourtake.cli.eval_setup import store_of
from ourtake.cli.options import MaxCost, RunDir
from ourtake.cli.signals import Stopping
from ourtake.cli.terminal import emit, progress, say
from ourtake.errors import InputError, LimitError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.documents import Related
    from ourtake.evals.judge import Asking, Question
    from ourtake.evals.judgements import Judgement
    from ourtake.evals.results import RunFolder
    from ourtake.providers.base import Provider
    from ourtake.providers.ledger import Ledger
    from ourtake.store import Store


def judge(
    folder: RunDir,
    judges: list[str] = typer.Option(None, "--judge", help="provider:model. Repeat it for more. Default: the suite's."),
    max_cost: MaxCost = None,
    most: int = typer.Option(None, "--pairs", min=1, help="Cases for each pair of writers. Default: all."),
    twins: int = typer.Option(16, min=2, help="How many takes are compared with faulty copies of themselves."),
    concurrency: int = typer.Option(8, min=1, max=200, help="How many calls to make at the same time, per judge."),
) -> None:
    r"""Ask models, as judges, which of two takes is better.

    A judge does not know who wrote the takes, and sees each pair in both orders. Each judge is tested first: it has to
    prefer takes to copies with faults in them. Earlier answers are kept.

    \b
    Example:
      ourtake eval judge out --judge openai:gpt-6.1-sol --max-cost 3
    """
    run = lazy.eval_results.RunFolder(folder)
    record = run.record()
    names = tuple(judges or record.suite.get("judges") or ())
    if not names:
        raise InputError("No judge is named.", "Name one or more with --judge provider:model.")
    check_judges(names, record.models)
    spending = Spending(max_cost=max_cost)
    raise typer.Exit(ask_all(run, names, spending, most=most, twins=twins, concurrency=concurrency))


def check_judges(names: Sequence[str], models: Sequence[str]) -> None:
    """Raise InputError for a judge that is not a model, has no key, or would judge only its own family."""
    for name in names:
        lazy.registry.check_model(name, settings())
        provider = name.partition(":")[0]
        if provider in ("baseline", "replay"):
            raise InputError(f"{name} is not a model, so it can't judge.", "Name a model, as provider:model.")
        if all(model.partition(":")[0] == provider for model in models):
            what = f"All writers of this run are models of {provider}, and so is the judge {name}."
            raise InputError(what, "Name a judge of another provider: models prefer their own family.")


def ask_all(
    folder: RunFolder,
    names: Sequence[str],
    spending: Spending,
    *,
    most: int | None,
    twins: int,
    concurrency: int,
    quiet: bool = False,
) -> int:
    """Ask every judge what it has not answered yet. Returns the exit code. `quiet`: nothing is printed."""
    store_of(folder)
    with open_store(create=True) as store, holding_run(store, "judges", resume=True) as run:
        factory, ledger = recorded_providers(run, settings(), names, spending, concurrency=concurrency)
        asking = {name: _asking(folder, store, factory.line((name,), holds=ledger.holds)) for name in names}
        done = {lazy.eval_judgements.Judgement.model_validate(row).key for row in answered(folder)}
        left = [
            question
            for name in names
            for question in lazy.eval_judge.questions(
                folder.rows(),
                judge=name,
                models=folder.record().models,
                cases=folder.cases().values(),
                twins=twins,
                most=most,
            )
            if question.record.key not in done
        ]
        with reporting_answers(ledger):
            outcome, code = lazy.asyncio.run(
                _work(left, asking, folder, run=run, ledger=ledger, concurrency=concurrency * len(names))
            )
    if not quiet:
        answers = f"{outcome['answered']} answered, {outcome['failed']} failed"
        emit(f"{count_of(len(left), 'question')}: {answers}; {count_of(len(done), 'was', 'were')} answered before.")
    return code or (3 if outcome["failed"] else 0)


def answered(folder: RunFolder) -> list[dict[str, object]]:
    """The lines of judgements.jsonl that have an answer."""
    return [row for row in folder.lines("judgements.jsonl") if row.get("choice") is not None]


def _asking(folder: RunFolder, store: Store, provider: Provider) -> Asking:
    cases = folder.cases()
    related: dict[str, tuple[Related, ...]] = {}
    for row in folder.rows():
        if row.case not in related:
            found = store.articles_of([item.id for item in row.related])
            articles = [found[item.id] for item in row.related if item.id in found]
            related[row.case] = lazy.eval_archive.offered(cases[row.case].source, articles)
    sources = {name: case.source for name, case in cases.items()}
    asking: Asking = lazy.eval_judge.Asking(
        provider, lazy.prompts.Prompts(settings()), settings(), sources=sources, related=related
    )
    return asking


async def _work(
    left: Sequence[Question],
    asking: dict[str, Asking],
    folder: RunFolder,
    *,
    run: HeldRun,
    ledger: Ledger,
    concurrency: int,
) -> tuple[Counter[str], int]:
    stopping, outcome, code = Stopping(ledger.stopping), Counter[str](), 0

    async def one(question: Question) -> Judgement:
        record = question.record
        draft_id = lazy.runs.draft_id(run.run_id, *record.key)
        found: Judgement = await lazy.eval_judge.ask(question, asking[record.judge], draft_id=draft_id)
        cost = run.store.spent_on(draft_id)[1]
        return found.model_copy(update={"cost_usd": None if cost is None else cost / 1_000_000})

    try:
        with (
            stopping.ending(),
            (folder.path / "judgements.jsonl").open("ab", buffering=0) as file,
            progress(len(left), "Judging") as count,
        ):
            async with heartbeat(run):
                async for found in lazy.local.run_many(left, one, concurrency=concurrency, stop=ledger.stopping):
                    outcome["failed" if found.choice is None else "answered"] += 1
                    count()
                    lazy.eval_results.write_line(file, found)
    except OSError as error:
        raise lazy.eval_results.cannot_write(folder.path / "judgements.jsonl", error) from error
    except LimitError as error:
        say(f"ourtake: {error}")
        code = error.exit_code
    finally:
        for each in asking.values():
            await each.provider.close()
    return outcome, stopping.code or code
