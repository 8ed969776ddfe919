"""`ourtake drafts`: the drafts in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store
from ourtake.cli.draft_text import draft_report, take_text
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Draft
    from ourtake.store import Store

app = typer.Typer(help="The drafts in the store.", no_args_is_help=True, rich_markup_mode=None)


def find_draft(store: Store, draft_id: str) -> Draft:
    """The draft with that id. Raises InputError where there is none."""
    found = store.draft(draft_id)
    if found is None:
        raise InputError(f"No draft has the id {draft_id}.", "See `ourtake drafts list`.")
    return found


@app.command("list")
def list_drafts(
    limit: int = typer.Option(20, "-n", min=1, help="How many, newest first."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    r"""The newest drafts.

    \b
    Example:
      ourtake drafts list -n 5
    """
    with open_store() as store:
        found = store.drafts(limit)
    if as_json:
        emit_json([_listed(draft) for draft in found])
        return
    for draft in found:
        emit(f"{draft.id}  {draft.created[:16]}  {draft.status:<10}  {draft.model:<28}  {draft.source.title[:70]}")
        if revision := draft.standing():
            emit(f"{'':14}{lazy.verdict.line_of(revision.report)}")
    if not found:
        say("No drafts yet. Write one with `ourtake draft SOURCE`.")


def _listed(draft: Draft) -> dict[str, Any]:
    known = {"id": draft.id, "status": draft.status, "created": draft.created, "model": draft.model}
    revision = draft.standing()
    report = revision.report if revision is not None else None
    said = {} if report is None else {"checked": lazy.verdict.line_of(report), "claim_counts": report.claim_counts}
    return known | {"source": draft.source.title} | said


@app.command("show")
def show(draft_id: str, as_json: bool = typer.Option(False, "--json")) -> None:
    r"""One draft: its current take and report.

    \b
    Example:
      ourtake drafts show 3f2a9c1d7b60
    """
    with open_store() as store:
        draft = find_draft(store, draft_id)
    revision = draft.standing()
    if as_json:
        emit_json(draft.model_dump(mode="json"))
    elif revision is None:
        emit(f"Draft {draft.id}, {draft.status}: {draft.error or 'no take was written'}")
    else:
        emit(take_text(draft, revision) + "\n\nReport")
        print(draft_report(draft, revision))
