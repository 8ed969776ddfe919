"""What the publication says."""

from __future__ import annotations

from typing import Literal

from ourtake.documents.base import Document
from ourtake.text.plain import plain_line
from ourtake.values import Text, Words

FieldName = Literal["headline", "summary", "body", "tags"]
FIELDS: tuple[FieldName, ...] = ("headline", "summary", "body", "tags")
"""The fields of a take, in the order in which they are read."""


class Take(Document):
    """What the publication says.

    `summary` is the "Our take"; `body` is Markdown, paragraphs separated by blank lines.
    """

    headline: Text
    summary: Text
    body: Text
    tags: Words = ()


def plain_take(take: Take) -> Take:
    """The take with headline and tags as plain lines, without tags that become empty; the same object if unchanged."""
    headline = plain_line(take.headline)
    tags = tuple(tag for tag in map(plain_line, take.tags) if tag)
    return (
        take
        if (headline, tags) == (take.headline, take.tags)
        else take.model_copy(update={"headline": headline, "tags": tags})
    )


REMOVED = "removed-address"
"""The target of a link whose address the model wrote itself; see writing/handles.py."""
