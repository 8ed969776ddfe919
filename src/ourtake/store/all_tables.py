"""The tables of a store, all of them: those of modules that keep their own are loaded here."""

from __future__ import annotations

from sqlalchemy import Table

from ourtake.store import accounts, vectors
from ourtake.store.tables import metadata, numbers, sent_marks, turns

__all__ = ["accounts", "metadata", "shared", "vectors"]


def shared() -> list[Table]:
    """The tables that a store has whatever database keeps it; those that refer to nothing first."""
    return [table for table in metadata.sorted_tables if table not in (numbers, sent_marks, turns)]
