"""The editor's desk for the commands: who acts, and the desk over the store in use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.context import open_archive, settings

if TYPE_CHECKING:
    from ourtake.archive.lookup import Archive
    from ourtake.review.keys import KeyRing
    from ourtake.review.session import Desk
    from ourtake.store import Store


RECORD_SUFFIX = ".intoto.json"
"""What the name of a record adds to that of the export beside it."""


def acting(given: str | None) -> str:
    """Who acts: --as, OURTAKE_EDITOR, or [review] editor. Raises InputError if none says so: nobody is guessed."""
    return lazy.steps.required(given or os.environ.get("OURTAKE_EDITOR") or settings().review.editor)


def reader_contact(given: str = "") -> str:
    """How readers reach the person responsible: --contact, [review] contact, or the publication's address."""
    chosen = settings()
    return given or chosen.review.contact or chosen.publication.url


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
