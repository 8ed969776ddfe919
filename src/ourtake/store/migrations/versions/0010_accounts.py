"""People who may log in to the desk in a browser, and their logins."""

from alembic import op
from sqlalchemy import Column, Float, String

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "people",
        Column("name", String, primary_key=True),
        Column("role", String, nullable=False),
        Column("secret", String, nullable=False),
    )
    op.create_table(
        "logins",
        Column("token", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("began", Float, nullable=False),
        Column("seen", Float, nullable=False),
    )
    op.create_index("ix_logins_name", "logins", ["name"])
