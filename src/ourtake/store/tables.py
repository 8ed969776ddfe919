"""The tables, as SQLAlchemy Core sees them; migrations/ makes and changes them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, LargeBinary, MetaData, Table, Text

from ourtake.store.dialect import Integer, String

HEAD = "0014"
"""The newest revision in migrations/versions."""

COPYING = "copying"
"""The mark, in `ourtake_meta`, of a store that a copy is being made into (copying.py)."""

metadata = MetaData()

meta = Table(
    "ourtake_meta", metadata, Column("name", String, primary_key=True), Column("value", Integer, nullable=False)
)

articles = Table(
    "articles",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("canonical_url", String, nullable=False, unique=True),
    Column("title_hash", Integer, nullable=False, index=True),
    Column("day", Integer, nullable=False),
    Column("digest", LargeBinary, index=True),
    Column("document", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""A changed article gets the next number, so everything that is new since a number is beyond it.

`title_hash`: of the normalised title. `day`: a proleptic ordinal, 0 undated. `digest`: of the line it was read from.
"""

removed = Table(
    "removed",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("id", String, nullable=False),
    sqlite_autoincrement=True,
)
"""A row for each row that left `articles`, removed or changed: the number of articles is the number of rows ever
added, less these.
"""

links = Table(
    "links",
    metadata,
    Column("article", Integer, primary_key=True, autoincrement=False),
    Column("target", String, primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""The canonical addresses that an article, by its number, links to, whether or not there is an article."""

drafts = Table(
    "drafts",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("status", String, nullable=False),
    Column("document", Text, nullable=False),
)

queue = Table(
    "queue",
    metadata,
    Column("draft_id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("since", String, nullable=False),
    Column("by", String, nullable=False),
    Column("status", String, nullable=False),
    Column("headline", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("warnings", Integer, nullable=False),
    Column("not_checked", Integer, nullable=False),
    Column("undecided", Integer, nullable=False),
    Column("overrides", Integer, nullable=False),
    Column("proposals", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("acts", Integer, nullable=False),
    Column("model", String, nullable=False),
    Column("cost", Integer),
    Column("created", String, nullable=False),
    Index("ix_queue_created", "created", "draft_id"),
    Index("ix_queue_state", "state", "created", "draft_id"),
)
"""What the desk lists of each draft: a row is read in microseconds, the JSON of a draft in a millisecond.

`cost`: in millionths of a US dollar, empty where unknown. `acts`: the length of the draft's chain.
"""

acts = Table(
    "acts",
    metadata,
    Column("draft_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("digest", String, nullable=False),
)
"""What people and code did to a draft at the desk, in order. Rows are only ever added (store/acts.py)."""

seals = Table(
    "seals",
    metadata,
    Column("draft_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("envelope", Text, nullable=False),
)
"""The record of each sign-off, under the number of its act."""

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
    Column("run_id", String, nullable=False),
    Column("process_id", Integer),
    Column("repetition", Integer, nullable=False),
    Column("max_output_tokens", Integer, nullable=False),
    Column("cache_write_tokens", Integer),
    Column("batch", Boolean),
    Column("reserved", Integer),
    Column("cost", Integer),
    Index("ix_calls_run_id", "run_id", "cost", "reserved"),
    Index("ix_calls_started", "started", "cost", "reserved"),
    Index("ix_calls_state", "state"),
)

runs = Table(
    "runs",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("name", String, nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("process_id", Integer, nullable=False),
    Column("started", String, nullable=False),
)

processes = Table(
    "processes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("born", String, nullable=False),
    Column("beat", Float, nullable=False),
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

batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String, nullable=False, index=True),
    Column("provider", String, nullable=False),
    Column("model", String, nullable=False),
    Column("state", String, nullable=False),
    Column("batch_id", String),
    Column("requests", Integer, nullable=False),
)

link_checks = Table(
    "link_checks", metadata, Column("url", String, primary_key=True), Column("document", Text, nullable=False)
)

claim_answers = Table(
    "claim_answers", metadata, Column("key", String, primary_key=True), Column("document", Text, nullable=False)
)
"""What verifiers said of claims, as JSON, by a hash of the claim, its passages, the prompt and the verifier."""

posts = Table(
    "posts",
    metadata,
    Column("site", String, primary_key=True),
    Column("draft_id", String, primary_key=True, index=True),
    Column("slug", String, nullable=False),
    Column("remote_id", String, nullable=False),
    Column("url", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sent", String, nullable=False),
    Column("seen", Text, nullable=False),
)
"""The post that a draft became in a content management system; see store/posts.py."""

watch_feeds = Table(
    "watch_feeds",
    metadata,
    Column("url", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("host", String, nullable=False, index=True),
    Column("status", String, nullable=False),
    Column("etag", String, nullable=False),
    Column("last_modified", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("moved", String, nullable=False),
    Column("error", Text, nullable=False),
    Column("polled", Float, nullable=False),
    Column("read", Float, nullable=False),
    Column("next", Float, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("fresh", Integer, nullable=False),
    Column("stories", Integer, nullable=False),
)
"""A feed or sitemap that is polled; see store/feeds.py. Times are seconds since 1970."""

watch_hosts = Table(
    "watch_hosts",
    metadata,
    Column("host", String, primary_key=True),
    Column("process_id", Integer, nullable=False),
    Column("asked", Float, nullable=False),
)
"""Which process may ask a host at the moment, and when it was asked last."""

watch_stories = Table(
    "watch_stories",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("seen", Float, nullable=False, index=True),
    Column("decision", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("score", Float),
    Column("beats", Text, nullable=False),
    Column("draft_id", String, nullable=False, index=True),
    Column("process_id", Integer, nullable=False),
    Column("day", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next", Float, nullable=False),
    Column("checked", Float, nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_watch_stories_decision", "decision", "day"),
)
"""A story that watching found, and what was decided of it; `document` is its source. See store/watching.py."""

watch_items = Table(
    "watch_items",
    metadata,
    Column("url", String, primary_key=True),
    Column("story", String, nullable=False, index=True),
    Column("feed", String, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("seen", Float, nullable=False),
)
"""An entry of a feed, under its canonical address: a story at one outlet. `story` is empty for what was there before a
feed was watched.
"""

watch_changes = Table(
    "watch_changes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("story", String, nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
)
"""What happened to a story at an outlet after it was seen: corrected, retracted, gone."""

numbers = Table("numbers", metadata, Column("name", String, primary_key=True), Column("last", Integer, nullable=False))
"""PostgreSQL only: the last number that rows of `articles` and `removed` were given (dialect.py)."""

sent_marks = Table(
    "sent_marks",
    metadata,
    Column("call", Integer, primary_key=True, autoincrement=False),
    Column("mark", String, nullable=False),
    Column("hash", String, nullable=False),
)
"""PostgreSQL only, unlogged: which recorded calls were sent (server_backend.py)."""

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False, index=True),
    Column("process_id", Integer, nullable=False),
    Column("began", Float, nullable=False),
    Column("under_way", Boolean, nullable=False),
)
"""PostgreSQL only, unlogged: calls of all workers that count against a provider's limits (turns.py)."""

people = Table(
    "people",
    metadata,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("secret", String, nullable=False),
)
"""`secret`: the Argon2 hash of a password, with its salt and parameters."""

logins = Table(
    "logins",
    metadata,
    Column("token", String, primary_key=True),
    Column("name", String, nullable=False, index=True),
    Column("began", Float, nullable=False),
    Column("seen", Float, nullable=False),
)
"""`token`: the SHA-256 of what the browser holds. `began`, `seen`: seconds since 1970."""

vectors = Table(
    "vectors",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("model", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("article_number", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

vector_models = Table(
    "vector_models",
    metadata,
    Column("model", String, primary_key=True),
    Column("dimension", Integer, nullable=False),
    Column("unrelated", Float, nullable=False),
    Column("probe", LargeBinary, nullable=False),
)


def shared() -> list[Table]:
    """The tables that a store has whatever database keeps it; those that refer to nothing first."""
    return [table for table in metadata.sorted_tables if table not in (numbers, sent_marks, turns)]
