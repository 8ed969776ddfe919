"""SUP: what bears out each sentence of a take, and what claims a fact that nothing bears out.

Lexical: a sentence is set beside each sentence of the documents, words weighted by how rare they are there. It sees shared words, not meaning, so
it calls a sentence unsupported only where next to nothing is shared, and unknown where it cannot tell; a judge model can say more (writing/judge.py).
Opinion is no fault: a take is opinion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from ourtake.checks.attribution import OWN, SOURCE, THE_ARTICLE, goes_on, label, may_be_elsewhere, named_documents, same_outlet, sentence_of, unquoted
from ourtake.checks.base import PROSE, Case, Hit, Rule
from ourtake.checks.evidence import Document
from ourtake.checks.examples import SOUND, with_first
from ourtake.checks.facts import claims
from ourtake.checks.ground import ground, postings, terms
from ourtake.checks.names import known_names
from ourtake.checks.opinion import is_opinion, may_be
from ourtake.checks.quotes import Verdict, verdicts
from ourtake.documents import Evidence, FieldName, SentenceRecord, Severity
from ourtake.text.markdown import Span
from ourtake.text.matching import lowered, wording
from ourtake.text.names import Name, names_in
from ourtake.text.sentences import sentences
from ourtake.text.stems import STOP, content, stem
from ourtake.text.tried import Beginnings

Support = Literal["source", "archive", "opinion", "unsupported", "unknown"]

BORNE_OUT = 0.45
"""Share of a sentence's weight that one sentence of a document must hold to bear it out."""

PARTLY = 0.3
"""Or so much in one sentence, where the whole document holds WHOLLY of it."""

WHOLLY = 0.7

NEXT_TO_NOTHING = 0.15
"""A share below which a claim counts as found nowhere."""

HALF = 0.5
"""Share of a claim's weight that one document holds, here and there, from which it is not found nowhere."""

LEAST_TERMS = 4
"""A claim of fewer telling words is too short to judge by its words."""

_HAPPENED = re.compile(
    # First what most words fail at: looking behind eleven times at every letter cost more than all else.
    r"\b(?=[a-z]{3,}ed\b|(?:went|took|gave|began|built|paid|sold|bought|won|lost|left|rose|fell|grew|spent|sent|met|held|led|broke|chose|wrote|"
    r"became|drew|shut|laid|cut|struck|hired|made)\b)"
    r"(?<!\ba )(?<!\ban )(?<!\bthe )(?<!\bas )(?<!\bis )(?<!\bare )(?<!\bbe )(?<!\bbeen )(?<!\bmore )(?<!\bmost )(?<!\bof "
    r")(?:[a-z]{3,}ed\b(?! (?:by|as|with|in|for)\b)|"
    r"(?:went|took|gave|began|built|paid|sold|bought|won|lost|left|rose|fell|grew|spent|sent|met|held|led|broke|chose|wrote|became|drew|shut|laid|cut|struck|hired|made)\b)"
)
_CLAIMING = re.compile(
    r"\b(?=[acdehnprstw])(?<!\bthe )(?<!\ba )(?<!\bthis )(?<!\bthat )(?<!\bour )(?<!\bits )(?<!\bevery )(?<!['\u2019]s )"
    r"(?:says?|said|reports?|reported|writes?|"
    r"wrote|notes?|noted|argues?|argued|"
    r"claims?|claimed|warns?|warned|reveals?|revealed|highlights?|highlighted|stress(?:es|ed)|emphasi[sz]e[sd]?|describes?|described|details?|detailed|"
    r"confirms?|confirmed|points? out|pointed out|states?|stated|tells?|told|has it|announces?|announced|according to)\b"
)
"""For text in lower case."""
_CLAIMS = Beginnings(
    (
        *"say said report writ wrote note argue claim warn reveal highlight stress emphasi describe detail confirm point state tell told".split(),
        *("announce", "has it", "according to"),
    )
)

_NOTHING = re.compile(r"\s*(?:very )?(?:little|nothing|less|no more) (?:of|about|on|to)\b")
_CLOSE = 25
"""Characters between a name and the verb of what it did."""


LEAST_ATTRIBUTED = 3
"""Telling words of an attributed claim from which it is judged, when not one of them is in the document."""

HARDLY = 0.22
"""Share of an attributed claim's weight under which the document says hardly anything of the kind."""

ELSEWHERE = 0.4
"""Share of a claim's weight that another article of the source's outlet must hold for the outlet's name to stand for that article."""

_BEHIND = 3
"""Words between a document's name and the verb of what it says."""


@lru_cache(maxsize=8)
def sentence_records(case: Case) -> tuple[SentenceRecord, ...]:
    """Every sentence of summary and body with its class and, where something bears it out, the evidence."""
    found = []
    for field in PROSE:
        quoted = [verdict for verdict in verdicts(case) if verdict.field == field and verdict.state == "found"]
        for sentence in sentences(case.text(field)):
            support, evidence = _classified(case, field, sentence, quoted=quoted)
            found.append(SentenceRecord(field=field, start=sentence.start, end=sentence.end, support=support, evidence=evidence))
    return tuple(found)


def _classified(case: Case, field: FieldName, sentence: Span, *, quoted: Sequence[Verdict]) -> tuple[Support, tuple[Evidence, ...]]:
    for verdict in quoted:
        if sentence.start <= verdict.quotation.start < sentence.end:
            document, place = verdict.places[0]
            evidence = document.evidence(*wording(document.text).span(place.first, place.last))
            if evidence.field != "title":  # a title named is nothing said
                return _side(document), (evidence,)
    bare = unquoted(case.text(field))[sentence.start : sentence.end]
    attributed = bool(_claiming(bare))
    if not attributed and is_opinion(sentence.text):
        return "opinion", ()
    best = ground(case).best(terms(sentence.text))
    if best is not None and (best.share >= BORNE_OUT or (best.share >= PARTLY and best.whole >= WHOLLY)):
        span = sentences(best.document.text)[best.place]
        return _side(best.document), (best.document.evidence(span.start, span.end),)
    if not attributed and may_be(bare):
        return "opinion", ()
    if (best is None or best.share < NEXT_TO_NOTHING) and _claims_fact(case, field, sentence):
        return ("unknown" if may_be_elsewhere(case, field, sentence.start, sentence.end) else "unsupported"), ()
    return "unknown", ()


@lru_cache(maxsize=4096)
def _claiming(bare: str) -> tuple[Span, ...]:
    """The words of a passage that say that somebody says something, in lower case."""
    lower = lowered(bare)
    found = (match for start in _CLAIMS.starts(lower) if (match := _CLAIMING.match(lower, start)))
    return tuple(Span(match.start(), match.end(), match[0]) for match in found)


def _side(document: Document) -> Support:
    return "source" if document.name == SOURCE else "archive"


def _claims_fact(case: Case, field: FieldName, sentence: Span) -> bool:
    """Whether a sentence tells what somebody did: a name with a verb in the past close behind it, or such a verb and a number."""
    text = case.text(field)
    bare = unquoted(text)[sentence.start : sentence.end]
    verbs = [match.start() for match in _HAPPENED.finditer(bare)]
    if not verbs:
        return False
    if any(claim.field == field and sentence.start <= claim.number.start < sentence.end for claim in claims(case)):
        return True
    ends = [name.end - sentence.start for name in names_in(text) if sentence.start <= name.start < sentence.end and _tells_who(name)]
    return any(0 < verb - end <= _CLOSE for verb in verbs for end in ends)


def _tells_who(name: Name) -> bool:
    return (not name.first or " " in name.text) and " ".join(wording(name.text).words) not in known_names()


def unsupported_claim(case: Case) -> Iterator[Hit]:
    """SUP002. A claim whose words, its names apart, are found nowhere."""
    for record in sentence_records(case):
        if record.support not in ("unsupported", "unknown"):
            continue
        text = case.text(record.field)
        sentence = Span(record.start, record.end, text[record.start : record.end])
        bare = unquoted(text)[record.start : record.end]
        if may_be(bare) or not _claims_fact(case, record.field, sentence) or any(True for _ in _attributed_in(case, record.field, sentence)):
            continue
        named = frozenset(stem(word) for name in names_in(text) if record.start <= name.start < record.end for word in wording(name.text).words)
        telling = content(sentence.text) - named
        # With its figures, too: "61 times" may be all that a list has of it.
        found = (ground(case).best(words) for words in (telling, terms(sentence.text) - named))
        if len(telling) >= LEAST_TERMS and all(best is None or (best.share < NEXT_TO_NOTHING and best.whole < HALF) for best in found):
            if may_be_elsewhere(case, record.field, record.start, record.end):
                yield Hit("Could not check: the text that it may come from is not known.", record.field, record.start, record.end, severity="info")
            else:
                yield Hit("No document says anything of the kind.", record.field, record.start, record.end)


def _attributed_in(case: Case, field: FieldName, sentence: Span) -> Iterator[tuple[Document, int, int]]:
    """What a sentence says that one document says: the document and the span of the claim. The verb stands close behind the document's name."""
    text = case.text(field)
    around = sentence_of(text, sentence.start, sentence.end)
    if not _claiming(around.bare):
        return
    named = named_documents(case, field, start=around.start, bare=around.bare)
    again = re.match(r"(?:[\w',]+ ){0,3}?(?:it|the (?:\w+ )?(?:article|story|piece|account|paper|outlet))\b", around.bare, re.IGNORECASE)
    if not named and again is not None and goes_on(around.bare):
        bare = unquoted(text)[around.paragraph_start : around.start]
        before = named_documents(case, field, start=around.paragraph_start, bare=bare) or ({SOURCE: 0} if THE_ARTICLE.search(again[0]) else {})
        named = dict.fromkeys(before, again.end())
    names = named.keys() - {OWN}
    document = next((document for document in case.documents if document.name in names), None) if len(names) == 1 else None
    if document is None or (OWN in named and document.name == SOURCE):
        return
    taken = [(link.start - around.start, link.end - around.start) for link in case.links(field)] if field in PROSE else []
    for claiming in _claiming(around.bare):
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
    """Words between a document's name, its title left out, and a verb; many where the verb stands first."""
    if start > end:
        return 99
    own = {*wording(document.title).words, *wording(case.source.outlet if document.name == SOURCE else "").words}
    return sum(word not in own for word in wording(text[start:end]).words)


def attributed_claim_not_found(case: Case) -> Iterator[Hit]:
    """SUP001."""
    for field in PROSE:
        for sentence in sentences(case.text(field)):
            for document, start, end in _attributed_in(case, field, sentence):
                yield from _checked(case, field, document, start=start, end=end)


def _checked(case: Case, field: FieldName, document: Document, *, start: int, end: int) -> Iterator[Hit]:
    said = unquoted(case.text(field))[start:end]
    for link in case.links(field):
        if start <= link.start < end:
            said = said.replace(case.text(field)[link.start : link.end], " ")
    if _NOTHING.match(said):
        return  # What a document leaves out is not looked for in it.
    own = content(f"{case.source.outlet} {document.title}") if document.name != SOURCE else content(case.source.outlet)
    telling = frozenset(word for word in terms(said) - own if word not in STOP)
    if len(telling) < LEAST_ATTRIBUTED:
        return
    weigh = ground(case).weight
    held = telling & postings(document.text).keys()
    whole = sum(map(weigh, telling))
    if document.name == SOURCE and any(
        sum(map(weigh, telling & postings(other.text).keys())) >= ELSEWHERE * whole for other in case.documents if same_outlet(case, other)
    ):
        return  # The outlet's name may stand for any of its articles.
    share = sum(map(weigh, held)) / whole
    begin = start + len(case.text(field)[start:end]) - len(case.text(field)[start:end].lstrip())
    if not document.whole:
        yield Hit(f"Could not check: the text of {label(case, document)} is not known.", field, begin, end, severity="info")
    elif not held:
        # A few words may all be others than the document's.
        soft: Severity | None = None if len(telling) > LEAST_TERMS else "warning"
        yield Hit(f"{label(case, document)} says nothing of the kind.", field, begin, end, severity=soft)
    elif len(telling) >= LEAST_TERMS and share < HARDLY:
        yield Hit(f"{label(case, document)} says hardly anything of the kind.", field, begin, end, severity="warning")


RULES = (
    Rule(
        "SUP001",
        "attributed-claim-not-found",
        "error",
        "What a document is said to say, of which it says nothing.",
        "Say what it says, or say it as your own opinion.",
        with_first("The Tidewater Post reports that fishermen blocked several harbours overnight in protest."),
        with_first("The Tidewater Post reports that the regulator wants to know where the electricity comes from."),
        attributed_claim_not_found,
    ),
    Rule(
        "SUP002",
        "unsupported-claim",
        "warning",
        "A sentence that tells of something that happened, with a name or number, and of which no document says anything.",
        "Take it out, or tell what the documents tell.",
        with_first("Last spring Ferrow Compute fired dozens of accountants and shuttered its canteen."),
        SOUND,
        unsupported_claim,
    ),
)
