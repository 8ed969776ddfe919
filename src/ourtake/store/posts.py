"""Posts: what a draft became in a content management system (CMS).

A row is written before a post is created, so that a command that was killed, or whose connection broke, finds the post
again instead of creating a second one.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Row, select

from ourtake.store.dialect import upsert
from ourtake.store.tables import posts


class PostRecord(NamedTuple):
    """The post of a draft at a site.

    `site`: the kind of CMS and its address. `slug`: the slug by which the post can be found. `remote_id`: the CMS's own
    id; empty while it is not known whether the post was created. `revision`: the number of the revision that was sent,
    at `sent` (ISO 8601 in UTC). `seen`: the post's text as the CMS had it after that.
    """

    site: str
    draft_id: str
    slug: str
    remote_id: str = ""
    url: str = ""
    revision: int = 0
    sent: str = ""
    seen: str = ""


def save(connection: Connection, record: PostRecord) -> None:
    """Insert or replace the row of this site and draft."""
    values = record._asdict()
    statement = upsert(connection, posts).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=["site", "draft_id"], set_=values))


def one(connection: Connection, site: str, draft_id: str) -> PostRecord | None:
    """The row of this site and draft."""
    row = connection.execute(select(posts).where(posts.c.site == site, posts.c.draft_id == draft_id)).first()
    return None if row is None else _record(row)


def of_draft(connection: Connection, draft_id: str) -> list[PostRecord]:
    """The rows of a draft, by site."""
    rows = connection.execute(select(posts).where(posts.c.draft_id == draft_id).order_by(posts.c.site))
    return [_record(row) for row in rows]


def _record(row: Row[tuple[object, ...]]) -> PostRecord:
    return PostRecord(**row._mapping)
