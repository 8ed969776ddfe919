"""`ourtake watch draft`: a take on one story, whatever was decided about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.context import index_folder, open_store, settings
from ourtake.cli.drafting import HeldRun, WorkerLimit, heartbeat
from ourtake.cli.terminal import emit
from ourtake.cli.watch_text import taken_line
from ourtake.cli.watch_writers import DailyWriter
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.cli.growing import Growing
    from ourtake.providers.ledger import Ledger
    from ourtake.store import Store
    from ourtake.watch.polling import Polling
    from ourtake.watch.taking import Taken


def draft_story(name: str, model: list[str], *, angle: int | None, retry_unknown: bool) -> int:
    """Write the take on one story, and show the result. Returns the exit code."""
    index_folder()
    with open_store() as store:
        taken = story_drafted(store, name, model, angle=angle, retry_unknown=retry_unknown)
    emit(taken_line(taken))
    return 0 if taken.decision == lazy.stories.DRAFTED else 3


def story_drafted(
    store: Store,
    name: str,
    model: list[str],
    *,
    angle: int | None = None,
    retry_unknown: bool = False,
    growing: Growing | None = None,
    begun: Callable[[Ledger], None] = lambda ledger: None,
    patience: int = 0,
    limit: WorkerLimit | None = None,
) -> Taken:
    """The outcome of the take on the story of that id, or of that draft. Raises InputError if there is no such story
    or angle, or another process is at it, also after so many seconds of `patience`. `growing`: is told the take while
    it is written; `begun`: is called with the ledger of its calls. `limit`: the worker's that writes it.
    """
    given = settings()
    drafting = given.model_copy(update={"watch": given.watch.model_copy(update={"do": "draft"})})
    found = store.watch.stories(id_=name, limit=2)
    if len(found) != 1:
        what = f"No story has the id {name}." if not found else f"More than one story's id begins with {name}."
        raise InputError(what, "See `ourtake watch stories`.")
    if angle is not None:
        _choose(store, found[0].draft_id, angle)
    process_id = store.enroll()
    writer = DailyWriter(
        store,
        drafting,
        process_id=process_id,
        model=model,
        retry_unknown=retry_unknown,
        growing=growing,
        limit=limit,
    )
    polling = lazy.watch_polling.Polling(store, drafting, process_id=process_id)
    try:
        writer.ready()
        assert writer.ledger is not None
        begun(writer.ledger)
        return lazy.asyncio.run(_draft(polling, writer, found[0].id, patience))
    finally:
        polling.close()


def _choose(store: Store, draft_id: str, angle: int) -> None:
    """Set the angle of a plan. Raises InputError if it has none of that number."""
    draft = store.draft(draft_id) if draft_id else None
    plan = draft.plan if draft is not None else None
    if draft is None or plan is None or not 1 <= angle <= len(plan.angles):
        raise InputError(f"The story has no angle {angle}.", "See `ourtake drafts show`, or leave out --angle.")
    if draft.revisions:
        raise InputError("The take has already been written.", "Use `ourtake rewrite`.")
    changed = draft.model_copy(update={"plan": plan.model_copy(update={"chosen": angle})})
    lazy.asyncio.run(store.save_draft(changed))


async def _draft(polling: Polling, writer: DailyWriter, story_id: str, patience: int) -> Taken:
    taking = lazy.watch_taking.Taking(polling, writer=writer)
    try:
        async with heartbeat(HeldRun(polling.store, run_id="", process_id=polling.process_id, new=False)):
            while (story := taking.next_story(story_id)) is None and patience:
                patience -= 1
                await lazy.asyncio.sleep(1)
            if story is None:
                raise InputError("Another process is drafting this story.", "Wait until it is done.")
            return await taking.take(story)
    finally:
        await writer.close()
