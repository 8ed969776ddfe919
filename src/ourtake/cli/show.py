"""How a report, a take and a rule look as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ourtake.documents import Draft, Report, Revision


def count_of(number: int, called: str) -> str:
    """A number with its noun, as "1 error", "2 errors"."""
    return f"{number} {called}{'' if number == 1 else 's'}"


def report_text(report: Report, *, name: str) -> str:
    """The report: a line a finding, what it stands on and how to mend it, then the sums."""
    from ourtake.checks.registry import RULES

    lines = []
    for finding in report.findings:
        place = f"{name}:{finding.field}:{finding.start}-{finding.end}"
        lines.append(f"{place}: {finding.severity} {finding.code} {finding.rule}: {finding.message}")
        # A finding about a whole field or a long passage would only print the take again.
        if finding.text and len(finding.text) <= 160 and "\n" not in finding.text:
            lines.append(f"    {finding.text}")
        if finding.fix:
            lines.append(f"    mend: {finding.fix.replacement}")
        elif finding.severity != "info" and finding.code in RULES:
            lines.append(f"    mend: {RULES[finding.code].mend}")
    counts, told = report.counts, report.words
    found = ", ".join(count_of(counts.get(name, 0), called) for name, called in (("error", "error"), ("warning", "warning"), ("info", "note")))
    sizes = ", ".join(f"{field} {count_of(told.get(field, 0), 'word')}" for field in ("summary", "body"))
    lines.append(f"{name}: {report.verdict}; {found}; {sizes}, {count_of(len(report.links), 'link')}")
    if report.verdict == "fail":
        lines.append("Errors must be mended before the take is published. `ourtake rules CODE` says more of a rule.")
    return "\n".join(lines)


def take_text(draft: Draft, revision: Revision) -> str:
    """The take as a person reads it: headline, summary, body, source, tags."""
    take, source = revision.take, draft.source
    return (
        f"{take.headline}\n\nOur take\n\n{take.summary}\n\n{take.body}\n\n"
        f"Source: {source.title} ({source.outlet}) {source.url}\nTags: {', '.join(take.tags)}"
    )
