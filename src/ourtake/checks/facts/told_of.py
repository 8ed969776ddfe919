"""LNK019 by code: what a sentence says about the article that it links to is in another article, and not in that one.

What is said is the sentence, or its part up to the next link, without the title of the linked article. It is looked
for in the sentences of all documents (checks/sentences.py). Words decide only where figures or names are among them
that the linked article lacks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import PROSE, Case, Hit
from ourtake.checks.evidence import Document
from ourtake.checks.facts.attributed import claiming_words
from ourtake.checks.opinion import is_opinion
from ourtake.checks.passages import label, sentence_at, unquoted
from ourtake.checks.quotes.attribution import unread_at
from ourtake.checks.sentences import postings, sentence_index, terms
from ourtake.documents import SOURCE, FieldName
from ourtake.text.markdown import Link
from ourtake.text.names import names_in
from ourtake.text.parsed import kept, part
from ourtake.text.saying import WE_WROTE
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize

LEAST = 0.35
"""Share of what is said that one sentence of the other article has."""

AHEAD = 0.5
"""The linked article's best sentence has at most this part of the other's."""

LEAST_TERMS = 4

_PARTS = ";:\u2014"
"""What ends a part of a sentence."""


class Said(NamedTuple):
    """What field[start:end] says about the document that it links to."""

    field: FieldName
    start: int
    end: int
    link: Link
    document: Document


@kept
def said_of_articles(case: Case) -> tuple[Said, ...]:
    """What each link's sentence says, up to the next link."""
    known = {document.name: document for document in case.documents}
    found = []
    for field in PROSE:
        text, listed = case.text(field), case.links(field)
        starts = sorted(one.start for one in listed)
        ends = sorted(one.end for one in listed)
        for link in listed:
            article = case.target(link)
            document = known.get(article.id) if article is not None else None
            if document is None:
                continue
            sentence = sentences(text)[sentence_at(text, link.start)]
            earlier, later = bisect_right(ends, link.start), bisect_left(starts, link.end)
            start = max([sentence.start, *ends[earlier - 1 : earlier]])
            end = min([max(sentence.end, link.end), *starts[later : later + 1]])
            start = max(start, *(text.rfind(mark, start, link.start) + 1 for mark in _PARTS))
            stops = (text.find(mark, link.end, min(sentence.end, end)) for mark in _PARTS)
            end = min([end, *(at for at in stops if at >= 0)])
            found.append(Said(field, start, end, link, document))
    return tuple(found)


def told_of_another(case: Case) -> Iterator[Hit]:
    """LNK019."""
    for said in said_of_articles(case):
        other = _other(case, said)
        if other is not None:
            document, place = other
            span = sentences(document.text)[place]
            evidence = document.evidence(span.start, span.end)
            message = f"\u201c{said.document.title}\u201d does not say this; {label(case, document)} does."
            hit = Hit(message, said.field, said.start, said.end, evidence=(evidence,))
            unread = () if said.document.complete else (said.document,)
            yield unless_elsewhere(case, hit, unread or unread_at(case, said.field, said.start, said.end))


def _other(case: Case, said: Said) -> tuple[Document, int] | None:
    text = case.text(said.field)
    words = part(text, said.start, said.end)
    if words.rstrip().endswith("?") or is_opinion(words):
        return None
    wanted = terms(words) - terms(said.document.title)
    own = postings(said.document.text)
    distinctive = _distinctive(text, said) - own.keys()
    if len(wanted) < LEAST_TERMS or not distinctive or not _is_told(text, said):
        return None
    linked = {one.target for one in case.links(said.field) if said.start <= one.start < said.end}
    index = sentence_index(case)
    best = {document.name: (share, place) for document, place, share in index.by_document(wanted)}
    here = best.get(said.document.name, (0.0, 0))[0]
    source = best.get(SOURCE, (0.0, 0))[0]
    for document in case.documents:
        share, place = best.get(document.name, (0.0, 0))
        if document.name in (SOURCE, said.document.name) or document.name in linked:
            continue
        has = distinctive & terms(sentences(document.text)[place].text) if share >= LEAST else ()
        if has and here <= AHEAD * share and source <= AHEAD * share:
            return document, place
    return None


_LED = 4
"""Words before a link at most where what follows is said about it."""


def _is_told(text: str, said: Said) -> bool:
    """Whether it is said about the article: the link is among the first words, or somebody says it."""
    lead = text[said.start : said.link.start]
    bare = unquoted(text)[said.start : said.end]
    return len(tokenize(lead).words) <= _LED or bool(claiming_words(bare)) or WE_WROTE.search(bare) is not None


def _distinctive(text: str, said: Said) -> frozenset[str]:
    """The figures and names in what is said."""
    tokens = tokenize(text)
    which = tokens.between(said.start, said.end)
    found = {word for word in tokens.words[which] if word[0].isdigit() and len(word) > 1}
    for name in names_in(text):
        if said.start <= name.start < said.end and not (name.first and " " not in name.text):
            found |= terms(name.text)
    return frozenset(found)
