"""`ourtake rewrite`: a draft, or one of its paragraphs, as an editor asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import index_folder, open_store
from ourtake.cli.draft_text import draft_report, take_text
from ourtake.cli.drafting import Spending, chosen, holding_run, reporting_answers, run_to_end
from ourtake.cli.finding_drafts import find_draft
from ourtake.cli.options import DraftId, Json, MaxCost, Models, RetryUnknown
from ourtake.cli.pipelines import build_pipeline
from ourtake.cli.review_desk import acting, open_desk
from ourtake.cli.review_text import proposal_lines
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.cli.drafting import HeldRun
    from ourtake.documents import Draft
    from ourtake.writing.rewriting import Order
    from ourtake.writing.session import Pipeline


def rewrite(
    draft_id: DraftId,
    paragraph: int = typer.Option(None, "--paragraph", min=1, help="Rewrite only this paragraph, counted from 1."),
    note: str = typer.Option(..., "--note", help="What to change, in a sentence."),
    model: Models = None,
    max_cost: MaxCost = None,
    person: str = typer.Option(None, "--as", help="Who asks for it, if the draft is at the desk. Also OURTAKE_EDITOR."),
    as_json: Json = False,
    retry_unknown: RetryUnknown = False,
) -> None:
    r"""Have a model rewrite a paragraph or the whole take. It follows your note.

    The result is checked, and stored as a new revision. If the draft has a plan, the result is also compared
    with the source and the articles. Once a person has worked on the draft, the result becomes a proposal at the desk
    instead, which is accepted or dropped piece by piece.

    \b
    Examples:
      ourtake rewrite 0123abcd4567 --paragraph 3 --note "drier, and give the cost"
      ourtake rewrite 0123abcd4567 \
          --note "address the councillors, not the company"
    """
    if not note.strip():
        raise InputError("--note is empty.", "Say what should change.")
    index_folder()
    with open_store() as store:
        draft = find_draft(store, draft_id)
        by = acting(person) if draft.review is not None else ""
        models = list(chosen(model))
        if models == ["baseline"]:
            raise InputError("The built-in baseline can't rewrite.", "Name a model with --model; see `ourtake models`.")
        with holding_run(store, f"rewrite {draft.id}") as run:
            spending = Spending(max_cost=max_cost, retry_unknown=retry_unknown)
            pipeline, ledger = build_pipeline(run, models, spending=spending)
            order = lazy.rewriting.Order(note.strip(), f"paragraph {paragraph}" if paragraph else "")
            with reporting_answers(ledger):
                if draft.review is not None:
                    _propose(draft, order, pipeline, run, by=by, as_json=as_json)
                    run.finished = True
                    return
                again = sum(one.note == lazy.rewriting.note_of(order) for one in draft.revisions)
                order = order._replace(attempt=1 + again)
                done = run_to_end(run, pipeline, lazy.rewriting.rewrite(draft, pipeline, order))
                done = lazy.asyncio.run(lazy.pipeline.stored(done, store))
            run.finished = True
    for sentence in done.notes[len(draft.notes) :]:
        say(f"ourtake: {sentence}")
    revision = done.standing()
    assert revision is not None
    if as_json:
        emit_json(done.model_dump(mode="json"))
    else:
        emit(take_text(done, revision) + "\n\nReport")
        print(draft_report(done, revision))
    raise typer.Exit(0 if revision.report.verdict == "pass" else 1)


def _propose(draft: Draft, order: Order, pipeline: Pipeline, run: HeldRun, *, by: str, as_json: bool) -> None:
    """What a model makes of a draft that is at the desk waits there as proposals: the text stays as it is."""
    old = lazy.rewriting.standing(draft)
    desk = open_desk(run.store).open(draft.id)
    again = sum(one.note == order.note for one in desk.view().standing.proposals.values())
    order = order._replace(attempt=1 + again)
    session = lazy.rewriting.reopened(draft, pipeline, attempt=order.attempt)
    made = run_to_end(run, pipeline, lazy.rewriting.written_again(session, old, order))
    proposals = [
        desk.propose(
            block.field,
            block.number,
            block.text,
            base=old.number,
            by=made.by,
            asked_by=by,
            note=order.note,
            rests=made.rests_in(block),
        )
        for block in lazy.rewriting.changed_blocks(old.take, made.take)
    ]
    if as_json:
        emit_json({"draft": draft.id, "proposals": [one.model_dump(mode="json") for one in proposals]})
    for one in () if as_json else proposals:
        emit("\n".join(proposal_lines(one, at=-1)))
    waiting = count_of(len(proposals), "proposal waits", "proposals wait")
    say(f"{waiting} for a decision: `ourtake review {draft.id}`, then p. The text has not changed.")
