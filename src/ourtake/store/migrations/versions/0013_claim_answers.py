"""What verifiers said of claims, a row a claim beside its passages."""

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of answers."""
    op.create_table("claim_answers", Column("key", String, primary_key=True), Column("document", Text, nullable=False))
