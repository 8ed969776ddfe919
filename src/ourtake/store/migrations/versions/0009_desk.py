"""The editor's desk: a queue of summary columns, and the acts of each draft."""

from __future__ import annotations

import json
from typing import Any

from alembic import op
from sqlalchemy import Column, Integer, String, Text, text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WORDS = ("state", "since", "by", "status", "model", "created")
_TEXTS = ("headline", "outlet", "title")
_NUMBERS = ("errors", "warnings", "not_checked", "undecided", "overrides", "proposals", "revision", "acts")


def upgrade() -> None:
    """Make both tables, and a row of the queue for each draft that there is."""
    queue = op.create_table(
        "queue",
        Column("draft_id", String, primary_key=True),
        *(Column(name, String, nullable=False) for name in _WORDS),
        *(Column(name, Text, nullable=False) for name in _TEXTS),
        *(Column(name, Integer, nullable=False) for name in _NUMBERS),
        Column("cost", Integer),
    )
    op.create_index("ix_queue_created", "queue", ["created", "draft_id"])
    op.create_index("ix_queue_state", "queue", ["state", "created", "draft_id"])
    op.create_table(
        "acts",
        Column("draft_id", String, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("document", Text, nullable=False),
        Column("digest", String, nullable=False),
    )
    op.create_table(
        "seals",
        Column("draft_id", String, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("envelope", Text, nullable=False),
    )
    connection = op.get_bind()
    for name, document in connection.execute(text("SELECT id, document FROM drafts")).all():
        statement = text("SELECT document FROM revisions WHERE draft_id = :draft AND number = :number")
        draft = json.loads(document)
        found = connection.execute(statement, {"draft": name, "number": draft.get("chosen", 1)}).scalar()
        connection.execute(queue.insert(), _row(name, draft, json.loads(found) if found else {}))


def _row(name: str, draft: dict[str, Any], revision: dict[str, Any]) -> dict[str, Any]:
    """The row of a draft as it was stored at the time of this migration, from the JSON as it is."""
    report, source, cost = revision.get("report") or {}, draft.get("source") or {}, draft.get("cost_usd")
    counts = report.get("counts") or {}
    words = {"state": "draft", "by": "", "since": draft.get("created", ""), "created": draft.get("created", "")}
    numbers = {"errors": counts.get("error", 0), "warnings": counts.get("warning", 0), "undecided": -1}
    return {
        **dict.fromkeys(_NUMBERS, 0),
        **words,
        **numbers,
        "draft_id": name,
        "status": draft.get("status", ""),
        "model": draft.get("model", ""),
        "headline": (revision.get("take") or {}).get("headline", ""),
        "outlet": source.get("outlet", ""),
        "title": source.get("title", ""),
        "not_checked": (report.get("claim_counts") or {}).get("not-checked", 0),
        "revision": revision.get("number", 0),
        "cost": None if cost is None else round(cost * 1_000_000),
    }
