"""What a passage is part of: a sentence, a paragraph, somebody else's words; and how a message names a document."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.documents import SOURCE, FieldName
from ourtake.text.markdown import Span
from ourtake.text.overlaps import Spans
from ourtake.text.parsed import Text, kept, part
from ourtake.text.quotations import quotations_in
from ourtake.text.sentences import sentences
from ourtake.text.words import host_of

OWN = "own"
"""Stands for every article of the publication's own."""


class Sentence(NamedTuple):
    """A sentence of a field, with quotations blanked out in `bare`; offsets count in the field. `before_start`: where
    the sentence before it in its paragraph begins.
    """

    start: int
    end: int
    text: str
    bare: str
    before_start: int
    paragraph_start: int


def spoken(case: Case, field: FieldName) -> Spans:
    """Where a field has words that are not its own: quotations and links."""
    return Spans([(one.start, one.end) for one in (*case.quotations.get(field, ()), *case.links(field))])


def parts_of(case: Case) -> list[tuple[FieldName, Span]]:
    """The summary and each block of the body."""
    summary = Span(0, len(case.take.summary), case.text("summary"))
    return [("summary", summary), *(("body", block) for _, block in case.blocks)]


def label(case: Case, document: Document) -> str:
    """The name that a message uses for a document."""
    return case.source.outlet if document.name == SOURCE else f"\u201c{document.title or document.url}\u201d"


def same_outlet(case: Case, document: Document) -> bool:
    """Whether an article was published by the source's outlet."""
    return document.name != SOURCE and host_of(case.source.url) == host_of(document.url) != ""


@kept
def _starts(text: str) -> tuple[int, ...]:
    return tuple(span.start for span in sentences(text))


def sentence_at(text: str, position: int) -> int:
    """The number of the sentence that holds a position, or that comes before it."""
    return max(0, bisect_right(_starts(text), position) - 1)


@kept
def unquoted(text: str) -> str:
    """The text with spaces in place of quotations; offsets stay."""
    for span in quotations_in(text):
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return Text(text)


@kept
def unquoted_part(text: str, start: int, end: int) -> Text:
    """The same of text[start:end]. It has words of its own: few of such parts are read word by word, and the whole text
    is not, so that it need not be parsed once more.
    """
    return Text(unquoted(text)[start:end])


@kept
def sentence_of(text: str, start: int, end: int) -> Sentence:
    """The sentence, or run of sentences, that holds text[start:end]."""
    listed = sentences(text)
    first, last = sentence_at(text, start), sentence_at(text, max(start, end - 1))
    # "Quoted words." she said: the words after a quotation's own full stop belong to it.
    if last + 1 < len(listed) and text[listed[last + 1].start].islower():
        last += 1
    begin, stop = listed[first].start, max(listed[last].end, end)
    parted = first == 0 or text.find("\n\n", listed[first - 1].end, begin) >= 0
    before = begin if parted else listed[first - 1].start
    blank = text.rfind("\n\n", 0, begin)
    paragraph = blank + 2 if blank >= 0 else 0
    return Sentence(begin, stop, part(text, begin, stop), unquoted_part(text, begin, stop), before, paragraph)


@kept
def outlet_names(case: Case) -> tuple[str, ...]:
    """The names that prose uses for the source's outlet: without "The", and also without the ending of a domain."""
    short = re.sub(r"^(?:the)\s+", "", case.source.outlet.strip(), flags=re.IGNORECASE)
    domain = re.sub(r"\.(?:com|org|net|co\.uk|news|gov)$", "", short, flags=re.IGNORECASE)
    return tuple(one for one in dict.fromkeys((short, domain)) if len(one) > 1)
