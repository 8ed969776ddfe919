"""`ourtake rewrite`: a draft, or one of its paragraphs, as an editor asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import index_folder, open_store, settings
from ourtake.cli.draft_text import draft_report, take_text
from ourtake.cli.drafting import Spending, build_pipeline, chosen, heartbeat, holding_run, reporting_answers
from ourtake.cli.finding_drafts import find_draft
from ourtake.cli.review_desk import acting, open_desk
from ourtake.cli.review_text import proposal_lines
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.documents import Draft, FieldName
    from ourtake.review.history import Proposal
    from ourtake.store import Store


def rewrite(
    draft_id: str = typer.Argument(..., help="The draft's id."),
    paragraph: int = typer.Option(None, "--paragraph", min=1, help="Only this paragraph, counted from 1."),
    note: str = typer.Option(..., "--note", help="What you ask for, in a sentence."),
    model: list[str] = typer.Option(None, "--model", "-m", help="provider:model. Default: [models] default."),
    max_cost: float = typer.Option(None, "--max-cost", min=0, help="US dollars that this may cost."),
    person: str = typer.Option(None, "--as", help="Who asks, where the draft is at the desk. Also OURTAKE_EDITOR."),
    as_json: bool = typer.Option(False, "--json", help="Print the draft, or the proposals, as JSON."),
    retry_unknown: bool = typer.Option(
        False, "--retry-unknown", help="Repeat calls whose outcome is unknown; they may have been billed."
    ),
) -> None:
    r"""Have a paragraph, or the whole take, rewritten as a note says.

    The result is a new revision: checked, and read again beside the texts if the draft has a plan. Once a person has
    worked on the draft, the result waits at the desk as proposals instead, to be taken or dropped piece by piece.

    \b
    Examples:
      ourtake rewrite 0123abcd4567 --paragraph 3 --note "drier, and give the cost"
      ourtake rewrite 0123abcd4567 --note "address the councillors, not the company"
    """
    if not note.strip():
        raise InputError("--note is empty.", "Say what the new text is to do.")
    index_folder()
    with open_store() as store:
        draft = find_draft(store, draft_id)
        by = acting(person) if draft.review is not None else ""
        models = list(chosen(model, settings()))
        if models == ["baseline"]:
            raise InputError("The built-in baseline can't rewrite.", "Name a model with --model; see `ourtake models`.")
        with holding_run(store, f"rewrite {draft.id}") as run:
            spending = Spending(max_cost=max_cost, retry_unknown=retry_unknown)
            pipeline, ledger = build_pipeline(run, models, spending=spending)

            async def work() -> Draft:
                try:
                    async with heartbeat(run):
                        return await lazy.rewriting.rewrite(draft, pipeline, note=note.strip(), paragraph=paragraph)
                finally:
                    await pipeline.close()

            with reporting_answers(ledger):
                done = lazy.asyncio.run(work())
                made = _proposed(done, draft, store, by=by, note=note.strip()) if draft.review is not None else None
                if made is None:
                    done = lazy.asyncio.run(lazy.pipeline.stored(done, store))
            run.finished = True
    for sentence in done.notes[len(draft.notes) :]:
        say(f"ourtake: {sentence}")
    revision = done.standing()
    assert revision is not None
    if made is not None:
        if as_json:
            emit_json({"draft": draft.id, "proposals": [one.model_dump(mode="json") for one in made]})
        for one in () if as_json else made:
            emit("\n".join(proposal_lines(one, at=-1)))
        say(
            f"{count_of(len(made), 'proposal waits', 'proposals wait')} for a decision: `ourtake review "
            f"{draft.id}`, then p. The text is as it was."
        )
        return
    if as_json:
        emit_json(done.model_dump(mode="json"))
    else:
        emit(take_text(done, revision) + "\n\nReport")
        print(draft_report(done, revision))
    raise typer.Exit(0 if revision.report.verdict == "pass" else 1)


def _proposed(done: Draft, before: Draft, store: Store, *, by: str, note: str) -> list[Proposal]:
    """What a model made of a draft that is at the desk waits there as proposals: the text stays as it is."""
    revision, old = done.standing(), before.standing()
    assert revision is not None and old is not None
    session = open_desk(store).open(before.id)
    made: list[Proposal] = []
    fields: tuple[FieldName, ...] = ("headline", "summary", "body")
    for field in fields:
        was, now = (lazy.paragraphs.texts(one.take, field) for one in (old, revision))
        for place in range(max(len(was), len(now))):
            text = now[place] if place < len(now) else ""
            if place >= len(was) or was[place] != text:
                at = min(place, len(was))
                made.append(session.propose(field, at, text, base=old.number, by=revision.by, asked_by=by, note=note))
    return made
