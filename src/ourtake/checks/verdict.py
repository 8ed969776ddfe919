"""A verdict as a reader sees it: never without the number of claims that nobody checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ourtake.documents import Claim, Report
from ourtake.text.counts import count_of

_SAID = {"verified": "verified", "differs": "differ", "not-found": "not found", "not-checked": "not checked"}
COUNTED = ("statement", "quotation", "link")
"""The kinds that the line counts."""
STATUSES = (*_SAID, "opinion")


def claim_counts(claims: Sequence[Claim]) -> dict[str, int]:
    """Status -> number of statements, quotations and links: numbers, dates and names lie inside a statement."""
    found = dict.fromkeys(STATUSES, 0)
    for claim in claims:
        if claim.kind in COUNTED:
            found[claim.status] += 1
    return found


def verdict_line(verdict: str, errors: int, counts: Mapping[str, int]) -> str:
    """A verdict with its counts: "no errors found; of 31 claims 14 verified, 3 differ, 2 not found, 10 not checked, 2
    opinion".
    """
    said = "no errors found" if verdict == "pass" else f"{count_of(errors, 'error')} found"
    return f"{said}; {claims_line(counts)}"


def claims_line(counts: Mapping[str, int]) -> str:
    """What is known of the claims."""
    if not counts:
        return "its claims were not checked"
    listed = ", ".join(f"{counts.get(status, 0):,} {_SAID.get(status, status)}" for status in STATUSES)
    return f"of {count_of(sum(counts.values()), 'claim')} {listed}"


def line_of(report: Report) -> str:
    """The verdict of a report with its counts, also of one that was stored before there were any."""
    return report.verdict_line or verdict_line(report.verdict, report.counts.get("error", 0), report.claim_counts)


def with_claims(report: Report, claims: Sequence[Claim]) -> Report:
    """The report with these claims, counted."""
    counts = claim_counts(claims)
    line = verdict_line(report.verdict, report.counts.get("error", 0), counts)
    return report.model_copy(update={"claims": tuple(claims), "claim_counts": counts, "verdict_line": line})
