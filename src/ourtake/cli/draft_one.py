"""`ourtake draft SOURCE`: one draft written and shown, or one of each model side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ourtake.cli import lazy
from ourtake.cli.context import index_folder, open_store, output, read_story
from ourtake.cli.draft_text import draft_report, take_text
from ourtake.cli.draft_wishes import Wanted, wishes_for
from ourtake.cli.drafting import Spending, holding_run, reporting_answers, run_to_end
from ourtake.cli.growing import StreamedTake
from ourtake.cli.pipelines import build_pipeline
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.documents import Draft, Source
    from ourtake.publish.output import Output

_EXIT = {"ready": 0, "needs-work": 1, "limit": 4}


class Showing(NamedTuple):
    """How a draft is shown: --stream, --json, -o and --force."""

    stream: bool = False
    as_json: bool = False
    out: Path | None = None
    force: bool = False


def draft_one(source: str, models: Sequence[str], *, show: Showing, spending: Spending, wanted: Wanted) -> int:
    """Draft a source and show the draft. Returns the exit code."""
    # Before anything is paid.
    target = None if show.out is None else output(show.out, force=show.force, inputs=[source])
    index_folder()
    done, rescued = _drafted(read_story(source), models, show, target, spending=spending, wanted=wanted)
    code = _show(done, as_json=show.as_json, out=target)
    # A paid answer that is in a file instead of the store still has to be recovered.
    return 2 if rescued and code < 2 else code


def draft_side_by_side(source: str, models: Sequence[str], *, show: Showing, spending: Spending, wanted: Wanted) -> int:
    """Draft a source once with each model, and show the drafts one below the other. Returns the worst exit code."""
    index_folder()
    story, codes = read_story(source), [0]
    drafts: list[Draft] = []
    for name in dict.fromkeys(models):
        done, rescued = _drafted(story, [name], show, None, spending=spending, wanted=wanted)
        drafts.append(done)
        codes.append(2 if rescued else _EXIT.get(done.status, 3))
        if not show.as_json:
            emit(f"\n== {name}\n")
            _show(done, as_json=False, out=None)
    if show.as_json:
        emit_json([done.model_dump(mode="json") for done in drafts])
    return max(codes)


def _drafted(
    story: Source, models: Sequence[str], show: Showing, target: Output | None, *, spending: Spending, wanted: Wanted
) -> tuple[Draft, bool]:
    """The draft of a story, and whether answers of it are in files instead of the store."""
    # A draft that a kill or a limit ended is resumed under the same id, as long as story and models are the same.
    name = lazy.runs.draft_id("draft", story.model_dump_json(), *models, *wanted.parts())
    with open_store() as store, holding_run(store, f"draft {name}") as run:
        pipeline, ledger = build_pipeline(run, models, spending=spending)
        shown = StreamedTake() if show.stream else None
        wishes = wishes_for(wanted, story, pipeline)

        async def write() -> Draft:
            draft_id = lazy.runs.draft_id(run.run_id, name)
            step = None if shown is None else shown.step
            try:
                draft = await lazy.pipeline.write_draft(
                    story, pipeline, draft_id=draft_id, on_text=shown, on_step=step, wishes=wishes
                )
                return await lazy.headlines.with_headlines(draft, pipeline, count=wanted.headlines)
            finally:
                if shown is not None:
                    shown.end()

        with reporting_answers(ledger):
            try:
                done = run_to_end(run, pipeline, write())
            except lazy.pipeline.UnsavedError as error:
                # It was paid for: what the store can't keep is at least printed, or written to -o, with its notes.
                if error.draft.standing() is not None:
                    _show(error.draft, as_json=show.as_json, out=target)
                else:
                    _say_notes(error.draft)
                ledger.untold.clear()
                raise
        run.finished = done.status not in lazy.pipeline.OPEN
    return done, bool(ledger.rescues)


def _say_notes(done: Draft) -> None:
    for note in done.notes:
        say(f"ourtake: {note}")


def _paid(done: Draft) -> str:
    """What the draft cost so far, where a model was paid or may have been."""
    if done.cost_usd is None:
        return " Its cost is not known."
    return f" It cost {lazy.pricing.in_words(round(done.cost_usd * lazy.pricing.MILLION))}." if done.cost_usd else ""


def show_headlines(done: Draft) -> None:
    """Print the headlines that a draft could have."""
    for option in done.headlines:
        emit(f"   {option.text}{f'   [{option.doubt}]' if option.doubt else ''}")


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
        emit(take_text(done, revision))
        if done.headlines:
            emit("\nOther headlines")
            show_headlines(done)
        emit("\nReport")
    if done.error:
        say(f"ourtake: {done.error}")
    # Where the take goes to standard output as a file would, nothing else may.
    if not as_json and not (out is not None and out.is_stdout):
        print(draft_report(done, revision))
        revisions = count_of(len(done.revisions), "revision")
        emit(f"Draft {done.id}, {done.status}, written by {revision.by}; {revisions}.{_paid(done)}")
        if revision.by == "baseline":
            emit("The built-in baseline wrote this take, without a model. To choose one, see `ourtake models`.")
    return _EXIT.get(done.status, 3)
