"""`ourtake export`: a draft in a format, to a file or published to a content management system."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

from ourtake.cli import lazy
from ourtake.cli.context import open_store, output, settings
from ourtake.cli.drafting import holding_run
from ourtake.cli.drafts import find_draft
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.config import PublishSite, Settings
    from ourtake.documents import Draft
    from ourtake.publish.formats import ExportFormat
    from ourtake.publish.piece import ExportContext
    from ourtake.store import Store


class ExportCommand(TyperCommand):
    """`ourtake export`, whose help lists the formats, those of outside packages with the package's name."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the formats below the options; outside packages are asked only here and when one of theirs is used."""
        with formatter.section("Formats"):
            formatter.write_dl(
                [
                    (row.name, row.help + (f" From the package {row.package}." if row.package else ""))
                    for row in lazy.formats.formats().values()
                ]
            )


def export(
    draft_id: str,
    to: str = typer.Option("markdown", "--to", help="The format (see below), or the NAME of a [publish.NAME]."),
    out: Path = typer.Option(None, "-o", "--out", help="Write to this file instead of standard output."),
    force: bool = typer.Option(
        False, "--force", help="Replace the file of -o if it exists; create a post again that was deleted in the CMS."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print what was published as JSON."),
) -> None:
    r"""Write a draft's current take in a format, or publish it.

    With --to wordpress or ghost and without -o, the take is published to the site of [publish.NAME] in ourtake.toml
    (docs/publishing.md). Published again, it updates the same post; a post that was changed there is left as it is.

    \b
    Examples:
      ourtake export 3f2a9c1d7b60 --to markdown -o take.md
      ourtake export 3f2a9c1d7b60 --to wordpress
    """
    given = settings()
    site = given.publish.get(to)
    row = lazy.formats.format_named(site.to if site else to)
    target = None if out is None else output(out, force=force)
    with open_store() as store:
        draft = find_draft(store, draft_id)
        context = export_context(draft, given)
        if row.connect and target is None:
            name = to if site else _only_site(row, given)
            _publish(draft, row, context, store=store, site=given.publish[name], force=force, as_json=as_json)
            return
    text = lazy.formats.exported(draft, row, context)
    if target is None:
        emit(text.rstrip("\n"))
        return
    target.write(text)
    say(f"Written to {out}.")


def export_context(draft: Draft, given: Settings) -> ExportContext:
    """What a format is told besides the draft, from the settings and the desk."""
    publication = given.publication
    name = publication.name if publication.name != lazy.config.Publication().name else ""
    return lazy.piece.ExportContext(publication=name, url=publication.url, language=publication.language)


def _only_site(row: ExportFormat, given: Settings) -> str:
    """The name of the one site that a format is published to. Raises InputError where there are none or several."""
    names = [name for name, site in given.publish.items() if site.to == row.name]
    if not names:
        do = f"Set one up as [publish.{row.name}] in ourtake.toml (docs/publishing.md), or write the post with -o FILE."
        raise InputError(f"No site is set up for {row.name}.", do)
    if len(names) > 1:
        raise InputError(f"Several sites are set up for {row.name}.", f"Name one with --to: {', '.join(names)}.")
    return names[0]


def _publish(
    draft: Draft,
    row: ExportFormat,
    context: ExportContext,
    *,
    store: Store,
    site: PublishSite,
    force: bool,
    as_json: bool,
) -> None:
    name = f"{site.to} {site.url.rstrip('/').lower()}"
    piece = lazy.piece.piece_of(draft, context)
    # Two commands at once would each find no post and create one.
    with holding_run(store, f"publish {draft.id} {name}", resume=True, doing="published") as run:
        cms = lazy.plugins.imported(row.connect)(site)
        try:
            done = lazy.publishing.publish(piece, cms, store, site=name, again=force)
        except lazy.publishing.ChangedOutside as error:
            _mark(store, draft, "changed_outside")
            for line in error.diff:
                emit(line)
            raise
        finally:
            cms.close()
        run.finished = True
    if as_json:
        post = done.post
        emit_json({"did": done.did, "id": post.remote_id, "url": post.url, "status": post.status, "label": piece.label})
        return
    emit(f"{done.did.capitalize()}: {done.post.url} ({done.post.status})")
    if piece.label:
        say(f"It carries the label: {piece.label}")


def _mark(store: Store, draft: Draft, state: str) -> None:
    """Set the desk's state of a draft."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    seal = draft.review.seal if draft.review else None
    review = lazy.documents.ReviewState.model_validate({"state": state, "by": "ourtake", "since": now, "seal": seal})
    lazy.asyncio.run(store.save_draft(draft.model_copy(update={"review": review})))
