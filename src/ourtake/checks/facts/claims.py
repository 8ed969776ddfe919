"""The claims of a take: each statement of fact, with the quotations, numbers, dates, names, links and attributions in
it, what the documents have beside it, and what is known of it.

Code says of a statement that it differs from the documents, or that they have nothing like it, where a rule found so.
It never says that a statement is true: only of a quotation, number or date that the documents have it. What no rule
could settle is "not-checked".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2s
from itertools import islice
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

from ourtake.checks.base import Case
from ourtake.checks.evidence import Document
from ourtake.checks.facts.attributed import attributed_claims
from ourtake.checks.facts.number_claims import NumberClaim
from ourtake.checks.facts.rules import number_claims
from ourtake.checks.opinion import is_opinion, may_be_opinion
from ourtake.checks.passages import unquoted_part
from ourtake.checks.quotes.rules import skipped, verdicts
from ourtake.checks.sentences import NEAREST, beside
from ourtake.documents import (
    Claim,
    ClaimKind,
    ClaimStatus,
    Difference,
    Evidence,
    FieldName,
    Finding,
    trusted,
)
from ourtake.text.content import STOP
from ourtake.text.markdown import Span
from ourtake.text.names import names_in
from ourtake.text.overlaps import Overlaps
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize
from ourtake.text.words import normalise

FIELDS: tuple[FieldName, ...] = ("headline", "summary", "body")
"""The fields that make claims."""

MOST_SHARED = 0.45
"""Share of a sentence's weight in one sentence of a document from which it is not taken for an opinion."""

LEAST_BOND = 2
"""Bond (compare.py) from which a number is the documents' number of the same thing."""

_LONGEST_DIFFERENCE, _FEW = 160, 4
_NAMES = frozenset(("outlet", "author"))
"""Fields of a document that say nothing."""


class _Row(NamedTuple):
    """What the findings of a rule say of the claims that they overlap. `what`: the kind of difference. `kinds`: those
    that they concern. `absent`: without evidence, the documents don't have it.
    """

    what: str
    kinds: frozenset[ClaimKind]
    absent: ClaimStatus = "not-found"


def _row(what: str, *kinds: ClaimKind, absent: ClaimStatus = "not-found") -> _Row:
    return _Row(what, frozenset(("statement", *kinds)), absent)


_LINK: frozenset[ClaimKind] = frozenset(("link",))
CODES: Mapping[str, _Row] = {
    "QUO001": _row("quotation", "quotation"),
    "QUO002": _row("speaker", "quotation", "attribution", absent="differs"),
    "QUO003": _row("quotation", "quotation"),
    "QUO004": _row("quotation", "quotation", absent="differs"),
    "FCT001": _row("number", "number"),
    "FCT002": _row("name", "name"),
    "FCT003": _row("number", "number", "date", absent="differs"),
    "FCT004": _row("date", "date"),
    "FCT005": _row("polarity", absent="differs"),
    "FCT006": _row("scope", absent="differs"),
    "FCT007": _row("role", "name", "attribution", absent="differs"),
    "FCT008": _row("cause", absent="differs"),
    "SUP001": _row("attribution", "attribution"),
    "SUP002": _row("statement"),
    "SUP003": _row("strength", absent="differs"),
    "LNK001": _Row("link", _LINK),
    "LNK003": _Row("title", _LINK, "differs"),
    "LNK008": _Row("link", _LINK, "differs"),
    "LNK012": _Row("link", _LINK),
    "LNK018": _Row("link", _LINK, "differs"),
    "LNK019": _row("article", "link", absent="differs"),
}
"""The rules whose findings concern claims. A claim with evidence against it differs."""


class _Part(NamedTuple):
    """A claim before the findings are known. `by`: who decided its status."""

    kind: ClaimKind
    field: FieldName
    start: int
    end: int
    status: ClaimStatus = "not-checked"
    evidence: tuple[Evidence, ...] = ()
    by: Literal["code", "model"] = "code"


def claims_of(case: Case, findings: Sequence[Finding]) -> tuple[Claim, ...]:
    """The claims of a take in its order, with what the findings say of them."""
    concerning = [one for one in findings if one.code in CODES]
    made: list[Claim] = []
    for field in FIELDS:
        text = case.text(field)
        found = Overlaps((one for one in concerning if one.field == field), lambda one: (one.start, one.end))
        parts = _parts(case, field)
        at = 0
        listed = sentences(text)
        for index, sentence in enumerate(listed):
            inside = []
            # A part belongs to the sentence in which it begins; what begins before the first belongs to that.
            while at < len(parts) and (parts[at].start < sentence.end or index == len(listed) - 1):
                inside.append(parts[at])
                at += 1
            if not inside and not tokenize(sentence.text).words:
                continue
            statement = _statement(case, field, index, sentence, inside=inside)
            made += _decided(text, sentence, [_answered(case, statement), *inside], found)
    return _numbered(made)


def _decided(text: str, sentence: Span, parts: Sequence[_Part], findings: Overlaps[Finding]) -> Iterator[Claim]:
    """The claims of a sentence with what the findings say of them."""
    around = normalise(sentence.text)
    for one in parts:
        words = text[one.start : one.end]
        named = normalise(words) if one.kind == "statement" else f"{normalise(words)} {around}".strip()
        rows = [
            (finding, CODES[finding.code])
            for finding in findings.of(one.start, one.end)
            if one.kind in CODES[finding.code].kinds
        ]
        held = _held_against(one, rows) if rows else _Held(one.status, one.by, one.evidence)
        values = {
            "id": _id(one.field, one.kind, named),
            "field": one.field,
            "start": one.start,
            "end": one.end,
            "text": words,
            "kind": one.kind,
            "status": held.status,
            "by": held.by,
            "evidence": _distinct(held.evidence)[:NEAREST],
            "differs": held.differs,
            "codes": tuple(dict.fromkeys(finding.code for finding, _ in rows)) if rows else (),
        }
        yield trusted(Claim, values)


class _Held(NamedTuple):
    """What is known of a claim once the findings are."""

    status: ClaimStatus
    by: Literal["code", "model"]
    evidence: Sequence[Evidence]
    differs: tuple[Difference, ...] = ()


def _held_against(one: _Part, rows: Sequence[tuple[Finding, _Row]]) -> _Held:
    """A claim with the findings that concern it."""
    told = [(finding, row) for finding, row in rows if finding.severity != "info"]
    if not told:  # a rule says that it could not check
        return _Held("not-checked" if one.status == "verified" else one.status, one.by, one.evidence)
    evidence, differs = list(one.evidence), list[Difference]()
    for finding, row in told:
        # What contradicts a claim is shown first.
        evidence = [*finding.evidence, *evidence]
        for item in finding.evidence[:1]:
            take, document = differing(finding.text, item.text)
            differs.append(Difference.model_construct(what=row.what, take=_short(take), document=_short(document)))
    found: set[ClaimStatus] = {"differs" if finding.evidence else row.absent for finding, row in told}
    status: ClaimStatus = "differs" if "differs" in found else "not-found"
    return _Held(status, "model" if any(finding.by for finding, _ in told) else "code", evidence, tuple(differs))


def differing(one: str, two: str) -> tuple[str, str]:
    """From the first to the last word in which two texts differ; both whole where they are short or share no words."""
    first, second = tokenize(one), tokenize(two)
    if max(len(first.words), len(second.words)) <= _FEW:
        return one, two
    same = [block for block in Indel.opcodes(first.words, second.words) if block.tag == "equal"]
    if not same:
        return one, two
    other = [block for block in Indel.opcodes(first.words, second.words) if block.tag != "equal"]
    if not other:
        return one, two
    spans = [(other[0].src_start, other[-1].src_end), (other[0].dest_start, other[-1].dest_end)]
    # What was only left out or added is shown with the word before it.
    (a, b), (c, d) = [(max(0, start - (start == end)), max(end, start)) for start, end in spans]
    return tuple(
        text[slice(*words.span(low, max(low, high - 1)))]
        for text, words, low, high in ((one, first, a, b), (two, second, c, d))
    )  # type: ignore[return-value]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_DIFFERENCE else text[:_LONGEST_DIFFERENCE].rsplit(" ", 1)[0] + " \u2026"


def _distinct(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple({(one.document, one.field, one.start, one.end): one for one in reversed(evidence)}.values())[::-1]


def _id(field: FieldName, kind: ClaimKind, words: str) -> str:
    """The same for the same normalised words in the same field, so that a person's decision follows a claim across
    revisions.
    """
    return blake2s(f"{field}\x1f{kind}\x1f{words}".encode("utf-8", "replace"), digest_size=5).hexdigest()


def _numbered(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims, each with an id of its own: the second of the same words gets a number."""
    used: dict[str, int] = {}
    found = []
    for claim in claims:
        used[claim.id] = number = used.get(claim.id, 0) + 1
        found.append(claim if number == 1 else claim.model_copy(update={"id": f"{claim.id}-{number}"}))
    return tuple(found)


def _statement(case: Case, field: FieldName, index: int, sentence: Span, *, inside: Sequence[_Part]) -> _Part:
    """The sentence as a statement with its nearest passages; an opinion has nothing to check."""
    ranked = beside(case, field, index)
    share = ranked.best.share if ranked.best is not None else 0.0
    status: ClaimStatus = "opinion" if _is_opinion(case, field, sentence, inside, share) else "not-checked"
    nearest = (_sentence_of(row.document, row.place) for row in ranked.nearest)
    near = islice((found for found in nearest if found.field not in _NAMES), NEAREST)
    evidence = _distinct([*_given(case, field, sentence), *near])[:NEAREST]
    return _Part("statement", field, sentence.start, sentence.end, status, evidence)


def _answered(case: Case, statement: _Part) -> _Part:
    """The statement as a reader settled it: supported by words that code found in a document. What a reader holds
    against it is a finding.
    """
    for answer in case.answers:
        same = (answer.field, answer.start, answer.end) == (statement.field, statement.start, statement.end)
        if same and answer.answer == "supported" and answer.evidence:
            evidence = _distinct([*answer.evidence, *statement.evidence])[:NEAREST]
            return statement._replace(status="verified", evidence=evidence, by="model")
    return statement


def _is_opinion(case: Case, field: FieldName, sentence: Span, inside: Sequence[_Part], share: float) -> bool:
    """Whether a sentence only asks, judges or wishes: it has no number, date or quotation, attributes nothing, and is
    not close to what a document says.
    """
    asks = sentence.text.rstrip("\"'\u201d\u2019)]*_ ").endswith("?")
    if (share >= MOST_SHARED and not asks) or any(one.kind not in ("link", "name") for one in inside):
        return False
    bare = unquoted_part(case.text(field), sentence.start, sentence.end)
    return is_opinion(sentence.text) or (not inside and may_be_opinion(bare))


def _sentence_of(document: Document, place: int) -> Evidence:
    span = sentences(document.text)[place]
    return document.evidence(span.start, span.end)


def _given(case: Case, field: FieldName, sentence: Span) -> list[Evidence]:
    """The evidence of the facts whose handles the writer put after a sentence."""
    names = case.document_names
    return [
        Evidence(document=names[fact.document], field=fact.field, start=fact.start, end=fact.end, text=fact.text)
        for fact in case.facts_of(field, sentence.start, sentence.end)
        if fact.document in names
    ]


def _parts(case: Case, field: FieldName) -> list[_Part]:
    """What the statements of a field hold that can be checked by itself, in order."""
    numbers = (claim for claim in number_claims(case) if claim.field == field)
    found = [_number(case, claim) for claim in numbers]
    if field != "headline":
        found += _names(case, field, numbers=found)
        found += _quotations(case, field)
        found += (_Part("link", field, link.start, link.end) for link in case.links(field))
        found += (_Part("link", field, one.start, one.end) for one in case.brackets(field))
        attributed = (row for row in attributed_claims(case) if row[0] == field)
        found += (_attribution(case, field, start, end) for _, _, start, end in attributed)
    distinct = {(one.start, one.end, one.kind): one for one in found}  # "2033 to 2028" is two dates in one place
    return [distinct[key] for key in sorted(distinct)]


def _attribution(case: Case, field: FieldName, start: int, end: int) -> _Part:
    """What is attributed, without the comma or colon before it."""
    said = case.text(field)[start:end]
    return _Part("attribution", field, end - len(said.lstrip(" \n,;:.\u2013\u2014-")), end)


def _number(case: Case, claim: NumberClaim) -> _Part:
    """A number or date: verified where a document has it for what the sentence speaks of."""
    same, number = claim.compared.same, claim.number
    evidence = (same.document.evidence(same.number.start, same.number.end),) if same is not None else ()
    counts = number.kind != "count" or (same is not None and not set(number.counted).isdisjoint(same.number.counted))
    found = same is not None and same.bond >= LEAST_BOND and counts and claim.verdict == "same"
    status: ClaimStatus = "verified" if found else "not-checked"
    return _Part("date" if number.kind == "date" else "number", claim.field, number.start, number.end, status, evidence)


def _quotations(case: Case, field: FieldName) -> Iterator[_Part]:
    states: Mapping[str, ClaimStatus] = {"found": "verified", "altered": "differs", "absent": "not-found"}
    for verdict in verdicts(case):
        if verdict.field == field:
            evidence = tuple(
                document.evidence(*tokenize(document.text).span(place.first, place.last))
                for document, place in verdict.places[:NEAREST]
            )
            status = states.get(verdict.state, "not-checked")
            yield _Part("quotation", field, verdict.quotation.start, verdict.quotation.end, status, evidence)


def _names(case: Case, field: FieldName, *, numbers: Sequence[_Part]) -> Iterator[_Part]:
    taken = bytearray(skipped(case, field))
    for one in numbers:
        taken[one.start : one.end] = b"\1" * (one.end - one.start)
    found = names_in(case.text(field))
    within = {word for name in found if not name.first for word in name.text.split()}
    for name in found:
        words = name.text.split()
        # The capital that begins a sentence says nothing: "When Ferrow" is Ferrow, and "Customers" nobody.
        if name.first and (words[0].casefold() in STOP or (len(words) == 1 and words[0] not in within)):
            words = words[1:]
        if words and not taken[name.start]:
            yield _Part("name", field, name.end - len(name.text[name.text.index(words[0]) :]), name.end)
