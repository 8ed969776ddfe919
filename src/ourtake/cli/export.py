"""`ourtake export`: a draft in a format, to a file or published to a content management system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, output, settings
from ourtake.cli.drafting import holding_run
from ourtake.cli.finding_drafts import find_draft
from ourtake.cli.help_pages import HelpCommand
from ourtake.cli.options import DraftId, Out, Person
from ourtake.cli.review_desk import RECORD_SUFFIX, acting, open_desk
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.config import PublishSite, Settings
    from ourtake.documents import Draft
    from ourtake.publish.formats import ExportFormat
    from ourtake.publish.piece import ExportContext
    from ourtake.publish.publishing import Published
    from ourtake.store import Store


class ExportCommand(HelpCommand):
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
    draft_id: DraftId,
    to: str = typer.Option("markdown", "--to", help="The format (see below), or the NAME of a [publish.NAME] table."),
    out: Out = None,
    force: bool = typer.Option(
        False, "--force", help="Replace the -o file if it exists. Recreate a post that was deleted in the CMS."
    ),
    person: Person = None,
    as_json: bool = typer.Option(False, "--json", help="Print what was published as JSON."),
) -> None:
    r"""Write a draft's current take in some format, or publish it.

    With --to wordpress or ghost and without -o, the take is published to the site that [publish.NAME] in ourtake.toml
    names (docs/publishing.md). If you publish it again, the same post is updated. A post that somebody changed there is
    left as it is.

    \b
    Examples:
      ourtake export 3f2a9c1d7b60 --to markdown -o take.md
      ourtake export 3f2a9c1d7b60 --to wordpress --as "Ann Reed"
    """
    given = settings()
    site = given.publish.get(to)
    row = lazy.formats.format_named(site.to if site else to)
    target = None if out is None else output(out, force=force)
    with open_store() as store:
        filed = store.desk.filed(find_draft(store, draft_id).id)
        assert filed is not None
        draft = lazy.review_views.reviewed_draft(filed)
        for one in lazy.outdated.outdated_takes(store, [draft], publication=given.publication.name):
            say(f"ourtake: This take links to \u201c{one.title}\u201d ({one.url}), which {one.why}.")
        context = lazy.signing.export_context(draft, store.desk.acts(draft.id), given)
        if row.connect and target is None:
            chosen = given.publish[to if site else _only_site(row, given)]
            by = acting(person)
            try:
                done = publish_draft(draft, row, store=store, site=chosen, by=by, context=context, force=force)
            except lazy.publishing.ChangedOutside as error:
                for line in error.diff:
                    emit(line)
                raise
            _show(done, lazy.piece.piece_of(draft, context).label, as_json=as_json)
            return
        seal = store.desk.seal(draft.id) if draft.review is not None and draft.review.seal else None
        # Before anything is written: the record may not replace another file either.
        record = output(out.with_name(f"{out.name}{RECORD_SUFFIX}"), force=force) if out is not None and seal else None
    text = lazy.formats.exported(draft, row, context)
    if target is None:
        emit(text.rstrip("\n"), wrap=False)
        return
    target.write(text)
    say(f"Written to {out}.")
    if record is not None:
        record.write(f"{seal}\n")
        say(f"The record of the sign-off is {record.path}.")


def _only_site(row: ExportFormat, given: Settings) -> str:
    """The name of the one site that a format is published to. Raises InputError if there are none or several."""
    names = [name for name, site in given.publish.items() if site.to == row.name]
    if not names:
        do = f"Set one up as [publish.{row.name}] in ourtake.toml (docs/publishing.md), or write the post with -o FILE."
        raise InputError(f"No site is set up for {row.name}.", do)
    if len(names) > 1:
        raise InputError(f"Several sites are set up for {row.name}.", f"Name one with --to: {', '.join(names)}.")
    return names[0]


def publish_draft(
    draft: Draft, row: ExportFormat, *, store: Store, site: PublishSite, by: str, context: ExportContext, force: bool
) -> Published:
    """Publish a draft and write it down at the desk. Raises PublishError; then nothing was overwritten."""
    name = f"{site.to} {site.url.rstrip('/').lower()}"
    session = open_desk(store).open(draft.id)
    killed = draft.review is not None and draft.review.state == "killed"
    if killed and not ((known := store.posts.one(name, draft.id)) and known.remote_id):
        raise InputError(
            f"Draft {draft.id} was killed, and has no post at {site.url}.", "There is nothing to withdraw."
        )
    if not killed:
        lazy.states.require(draft, "publish")
    piece = lazy.piece.piece_of(draft, context)
    # Two commands at once would each find no post and create one.
    with holding_run(store, f"publish {draft.id} {name}", resume=True, doing="published") as run:
        cms = lazy.plugins.imported(row.connect)(site)
        try:
            done: Published = lazy.publishing.publish(piece, cms, store.posts, site=name, again=force)
        except lazy.publishing.ChangedOutside as error:
            if not killed:
                session.changed_outside(by=by, where=name, difference="\n".join(error.diff))
            raise
        finally:
            cms.close()
        run.finished = True
    if not killed and (done.did != "unchanged" or lazy.states.state_of(draft) != "published"):
        session.published(by=by, where=name, remote=done.post.remote_id, url=done.post.url)
    return done


def _show(done: Published, label: str, *, as_json: bool) -> None:
    post = done.post
    if as_json:
        emit_json({"did": done.did, "id": post.remote_id, "url": post.url, "status": post.status, "label": label})
        return
    emit(f"{done.did.capitalize()}: {post.url} ({post.status})")
    if label:
        say(f"It carries the label: {label}")
