"""The tables, as SQLAlchemy Core sees them; migrations/ makes and changes them."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text

HEAD = "0008"
"""The newest revision in migrations/versions."""

metadata = MetaData()

meta = Table("ourtake_meta", metadata, Column("name", String, primary_key=True), Column("value", Integer, nullable=False))

articles = Table(
    "articles",
    metadata,
    Column("id", String, primary_key=True),
    Column("canonical_url", String, nullable=False, unique=True),
    Column("folded_title", String, nullable=False, index=True),
    Column("digest", String, nullable=False),
    Column("document", Text, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("status", String, nullable=False),
    Column("document", Text, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("draft_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", Text, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("draft_id", String, nullable=False, index=True),
    Column("provider", String, nullable=False),
    Column("model", String, nullable=False),
    Column("task", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("request_hash", String, nullable=False, index=True),
    Column("prompt", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("status", String),
    Column("reply", Text),
    Column("stop_reason", String),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("cached_tokens", Integer),
    Column("request_id", String),
    Column("error", Text),
    Column("seconds", Float),
    Column("started", String, nullable=False),
)

rankings = Table(
    "rankings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("document", Text, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("place", String, primary_key=True),
    Column("round", Integer, nullable=False),
    Column("finished", Integer, nullable=False),
)

fetched = Table(
    "fetched",
    metadata,
    Column("place", String, primary_key=True),
    Column("url", String, primary_key=True),
    Column("round", Integer, nullable=False),
    Column("etag", String),
    Column("last_modified", String),
    Column("changed", String),
    Column("reason", Text),
)

link_checks = Table("link_checks", metadata, Column("url", String, primary_key=True), Column("document", Text, nullable=False))
