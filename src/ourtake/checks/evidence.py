"""The documents that count as evidence: the source, and the related articles that the model was shown.

A document is one text to search, put together from its fields; a piece of evidence says which field it is in and
counts there. Each document says whether its text is here in full: what is not found may be in one that is not
(absence.py).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import NamedTuple

from ourtake.documents import SOURCE, Evidence, Related, Source, trusted
from ourtake.text.parsed import Group, Text

_BREAK = "\n\n"
MOST_CHARACTERS = 400_000
"""Of the documents that a cache keeps: some 80 articles. What is read from a text takes up to 60 times its length."""

_MOST_SETS, _MOST_FIELDS, _MOST_SOURCES = 8, 32, 32


class Part(NamedTuple):
    """Where a field's text is in a document's text."""

    field: str
    start: int
    end: int


class Document(NamedTuple):
    """`name` is SOURCE or a related article's id. `complete` is False if its text is not available in full."""

    name: str
    text: Text
    parts: tuple[Part, ...]
    title: Text = Text()
    url: str = ""
    published: str | None = None
    complete: bool = True

    def evidence(self, start: int, end: int) -> Evidence:
        """text[start:end] as evidence; offsets count in the field where it begins, and it ends with that field."""
        if self.text.memo is None:
            self.text.memo = {}
        # A take has a hundred pieces of evidence, many of them twice; another take on the story has the same again.
        found = self.text.memo.get((Evidence, start, end))
        if not isinstance(found, Evidence):
            found = self.text.memo[Evidence, start, end] = self._evidence(start, end)
        return found

    def _evidence(self, start: int, end: int) -> Evidence:
        part = next((part for part in reversed(self.parts) if part.start <= start), Part("text", 0, len(self.text)))
        end = min(end, part.end)
        # Of our own texts and offsets: there is nothing to validate.
        return trusted(
            Evidence,
            {
                "document": self.name,
                "field": part.field,
                "start": start - part.start,
                "end": end - part.start,
                "text": self.text[start:end],
            },
        )


class _RawDocument(NamedTuple):
    """What a document is made of; `fields` are pairs of a field's name and its text."""

    name: str
    fields: tuple[tuple[str, str], ...]
    title: str
    url: str
    published: str | None
    complete: bool


def _document(raw: _RawDocument) -> Document:
    parts: list[Part] = []
    text = ""
    for field, value in raw.fields:
        if value.strip():
            text += _BREAK if text else ""
            parts.append(Part(field, len(text), len(text) + len(value)))
            text += value
    return Document(raw.name, Text(text), tuple(parts), Text(raw.title), raw.url, raw.published, raw.complete)


def _raw_source(source: Source) -> _RawDocument:
    text = source.text or ""
    fields = (
        ("title", source.title),
        ("blurb", source.blurb),
        ("text", text),
        ("outlet", source.outlet),
        ("author", source.author or ""),
    )
    complete = bool(text.strip() or (source.blurb.strip() and not source.text_left_out))
    return _RawDocument(SOURCE, fields, source.title, source.url, source.published, complete)


def _raw_related(item: Related) -> _RawDocument:
    complete = bool(item.text.strip())
    # Many feeds repeat the beginning of the text as the summary.
    summary = "" if (item.summary or "") in item.text else item.summary or ""
    text = ("text", item.text) if complete else ("passage", item.passage)
    fields = (("title", item.title), text, ("summary", summary))
    return _RawDocument(item.id, fields, item.title, item.url, item.published, complete)


Documents = Group[Document]
"""The documents of a take."""


class DocumentCache:
    """Documents with what was read from them, so that another take over the same articles does not parse them again.

    Code that checks many takes keeps one. It has the articles used last, up to `characters` of text, the last few
    sources, and in `memo` what is read once for all takes.
    """

    def __init__(self, characters: int = MOST_CHARACTERS) -> None:
        self.memo: dict[Hashable, object] = {}
        self.text = lru_cache(_MOST_FIELDS)(Text)
        """A field of a take with what was read from it: a fix or a revision leaves the others as they were."""
        # A source is of one story and soon forgotten: thousands of them must not push out the articles.
        self._source = lru_cache(_MOST_SOURCES)(_document)
        self._set = lru_cache(_MOST_SETS)(Documents)
        self._most = characters
        self._size = 0
        self._documents: OrderedDict[_RawDocument, Document] = OrderedDict()

    def of_take(self, source: Source, related: Iterable[Related]) -> Documents:
        """The source and the related articles."""
        return self._set((self._source(_raw_source(source)), *map(self.article, related)))

    def article(self, item: Related) -> Document:
        """Title and full text of a related article; its passage where the text is not known."""
        given = _raw_related(item)
        found = self._documents.get(given)
        if found is not None:
            self._documents.move_to_end(given)
            return found
        found = self._documents[given] = _document(given)
        self._size += len(found.text)
        while self._size > self._most and len(self._documents) > 1:
            self._size -= len(self._documents.popitem(last=False)[1].text)
        return found


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
                "summary": item.summary or known.summary,
            }
            item = item.model_copy(
                update=ours | {"published": item.published or known.published, "tags": item.tags or known.tags}
            )
        found.append(item)
    return tuple(found)
