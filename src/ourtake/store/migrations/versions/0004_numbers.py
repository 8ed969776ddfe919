"""Articles get numbers, days and links of their own, so that an index can follow the changes and look-up need not read
every article.
"""

from __future__ import annotations

import json
import secrets
import zlib

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, String, Text

from ourtake.text.words import canonical_url
from ourtake.values import ordinal

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_GROUP = 1000


def upgrade() -> None:
    """Make the new tables and move the articles over."""
    connection = op.get_bind()
    op.drop_index("ix_articles_folded_title", "articles")
    op.rename_table("articles", "old_articles")
    op.create_table(
        "articles",
        Column("number", Integer, primary_key=True),
        Column("id", String, nullable=False, unique=True),
        Column("canonical_url", String, nullable=False, unique=True),
        Column("title_hash", Integer, nullable=False, index=True),
        Column("day", Integer, nullable=False),
        Column("digest", LargeBinary, index=True),
        Column("document", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "removed",
        Column("sequence", Integer, primary_key=True),
        Column("id", String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "links",
        Column("article", Integer, primary_key=True, autoincrement=False),
        Column("target", String, primary_key=True, index=True),
        sqlite_with_rowid=False,
    )
    old = connection.exec_driver_sql("SELECT id, canonical_url, folded_title, document FROM old_articles ORDER BY id")
    number = 0
    while rows := old.fetchmany(_GROUP):
        values, links = [], []
        for id_, address, title, document in rows:
            number += 1
            given = json.loads(document)
            values.append((number, id_, address, _hash(title), ordinal(given.get("published")), document))
            links += [
                (number, target)
                for target in dict.fromkeys(map(canonical_url, given.get("links", ())))
                if target != address
            ]
        connection.exec_driver_sql(
            "INSERT INTO articles (number, id, canonical_url, title_hash, day, document) VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )
        if links:
            connection.exec_driver_sql("INSERT INTO links (article, target) VALUES (?, ?)", links)
    op.drop_table("old_articles")
    # An index says whose changes it follows; this number tells one store from another.
    connection.exec_driver_sql("DELETE FROM ourtake_meta WHERE name = 'archive_version'")
    connection.exec_driver_sql("INSERT INTO ourtake_meta (name, value) VALUES ('identity', ?)", (secrets.randbits(62),))


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())
