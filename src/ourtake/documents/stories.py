"""What comes in: another outlet's story, and the publication's own articles."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import Field

from ourtake.documents.base import Document
from ourtake.values import IsoDate, Name, Text, Words


class SourceLink(Document):
    """A story at another outlet."""

    outlet: Text
    url: Text
    title: Text = ""


class Source(Document):
    """Another outlet's story, as a blurb: what a take is written about.

    `text_left_out`: the source has a text that is missing here, as in an exported file. `also`: the same story at other
    outlets.
    """

    id: Name | None = None
    title: Text
    outlet: Text
    url: Text
    blurb: Text
    published: IsoDate = None
    author: Text | None = None
    text: Text | None = None
    language: Text | None = None
    text_left_out: bool = Field(default=False, exclude_if=lambda left_out: not left_out)
    also: tuple[SourceLink, ...] = Field(default=(), exclude_if=lambda also: not also)


class Article(Document):
    """One of the publication's own articles. `links`: addresses of archive articles that its text links to."""

    id: Name | None = None
    url: Text
    title: Text
    text: Text
    published: IsoDate = None
    summary: Text | None = None
    tags: Words = ()
    author: Text | None = None
    updated: IsoDate = None
    links: Words = ()


_ARTICLE_KEYS = frozenset(Article.model_fields)
_ARTICLE_EMPTY = {name: None if field.is_required() else field.default for name, field in Article.model_fields.items()}


def trusted_article(given: dict[str, Any]) -> Article:
    """The article of a table whose values are as validation would leave them; `tags` and `links` are lists or missing.

    It does what `Article.model_construct` does in a third of the time. Imports read a million articles, and one look-up
    two hundred.
    """
    article = Article.__new__(Article)
    values = {**_ARTICLE_EMPTY, **given}
    values["tags"], values["links"] = tuple(values["tags"] or ()), tuple(values["links"] or ())
    extra = (
        {} if len(values) == len(_ARTICLE_KEYS) else {name: values.pop(name) for name in given.keys() - _ARTICLE_KEYS}
    )
    for name, value in (
        ("__dict__", values),
        ("__pydantic_fields_set__", set(given)),
        ("__pydantic_extra__", extra),
        ("__pydantic_private__", None),
    ):
        object.__setattr__(article, name, value)
    return article


class Visit(Document):
    """A page that an import read.

    `etag` and `last_modified` are the server's validators. `changed`: when its list says that it changed. `reason`: why
    it gave no article. `round`: the number of the import.
    """

    url: Text
    etag: Text | None = None
    last_modified: Text | None = None
    changed: Text | None = None
    reason: Text | None = None
    round: int = 1


class Related(Document):
    """An article that look-up offers for a source. The model refers to it by `handle` (a1, a2, ...). `summary`: the
    article's own; it is evidence, like its text.
    """

    id: str
    url: str
    title: str
    score: float = 0.0
    published: IsoDate = None
    passage: str = ""
    handle: str | None = None
    text: str = ""
    # Not in its repr: a prompt's marks are a hash of that, and prompts without a summary stay as they were.
    summary: Text | None = Field(default=None, repr=False, exclude_if=lambda summary: not summary)
    tags: Words = ()


SOURCE = "source"
"""The name of the source among the documents of a story; an article has its handle, or its id."""


def handle_map(related: tuple[Related, ...] | list[Related]) -> dict[str, Related]:
    """Handle -> article; an article without a handle gets a1, a2, ... by its position."""
    return {item.handle or f"a{number}": item for number, item in enumerate(related, 1)}


class EarlierTake(NamedTuple):
    """The texts of an earlier take, which a new one should not repeat; `url` is its source's address."""

    id: str
    url: str
    headline: str
    summary: str
    body: str
