"""Weights learned by `archive tune`, the newest in force."""

from alembic import op
from sqlalchemy import Column, Integer, Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of learned rankings."""
    op.create_table(
        "rankings",
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("document", Text, nullable=False),
    )
