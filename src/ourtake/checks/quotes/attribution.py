"""To whom a passage attributes words: the documents and the speakers that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.absence import unclear
from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.passages import OWN, outlet_names, sentence_of, unquoted
from ourtake.config import Publication
from ourtake.documents import SOURCE, FieldName
from ourtake.text.markdown import Link, Span
from ourtake.text.names import names_in
from ourtake.text.parsed import Text, kept
from ourtake.text.prefilter import Prefilter, rows
from ourtake.text.quotations import quotations_in
from ourtake.text.saying import SAYING, TOLD_US, WE_SAID
from ourtake.text.speakers import says, speakers
from ourtake.text.tokens import find_words, lowered, tokenize
from ourtake.text.words import normalise

THE_ARTICLE = re.compile(
    r"\b(?:[Tt]he|[Tt]his|[Tt]hat|[Ii]ts) (?:\w+ )?(?:article|story|piece|report|account|essay|column)\b"
)
"""A text that was named before."""

THE_STORY = re.compile(
    rf"\b[Tt]h(?:e|is) (?:article|story|piece|column)(?:\s(?:also|then|itself|even|later|first))?\s{SAYING.pattern}"
)
"""What can only be the source if nothing was named before: "the story says". "The report" may be any in the story."""

_IT_SAYS = re.compile(
    rf"\b(?:[Ii]t|[Tt]hey|[Tt]he (?:paper|outlet|author|writer|reporter))\b(?:\s\w+){{0,2}}?\s{SAYING.pattern}",
    re.IGNORECASE,
)
_NAMED = Prefilter(
    rows(
        SOURCE,
        (
            "the ",
            r"\bthe (?:original (?:article|story|piece)\b|blurb\b|outlet(?:['\u2019]s \w+)?\b"
            rf"|(?<=to the )(?:source|newspaper)\b|(?:source|newspaper)\b(?:\s\w+){{0,2}}?\s{SAYING.pattern})",
        ),
        reads="begins",
    ),
    rows(
        OWN,
        ("we ", WE_SAID),
        ("told|tells", TOLD_US),
        (
            "our ",
            r"\bour (?:own |earlier |previous |past |old )?(?:reporting|archive|account|article|piece|story|coverage|"
            r"series|report)\b",
        ),
        reads="begins",
    ),
)
"""What names the source or the publication's own work without a name."""


_OTHERS = Document(OWN, Text(), (), complete=False)
"""All articles that may have been offered to the writer but are not listed."""


def named_documents(case: Case, field: FieldName, *, start: int, bare: str) -> dict[str, int]:
    """The documents that a passage names, each with the offset (in the passage) where it first does: by outlet, title,
    link or "we wrote".

    `bare` is the passage with quotations blanked out, `start` where it begins in the field. The publication's own work
    as a whole is OWN.
    """
    found: dict[str, int] = {}
    for position, name in _mentions(case, field):
        if start <= position < start + len(bare):
            found.setdefault(name, position - start)
    return found


def unread_at(case: Case, field: FieldName, start: int, end: int) -> tuple[Document, ...]:
    """The documents that may have what a passage says, incomplete or in another language; if it names OWN, also
    unlisted articles.
    """
    found = unclear(case)
    if case.listed:
        return found
    around = sentence_of(case.text(field), start, end)
    bare = unquoted(case.text(field))[around.before_start : around.end]
    return (*found, _OTHERS) if OWN in named_documents(case, field, start=around.before_start, bare=bare) else found


@kept
def _mentions(case: Case, field: FieldName) -> tuple[tuple[int, str], ...]:
    """Every place where a field names a document, in order."""
    text, bare = case.text(field), unquoted(case.text(field))
    lower = lowered(bare)
    found = [(match.start(), label) for label, match in _NAMED.matches(bare, lower=lower)]
    for name in outlet_names(case):
        if name.lower() in lower or name in bare:
            found += [
                (match.start(), SOURCE)
                for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", bare, re.IGNORECASE)
            ]
    publication = case.settings.publication.name
    if len(publication) > 2 and publication != Publication().name:
        found += [(match.start(), OWN) for match in re.finditer(re.escape(publication), bare)]
    found += [(link.start, target) for link in case.links(field) if (target := _leads_to(case, link)) is not None]
    found += [(start, document.name) for document in case.documents for start in _titles(text, document.title)]
    return tuple(sorted(found))


def _leads_to(case: Case, link: Link) -> str | None:
    """The name of the document that a link leads to."""
    article = case.target(link)
    return article.id if article is not None else case.unread_address(link)


def _titles(text: str, title: str) -> Iterator[int]:
    """Where a text names a title of three words or more: as a title, not somewhere in a quotation."""
    words, within = tokenize(title).words, tokenize(text)
    place = find_words(words, within) if len(words) > 2 else None
    while place is not None:
        start, end = within.span(place.first, place.last)
        around = next((one for one in quotations_in(text) if one.start <= start and end <= one.end), None)
        if around is None or len(tokenize(around.text).words) <= len(words) + 1:
            yield start
        place = find_words(words, within, after=place.last + 1)


@kept
def goes_on(bare: str) -> bool:
    """Whether a passage speaks of a text without naming it: "the article", "it says", or nothing but a quotation."""
    return (
        THE_ARTICLE.search(bare) is not None
        or (says(bare) and _IT_SAYS.search(bare) is not None)
        or len(tokenize(bare).words) <= 2
    )


def named_speakers(case: Case, bare: str) -> list[Span]:
    """People and bodies that speak in a passage, without the names of the documents."""
    own = _own_names(case)
    return [
        span
        for span in speakers(bare)
        if name_words(span.text) and normalise(span.text).removeprefix("the ") not in own and _is_name(case, bare, span)
    ]


@kept
def _own_names(case: Case) -> frozenset[str]:
    """The names of the documents and of those who publish them."""
    return frozenset(
        normalise(name)
        for name in (
            *outlet_names(case),
            case.settings.publication.name,
            *(document.title for document in case.documents),
        )
    )


def _is_name(case: Case, bare: str, span: Span) -> bool:
    """Whether a single word at the start of a sentence is a name: a document has it inside a sentence."""
    if " " in span.text or bare[: span.start].strip():
        return True
    return any(
        not name.first and span.text in name.text.split()
        for document in case.documents
        for name in names_in(document.text)
    )


def same_name(one: str, other: str) -> bool:
    """Whether two names can mean the same person or body: they share a word that is not a title."""
    return bool(name_words(one) & name_words(other)) or normalise(one).removeprefix("the ") == normalise(
        other
    ).removeprefix("the ")


_TITLES = frozenset(
    "mr mrs ms miss dr prof professor sir lord lady president minister senator secretary judge mayor councillor the of "
    "for and chief director".split()
)


def name_words(name: str) -> frozenset[str]:
    """The words of a name that distinguish it from others."""
    words = (re.sub(r"'s?$", "", word) for word in tokenize(name).words)
    return frozenset(word for word in words if len(word) > 1 and word not in _TITLES)


def names_most(text: str, name: str) -> bool:
    """Whether a text has all words of a name; the first name may be left out."""
    joined = tokenize(text).joined
    words = [word.removesuffix("'s") for word in tokenize(name).words]
    key_words = [word for word in words if word in name_words(name)]
    present = [f" {word} " in joined or f" {word}'s " in joined for word in key_words]
    return all(present[1:]) and any(present)
