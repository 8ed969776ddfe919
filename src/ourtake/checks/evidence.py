"""The documents that count as evidence: the source, and the related articles that the model was shown.

A document is one text to search, put together from its fields; a piece of evidence says which field it stands in and counts there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ourtake.documents import Evidence, Related, Source

_BREAK = "\n\n"


class Part(NamedTuple):
    """Where a field's text stands in a document's text."""

    field: str
    start: int
    end: int


class Document(NamedTuple):
    """`name` is "source" or a related article's id. `whole` is False where the article's text is not known, only its title."""

    name: str
    text: str
    parts: tuple[Part, ...]
    title: str = ""
    url: str = ""
    published: str | None = None
    whole: bool = True

    def evidence(self, start: int, end: int) -> Evidence:
        """text[start:end] as evidence; offsets count in the field where it begins, and it ends with that field."""
        part = next((part for part in reversed(self.parts) if part.start <= start), Part("text", 0, len(self.text)))
        end = min(end, part.end)
        return Evidence.model_validate(
            {"document": self.name, "field": part.field, "start": start - part.start, "end": end - part.start, "text": self.text[start:end]}
        )


def _document(name: str, fields: Iterable[tuple[str, str]], *, title: str, url: str, published: str | None, whole: bool) -> Document:
    parts: list[Part] = []
    text = ""
    for field, value in fields:
        if value.strip():
            text += _BREAK if text else ""
            parts.append(Part(field, len(text), len(text) + len(value)))
            text += value
    return Document(name, text, tuple(parts), title=title, url=url, published=published, whole=whole)


def source_document(source: Source) -> Document:
    """Headline, blurb, text, outlet and author of the source."""
    text, author = source.text or "", source.author or ""
    fields = [("title", source.title), ("blurb", source.blurb), ("text", text), ("outlet", source.outlet), ("author", author)]
    whole = bool(source.blurb.strip() or text.strip())
    return _document("source", fields, title=source.title, url=source.url, published=source.published, whole=whole)


def related_document(item: Related) -> Document:
    """Title and full text of an article; its passage where the text is not known."""
    body = ("text", item.text) if item.text.strip() else ("passage", item.passage)
    return _document(item.id, [("title", item.title), body], title=item.title, url=item.url, published=item.published, whole=bool(body[1].strip()))


def documents_of(source: Source, related: Iterable[Related], *, by_url: Callable[[str], Related | None] | None = None) -> tuple[Document, ...]:
    """The source and the related articles. An article that is given without a text is asked of the archive by its address."""
    found = [source_document(source)]
    for item in related:
        known = by_url(item.url) if by_url is not None and not item.text.strip() else None
        if known is not None:
            item = item.model_copy(update={"text": known.text, "published": item.published or known.published})
        found.append(related_document(item))
    return tuple(found)
