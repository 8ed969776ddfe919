"""`ourtake angles`: what a take on a story could claim, with the facts that support it, to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.context import index_folder, open_store, read_story
from ourtake.cli.draft_wishes import MOST_ANGLES
from ourtake.cli.drafting import Spending, chosen, holding_run, reporting_answers, run_to_end
from ourtake.cli.options import Fresh, Json, MaxCost, Models, RetryUnknown, SourceName
from ourtake.cli.pipelines import build_pipeline
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ourtake.documents import Fact, Plan, Source
    from ourtake.store import Store
    from ourtake.writing.angles import Planned

_QUOTED = 220
"""Characters of a fact's words that are shown; --json has all."""


def angles(
    source: SourceName,
    count: int = typer.Option(3, "-n", min=1, max=MOST_ANGLES, help="How many angles to plan."),
    model: Models = None,
    as_json: Json = False,
    max_cost: MaxCost = None,
    fresh: Fresh = False,
    retry_unknown: RetryUnknown = False,
) -> None:
    r"""Show possible angles for a take. Each is listed with the facts that support it.

    The plan is kept, so `ourtake draft SOURCE --angle N` uses it without paying for it again.

    \b
    Examples:
      ourtake angles sources/01*.md
      ourtake angles story.json -n 5 --model openai:gpt-6.1-sol
    """
    index_folder()
    story = read_story(source)
    models = chosen(model)
    if models == ("baseline",):
        raise InputError("The built-in baseline makes no plans.", "Name a model with --model; see `ourtake models`.")
    spending = Spending(max_cost=max_cost, fresh=fresh, retry_unknown=retry_unknown)
    with open_store() as store:
        planned = planned_angles(store, story, models, count=count, spending=spending)
    for note in planned.notes:
        say(f"ourtake: {note}")
    if planned.plan is None:
        raise typer.Exit(3)
    if as_json:
        emit_json(_as_json(planned))
    else:
        emit(plan_text(planned.plan))


def planned_angles(store: Store, story: Source, models: Sequence[str], *, count: int, spending: Spending) -> Planned:
    """The plan of a story by these models, with so many angles. Raises InputError as build_pipeline does."""
    name = lazy.runs.draft_id("angles", story.model_dump_json(), *models, str(count))
    with holding_run(store, f"angles {name}") as run:
        pipeline, ledger = build_pipeline(run, models, spending=spending)
        draft_id, wishes = lazy.runs.draft_id(run.run_id, name), lazy.pipeline.Wishes(angles=count)
        with reporting_answers(ledger):
            work = lazy.angles.angles_of(story, pipeline, draft_id=draft_id, wishes=wishes)
            planned: Planned = run_to_end(run, pipeline, work)
        run.finished = True
    return planned


def _as_json(planned: Planned) -> dict[str, Any]:
    assert planned.plan is not None
    related = [item.model_dump(mode="json", include={"handle", "id", "url", "title"}) for item in planned.related]
    plan: dict[str, Any] = planned.plan.model_dump(mode="json", exclude={"chosen"})
    return plan | {"related": related}


def plan_text(plan: Plan) -> str:
    """The angles, then the facts and tensions that they name."""
    lines: list[str] = []
    for number, angle in enumerate(plan.angles, 1):
        lines += [f"{number}. {angle.claim}", ""]
        rows = {
            "Turns on": angle.turns_on,
            "Stakes": angle.stakes,
            "Addressed to": angle.addressee,
            "Ask": angle.ask,
            "Against it": angle.counter,
            "Answer": angle.answer,
            "Facts": ", ".join(angle.facts),
        }
        lines += [f"   {name + ':':<14}{value}" for name, value in rows.items() if value] + [""]
    if plan.tensions:
        lines += ["Tensions", *(f"   {one.what} ({', '.join(one.facts)})" for one in plan.tensions), ""]
    lines += ["Facts", *(_fact(fact) for fact in plan.facts)]
    open_questions = [question.ask for question in plan.questions if "f" not in question.answer[:1]]
    if open_questions:
        lines += ["", "Not answered in these texts", *(f"   {ask}" for ask in open_questions)]
    return "\n".join(lines)


def _fact(fact: Fact) -> str:
    if fact.absent:
        return f"   {fact.id:<4}{fact.statement} [{fact.document} has none of: {', '.join(fact.absent)}]"
    words = fact.text if len(fact.text) <= _QUOTED else f"{fact.text[:_QUOTED]}\u2026"
    return f"   {fact.id:<4}{fact.statement} [{fact.document}: \u201c{' '.join(words.split())}\u201d]"
