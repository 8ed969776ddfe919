"""The documents that count as evidence: the source, and the related articles that the model was shown.

A document is one text to search, put together from its fields; a piece of evidence says which field it stands in and
counts there. Each document says whether its text is here in full: what is not found may be in one that is not
(absence.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ourtake.documents import Evidence, Related, Source
from ourtake.text.parsed import Text

_BREAK = "\n\n"


class Part(NamedTuple):
    """Where a field's text stands in a document's text."""

    field: str
    start: int
    end: int


class Document(NamedTuple):
    """`name` is "source" or a related article's id. `complete` is False where its text is not here in full."""

    name: str
    text: Text
    parts: tuple[Part, ...]
    title: str = ""
    url: str = ""
    published: str | None = None
    complete: bool = True

    def evidence(self, start: int, end: int) -> Evidence:
        """text[start:end] as evidence; offsets count in the field where it begins, and it ends with that field."""
        part = next((part for part in reversed(self.parts) if part.start <= start), Part("text", 0, len(self.text)))
        end = min(end, part.end)
        return Evidence.model_validate(
            {
                "document": self.name,
                "field": part.field,
                "start": start - part.start,
                "end": end - part.start,
                "text": self.text[start:end],
            }
        )


def _document(
    name: str, fields: Iterable[tuple[str, str]], *, title: str, url: str, published: str | None, complete: bool
) -> Document:
    parts: list[Part] = []
    text = ""
    for field, value in fields:
        if value.strip():
            text += _BREAK if text else ""
            parts.append(Part(field, len(text), len(text) + len(value)))
            text += value
    return Document(name, Text(text), tuple(parts), title=title, url=url, published=published, complete=complete)


def source_document(source: Source) -> Document:
    """Headline, blurb, text, outlet and author of the source."""
    text, author = source.text or "", source.author or ""
    fields = [
        ("title", source.title),
        ("blurb", source.blurb),
        ("text", text),
        ("outlet", source.outlet),
        ("author", author),
    ]
    complete = bool(text.strip() or (source.blurb.strip() and not source.text_left_out))
    return _document(
        "source", fields, title=source.title, url=source.url, published=source.published, complete=complete
    )


def related_document(item: Related) -> Document:
    """Title and full text of an article; its passage where the text is not known."""
    complete = bool(item.text.strip())
    body = ("text", item.text) if complete else ("passage", item.passage)
    return _document(
        item.id,
        [("title", item.title), body],
        title=item.title,
        url=item.url,
        published=item.published,
        complete=complete,
    )


def completed(related: Iterable[Related], by_url: Callable[[str], Related | None]) -> tuple[Related, ...]:
    """The related articles; for one that is given without its text or tags, the archive's own."""
    found = []
    for item in related:
        known = None if item.text.strip() and item.tags else by_url(item.url)
        if known is not None:
            ours = {
                "id": known.id,
                "text": item.text if item.text.strip() else known.text,
                "title": item.title or known.title,
            }
            item = item.model_copy(
                update=ours | {"published": item.published or known.published, "tags": item.tags or known.tags}
            )
        found.append(item)
    return tuple(found)


def documents_of(source: Source, related: Iterable[Related]) -> tuple[Document, ...]:
    """The source and the related articles."""
    return (source_document(source), *map(related_document, related))
