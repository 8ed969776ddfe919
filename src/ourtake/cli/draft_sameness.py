"""`ourtake drafts sameness`: how alike the newest takes are built."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store
from ourtake.cli.options import Json
from ourtake.cli.terminal import emit, emit_json, say

if TYPE_CHECKING:
    from ourtake.documents import Draft
    from ourtake.writing.sameness import Skeleton


def sameness(
    limit: int = typer.Option(10, "-n", min=2, help="How many of the newest takes to compare."),
    as_json: Json = False,
) -> None:
    r"""Show how alike the newest takes are.

    Compares their openings, their closings, the order of their paragraphs and their wording. 0 means that no two takes
    are alike, 1 that all are the same. If a story was drafted more than once, its newest take counts.

    \b
    Example:
      ourtake drafts sameness -n 20
    """
    with open_store() as store:
        found = _newest(store.drafts(5 * limit), limit)
    rows = [(draft, skeleton) for draft in found if (skeleton := _skeleton(draft)) is not None]
    alike = lazy.sameness.sameness_of([skeleton for _, skeleton in rows])
    wording = lazy.eval_texts.sameness({draft.id: [_take(draft)] for draft, _ in rows})
    if as_json:
        emit_json(
            {
                "takes": [_row(draft, skeleton) for draft, skeleton in rows],
                "sameness": None if alike is None else {**alike._asdict(), "wording": wording},
            }
        )
        return
    if alike is None:
        say("There are fewer than two takes to compare.")
        return
    often = [Counter(values).most_common(1)[0] for values in zip(*(skeleton for _, skeleton in rows), strict=True)]
    (opening, opened), (functions, built), (closing, closed) = often
    emit(f"The newest {len(rows)} takes on different stories (0: no two alike, 1: all the same)")
    emit(f"openings    {alike.openings:.2f}  {opened} begin with: {opening}")
    emit(f"paragraphs  {alike.paragraphs:.2f}  {built} are built: {', '.join(functions)}")
    emit(f"closings    {alike.closings:.2f}  {closed} end with: {closing}")
    emit(f"wording     {wording or 0:.2f}  of the runs of five words are also in another take")
    for draft, skeleton in rows:
        emit(f"{draft.id}  {skeleton.opening}: {', '.join(skeleton.functions)}: {skeleton.closing}")


def _newest(drafts: list[Draft], limit: int) -> list[Draft]:
    """The newest drafts that have a take, one of each story."""
    stories: dict[str, Draft] = {}
    for draft in drafts:
        if draft.standing() is not None:
            stories.setdefault(draft.source.url or draft.source.title, draft)
    return list(stories.values())[:limit]


def _take(draft: Draft) -> Any:
    revision = draft.standing()
    assert revision is not None
    return revision.take


def _skeleton(draft: Draft) -> Skeleton | None:
    revision = draft.standing()
    assert revision is not None
    found: Skeleton | None = lazy.sameness.skeleton_of(
        revision.take, revision.report, plan=draft.plan, handles=revision.handles
    )
    return found


def _row(draft: Draft, skeleton: Skeleton) -> dict[str, Any]:
    asked = {"shape": draft.shape, "closing_asked": draft.closing}
    return {"id": draft.id, "title": draft.source.title, **asked, **skeleton._asdict()}
