"""The texts of one story as a model knows them: the source, and our articles under their handles.

A model that states a fact names its document and quotes it. `StoryTexts.find` looks the words up in that document and
no other, so that nothing rests on words that are not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ourtake.documents import SOURCE, Evidence, Related, Source, handle_map
from ourtake.text.parsed import Text
from ourtake.text.sentences import sentences
from ourtake.text.tokens import WordSpan, find_quotation, quoted_parts, tokenize
from ourtake.values import day_of

LEAST_WORDS = 3
"""Fewer words are evidence only if they are a whole field, such as a title, or hold a figure; so is each part of a
passage that is quoted by its beginning and its end ("The council ... for a year").
"""

MOST_APART = 200
"""Words from the first to the last of several sentences that are quoted as one piece of evidence."""

_LABEL = re.compile(r"\A\s*(?:title|headline|published|date|blurb|text|outlet)\s*:\s*", re.IGNORECASE)
_ENDS = '.!?"\u201d\u2019)'
_END = re.compile(f"[{re.escape(_ENDS)}]*")
_NAME = re.compile(r"[^a-z0-9]+")
_DOTS = re.compile(r"\.\.\.|\u2026")
"""One that leaves words out, or the text's own ("Can I Bring\u2026?", "My mom is, is \u2026 still well enough")."""

MOST_DOTS = 5
"""Ellipses in a piece of evidence, of which each may be the text's own."""


class Found(NamedTuple):
    """Words of a document: field[start:end] == text, counted in Unicode code points."""

    field: str
    start: int
    end: int
    text: str


class StoryTexts:
    """The source and the related articles by the names that a model knows: "source", a1, a2, ..."""

    def __init__(self, source: Source, related: Sequence[Related]) -> None:
        own = [("title", source.title), ("blurb", source.blurb), ("text", source.text), ("outlet", source.outlet)]
        self._fields: dict[str, list[tuple[str, Text]]] = {SOURCE: _filled([*own, ("author", source.author)])}
        self._days: dict[str, str | None] = {SOURCE: source.published}
        self._ids = {SOURCE: SOURCE}
        for handle, item in handle_map(list(related)).items():
            text = ("text", item.text) if item.text.strip() else ("passage", item.passage)
            self._fields[handle] = _filled([("title", item.title), text, ("summary", item.summary)])
            self._days[handle], self._ids[handle] = item.published, item.id

    def name_of(self, said: str) -> str | None:
        """The document that a model means ("A1", "[a1]", "the source"); None if there is none of that name."""
        name = _NAME.sub("", said.casefold()).removeprefix("the")
        return name if name in self._fields else None

    def find(self, document: str, words: str) -> Found | None:
        """Where the document has these words: exact but for case, spacing and typography.

        Several whole sentences may be quoted as one piece, if they are near each other, and a long passage by its
        beginning and its end, with an ellipsis between them: all of it is found. A date is found by its day.
        """
        name = self.name_of(document)
        if name is None:
            return None
        day = self._days[name]
        bare = _LABEL.sub("", words.strip())
        if day and bare and (bare == day or bare == day_of(day)):
            return Found("published", 0, len(day), day)
        for candidate in dict.fromkeys((words, bare)):
            for field, text in self._fields[name]:
                place = _place(candidate, text)
                if place is not None:
                    start, end = tokenize(text).span(place.first, place.last)
                    # The full stop belongs to a sentence that was quoted with it.
                    end += len(_END.match(text, end)[0]) if candidate.rstrip()[-1] in _ENDS else 0  # type: ignore[index]
                    return Found(field, start, end, str(text[start:end]))
        return None

    def mentions(self, document: str, words: Sequence[str]) -> str | None:
        """The first of these words or phrases that occurs anywhere in the document, by stems; None if none does."""
        name = self.name_of(document)
        for said in words if name is not None else ():
            wanted = " ".join(tokenize(said).stems)
            for _, text in self._fields[name or SOURCE]:
                if wanted and f" {wanted} " in f" {' '.join(tokenize(text).stems)} ":
                    return said
        return None

    def evidence(self, document: str, found: Found) -> Evidence:
        """The words as evidence in a report, which knows an article by its id."""
        return Evidence(document=self._ids[self.name_of(document) or SOURCE], **found._asdict())


def _filled(fields: Sequence[tuple[str, str | None]]) -> list[tuple[str, Text]]:
    return [(field, Text(text)) for field, text in fields if text and text.strip()]


def _place(words: str, text: Text) -> WordSpan | None:
    """The words of a text that are quoted; None if they are not there, or say too little to be found by."""
    return next(filter(None, (_exact_place(said, text) for said in _readings(words))), None)


def _readings(words: str) -> Iterator[str]:
    """The words, then with all ellipses but one taken for the text's own, and then with all of them."""
    yield words
    parts = _DOTS.split(words)
    if not 1 < len(parts) <= MOST_DOTS + 1:
        return
    if len(parts) > 2:
        for gap in range(1, len(parts)):
            yield f"{' '.join(parts[:gap])} ... {' '.join(parts[gap:])}"
    yield " ".join(parts)


def _exact_place(words: str, text: Text) -> WordSpan | None:
    said, within = tokenize(words).words, tokenize(text).words
    if len(said) < LEAST_WORDS and said != within and not (len(said) > 1 and any(word[0].isdigit() for word in said)):
        return None
    parts = quoted_parts(words)
    if len(parts) > 1 and min(map(len, parts)) < LEAST_WORDS:
        return None
    whole = find_quotation(words, text)
    if whole is not None:
        return whole
    spans = [find_quotation(span.text, text) for span in sentences(words)]
    found = [span for span in spans if span is not None]
    if len(spans) < 2 or len(found) < len(spans):
        return None
    first, last = min(part.first for part in found), max(part.last for part in found)
    return WordSpan(first, last) if last - first < MOST_APART else None
