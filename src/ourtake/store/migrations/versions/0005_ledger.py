"""The ledger: runs, the processes at work, and what a call cost or may cost."""

from alembic import op
from sqlalchemy import Boolean, Column, Float, Integer, String

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of runs and processes; a call gets its run, process, repetition, reservation and cost (millionths
    of a US dollar).
    """
    op.create_table(
        "processes",
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("host", String, nullable=False),
        Column("pid", Integer, nullable=False),
        Column("born", String, nullable=False),
        Column("beat", Float, nullable=False),
    )
    op.create_table(
        "runs",
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("name", String, nullable=False, index=True),
        Column("state", String, nullable=False),
        Column("process_id", Integer, nullable=False),
        Column("started", String, nullable=False),
    )
    op.add_column("calls", Column("run_id", String, nullable=False, server_default=""))
    op.add_column("calls", Column("process_id", Integer))
    op.add_column("calls", Column("repetition", Integer, nullable=False, server_default="1"))
    op.add_column("calls", Column("max_output_tokens", Integer, nullable=False, server_default="0"))
    op.add_column("calls", Column("cache_write_tokens", Integer))
    op.add_column("calls", Column("batch", Boolean))
    op.add_column("calls", Column("reserved", Integer))
    op.add_column("calls", Column("cost", Integer))
    op.create_index("ix_calls_run_id", "calls", ["run_id", "cost", "reserved"])
    op.create_index("ix_calls_started", "calls", ["started", "cost", "reserved"])
    op.create_index("ix_calls_state", "calls", ["state"])
