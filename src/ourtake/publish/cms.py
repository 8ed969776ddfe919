"""What a content management system (CMS) is asked to do, and what it answers; wordpress.py and ghost.py do it."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple, Protocol

from ourtake.publish.html import Block, footer_blocks, header_blocks, text_blocks
from ourtake.publish.piece import Piece
from ourtake.publish.rendered import plain_words


class Content(NamedTuple):
    """A post as it is to be. `blocks`: the elements of its text. `slug`: the end of its address; no two drafts share
    one.
    """

    title: str
    slug: str
    excerpt: str
    blocks: tuple[Block, ...]
    tags: tuple[str, ...]


class Post(NamedTuple):
    """A post as the CMS has it. `html`: its text. `version`: the CMS's own mark of its state."""

    remote_id: str
    url: str
    status: str
    title: str
    excerpt: str
    html: str
    tags: tuple[str, ...]
    version: str


class Cms(Protocol):
    """One site. Every method raises PublishError; one whose `unsure` is set may have had its effect."""

    def fitted(self, content: Content) -> Content:
        """The content as the site can hold it. Raises PublishError if it can't hold it at all."""

    def sign_in(self) -> None:
        """Find out whether the site answers and accepts the secret. Nothing is changed."""

    def find(self, slug: str) -> Post | None:
        """The post with that slug, published or not."""

    def get(self, remote_id: str) -> Post | None:
        """The post with that id; None if there is none or it is in the bin."""

    def create(self, content: Content) -> Post:
        """Create a post. It is never tried twice."""

    def update(self, post: Post, content: Content, *, tags: bool) -> Post:
        """Replace title, excerpt and text of a post; its tags, too, with `tags`."""

    def close(self) -> None:
        """Close the connections."""


def content_of(piece: Piece) -> Content:
    """The post of a take."""
    blocks = (*header_blocks(piece), *text_blocks(piece), *footer_blocks(piece))
    # The CMS shows the tags itself.
    kept = tuple(block for block in blocks if block.name != "tags")
    return Content(piece.headline, slug_of(piece), plain_words(piece.summary), kept, piece.tags)


def slug_of(piece: Piece) -> str:
    """The first words of the headline, and the draft's id, by which the post is found again."""
    plain = unicodedata.normalize("NFKD", piece.headline).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")
    ending = re.sub(r"[^a-z0-9]+", "-", piece.draft.id.lower()).strip("-")
    return f"{words or 'take'}-{ending}"
