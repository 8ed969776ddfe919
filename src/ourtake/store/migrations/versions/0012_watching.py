"""Watching other outlets: their feeds, whose turn a host is, stories, their entries, and what became of them."""

from alembic import op
from sqlalchemy import Column, Float, Text

from ourtake.store.dialect import Integer, String

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _words(*names: str) -> list[Column[str]]:
    return [Column(name, String, nullable=False) for name in names]


def _times(*names: str) -> list[Column[float]]:
    return [Column(name, Float, nullable=False) for name in names]


def _counts(*names: str) -> list[Column[int]]:
    return [Column(name, Integer, nullable=False) for name in names]


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "watch_feeds",
        Column("url", String, primary_key=True),
        *_words("kind"),
        Column("host", String, nullable=False, index=True),
        *_words("status", "etag", "last_modified", "digest", "moved"),
        *_texts("error"),
        *_times("polled", "read", "next"),
        *_counts("failures", "fresh", "stories"),
    )
    op.create_table("watch_hosts", Column("host", String, primary_key=True), *_counts("process_id"), *_times("asked"))
    op.create_table(
        "watch_stories",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("seen", Float, nullable=False, index=True),
        *_words("decision"),
        *_texts("reason"),
        Column("score", Float),
        *_texts("beats"),
        Column("draft_id", String, nullable=False, index=True),
        *_counts("process_id"),
        *_words("day"),
        *_counts("tries"),
        *_times("next", "checked"),
        *_texts("document"),
    )
    op.create_index("ix_watch_stories_decision", "watch_stories", ["decision", "day"])
    op.create_table(
        "watch_items",
        Column("url", String, primary_key=True),
        Column("story", String, nullable=False, index=True),
        *_words("feed"),
        *_texts("outlet", "address", "title", "text"),
        *_words("digest"),
        *_times("seen"),
    )
    op.create_table(
        "watch_changes",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("story", String, nullable=False, index=True),
        *_texts("address"),
        *_words("at", "kind"),
        *_texts("text"),
    )
