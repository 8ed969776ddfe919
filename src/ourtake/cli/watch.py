"""`ourtake watch`: polls other outlets' feeds and has takes on their stories planned or drafted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings
from ourtake.cli.help_pages import HelpGroup
from ourtake.cli.options import Json, Models, RetryUnknown
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.cli.watch_draft import draft_story
from ourtake.cli.watch_run import Terms, dry_run, watch_feeds
from ourtake.cli.watch_text import ago, feed_json, one_line, story_json
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.store.feeds import FeedRow
    from ourtake.store.stories import StoryRow

_HELP = """Watch other outlets' feeds, and plan or draft takes on their stories.

Polls the feeds and sitemaps of [watch] in ourtake.toml until Ctrl-C or SIGTERM. Each is polled every [watch]
every_minutes, and no host more than once a second. New stories are compared with the archive. Takes on the best ones
are planned or drafted, up to the day's number and cost, and then wait in the desk's queue. No story is used twice, even
if several watchers run.

\b
Examples:
  ourtake watch --dry-run
  ourtake watch --once --model baseline
  ourtake watch --model anthropic:claude-sonnet-5-5
  ourtake watch status
  ourtake watch stories -n 50"""

app = typer.Typer(cls=HelpGroup, help=_HELP, short_help="Watch other outlets' feeds.", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def watch(
    context: typer.Context,
    once: bool = typer.Option(
        False, "--once", help="Poll the feeds that are due, act on what is new, and exit. For cron."
    ),
    dry: bool = typer.Option(False, "--dry-run", help="Poll all feeds and say what would be done. Stores nothing."),
    model: Models = None,
    queue: bool = typer.Option(
        False, "--queue", help="Leave the drafts to `ourtake worker` instead of writing them. Needs PostgreSQL."
    ),
    retry_unknown: RetryUnknown = False,
    as_json: bool = typer.Option(False, "--json", help="Print what each round did as a line of JSON."),
) -> None:
    """Watch until a signal, or once."""
    if context.invoked_subcommand is not None:
        return
    if dry:
        dry_run(as_json=as_json)
        return
    code = watch_feeds(Terms(once, model or [], queue=queue, retry_unknown=retry_unknown, as_json=as_json))
    raise typer.Exit(code)


@app.command("status")
def status(as_json: Json = False) -> None:
    r"""List the feeds, with the last poll, new stories and errors.

    \b
    Example:
      ourtake watch status
    """
    given = lazy.watch_polling.feeds_of(settings())
    with open_store() as store:
        rows, counts = store.watch.feeds(), store.watch.counts()
    known = {row.url for row in rows}
    rows += [row for row in lazy.watch_polling.rows_of(settings()) if row.url not in known]
    if as_json:
        emit_json({"feeds": [feed_json(row, watched=row.url in given) for row in rows], "stories": counts})
        return
    for row in rows:
        _emit_feed(row, watched=row.url in given)
    if not rows:
        say("No feeds yet. Name some as [[watch.feeds]] in ourtake.toml; see docs/watch.md.")
    if counts:
        emit("Stories: " + ", ".join(f"{count} {decision}" for decision, count in sorted(counts.items())) + ".")


def _emit_feed(row: FeedRow, *, watched: bool) -> None:
    emit(row.url)
    if not watched:
        emit("    no longer in ourtake.toml")
    elif not row.polled:
        emit("    not polled yet")
    else:
        due = "never again: it is gone" if row.status == "gone" else f"next {ago(row.next)}"
        emit(f"    {row.status}, polled {ago(row.polled)}, {due}; {row.fresh} new, {row.stories} stories in all")
    if row.moved and row.moved != row.url:
        emit(f"    moved permanently to {row.moved}")
    if row.error:
        emit(f"    {row.error}" + (f" ({row.failures} times in a row)" if row.failures > 1 else ""))


@app.command("stories")
def stories(
    limit: int = typer.Option(20, "-n", min=1, help="How many stories to list at most, newest first."),
    decision: str = typer.Option(
        None, "--decision", help="new, passed (skipped), waiting, taken, planned, drafted, queued or failed."
    ),
    as_json: Json = False,
) -> None:
    r"""List the stories, what was decided about each, and why.

    \b
    Examples:
      ourtake watch stories -n 50
      ourtake watch stories --decision passed
    """
    if decision is not None and decision not in lazy.stories.DECISIONS:
        raise InputError(f"No story is {decision!r}.", f"Decisions: {', '.join(lazy.stories.DECISIONS)}.")
    with open_store() as store:
        rows = store.watch.stories(decisions=(decision,) if decision else (), limit=limit)
        notices = store.watch.notices([row.draft_id for row in rows if row.draft_id])
    if as_json:
        emit_json([story_json(row, notices.get(row.draft_id)) for row in rows])
        return
    for row in rows:
        _emit_story(row)
        for change in notices[row.draft_id].changes if row.draft_id in notices else ():
            emit(f"{'':14}! It {lazy.watch_changes.in_words(change)}")
    if not rows:
        say("No stories yet. `ourtake watch --once` polls the feeds.")


def _emit_story(row: StoryRow) -> None:
    draft = f"  draft {row.draft_id}" if row.decision in lazy.stories.AT_DESK else ""
    emit(f"{row.id}  {row.decision:<8}  seen {ago(row.seen)}{draft}  {row.source.outlet}: {row.source.title}")
    if row.reason:
        emit(f"{'':14}{one_line(row.reason)}")


@app.command("draft")
def draft(
    story: str = typer.Argument(..., help="The id of a story or of its draft, or the beginning of it."),
    model: Models = None,
    angle: int = typer.Option(None, "--angle", min=1, help="The number of an angle in its plan."),
    retry_unknown: RetryUnknown = False,
) -> None:
    r"""Write the take on a story, whatever was decided about it. If the story has a plan, the plan is used.

    \b
    Examples:
      ourtake watch draft 3f2a9c1d7b60
      ourtake watch draft 3f2a --angle 2
    """
    raise typer.Exit(draft_story(story, model or [], angle=angle, retry_unknown=retry_unknown))


@app.command("retry")
def retry(url: str = typer.Argument(..., help="The address of a feed, as in ourtake.toml.")) -> None:
    r"""Poll a feed in the next round, even if it failed or is gone.

    \b
    Example:
      ourtake watch retry https://paper.example/feed.xml
    """
    with open_store() as store:
        found = store.watch.poll_again(url)
    if not found:
        raise InputError(f"No feed has the address {url}.", "See `ourtake watch status`.")
    emit(f"{url} will be polled in the next round.")
