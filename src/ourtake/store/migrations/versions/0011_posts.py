"""Posts of drafts in content management systems, a row a draft and site."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of posts."""
    op.create_table(
        "posts",
        Column("site", String, primary_key=True),
        Column("draft_id", String, primary_key=True, index=True),
        Column("slug", String, nullable=False),
        Column("remote_id", String, nullable=False),
        Column("url", String, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("sent", String, nullable=False),
        Column("seen", Text, nullable=False),
    )
