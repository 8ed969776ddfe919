"""Absence is not a fact: what may be in a text that is not here can't be called not found.

Each document says whether its text is complete (evidence.py). A rule asks here which documents might contradict what it
found, and hands its finding to `unless_elsewhere`: if there are any, the finding only says that it could not check.
"""

from __future__ import annotations

from collections.abc import Sequence

from ourtake.checks.base import Case, Hit
from ourtake.checks.evidence import Document
from ourtake.checks.passages import OWN
from ourtake.documents import SOURCE
from ourtake.text.counts import count_of
from ourtake.text.language import language_name, language_of, primary, short_language_of


def unread(case: Case) -> tuple[Document, ...]:
    """The documents whose text is not here, or not in full."""
    return tuple(document for document in case.documents if not document.complete)


def foreign(case: Case) -> tuple[Document, ...]:
    """The documents in another language than the take: what it has of them may be a translation."""
    return tuple(one for one in case.documents if _language(case, one) != case.language)


def unclear(case: Case) -> tuple[Document, ...]:
    """The documents in which words of the take may be, although they are not found: incomplete ones, foreign ones."""
    return (*unread(case), *(one for one in foreign(case) if one.complete))


def _language(case: Case, document: Document) -> str:
    """The language of a document; where its text is short, what a source says itself, else what it surely is, else the
    take's.
    """
    told = primary(case.source.language or "") if document.name == SOURCE else ""
    return language_of(document.text) or told or short_language_of(document.text) or case.language


def not_here(case: Case, documents: Sequence[Document]) -> str:
    """The message of a rule that could not check because these documents are incomplete."""
    source = any(document.name == SOURCE for document in documents)
    titles = [
        f"\u201c{document.title or document.url}\u201d" for document in documents if document.name not in (SOURCE, OWN)
    ]
    names = ([case.source.outlet or "the source"] if source else []) + titles
    if not names:
        return "Could not check: the archive's articles are not available."
    rest = len(names) - 1
    if documents[0].complete and (language := _language(case, documents[0])) != case.language:
        return (
            f"Could not check: the text of {names[0]} is in {language_name(language)}, and this may be a translation."
        )
    more = f" and {count_of(rest, 'other document')}" if rest else ""
    return f"Could not check: the text of {names[0]}{more} is not available in full."


def unless_elsewhere(case: Case, hit: Hit, documents: Sequence[Document]) -> Hit:
    """The hit; if there are documents that could contradict it but are not here, a note that says so."""
    if not documents:
        return hit
    differs = f" In what is available: {hit.message}" if hit.evidence else ""
    return hit._replace(message=not_here(case, documents) + differs, severity="info", fix=None)
