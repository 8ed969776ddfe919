"""Claims followed across a repair: one that only lost the words that were wrong remains, without evidence.

"A study by Lena Kos found that trams save lives", where no text has Lena Kos, becomes "A study found that trams save
lives". The name is gone and no rule finds anything, but the claim was never supported: it rested on that name. So the
sentence gets the finding of what it was, until a reader finds words that support it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel

from ourtake.checks.base import ReadFinding
from ourtake.checks.facts.names import known_names
from ourtake.documents import Claim, Finding, Revision
from ourtake.text.content import content
from ourtake.text.names import names_in
from ourtake.text.numbers import numbers_in
from ourtake.text.quotations import quotations_in
from ourtake.text.tokens import tokenize
from ourtake.writing.readings import STANDS

RESTS_ON = ("FCT002", "FCT007", "QUO001", "QUO002", "SUP001")
"""Findings about whom or what a claim rests on: a name, somebody's role or words, a document that does not say it."""

KEPT = 0.6
"""Share of the content of the rest of a sentence from which the repaired sentence still makes its claim."""

CODE = "SUP002"


def left_standing(before: Revision, after: Revision) -> tuple[ReadFinding, ...]:
    """The claims of the revision after a repair that rest on nothing any more."""
    old = [claim for claim in before.report.claims if claim.kind == "statement"]
    new = [claim for claim in after.report.claims if claim.kind == "statement"]
    kept = {(claim.field, claim.text) for claim in old}
    changed = [claim for claim in new if (claim.field, claim.text) not in kept and _is_open(claim, after)]
    found: list[ReadFinding] = []
    for claim in old:
        for finding in _wrong_in(claim, before):
            heir = _heir(claim, finding, changed)
            if heir is not None and not any(one.start == heir.start and one.field == heir.field for one in found):
                message = f"{STANDS}\u201c{finding.text}\u201d, on which it rested: {finding.message}"
                found.append(ReadFinding(CODE, message, heir.field, heir.start, heir.end, "warning"))
    return tuple(found)


def _is_open(claim: Claim, revision: Revision) -> bool:
    """Whether nobody verified a claim, no finding is about it, and no document has a sentence close to it."""
    if claim.status not in ("not-checked", "opinion") or claim.codes:
        return False
    return not any(
        one.support in ("source", "archive") and (one.field, one.start) == (claim.field, claim.start)
        for one in revision.report.sentences
    )


def _wrong_in(claim: Claim, revision: Revision) -> Iterator[Finding]:
    """The findings about what a claim rests on."""
    for one in revision.report.findings:
        inside = one.field == claim.field and one.start < claim.end and claim.start < one.end
        # A name that every reader knows, which only warns, may be another word for one of the texts ("British").
        known_name = one.code == "FCT002" and " ".join(tokenize(one.text).words) in known_names()
        if inside and one.code in RESTS_ON and one.severity != "info" and not known_name:
            yield one


def _heir(claim: Claim, finding: Finding, changed: Sequence[Claim]) -> Claim | None:
    """The changed sentence that is an old one without the words that were found wrong, and with nothing put in their
    place that a document could have: a name, a number or a quotation.
    """
    rest = content(claim.text) - content(finding.text) or content(claim.text)
    best: tuple[float, Claim] | None = None
    for one in (one for one in changed if one.field == claim.field):
        own = content(one.text)
        share = len(rest & own) / len(rest) if rest else 0.0
        still_there = finding.text in one.text and finding.text != claim.text
        if share >= KEPT and not still_there and not _brings_proof(claim, one) and (best is None or share > best[0]):
            best = (share, one)
    return None if best is None else best[1]


def _brings_proof(old: Claim, new: Claim) -> bool:
    """Whether a sentence has a name, number or quotation that the old one did not have."""
    first, second = tokenize(old.text), tokenize(new.text)
    added = {
        second.words[place]
        for block in Indel.opcodes(first.words, second.words)
        if block.tag == "insert"
        for place in range(block.dest_start, block.dest_end)
    }
    named = {word for name in names_in(new.text) if not name.first for word in tokenize(name.text).words}
    figures = {word for one in numbers_in(new.text) for word in tokenize(new.text[one.start : one.end]).words}
    quoted = {one.text for one in quotations_in(new.text)} - {one.text for one in quotations_in(old.text)}
    return bool(added & (named | figures) or quoted)
