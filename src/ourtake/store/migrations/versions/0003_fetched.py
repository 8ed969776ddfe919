"""What imports have read: their state, and a row a page."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of imports and of the pages that they read."""
    op.create_table(
        "imports",
        Column("place", String, primary_key=True),
        Column("round", Integer, nullable=False),
        Column("finished", Integer, nullable=False),
    )
    op.create_table(
        "fetched",
        Column("place", String, primary_key=True),
        Column("url", String, primary_key=True),
        Column("round", Integer, nullable=False),
        *(Column(name, String) for name in ("etag", "last_modified", "changed")),
        Column("reason", Text),
    )
