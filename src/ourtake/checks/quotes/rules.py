"""QUO: words in quotation marks are in the source or in an article that was offered, and in the one that the sentence
names.

Titles are checked with the links (links/titles.py). One or two words in quotation marks that nobody says are left
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ourtake.checks.absence import not_here, unless_elsewhere, unread
from ourtake.checks.base import ENGLISH, PROSE, Case, Hit, Rule
from ourtake.checks.evidence import Document
from ourtake.checks.examples import SOUND, with_first
from ourtake.checks.links.titles import may_be_title, near_title, nearest
from ourtake.checks.opinion import HAPPENED
from ourtake.checks.passages import OWN, Sentence, label, outlet_names, same_outlet, sentence_of, unquoted
from ourtake.checks.quotes.attribution import THE_STORY, goes_on, named_documents, named_speakers, unread_at
from ourtake.checks.quotes.original_words import real_wording
from ourtake.checks.quotes.speaker import other_speaker
from ourtake.documents import SOURCE, FieldName, Severity
from ourtake.text.dates import DAYS
from ourtake.text.parsed import kept
from ourtake.text.quotations import Quotation, find_across, quotations_in
from ourtake.text.saying import SAYING
from ourtake.text.speakers import says
from ourtake.text.tokens import WordSpan, find_nearly, find_quotation, tokenize
from ourtake.text.words import normalise

SCARE_WORDS = 2
"""Up to this many words in quotation marks are scare quotes unless somebody says them."""

OWN_WORDS = 6
"""Up to this many words in quotation marks only warn if nobody says them."""

_FOR_EXAMPLE = re.compile(r",\s+say,")
_PRONOUN = re.compile(
    r"\b(?:he|she|they|the paper|the outlet|the company)\b|\bit(?:\s\w+){0,2}?\s" + SAYING.pattern, re.IGNORECASE
)


_AFTER_COLON = re.compile(r":\s*\S\s?\Z")
_BEFORE_COMMA = re.compile(r"\s?\S,\s")


class Verdict(NamedTuple):
    """What is known of one quotation. `places`: the documents that have its words, or the one passage that it alters.
    `unread`: incomplete documents that may have its words. `why`: the message for an unclear one.
    """

    field: FieldName
    quotation: Quotation
    state: Literal["found", "altered", "absent", "unclear"]
    places: tuple[tuple[Document, WordSpan], ...] = ()
    unread: tuple[Document, ...] = ()
    why: str = ""


@kept
def verdicts(case: Case) -> tuple[Verdict, ...]:
    """Every quotation of summary and body that has to be in a document."""
    found = []
    for field in PROSE:
        for quotation in quotations_in(case.text(field)):
            verdict = _verdict(case, field, quotation)
            if verdict is not None:
                found.append(verdict)
    return tuple(found)


def _verdict(case: Case, field: FieldName, quotation: Quotation) -> Verdict | None:
    words = tokenize(quotation.text).words
    if not words:
        return None
    exact = tuple(
        (document, place) for document in case.documents if (place := find_quotation(quotation.text, document.text))
    )
    exact = exact or tuple(
        (document, place) for document in case.documents if (place := find_across(quotation.text, document.text))
    )
    elsewhere = _may_be_in(case, field, quotation)
    if exact:
        return Verdict(field, quotation, "found", exact, elsewhere)
    if _is_title(case, quotation.text) or (len(words) <= SCARE_WORDS and not _attributed(case, field, quotation)):
        return None
    if quotation.kind == "open":
        return Verdict(field, quotation, "unclear", why="Could not check: the quotation is never closed.")
    near = [(document, place) for document in case.documents if (place := find_nearly(quotation.text, document.text))]
    if near:
        return Verdict(field, quotation, "altered", (max(near, key=lambda pair: pair[1].likeness),), elsewhere)
    if elsewhere:
        return Verdict(field, quotation, "unclear", why=not_here(case, elsewhere))
    if case.archive is None and may_be_title(quotation.text) and not _attributed(case, field, quotation):
        why = "Could not check: it may be the title of an article, and the archive is not available."
        return Verdict(field, quotation, "unclear", why=why)
    return Verdict(field, quotation, "absent")


def _may_be_in(case: Case, field: FieldName, quotation: Quotation) -> tuple[Document, ...]:
    """The incomplete documents that may have the words, such that the sentence would be right."""
    found = unread_at(case, field, quotation.start, quotation.end)
    if not found:
        return ()
    around = sentence_of(case.text(field), quotation.start, quotation.end)
    return tuple(
        one for one in found if same_outlet(case, one) or _other_document(case, field, around, holders=[one]) is None
    )


def _is_title(case: Case, text: str) -> bool:
    bare = text.strip(" .,;:!?")
    return (
        normalise(bare) == normalise(case.source.title).strip(" .,;:!?")
        or case.title(bare) is not None
        or case.title(text) is not None
        or nearest(case, text) is not None
    )


def _attributed(case: Case, field: FieldName, quotation: Quotation) -> bool:
    """Whether there is a verb of saying beside the quotation, and somebody in its sentence who can have said it."""
    if _set_off(case, field, quotation):
        return True
    around = sentence_of(case.text(field), quotation.start, quotation.end)
    start, end = quotation.start - around.start, quotation.end - around.start
    beside = around.bare[max(0, start - 40) : start - 1] + " | " + around.bare[end + 1 : end + 40]
    if not says(beside):
        return False
    if quotation.text.endswith(",") and says(around.bare[end + 1 : end + 40]):
        return True  # "...," the director said: a title does not go on
    named = named_documents(case, field, start=around.start, bare=around.bare)
    return bool(named or named_speakers(case, around.bare) or goes_on(around.bare) or _PRONOUN.search(around.bare))


def _set_off(case: Case, field: FieldName, quotation: Quotation) -> bool:
    """Whether a language whose verbs of saying are not known here sets the quotation off as speech: after a colon, or
    before a comma, as in: \u201e...\u201c, sagte sie.
    """
    if case.language == "en" or quotation.kind != "marks":
        return False
    text = case.text(field)
    before, after = text[max(0, quotation.start - 4) : quotation.start], text[quotation.end : quotation.end + 4]
    return bool(_AFTER_COLON.search(before) or _BEFORE_COMMA.match(after))


@kept
def skipped(case: Case, field: FieldName) -> bytes:
    """Quotations and titles of a field, which other rules check: 1 for each character inside one, else 0."""
    found = [(verdict.quotation.start, verdict.quotation.end) for verdict in verdicts(case) if verdict.field == field]
    found += [
        (span.start, span.end) for span in case.quotations[field] if case.title(span.text.strip(" .,;:")) is not None
    ]
    found += [(span.start, span.end) for span in case.brackets(field) if case.title(span.text[1:-1]) is not None]
    for link in case.links(field):
        article = case.target(link)
        if article is None:
            continue
        title = case.document_of(article).title
        if near_title(link.anchor, title, article.text) or case.title(link.anchor) is not None:
            found.append((link.anchor_start, link.anchor_end))
    letters = bytearray(len(case.text(field)) + 1)
    for start, end in found:
        letters[start:end] = b"\1" * (end - start)
    return bytes(letters)


def not_found(case: Case) -> Iterator[Hit]:
    """QUO001."""
    for field, quotation, state, _, _, why in verdicts(case):
        if state == "absent":
            soft = _severity(case, field, quotation)
            # A text that is not here may have them, but the sentence names another.
            known = (
                "appear in none of the documents" if not unread(case) else "are not in the text that the sentence names"
            )
            yield Hit(f"These words {known}.", field, quotation.start, quotation.end, severity=soft)
        elif state == "unclear":
            yield Hit(why, field, quotation.start, quotation.end, severity="info")


def _severity(case: Case, field: FieldName, quotation: Quotation) -> Severity | None:
    """A warning for a few words in quotation marks where nobody speaks and no document is named: they may be the
    writer's own.
    """
    around = sentence_of(case.text(field), quotation.start, quotation.end)
    attributed = (
        _set_off(case, field, quotation)
        or says(_FOR_EXAMPLE.sub(" ", around.bare))
        or named_documents(case, field, start=around.start, bare=around.bare)
    )
    return None if attributed or len(tokenize(quotation.text).words) > OWN_WORDS else "warning"


def altered(case: Case) -> Iterator[Hit]:
    """QUO003."""
    for field, quotation, state, places, elsewhere, _ in verdicts(case):
        if state == "altered":
            document, place = places[0]
            start, end = tokenize(document.text).span(place.first, place.last)
            evidence = document.evidence(start, end)
            fix = real_wording(case.text(field), quotation, document.text, start=start, end=end)
            message = f"The words differ from {label(case, document)}: \u201c{evidence.text}\u201d."
            soft = _severity(case, field, quotation)
            hit = Hit(message, field, quotation.start, quotation.end, severity=soft, fix=fix, evidence=(evidence,))
            yield unless_elsewhere(case, hit, elsewhere)


_EARLIER = re.compile(rf"(?:\s\w+){{0,2}}?\s(?:(?:was|were|had|did|said|wrote|put it)\b|{HAPPENED.pattern})")
_NOW = re.compile(rf"\b(?:this (?:week|month|morning)|today|yesterday|{'|'.join(DAYS)})\b", re.IGNORECASE)
_THIS_STORY = re.compile(
    r"\bin (?:the|this|its) (?:article|story|piece|report|column)(?=\s*(?:[.,;:!?\u2014]|\Z)|\s+that\b)"
)
"""A story that nothing describes is the one that the take is about: not "in its story of 2025"."""


def _told_earlier(case: Case, field: FieldName, around: Sentence, *, holders: list[Document]) -> bool:
    """Whether a sentence tells what an outlet said before, in any of its articles, and not just now."""
    bare = around.bare
    if _NOW.search(bare):
        return False
    if _THIS_STORY.search(bare):
        before = unquoted(case.text(field))[around.paragraph_start : around.start]
        named = named_documents(case, field, start=around.paragraph_start, bare=before)
        if not any(holder.name in named for holder in holders):
            return False
    return any(
        _EARLIER.match(bare, found.end())
        for name in outlet_names(case)
        for found in re.finditer(rf"\b{re.escape(name)}\b", bare, re.IGNORECASE)
    )


def wrong_attribution(case: Case) -> Iterator[Hit]:
    """QUO002."""
    for field, quotation, state, places, elsewhere, _ in verdicts(case):
        if state != "found" or (
            len(tokenize(quotation.text).words) <= SCARE_WORDS and not _attributed(case, field, quotation)
        ):
            continue
        around = sentence_of(case.text(field), quotation.start, quotation.end)
        holders = [document for document, _ in places]
        other = _other_document(case, field, around, holders=holders)
        message = other or other_speaker(case, quotation, around, field=field, places=places)
        if message:
            # The text that the sentence names may have the words as well; an incomplete one may name the same speaker.
            absent = unread_at(case, field, quotation.start, quotation.end)
            as_well = tuple(
                one for one in absent if other and _other_document(case, field, around, holders=[*holders, one]) is None
            )
            doubt = as_well if other else (*elsewhere, *(holder for holder in holders if not holder.complete))
            evidence = tuple(
                document.evidence(*tokenize(document.text).span(place.first, place.last))
                for document, place in places[:2]
            )
            # An outlet's name may mean any of its articles, if it wrote about itself.
            outlet = SOURCE in named_documents(case, field, start=around.start, bare=around.bare)
            own = bool(other) and outlet and any(same_outlet(case, holder) for holder in holders)
            if own and _told_earlier(case, field, around, holders=holders):
                message = other_speaker(case, quotation, around, field=field, places=places)
                if not message:
                    continue
            soft: Severity | None = "warning" if own else None
            hit = Hit(message, field, quotation.start, quotation.end, severity=soft, evidence=evidence)
            yield unless_elsewhere(case, hit, tuple(dict.fromkeys(doubt)))


def _other_document(case: Case, field: FieldName, around: Sentence, *, holders: list[Document]) -> str | None:
    attributed = says(around.bare)
    named = named_documents(case, field, start=around.start, bare=around.bare)
    if not named:
        # "It says: ...", "the article" and a sentence that is only a quotation refer to what was named before.
        if not goes_on(around.bare):
            return None
        bare = unquoted(case.text(field))[around.paragraph_start : around.start]
        named = named_documents(case, field, start=around.paragraph_start, bare=bare)
        if not named and THE_STORY.search(around.bare):
            named = {SOURCE: 0}
        attributed = True
        # "The article" may be that of the paragraph before, or the words may introduce the text named next.
        after = unquoted(case.text(field))[around.end :].partition("\n\n")[0]
        first = case.text(field).rfind("\n\n", 0, max(0, around.paragraph_start - 2)) + 1
        before = unquoted(case.text(field))[first : around.paragraph_start]
        near = named_documents(case, field, start=around.end, bare=after) | named_documents(
            case, field, start=first, bare=before
        )
        if near.keys() & {document.name for document in holders}:
            return None
    names = {document.name for document in holders}
    if OWN in named and len(case.documents) < 2:
        return None
    if not attributed or not named or names & named.keys() or (OWN in named and names - {SOURCE}):
        return None
    return f"The passage names another text, but these words are from {label(case, holders[0])}."


_QUOTED = (
    "It says the regulator has given the company \u201csix weeks to show where the electricity will come from\u201d."
)
RULES = (
    Rule("QUO001", "not-found", "error",
         "Words in quotation marks that appear in none of the documents.",
         "Quote what a document says, word for word, or say it without quotation marks.",
         with_first("The Tidewater Post says that \u201cnobody in the town was ever told about any of it\u201d."),
         with_first("The Tidewater Post says that the regulator has given it \u201csix weeks to show where the "
                    "electricity\u201d will come from."), not_found),
    Rule("QUO002", "wrong-attribution", "error",
         "A quotation in a sentence that names the wrong document or speaker.",
         "Name the document or person whose words they are.",
         with_first("The Tidewater Post says that \u201chouseholds pay for the regulator's delays\u201d."),
         with_first("We wrote in [Who pays when the grid waits](a2) that \u201chouseholds pay for the regulator's "
                    "delays\u201d."), wrong_attribution, languages=ENGLISH),
    Rule("QUO003", "altered", "error",
         "A quotation that differs in a few words from a document.",
         "Quote the exact words.",
         with_first(_QUOTED), SOUND, altered, safe_fix=True),
)  # fmt: skip
