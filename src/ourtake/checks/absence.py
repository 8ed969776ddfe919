"""Absence is not a fact: what may be in a text that is not here can't be called not found.

The evidence says of each document whether its text is complete (evidence.py). A rule asks here which documents might
speak against what it found, and hands its finding to `unless_elsewhere`: with any such document the finding only says,
at the same place, that it could not check.
"""

from __future__ import annotations

from collections.abc import Sequence

from ourtake.checks.base import Case, Hit
from ourtake.checks.evidence import Document
from ourtake.checks.quotes.attribution import OWN, SOURCE, named_documents, sentence_of, unquoted
from ourtake.documents import FieldName
from ourtake.text.parsed import Text

_OTHERS = Document(OWN, Text(), (), complete=False)
"""Stands for the articles of which nobody says whether the writer was offered them."""


def unread(case: Case) -> tuple[Document, ...]:
    """The documents whose text is not here, or not in full."""
    return tuple(document for document in case.documents if not document.complete)


def unread_at(case: Case, field: FieldName, start: int, end: int) -> tuple[Document, ...]:
    """The documents not here that may have what a passage says; with OWN named, articles that nobody listed, too."""
    found = unread(case)
    if case.listed:
        return found
    around = sentence_of(case.text(field), start, end)
    bare = unquoted(case.text(field))[around.before_start : around.start + len(around.bare)]
    return (*found, _OTHERS) if OWN in named_documents(case, field, start=around.before_start, bare=bare) else found


def not_here(case: Case, documents: Sequence[Document]) -> str:
    """What a rule says that could not check because of these documents."""
    source = any(document.name == SOURCE for document in documents)
    titles = [
        f"\u201c{document.title or document.url}\u201d" for document in documents if document.name not in (SOURCE, OWN)
    ]
    names = ([case.source.outlet or "the source"] if source else []) + titles
    if not names:
        return "Could not check: the archive's articles are not here."
    rest = len(names) - 1
    more = f" and {rest} other document{'s' if rest > 1 else ''}" if rest else ""
    return f"Could not check: the text of {names[0]}{more} is not here in full."


def unless_elsewhere(case: Case, hit: Hit, documents: Sequence[Document]) -> Hit:
    """The hit, or where one of the documents, which are not here, could speak against it, a note that says so."""
    if not documents:
        return hit
    differs = f" Of what is here: {hit.message}" if hit.evidence else ""
    return hit._replace(message=not_here(case, documents) + differs, severity="info", fix=None)
