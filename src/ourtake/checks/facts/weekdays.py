"""FCT004 for days of the week: the documents have another one in a sentence that says the same."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import PROSE, Case, Hit
from ourtake.checks.evidence import Document
from ourtake.checks.facts.days import linked
from ourtake.checks.facts.decision import SAME_THING
from ourtake.checks.facts.number_claims import TOLD
from ourtake.checks.passages import label, sentence_at
from ourtake.checks.quotes.attribution import unread_at
from ourtake.checks.quotes.rules import skipped
from ourtake.checks.sentences import beside
from ourtake.documents import FieldName, Severity
from ourtake.text.content import content
from ourtake.text.dates import DAYS
from ourtake.text.sentences import sentences
from ourtake.values import day_of

_DAY = re.compile(rf"\b(?:{'|'.join(DAYS)})\b")
_NAMED = frozenset(stem for day in DAYS for stem in content(day))


def weekday_altered(case: Case) -> Iterator[Hit]:
    """Days of the week that are in no document and are not the day of an article linked in the paragraph, where a
    document has another day in a sentence that shares SAME_THING words; a warning where the nearest sentence has
    another.
    """
    for field in PROSE:
        text = case.text(field)
        days = list(_DAY.finditer(text))
        known = {match[0] for document in case.documents for match in _DAY.finditer(document.text)} if days else set()
        for match in days:
            if match[0] in known or skipped(case, field)[match.start()]:
                continue
            articles = linked(case, field, match.start())
            if any(document.name in articles and _weekday(document) == match[0] for document in case.documents):
                continue
            at = sentence_at(text, match.start())
            found = _other_day(case, content(sentences(text)[at].text) - _NAMED)
            soft: Severity | None = None if found else "warning"
            found = found or _nearest_day(case, field, at)
            if found is not None:
                document, other = found
                message = f"{label(case, document)} has another day here: {other[0]}."
                evidence = (document.evidence(other.start(), other.end()),)
                hit = Hit(message, field, match.start(), match.end(), severity=soft, evidence=evidence)
                yield unless_elsewhere(case, hit, unread_at(case, field, hit.start, hit.end))


def _weekday(document: Document) -> str | None:
    """The day of the week on which a document was published."""
    date = day_of(document.published)
    return DAYS[datetime.date.fromisoformat(date).weekday()] if date else None


def _nearest_day(case: Case, field: FieldName, at: int) -> tuple[Document, re.Match[str]] | None:
    """The day that the nearest sentence of the documents has."""
    best = beside(case, field, at).best
    if best is None or best.share < TOLD:
        return None
    span = sentences(best.document.text)[best.place]
    match = _DAY.search(best.document.text, span.start, span.end)
    return (best.document, match) if match else None


def _other_day(case: Case, said: frozenset[str]) -> tuple[Document, re.Match[str]] | None:
    for document in case.documents:
        for match in _DAY.finditer(document.text):
            sentence = sentences(document.text)[sentence_at(document.text, match.start())]
            if len(said & content(sentence.text)) >= SAME_THING:
                return document, match
    return None
