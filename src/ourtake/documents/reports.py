"""What the checks found in a take.

Offsets count Unicode code points in one field, end exclusive.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ourtake.documents.base import Document
from ourtake.documents.takes import FieldName
from ourtake.values import Text

Severity = Literal["error", "warning", "info"]


class Evidence(Document):
    """A passage of another document that supports or contradicts a finding or sentence.

    Offsets count in `field` of the document (title, blurb, text, ...).
    """

    document: str
    field: str | None = None
    start: int
    end: int
    text: str


class Fix(Document):
    """A safe replacement of field[start:end]."""

    start: int
    end: int
    replacement: str


class Finding(Document):
    """One thing a rule found: field[start:end] == text, always. For tags the field is the tags joined by ", ".

    `by`: the model that found it in a second reading, `proposal`: what it would write instead; left out where code
    found it.
    """

    code: str
    rule: str
    severity: Severity
    message: str
    field: FieldName
    start: int
    end: int
    text: str
    evidence: tuple[Evidence, ...] = ()
    fix: Fix | None = None
    by: str = Field(default="", exclude_if=lambda by: not by)
    proposal: str = Field(default="", exclude_if=lambda proposal: not proposal)


class LinkRecord(Document):
    """A link of a take. `status`: archive, outside, unknown-handle, unresolved or unsafe."""

    handle: str | None = None
    url: str
    anchor: str
    article_id: str | None = None
    status: str


class LinkCheck(Document):
    """What was found behind an address.

    `code`: the HTTP status of the last answer. `final`: the address that gave it. `title`: the page's own. `reason`:
    why it is dead or could not be checked. `checked`: an ISO 8601 time in UTC.
    """

    url: str
    status: Literal["ok", "dead", "could-not-check"]
    code: int | None = None
    final: str | None = None
    title: Text | None = None
    reason: str = ""
    checked: str = ""


class SentenceRecord(Document):
    """A sentence and what supports it."""

    field: FieldName
    start: int
    end: int
    support: Literal["source", "archive", "opinion", "unsupported", "unknown"]
    evidence: tuple[Evidence, ...] = ()


ClaimKind = Literal["quotation", "number", "date", "name", "link", "attribution", "statement"]
ClaimStatus = Literal["verified", "differs", "not-found", "not-checked", "opinion"]


class Difference(Document):
    """Where a claim and its evidence differ. `what`: the kind, as "number"; `take`, `document`: the words of each."""

    what: str
    take: str
    document: str


class Claim(Document):
    """A statement of fact in a take, or a quotation, number, date, name or link in one, with its evidence.

    `id` is unique in its report. `by`: who decided the status. `evidence`: the nearest passages, the best first.
    `codes`: the rules whose findings concern it. An opinion is a claim with nothing to check.
    """

    id: str
    field: FieldName
    start: int
    end: int
    text: str
    kind: ClaimKind
    status: ClaimStatus
    by: Literal["code", "model", "person"] = "code"
    evidence: tuple[Evidence, ...] = ()
    differs: tuple[Difference, ...] = ()
    codes: tuple[str, ...] = ()


class Report(Document):
    """What the checks found in a take; "fail" when one finding is an error.

    `claim_counts`: status -> number of statements, quotations and links. `verdict_line`: the verdict with these counts,
    as a reader sees it. `ignored`: the number of findings that comments in the take suppress.
    """

    verdict: Literal["pass", "fail"]
    findings: tuple[Finding, ...] = ()
    counts: dict[str, int] = Field(default_factory=dict)
    words: dict[str, int] = Field(default_factory=dict)
    links: tuple[LinkRecord, ...] = ()
    sentences: tuple[SentenceRecord, ...] = ()
    claims: tuple[Claim, ...] = ()
    claim_counts: dict[str, int] = Field(default_factory=dict)
    verdict_line: str = ""
    ignored: int = 0
