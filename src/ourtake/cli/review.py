"""`ourtake review`: the editor's desk in a terminal."""

from __future__ import annotations

import os
import sys

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store
from ourtake.cli.options import DraftIdOrNone, Person
from ourtake.cli.review_desk import acting, open_desk, reader_contact
from ourtake.cli.review_plain import review_plain
from ourtake.cli.serve_models import DeskWork, can_rewrite


def review(
    draft_id: DraftIdOrNone = None,
    person: Person = None,
    plain: bool = typer.Option(
        False, "--plain", help="Print lines only. The default if TERM is dumb, or input or output is not a terminal."
    ),
) -> None:
    r"""Review drafts in the terminal: read, fix, decide and sign. Without a draft, shows the queue.

    \b
    Examples:
      ourtake review --as "Ann Reed"
      ourtake review 3f2a --plain
    """
    by, contact = acting(person), reader_contact()
    terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    with open_store() as store:
        desk = open_desk(store)
        rewrite = DeskWork(store).rewrite_block if can_rewrite() else None
        if plain or not terminal:
            review_plain(desk, draft_id, by=by, contact=contact, lines=iter(sys.stdin), rewrite=rewrite)
        else:
            lazy.review_app.run(desk, draft_id, by=by, contact=contact, rewrite=rewrite)
