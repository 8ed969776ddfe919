"""`ourtake drafts`: the drafts in the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings
from ourtake.cli.draft_text import draft_report, planned_text, take_text
from ourtake.cli.finding_drafts import counted_drafts, find_draft
from ourtake.cli.options import DraftId, Json, Person
from ourtake.cli.review_desk import acting, open_desk
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.cli.watch_text import notice_json, notice_lines
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Draft
    from ourtake.store.stories import DraftNotice

app = typer.Typer(help="List, show and compare the drafts in the store.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_drafts(
    limit: int = typer.Option(20, "-n", min=1, help="How many drafts to list at most."),
    as_json: Json = False,
) -> None:
    r"""List the newest drafts.

    \b
    Example:
      ourtake drafts list -n 5
    """
    with open_store() as store:
        found = counted_drafts(store, list(store.drafts(limit)))
        notices = store.watch.notices([draft.id for draft in found])
    if as_json:
        emit_json([_listed(draft, notices.get(draft.id)) for draft in found])
        return
    for draft in found:
        writer = draft.model or _machine(draft) or "a person"
        emit(f"{draft.id}  {draft.created[:16]}  {draft.status:<10}  {writer:<28}  {draft.source.title}")
        if draft.review is not None:
            since = draft.review.since[:16].replace("T", " ")
            emit(f"{'':14}{lazy.states.words_of(draft.review.state)} since {since} by {draft.review.by}")
        if revision := draft.standing():
            emit(f"{'':14}{lazy.verdict.line_of(revision.report)}")
        for line in notice_lines(notices[draft.id]) if draft.id in notices else ():
            emit(f"{'':14}{line}")
    if not found:
        say("No drafts yet. Write one with `ourtake draft SOURCE`.")


def _machine(draft: Draft) -> str:
    """The programs that wrote a draft whose record names no model, as those of older versions may; "" for none."""
    names = draft.revisions[0].names() if draft.revisions else ()
    return lazy.makers.joined(tuple(filter(lazy.makers.is_machine, names)))


def _listed(draft: Draft, notice: DraftNotice | None) -> dict[str, Any]:
    known = {"id": draft.id, "status": draft.status, "created": draft.created, "model": draft.model}
    revision = draft.standing()
    report = revision.report if revision is not None else None
    said = {} if report is None else {"checked": lazy.verdict.line_of(report), "claim_counts": report.claim_counts}
    watched = {"watch": notice_json(notice)} if notice else {}
    return known | {"source": draft.source.title} | said | watched


@app.command("show")
def show(draft_id: DraftId, as_json: Json = False) -> None:
    r"""Show a draft: its current take and report.

    \b
    Example:
      ourtake drafts show 3f2a9c1d7b60
    """
    with open_store() as store:
        draft = find_draft(store, draft_id)
        # The JSON is the record, in which reports say what software found.
        draft = draft if as_json else counted_drafts(store, [draft])[0]
        notice = store.watch.notices([draft.id]).get(draft.id)
        at_desk = (
            lazy.wording.state_line(open_desk(store).open(draft.id).view()) if draft.review and not as_json else ""
        )
    revision = draft.standing()
    if as_json:
        emit_json(draft.model_dump(mode="json") | ({"watch": notice_json(notice)} if notice else {}))
        return
    for line in notice_lines(notice) if notice else ():
        emit(line)
    if revision is None and draft.status == "planned":
        emit(planned_text(draft))
    elif revision is None:
        emit(f"Draft {draft.id}, {draft.status}: {draft.error or 'no take was written'}")
    else:
        emit(take_text(draft, revision) + "\n\nReport")
        print(draft_report(draft, revision))
        for note in draft.notes:
            emit(f"note: {note}")
        if at_desk:
            emit(f"At the desk: {at_desk}.")


@app.command("add")
def add(
    file: Path = typer.Argument(..., help="The Markdown file."),
    person: Person = None,
    as_json: Json = False,
) -> None:
    r"""Add a take that people wrote or published.

    It is read from a Markdown file such as `export` writes. No model is asked. Who wrote it is what the file's
    disclosure says; where it says nothing, it is who adds it.

    \b
    Example:
      ourtake drafts add our-take.md --as "Ann Reed"
    """
    by = acting(person)
    given = lazy.markdown.read(lazy.files.read_text(file), str(file))
    with open_store(create=True) as store:
        session = open_desk(store).begin(
            given.take,
            given.source,
            by=by,
            made_by=given.makers,
            related=given.related,
            note=f"from {file.name}",
            form=given.form,
        )
        view = session.view()
    if as_json:
        emit_json({"id": session.draft_id, "checked": lazy.verdict.line_of(view.revision.report)})
    else:
        emit(f"Draft {session.draft_id}: {lazy.verdict.line_of(view.revision.report)}")


@app.command("remove")
def remove(
    draft_id: DraftId,
    force: bool = typer.Option(False, "--force", help="Remove it even if it was signed, along with its records."),
) -> None:
    r"""Remove a draft, its revisions and its history. The cost of its calls stays in the ledger.

    \b
    Example:
      ourtake drafts remove 3f2a9c1d7b60
    """
    with open_store() as store:
        draft = find_draft(store, draft_id)
        if store.desk.seal(draft.id) is not None and not force:
            do = "Reject or kill it, or remove it with --force."
            raise InputError(
                f"Draft {draft.id} was signed; without its history its record can't be fully verified.", do
            )
        store.desk.remove(draft.id)
    say(f"Removed draft {draft.id}.")


@app.command("outdated")
def outdated(as_json: Json = False) -> None:
    r"""List takes that link to an article that has since changed.

    It may have been corrected, edited, retitled or withdrawn.

    \b
    Example:
      ourtake drafts outdated
    """
    name = settings().publication.name
    with open_store() as store:
        found = list(lazy.outdated.outdated_takes(store, store.drafts(1_000_000), publication=name))
    if as_json:
        emit_json([one._asdict() for one in found])
        return
    for one in found:
        emit(f"{one.draft_id}  {one.headline}\n    \u201c{one.title}\u201d ({one.url}) {one.why}.")
    if not found:
        say("No take links to an article that has changed since.")
