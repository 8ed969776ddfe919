"""FCT004 for days of the week: the documents have another one in a sentence that says the same. Its table row is in
facts.py.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import PROSE, Case, Hit
from ourtake.checks.evidence import Document
from ourtake.checks.facts.compare import SAME_THING
from ourtake.checks.passages import label, sentence_at
from ourtake.checks.quotes.attribution import unread_at
from ourtake.checks.quotes.rules import skipped
from ourtake.documents import FieldName
from ourtake.text.sentences import sentences
from ourtake.text.stems import content
from ourtake.values import day_of

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_DAY = re.compile(rf"\b(?:{'|'.join(_DAYS)})\b")
_REPORTED = re.compile(
    r"\b(?:report\w*|wrote|writes|published|article|story|carried|ran|broke)\b[^,;:]{0,60}\Z", re.IGNORECASE
)
_NAMED = frozenset(stem for day in _DAYS for stem in content(day))


def weekday_altered(case: Case) -> Iterator[Hit]:
    """Days of the week that no document has, where one has another in a sentence that shares SAME_THING words."""
    if not any(day in case.text(field) for field in PROSE for day in _DAYS):
        return
    known = {match[0] for document in case.documents for match in _DAY.finditer(document.text)}
    own = day_of(case.source.published)
    published = _DAYS[datetime.date.fromisoformat(own).weekday()] if own else ""
    for field in PROSE:
        text, taken = case.text(field), skipped(case, field)
        for match in _DAY.finditer(text):
            if match[0] in known or taken[match.start()]:
                continue
            sentence = sentences(text)[sentence_at(text, match.start())]
            reported = match[0] == published and _REPORTED.search(text[sentence.start : match.start()])
            linked = match[0] in _published_on(case, field, match.start())
            found = None if reported or linked else _other_day(case, content(sentence.text) - _NAMED)
            if found is not None:
                document, other = found
                evidence = (document.evidence(other.start(), other.end()),)
                hit = Hit(
                    f"{label(case, document)} has another day here: {other[0]}.",
                    field,
                    match.start(),
                    match.end(),
                    evidence=evidence,
                )
                yield unless_elsewhere(case, hit, unread_at(case, field, hit.start, hit.end))


def _published_on(case: Case, field: FieldName, position: int) -> set[str]:
    """The days of the week on which the articles were published to which the paragraph links."""
    text = case.text(field)
    start, end = text.rfind("\n\n", 0, position) + 1, text.find("\n\n", position)
    links = [link for link in case.links(field) if start <= link.start and (end < 0 or link.start < end)]
    dates = [
        day_of(article.published) for link in links if (article := case.target(link)) is not None and article.published
    ]
    return {_DAYS[datetime.date.fromisoformat(date).weekday()] for date in dates if date}


def _other_day(case: Case, said: frozenset[str]) -> tuple[Document, re.Match[str]] | None:
    for document in case.documents:
        for match in _DAY.finditer(document.text):
            sentence = sentences(document.text)[sentence_at(document.text, match.start())]
            if len(said & content(sentence.text)) >= SAME_THING:
                return document, match
    return None
