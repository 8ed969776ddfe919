"""`ourtake drafts history` and `ourtake drafts diff`: what was done to a draft, and what it changed."""

from __future__ import annotations

import sys

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store
from ourtake.cli.options import DraftId, Json
from ourtake.cli.review_desk import open_desk
from ourtake.cli.terminal import columns, emit, emit_json, say, terminal_look
from ourtake.cli.word_diff import diff_lines
from ourtake.text.counts import count_of


def history(draft_id: DraftId, as_json: Json = False) -> None:
    r"""List what was done to a draft at the desk, in order. The exit code is 1 if the history was altered.

    \b
    Example:
      ourtake drafts history 3f2a
    """
    with open_store() as store:
        session = open_desk(store).open(draft_id)
        acts = session.history()
    broken = lazy.acts.broken_at(acts)
    if as_json:
        emit_json(
            {"draft": session.draft_id, "broken_at": broken, "acts": [act.model_dump(mode="json") for act in acts]}
        )
    else:
        for act in acts:
            emit(lazy.wording.act_line(act))
        if acts and broken is None:
            say(f"{count_of(len(acts), 'act')}; the chain is intact and ends with {acts[-1].digest[:16]}.")
    if not acts:
        say("Nobody has worked on this draft at the desk.")
    if broken is not None:
        say(f"ourtake: act {broken} does not follow from the one before: the history was changed.")
        sys.exit(1)


def diff(
    draft_id: DraftId,
    first: int = typer.Option(None, "--from", min=1, help="The older revision. Default: the one before --to."),
    second: int = typer.Option(None, "--to", min=1, help="The newer revision. Default: the current one."),
    as_json: Json = False,
) -> None:
    r"""Show the differences between two revisions, word by word.

    \b
    Example:
      ourtake drafts diff 3f2a --from 1
    """
    with open_store() as store:
        session = open_desk(store).open(draft_id)
        new = session.revision(second) if second else session.view().revision
        old = session.revision(first or max(1, new.number - 1))
    parts = lazy.editing.changes_between(old.take, new.take)
    shown = [
        (one.field, one.index, lazy.review_diff.segments("\n\n".join(one.before), "\n\n".join(one.after)))
        for one in parts
    ]
    if as_json:
        changes = [
            {"field": field, "index": index, "parts": [{"kind": part.kind, "text": part.text} for part in segments]}
            for field, index, segments in shown
        ]
        emit_json({"from": old.number, "to": new.number, "changes": changes})
        return
    colour = terminal_look().colour
    emit(f"Revision {old.number} by {old.by} -> revision {new.number} by {new.by}")
    for field, index, segments in shown:
        emit(f"\n{f'body, paragraph {index + 1}' if field == 'body' else field}")
        for line in diff_lines(segments, width=columns(), colour=colour):
            print(line)
    if not shown:
        say("The two revisions are the same.")
