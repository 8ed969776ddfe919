"""Sentence vectors of articles, and the models that they were made with."""

from alembic import op
from sqlalchemy import Column, Float, Integer, LargeBinary, String

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of vectors."""
    op.create_table(
        "vectors",
        Column("article_id", String, primary_key=True),
        Column("model", String, primary_key=True),
        Column("digest", String, nullable=False),
        Column("article_number", Integer, nullable=False),
        Column("vector", LargeBinary, nullable=False),
    )
    op.create_table(
        "vector_models",
        Column("model", String, primary_key=True),
        Column("dimension", Integer, nullable=False),
        Column("unrelated", Float, nullable=False),
        Column("probe", LargeBinary, nullable=False),
    )
