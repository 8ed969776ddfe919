"""Posts: what a draft became in a content management system (CMS).

A row is written before a post is created, so that a command that was killed, or whose connection broke, finds the post
again instead of creating a second one.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from ourtake.store.database import Part
from ourtake.store.dialect import put
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


class PostStore(Part):
    """The posts of one store."""

    def save(self, record: PostRecord) -> None:
        """Save a post; it replaces what was known of it."""
        with self._writing() as connection:
            put(connection, posts, [record._asdict()])

    def one(self, site: str, draft_id: str) -> PostRecord | None:
        """The post that a draft became, or may have become, at a site."""
        return next((record for record in self.of_draft(draft_id) if record.site == site), None)

    def of_draft(self, draft_id: str) -> list[PostRecord]:
        """The posts of a draft, by site."""
        statement = select(posts).where(posts.c.draft_id == draft_id).order_by(posts.c.site)
        with self._reading() as connection:
            return [PostRecord(**row) for row in connection.execute(statement).mappings()]
