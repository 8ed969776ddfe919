"""SUP: which document supports each sentence of a take, and which sentences claim a fact that no document supports.

Lexical: a sentence is set beside each sentence of the documents, words weighted by how rare they are there. It sees
shared words, not meaning, so it calls a sentence unsupported only where next to nothing is shared, and unknown where it
cannot tell; a second reading can say more (writing/second_reading.py). Opinion is not a fault: a take is opinion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import ENGLISH, PROSE, Case, Hit, Rule
from ourtake.checks.evidence import Document
from ourtake.checks.examples import SOUND, with_first
from ourtake.checks.facts.attributed import LEAST_TERMS, attributed_claim_not_found, attributed_in, claiming_words
from ourtake.checks.facts.names import known_names
from ourtake.checks.facts.number_claims import TOLD
from ourtake.checks.facts.rules import number_claims
from ourtake.checks.opinion import HAPPENED, is_opinion, may_be_opinion
from ourtake.checks.passages import sentence_at, unquoted_part
from ourtake.checks.quotes.attribution import unread_at
from ourtake.checks.quotes.rules import Verdict, verdicts
from ourtake.checks.sentences import beside, sentence_index, terms
from ourtake.documents import SOURCE, Evidence, FieldName, SentenceRecord, trusted
from ourtake.text.content import content
from ourtake.text.markdown import Span
from ourtake.text.names import Name, names_in
from ourtake.text.parsed import kept
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize

Support = Literal["source", "archive", "opinion", "unsupported", "unknown"]

SUPPORTS = 0.45
"""Share of a sentence's weight that one sentence of a document must have to support it."""

PARTLY = 0.3
"""Or so much in one sentence, if the whole document has WHOLLY of it."""

WHOLLY = 0.7

NEXT_TO_NOTHING = 0.15
"""A share below which a claim counts as found nowhere."""

HALF = 0.5
"""A claim with this share of its weight anywhere in one document does not count as found nowhere."""

_CLOSE = 25
"""Characters between a name and the verb of what it did."""


@kept
def sentence_records(case: Case) -> tuple[SentenceRecord, ...]:
    """Every sentence of summary and body with its class and, if a document supports it, the evidence."""
    found = []
    for field in PROSE:
        quoted = [verdict for verdict in verdicts(case) if verdict.field == field and verdict.state == "found"]
        text = case.text(field)
        for index, sentence in enumerate(sentences(text)):
            support, evidence = _classified(case, field, sentence, index, quoted=quoted)
            values = {"field": field, "start": sentence.start, "end": sentence.end}
            found.append(trusted(SentenceRecord, {**values, "support": support, "evidence": evidence}))
    return tuple(found)


def _classified(
    case: Case, field: FieldName, sentence: Span, index: int, *, quoted: Sequence[Verdict]
) -> tuple[Support, tuple[Evidence, ...]]:
    for verdict in quoted:
        if sentence.start <= verdict.quotation.start < sentence.end:
            document, place = verdict.places[0]
            evidence = document.evidence(*tokenize(document.text).span(place.first, place.last))
            if evidence.field != "title":  # a title that is named says nothing
                return _side(document), (evidence,)
    bare = unquoted_part(case.text(field), sentence.start, sentence.end)
    attributed = bool(claiming_words(bare))
    if not attributed and is_opinion(sentence.text):
        return "opinion", ()
    best = beside(case, field, index).best
    if best is not None and (best.share >= SUPPORTS or (best.share >= PARTLY and best.whole >= WHOLLY)):
        span = sentences(best.document.text)[best.place]
        return _side(best.document), (best.document.evidence(span.start, span.end),)
    if not attributed and may_be_opinion(bare):
        return "opinion", ()
    if (best is None or best.share < NEXT_TO_NOTHING) and _claims_fact(case, field, sentence):
        absent = case.language not in ENGLISH or unread_at(case, field, sentence.start, sentence.end)
        return ("unknown" if absent else "unsupported"), ()
    return "unknown", ()


def _side(document: Document) -> Support:
    return "source" if document.name == SOURCE else "archive"


def _claims_fact(case: Case, field: FieldName, sentence: Span) -> bool:
    """Whether a sentence says what somebody did: a name with a verb in the past close behind it, or such a verb and a
    number.
    """
    text = case.text(field)
    bare = unquoted_part(text, sentence.start, sentence.end)
    verbs = [match.start() for match in HAPPENED.finditer(bare)]
    if not verbs:
        return False
    if any(
        claim.field == field and sentence.start <= claim.number.start < sentence.end for claim in number_claims(case)
    ):
        return True
    ends = [
        name.end - sentence.start
        for name in names_in(text)
        if sentence.start <= name.start < sentence.end and _names_somebody(name)
    ]
    return any(0 < verb - end <= _CLOSE for verb in verbs for end in ends)


def _names_somebody(name: Name) -> bool:
    return (not name.first or " " in name.text) and " ".join(tokenize(name.text).words) not in known_names()


def unsupported_claim(case: Case) -> Iterator[Hit]:
    """SUP002. A claim whose words, except its names, are found nowhere."""
    read = {(one.field, one.start) for one in case.answers if one.answer == "supported" and one.evidence}
    for record in sentence_records(case):
        # Words that a reader quotes, and that code found, are something like it.
        if record.support not in ("unsupported", "unknown") or (record.field, record.start) in read:
            continue
        text = case.text(record.field)
        sentence = Span(record.start, record.end, text[record.start : record.end])
        bare = unquoted_part(text, record.start, record.end)
        near = beside(case, record.field, sentence_at(text, record.start)).best
        if (
            may_be_opinion(bare)
            or (near is not None and near.share >= TOLD)
            or not _claims_fact(case, record.field, sentence)
            or any(True for _ in attributed_in(case, record.field, sentence))
        ):
            continue
        named = frozenset(
            stem
            for name in names_in(text)
            if record.start <= name.start < record.end
            for stem in tokenize(name.text).stems
        )
        own = content(sentence.text) - named
        # Also with its figures: "61 times" may be all that a list has of it.
        found = (sentence_index(case).best(words) for words in (own, terms(sentence.text) - named))
        if len(own) >= LEAST_TERMS and all(
            best is None or (best.share < NEXT_TO_NOTHING and best.whole < HALF) for best in found
        ):
            hit = Hit("None of the documents says anything like this.", record.field, record.start, record.end)
            yield unless_elsewhere(case, hit, unread_at(case, record.field, record.start, record.end))


RULES = (
    Rule("SUP001", "attributed-claim-not-found", "error",
         "A statement that is attributed to a document but does not appear in it.",
         "Say what the document says, or make it your own opinion.",
         with_first("The Tidewater Post reports that fishermen blocked several harbours overnight in protest."),
         with_first("The Tidewater Post reports that the regulator wants to know where the electricity comes from."),
         attributed_claim_not_found, languages=ENGLISH),
    Rule("SUP002", "unsupported-claim", "warning",
         "A sentence with a name or a number that reports an event that no document mentions.",
         "Remove it, or say what the documents say.",
         with_first("Last spring Ferrow Compute fired dozens of accountants and shuttered its canteen."), SOUND,
         unsupported_claim, languages=ENGLISH),
)  # fmt: skip
