"""SUP001: whether a document says what a sentence attributes to it. Its row is in support.py."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from ourtake.checks.absence import foreign, unless_elsewhere
from ourtake.checks.base import PROSE, Case, Hit
from ourtake.checks.evidence import Document
from ourtake.checks.passages import OWN, label, same_outlet, sentence_of, unquoted
from ourtake.checks.quotes.attribution import THE_ARTICLE, goes_on, named_documents
from ourtake.checks.sentences import postings, sentence_index, terms
from ourtake.documents import SOURCE, FieldName, Severity
from ourtake.text.content import STOP, content
from ourtake.text.markdown import Span
from ourtake.text.numbers import numbers_between
from ourtake.text.parsed import kept
from ourtake.text.saying import CLAIMING, CLAIMS
from ourtake.text.sentences import sentences
from ourtake.text.tokens import lowered, tokenize

LEAST_ATTRIBUTED = 3
"""An attributed claim of at least this many content words is judged if the document has none of them."""

HARDLY = 0.22
"""Share of an attributed claim's weight under which the document says hardly anything like it."""

ELSEWHERE = 0.4
"""The outlet's name may mean another of its articles if that has this share of a claim's weight."""

_FAR = 30
"""Characters before a verb in which a word that makes it a supposition may stand."""

_BEHIND = 3
"""Words between a document's name and the verb of what it says."""

LEAST_TERMS = 4
"""A claim of fewer content words is too short to be judged by the share of them."""

_NO_CLAIM = re.compile(
    # What a document leaves out; "said as much"; "announced it in the tone of", "tells you that": the verb has another
    # object than a claim.
    r"\s*(?:(?:very )?(?:little|nothing|less|no more) (?:of|about|on|to)\b|as (?:much|so)\b|(?:you|us|me|one)\b"
    r"|(?:it|them|him|her|this) (?:in|on|at|with|by|for|as|to|from|under|after|when|last)\b)"
)
_ADDED = re.compile(r"[,;\u2014]\s*(?:and\s)?(?:which|who|whose)\b")
"""Where what the writer adds to a claim begins."""

_AGAIN = re.compile(
    r"(?:(?:and|but|yet|so|still|then|here|there|now|also|again|later|elsewhere|indeed|instead|as|what|nor|even|in "
    r"fact|at least|of course),?\s){0,2}(?:it|the (?:\w+ )?(?:article|story|piece|account|paper|outlet))\b",
    re.IGNORECASE,
)
"""How a sentence begins that is still about what was named before."""


_SUPPOSED = re.compile(r"\b(?:might|may|could|would|will|should)\s(?:\w+\s)?\Z")
"""Before a verb: "a clerk there might say". Nobody has said it."""


@kept
def claiming_words(bare: str) -> tuple[Span, ...]:
    """The words of a passage that say that somebody says something, in lower case; not that somebody might."""
    lower = lowered(bare)
    found = (match for start in CLAIMS.starts(lower) if (match := CLAIMING.match(lower, start)))
    return tuple(
        Span(match.start(), match.end(), match[0])
        for match in found
        if not _SUPPOSED.search(lower, max(0, match.start() - _FAR), match.start())
    )


def attributed_in(case: Case, field: FieldName, sentence: Span) -> Iterator[tuple[Document, int, int]]:
    """What a sentence attributes to one document: the document and the span of the claim. The verb closely follows the
    document's name.
    """
    text = case.text(field)
    around = sentence_of(text, sentence.start, sentence.end)
    if not claiming_words(around.bare):
        return
    named = named_documents(case, field, start=around.start, bare=around.bare)
    again = _AGAIN.match(around.bare)
    if not named and again is not None and goes_on(around.bare):
        bare = unquoted(text)[around.paragraph_start : around.start]
        before = named_documents(case, field, start=around.paragraph_start, bare=bare) or (
            {SOURCE: 0} if THE_ARTICLE.search(again[0]) else {}
        )
        named = dict.fromkeys(before, again.end())
    names = named.keys() - {OWN}
    document = (
        next((document for document in case.documents if document.name in names), None) if len(names) == 1 else None
    )
    if document is None or (OWN in named and document.name == SOURCE):
        return
    taken = [(link.start - around.start, link.end - around.start) for link in case.links(field)]
    for claiming in claiming_words(around.bare):
        if any(start <= claiming.start < end for start, end in taken):
            continue
        close = _words_between(case, document, around.text, named[document.name], claiming.start) <= _BEHIND
        by = claiming.text == "according to"
        if by or close:
            # "X, the paper says, because Y": all of it is what the paper says.
            aside = by or re.match(r"\s*[,.]", around.bare[claiming.end :]) is not None
            yield document, around.start + (0 if aside else claiming.end), sentence.end
            return


def _words_between(case: Case, document: Document, text: str, start: int, end: int) -> int:
    """Words between a document's name, without its title, and a verb; 99 if the verb comes first."""
    if start > end:
        return 99
    own = {*tokenize(document.title).words, *tokenize(case.source.outlet if document.name == SOURCE else "").words}
    return sum(word not in own for word in tokenize(text[start:end]).words)


@kept
def attributed_claims(case: Case) -> tuple[tuple[FieldName, Document, int, int], ...]:
    """What summary and body attribute to a document: the field, the document and the span of the claim."""
    found = []
    for field in PROSE:
        text = case.text(field)
        claims, listed = CLAIMS.starts(lowered(unquoted(text))), sentences(text)
        for sentence, following in zip(listed, [*listed[1:], *listed[-1:]], strict=True):
            # What goes on after a quotation's own full stop belongs to the same sentence. Most make no claim.
            if bisect_left(claims, sentence.start) < bisect_left(claims, following.end):
                found += [(field, *attributed) for attributed in attributed_in(case, field, sentence)]
    return tuple(found)


def attributed_claim_not_found(case: Case) -> Iterator[Hit]:
    """SUP001."""
    for field, document, start, end in attributed_claims(case):
        yield from _checked(case, field, document, start=start, end=end)


def _checked(case: Case, field: FieldName, document: Document, *, start: int, end: int) -> Iterator[Hit]:
    claim = unquoted(case.text(field))[start:end]
    for link in case.links(field):
        if start <= link.start < end:
            claim = claim.replace(case.text(field)[link.start : link.end], " ")
    for number in numbers_between(case.text(field), start, end):
        if number.kind == "date":
            claim = claim.replace(number.text, " ")  # "Press Ledger reported on 29 September": that is FCT004's matter
    if _NO_CLAIM.match(claim):
        return
    if added := _ADDED.search(claim, 20):
        claim, end = claim[: added.start()], start + added.start()
    own = content(f"{case.source.outlet} {document.title}") if document.name != SOURCE else content(case.source.outlet)
    words = frozenset(word for word in terms(claim) - own if word not in STOP)
    if len(words) < LEAST_ATTRIBUTED:
        return
    weigh = sentence_index(case).weight
    shared = words & postings(document.text).keys()
    whole = sum(map(weigh, words))
    if document.name == SOURCE and any(
        sum(map(weigh, words & postings(other.text).keys())) >= ELSEWHERE * whole
        for other in case.documents
        if same_outlet(case, other)
    ):
        return  # The outlet's name may mean any of its articles.
    share = sum(map(weigh, shared)) / whole
    begin = start + len(case.text(field)[start:end]) - len(case.text(field)[start:end].lstrip())
    # The outlet's name may also mean an article of its own that is not here.
    others = (other for other in case.documents if document.name == SOURCE and same_outlet(case, other))
    unread = [one for one in (document, *others) if not one.complete or one in foreign(case)]
    if not shared:
        # So few words may all be synonyms.
        soft: Severity | None = None if len(words) > LEAST_TERMS else "warning"
        yield unless_elsewhere(
            case, Hit(f"{label(case, document)} says nothing like this.", field, begin, end, severity=soft), unread
        )
    elif len(words) >= LEAST_TERMS and share < HARDLY:
        hit = Hit(f"{label(case, document)} says hardly anything like this.", field, begin, end, severity="warning")
        yield unless_elsewhere(case, hit, unread)
