"""`ourtake serve`: the editor's desk in a browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import known_secrets, open_archive, open_store, read_story, settings
from ourtake.cli.review_desk import open_desk
from ourtake.cli.serve_models import DeskWork, can_rewrite, rewriting_models
from ourtake.cli.terminal import say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.store import Store
    from ourtake.web.service import Service


def serve(
    host: str = typer.Option(
        "127.0.0.1", help="The address to listen on. If it is not this machine's own, accounts are needed."
    ),
    port: int = typer.Option(8000, min=0, max=65535, help="The port. 0: any free one."),
    editor: str = typer.Option(
        "", "--as", help="Who works at the desk, if nobody has to log in. Also OURTAKE_EDITOR, or [review] editor."
    ),
    name: list[str] = typer.Option(
        None, "--name", help="A host name under which the desk is reached, such as a proxy's. Needs accounts."
    ),
    pairs: list[Path] = typer.Option(
        None, "--pairs", metavar="DIR", help="The folder of an eval run. Its takes are compared blind at /pairs."
    ),
) -> None:
    r"""Serve the editor's desk to a browser.

    It shows the queue, the drafts with their findings and claims, the sign-off and the history.

    \b
    Examples:
      ourtake serve
      ourtake serve --port 8080 --as "Ines Calloway"
    """
    with open_store() as store:
        reached = tuple(name or ())
        outside = bool(reached) or not lazy.web_security.is_loopback(host)
        if outside and not store.accounts.people():
            raise InputError(
                "A desk that other machines reach needs accounts, and there are none.",
                "Add somebody with `ourtake users add NAME`.",
            )
        service = _service(store, editor=editor, outside=outside, pairs=pairs or ())
        listening = lazy.serving.listen(host, port)
        where = listening.getsockname()
        shown = f"[{where[0]}]" if ":" in where[0] else where[0]
        say(f"The desk is at http://{shown}:{where[1]}. Ctrl-C ends it.")
        lazy.serving.serve(service, listening, host=host, names=reached, started=_load_rules)


def _load_rules() -> None:
    """Load the rules, which takes a second, so that the first edit of the day need not wait for them.

    Called once the server handles Ctrl-C: a KeyboardInterrupt in the middle of an import would leave that module
    locked, and the thread would wait for it for ever. The thread isn't a daemon, because Python aborts when it ends
    while one is still loading a module written in C.
    """
    threading.Thread(target=lambda: lazy.rule_registry).start()


def _service(store: Store, *, editor: str, outside: bool, pairs: Sequence[Path]) -> Service:
    """What the pages work on. Raises InputError for a folder of `pairs` that holds no eval run."""
    books = tuple(lazy.pair_book.PairBook(folder) for folder in pairs)
    archive = open_archive(store)
    archive.refresh()
    given, work = settings(), DeskWork(store)
    return lazy.service.Service(
        open_desk(store, archive),
        given,
        editor=editor or os.environ.get("OURTAKE_EDITOR", "") or given.review.editor,
        mask=known_secrets().masked,
        rewrite=work.rewrite_block if can_rewrite() else None,
        models=rewriting_models(),
        write=work.write_draft,
        write_planned=work.write_planned,
        angles=work.angles if can_rewrite() else None,
        read=read_story,
        publish=work.publish_at,
        accounts=lazy.web_accounts.Accounts(store.accounts) if outside else None,
        pairs=books,
    )
