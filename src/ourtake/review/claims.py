"""The claim sheet of a report, and by what a claim or a finding is recognised after the text was edited.

A decision of a person holds for a claim as long as its sentence, its words and its evidence are the same. So each claim
has a fingerprint of these, and a decision is kept under it. An edit elsewhere changes no fingerprint.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ourtake.checks.verdict import COUNTED, with_claims
from ourtake.documents import Claim, ClaimStatus, Evidence, FieldName, Finding, LinkRecord, Report, SentenceRecord, Take
from ourtake.text.markdown import Span, links
from ourtake.text.sentences import sentences

_WRITTEN: tuple[FieldName, ...] = ("summary", "body")
"""The fields with sentences and links."""


def text_of(take: Take, field: FieldName) -> str:
    """The text of a field, in which offsets count."""
    return ", ".join(take.tags) if field == "tags" else str(getattr(take, field))


class SentenceReader:
    """The sentences of one take's fields, each field read once."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._read: dict[FieldName, tuple[str, tuple[Span, ...]]] = {}

    def around(self, field: FieldName, start: int, end: int) -> str:
        """The sentence or sentences that a span lies in; the span itself where it lies in none."""
        if field not in self._read:
            text = text_of(self._take, field)
            self._read[field] = text, tuple(sentences(text))
        text, spans = self._read[field]
        met = [span for span in spans if span.start < end and start < span.end]
        return text[min(start, met[0].start) : max(end, met[-1].end)] if met else text[start:end]


def _hash(*parts: object) -> str:
    told = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def claim_keys(claims: Sequence[Claim], take: Take) -> list[str]:
    """A fingerprint for each claim, of its kind, sentence, words and evidence."""
    return _keys("claim", claims, take, lambda claim: (claim.kind, claim.field, claim.text))


def finding_keys(findings: Sequence[Finding], take: Take) -> list[str]:
    """A fingerprint for each finding, of its rule, sentence, words, message and evidence."""
    return _keys("finding", findings, take, lambda item: (item.code, item.field, item.text, item.message))


_Row = TypeVar("_Row", Claim, Finding)


def _keys(kind: str, rows: Sequence[_Row], take: Take, about: Callable[[_Row], tuple[str, ...]]) -> list[str]:
    """A fingerprint for each row; of equal ones, the second and later have a number of their own."""
    reader, met = SentenceReader(take), Counter[str]()
    found = []
    for row in rows:
        evidence = [[one.document, one.field, one.text] for one in row.evidence]
        key = _hash(kind, *about(row), reader.around(row.field, row.start, row.end), evidence)
        met[key] += 1
        found.append(key if met[key] == 1 else _hash(key, met[key]))
    return found


def claims_of(report: Report, take: Take) -> tuple[Claim, ...]:
    """The report's claims. For a report without any, such as older ones and some of eval runs, one for each sentence
    and link of the take.

    A sentence that shares words with a passage is "not-checked", with that passage beside it: words alone verify
    nothing.
    """
    if report.claims:
        return report.claims
    records = report.sentences or tuple(_unread(take))
    made = [_statement(number, record, take, report) for number, record in enumerate(records, 1)]
    return (*made, *_links(report, take))


def _unread(take: Take) -> Iterator[SentenceRecord]:
    """The sentences of a take of which a report says nothing."""
    for field in _WRITTEN:
        for span in sentences(text_of(take, field)):
            if any(map(str.isalnum, span.text)):
                yield SentenceRecord(field=field, start=span.start, end=span.end, support="unknown")


def _statement(number: int, record: SentenceRecord, take: Take, report: Report) -> Claim:
    codes = tuple(
        dict.fromkeys(
            item.code
            for item in report.findings
            if item.field == record.field and item.start < record.end and record.start < item.end
        )
    )
    status: ClaimStatus = "opinion" if record.support == "opinion" and not codes else "not-checked"
    text = text_of(take, record.field)[record.start : record.end]
    return Claim(
        id=f"s{number}",
        field=record.field,
        start=record.start,
        end=record.end,
        text=text,
        kind="statement",
        status=status,
        evidence=record.evidence,
        codes=codes,
    )


def _links(report: Report, take: Take) -> list[Claim]:
    waiting: dict[str, list[LinkRecord]] = {}
    for record in report.links:
        waiting.setdefault(record.anchor, []).append(record)
    made: list[Claim] = []
    for field in _WRITTEN:
        text = text_of(take, field)
        for link in links(text):
            found = waiting[link.anchor].pop(0) if waiting.get(link.anchor) else None
            shown: tuple[Evidence, ...] = ()
            if found is not None and found.status == "archive" and found.article_id is not None:
                shown = (Evidence(document=found.article_id, field="url", start=0, end=len(found.url), text=found.url),)
            made.append(
                Claim(
                    id=f"l{len(made) + 1}",
                    field=field,
                    start=link.start,
                    end=link.end,
                    text=text[link.start : link.end],
                    kind="link",
                    status="verified" if shown else "not-found",
                    evidence=shown,
                )
            )
    return made


def needs_decision(claim: Claim) -> bool:
    """Whether a person has to decide the claim before an approval.

    There is nothing to decide about an opinion. A number, date or name that code found in its evidence is decided with
    the statement that it lies in.
    """
    return claim.status != "opinion" and not (claim.kind not in COUNTED and claim.status == "verified")


def carried(old: Report, old_take: Take, new: Report, new_take: Take) -> Report:
    """The new report with the verdicts of models and people on claims and sentences that are as they were.

    Code judges every claim again; it takes back no verdict of a model on the same sentence with the same evidence.
    """
    known = {
        key: claim
        for key, claim in zip(claim_keys(old.claims, old_take), old.claims, strict=True)
        if claim.by != "code"
    }
    if not known:
        return new
    verdicts = {"status", "by", "differs"}
    claims = tuple(
        claim.model_copy(update=known[key].model_dump(include=verdicts) | {"differs": known[key].differs})
        if key in known and claim.by == "code"
        else claim
        for key, claim in zip(claim_keys(new.claims, new_take), new.claims, strict=True)
    )
    return with_claims(new, claims)
