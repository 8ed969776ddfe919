"""What was found behind addresses, a row an address."""

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of link checks."""
    op.create_table("link_checks", Column("url", String, primary_key=True), Column("document", Text, nullable=False))
