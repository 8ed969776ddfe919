"""Batches at a provider's batch endpoint: known before they are waited for, so that a killed run finds them again."""

from alembic import op
from sqlalchemy import Column, Integer, String

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of batches."""
    op.create_table(
        "batches",
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("run_id", String, nullable=False, index=True),
        Column("provider", String, nullable=False),
        Column("model", String, nullable=False),
        Column("state", String, nullable=False),
        Column("batch_id", String),
        Column("requests", Integer, nullable=False),
    )
