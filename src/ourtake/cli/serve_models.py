"""What the desk in a browser asks of models and sites. Each job runs in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.angles import planned_angles
from ourtake.cli.context import settings
from ourtake.cli.draft_wishes import Wanted, wishes_for
from ourtake.cli.drafting import Spending, chosen, holding_run, run_to_end
from ourtake.cli.export import publish_draft
from ourtake.cli.finding_drafts import find_draft
from ourtake.cli.growing import GrowingTake
from ourtake.cli.pipelines import build_pipeline
from ourtake.cli.queueing import done_by_worker, draft_job, urgent_job
from ourtake.cli.watch_draft import story_drafted
from ourtake.errors import InputError, ProviderError

if TYPE_CHECKING:
    from ourtake.documents import Draft, Plan, Source
    from ourtake.review.views import DraftView
    from ourtake.store import Store
    from ourtake.web.service import RewriteOrder, Rewritten
    from ourtake.writing.rewriting import Rewrite


def can_rewrite() -> bool:
    """Whether a model is set up that can rewrite: the baseline only arranges quotations."""
    return any(name != "baseline" for name in settings().models.in_order)


def rewriting_models() -> tuple[str, ...]:
    """The models that a rewrite may be asked of: those of the settings, in their order, then others with a key."""
    given = settings()
    ready = [row.name for row in lazy.models.known_models(given) if row.ready]
    return tuple(dict.fromkeys(name for name in (*given.models.in_order, *ready) if name != "baseline"))


class DeskWork:
    """What the desk has done by models and sites, in threads of its own, over the server's store. What takes long is
    left to workers where there are any.

    A second Store on the same file in one process is never opened: closing its file would take away the locks by which
    SQLite knows that the first one is open, and another process could then remove the log that holds its writes.
    """

    def __init__(self, store: Store, spending: Spending | None = None) -> None:
        """`spending`: the limits of the worker that does it."""
        self._store = store
        self._spending = spending or Spending()

    def angles(self, story: Source) -> Plan:
        """The plan of a story by the models of the settings, as `ourtake angles` makes it."""
        job = urgent_job("angles", {"source": story.model_dump(mode="json", exclude_none=True)}, f"angles {story.url}")
        done_by_worker(self._store, job, lambda news: None)  # its answers are in the store, and read from there below
        return self.angles_here(story)

    def angles_here(self, story: Source) -> Plan:
        """The same, by this process."""
        count = lazy.pipeline.Wishes().angles
        planned = planned_angles(self._store, story, chosen(), count=count, spending=self._spending)
        if planned.plan is None:
            raise ProviderError("The model made no usable plan.", " ".join(planned.notes))
        return planned.plan

    def write_draft(self, story: Source, angle: str, note: str, tell: Callable[[str], None]) -> Draft:
        """Write a draft with the models of the settings and store it, as `ourtake draft` does."""
        models = chosen()
        wanted = Wanted(angle=angle or None, note=note)
        job, draft_id = draft_job(story, models, wanted, urgent=True)
        done = done_by_worker(self._store, job, tell, shown=True)
        if done is not None and (made := self._store.draft(draft_id)) is not None:
            return made
        name = lazy.runs.draft_id("draft", story.model_dump_json(), *models, *wanted.parts())
        with holding_run(self._store, f"draft {name}") as run:
            pipeline, _ = build_pipeline(run, models, spending=self._spending)
            wishes = wishes_for(wanted, story, pipeline)
            growing = GrowingTake(tell)
            work = lazy.pipeline.write_draft(
                story,
                pipeline,
                draft_id=lazy.runs.draft_id(run.run_id, name),
                on_text=growing,
                on_step=growing.step,
                wishes=wishes,
            )
            draft: Draft = run_to_end(run, pipeline, work)
            run.finished = draft.status not in lazy.pipeline.OPEN
        return draft

    def write_planned(self, draft_id: str, angle: str, tell: Callable[[str], None]) -> Draft:
        """Write the take of a draft that watching has planned, as `ourtake watch draft` does."""
        number = int(angle) if angle.isdecimal() else None
        taken = story_drafted(self._store, draft_id, [], angle=number, growing=GrowingTake(tell))
        if taken.draft is None:
            raise ProviderError(taken.reason)
        return taken.draft

    def rewrite_block(self, view: DraftView, order: RewriteOrder, tell: Callable[[str], None]) -> Rewritten:
        """A block of a take as the model of the order, else those of the settings, write it again."""
        arguments = {
            "draft_id": view.draft.id,
            "field": order.field,
            "index": order.block,
            "note": order.note,
            "model": order.model,
        }
        like = f"rewrite {view.draft.id} {order.field} {order.block} {order.model} {order.note}"
        job = urgent_job("rewrite", arguments, f"draft {view.draft.id}", like=like)
        done_by_worker(self._store, job, tell, shown=True)  # its answer is in the store, and read from there below
        return self.rewrite_here(view, order, tell)

    def rewrite_here(self, view: DraftView, wanted: RewriteOrder, tell: Callable[[str], None]) -> Rewritten:
        """The same, by this process; the call is in the ledger."""
        asked = [wanted.model] if wanted.model else None
        models = [name for name in chosen(asked) if name != "baseline"]
        if not models:
            raise InputError("No model is set up that could rewrite.", "Set [models] default in ourtake.toml.")
        like = [one for one in view.standing.proposals.values() if (one.field, one.note) == (wanted.field, wanted.note)]
        attempt = 1 + len(like)
        order = lazy.rewriting.Order(wanted.note, lazy.rewriting.part_name(wanted.field, wanted.block), attempt)
        name = lazy.runs.draft_id(view.draft.id, order.part, order.note, str(attempt), str(view.revision.number))
        with holding_run(self._store, f"rewrite {name}", resume=True) as run:
            pipeline, _ = build_pipeline(run, models, spending=self._spending)
            growing = lazy.partial.GrowingPassage()

            async def work() -> Rewrite:
                session = lazy.rewriting.reopened(view.draft, pipeline, attempt=attempt)
                again: Rewrite = await lazy.rewriting.written_again(
                    session, view.revision, order, on_text=lambda piece: tell(growing.add(piece))
                )
                return again

            made = run_to_end(run, pipeline, work())
            run.finished = True
        block = next(iter(lazy.rewriting.changed_blocks(view.take, made.take)))
        return lazy.service.Rewritten(block.text, made.by, made.rests_in(block))

    def publish_at(self, draft_id: str, name: str, by: str) -> str:
        """Publish a draft at the site of [publish.NAME], as `ourtake export --to NAME` does. Returns what was done, in
        a sentence.

        Raises PublishError; then nothing in the content management system was overwritten.
        """
        given, store = settings(), self._store
        site = given.publish.get(name)
        if site is None:
            raise InputError(f"No site is set up as [publish.{name[:40]}].", "See docs/publishing.md.")
        row = lazy.formats.format_named(site.to)
        filed = store.desk.filed(find_draft(store, draft_id).id)
        assert filed is not None
        draft = lazy.review_views.reviewed_draft(filed)
        context = lazy.signing.export_context(draft, filed.acts, given)
        done = publish_draft(draft, row, store=store, site=site, by=by, context=context, force=False)
        label = lazy.piece.piece_of(draft, context).label
        return f"{done.did.capitalize()}: {done.post.url} ({done.post.status})." + (f" Label: {label}" if label else "")
