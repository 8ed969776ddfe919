"""The editor's desk for the commands: who acts, and the desk over the store in use."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.context import open_archive, output, settings
from ourtake.cli.terminal import say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.archive.lookup import Archive
    from ourtake.documents import Draft
    from ourtake.review.keys import KeyRing
    from ourtake.review.session import Desk
    from ourtake.store import Store


RECORD_SUFFIX = ".intoto.json"


def acting(given: str | None) -> str:
    """Who acts: --as, OURTAKE_EDITOR, or [review] editor. Raises InputError if none says so: nobody is guessed."""
    name = given or os.environ.get("OURTAKE_EDITOR") or settings().review.editor
    if not name.strip():
        raise InputError(
            "The desk doesn't know who you are.", "Use --as NAME, or set OURTAKE_EDITOR or [review] editor."
        )
    return " ".join(name.split())


def key_ring() -> KeyRing:
    """The key of this computer, and those that [review] trusts."""
    return lazy.review_keys.KeyRing(trusted=settings().review.public_keys)


def open_desk(store: Store, archive: Archive | None = None) -> Desk:
    """The desk over a store, with the rules of the settings and the archive, which is opened if need be."""
    given = settings()
    if archive is None and store.count_articles():
        archive = open_archive(store)
    return lazy.session.Desk(
        store,
        lazy.rechecking.rechecker(given, archive),
        sealer=lazy.record.RecordSealer(store, given, key_ring()),
        four_eyes=given.review.four_eyes,
    )


def record_beside(store: Store, draft: Draft, out: Path, *, force: bool) -> Callable[[], None]:
    """What writes the record of a signed draft beside its export, as FILE.intoto.json; nothing if nobody signed it.

    Raises InputError, before anything is written, for a file that is there and may not be replaced.
    """
    envelope = store.desk.seal(draft.id) if draft.review is not None and draft.review.seal else None
    if envelope is None:
        return lambda: None
    path = out.with_name(f"{out.name}{RECORD_SUFFIX}")
    target = output(path, force=force)

    def write() -> None:
        target.write(f"{envelope}\n")
        say(f"The record of the sign-off is {path}.")

    return write
