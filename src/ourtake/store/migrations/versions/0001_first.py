"""The first tables."""

from alembic import op
from sqlalchemy import Column, Float, Integer, String, Text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of version 0.1."""
    op.create_table("ourtake_meta", Column("name", String, primary_key=True), Column("value", Integer, nullable=False))
    op.create_table(
        "articles",
        Column("id", String, primary_key=True),
        Column("canonical_url", String, nullable=False, unique=True),
        Column("folded_title", String, nullable=False, index=True),
        Column("digest", String, nullable=False),
        Column("document", Text, nullable=False),
    )
    op.create_table(
        "drafts",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("status", String, nullable=False),
        Column("document", Text, nullable=False),
    )
    op.create_table(
        "revisions",
        Column("draft_id", String, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("document", Text, nullable=False),
    )
    op.create_table(
        "calls",
        Column("id", Integer, primary_key=True, autoincrement=True),
        *(Column(name, String, nullable=False) for name in ("provider", "model", "task", "state", "started")),
        Column("draft_id", String, nullable=False, index=True),
        Column("request_hash", String, nullable=False, index=True),
        Column("attempt", Integer, nullable=False),
        Column("prompt", Text, nullable=False),
        *(Column(name, String) for name in ("status", "stop_reason", "request_id")),
        *(Column(name, Text) for name in ("reply", "error")),
        *(Column(name, Integer) for name in ("input_tokens", "output_tokens", "cached_tokens")),
        Column("seconds", Float),
    )


def downgrade() -> None:
    """There is nothing older."""
    raise RuntimeError("There is no older version of the store.")
