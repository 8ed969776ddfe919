"""What the desk in a browser asks of models and sites. Each job opens the store for itself, in its thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings
from ourtake.cli.drafting import Spending, build_pipeline, chosen, heartbeat, holding_run
from ourtake.cli.drafts import find_draft
from ourtake.cli.export import publish_draft
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Draft, Source


class GrowingTake:
    """A take's prose while it is written, told as one text: headline, summary and body."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._begin()

    def _begin(self) -> None:
        self._growing = lazy.partial.PartialTake()
        self._fields: dict[str, str] = {}

    def __call__(self, piece: str) -> None:
        """Add a piece of the reply; "" when the reply begins again."""
        if not piece:
            self._begin()
        before, found = self._growing.restarts, self._growing.add(piece)
        if self._growing.restarts != before:
            self._fields = {}
        for field, text in found:
            self._fields[field] = self._fields.get(field, "") + text
        self._tell("\n\n".join(self._fields.values()))


def write_draft(story: Source, note: str, tell: Callable[[str], None]) -> Draft:
    """Write a draft with the models of the settings and store it, as `ourtake draft` does."""
    models = chosen(None, settings())
    name = lazy.runs.draft_id("draft", story.model_dump_json(), *models, note)
    with open_store() as store, holding_run(store, f"draft {name}") as run:
        pipeline, _ = build_pipeline(run, list(models), spending=Spending())

        async def write() -> Draft:
            draft_id = lazy.runs.draft_id(run.run_id, name)
            try:
                async with heartbeat(run):
                    return await lazy.pipeline.write_draft(
                        story, pipeline, draft_id=draft_id, on_text=GrowingTake(tell)
                    )
            finally:
                await pipeline.close()

        done = lazy.asyncio.run(write())
        run.finished = done.status not in lazy.pipeline.OPEN
    return done


def publish_at(draft_id: str, name: str, by: str) -> str:
    """Publish a draft at the site of [publish.NAME], as `ourtake export --to NAME` does; what was done, in a sentence.

    Raises PublishError; then nothing in the content management system was overwritten.
    """
    given = settings()
    site = given.publish.get(name)
    if site is None:
        raise InputError(f"No site is set up as [publish.{name[:40]}].", "See docs/publishing.md.")
    row = lazy.formats.format_named(site.to)
    with open_store() as store:
        draft = find_draft(store, draft_id)
        context = lazy.signing.export_context(draft, store.desk.acts(draft.id), given)
        done = publish_draft(draft, row, store=store, site=site, by=by, context=context, force=False)
        label = lazy.piece.piece_of(draft, context).label
    return f"{done.did.capitalize()}: {done.post.url} ({done.post.status})." + (f" Label: {label}" if label else "")
