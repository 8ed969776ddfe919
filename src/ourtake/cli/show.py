"""How a report, a take and a rule look as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ourtake.documents import Draft, Report, Revision


def report_text(report: Report, *, name: str) -> str:
    """The report: a line a finding, what it stands on, then the sums."""
    lines = []
    for finding in report.findings:
        place = f"{name}:{finding.field}:{finding.start}-{finding.end}"
        lines.append(f"{place}: {finding.severity} {finding.code} {finding.rule}: {finding.message}")
        if finding.text and len(finding.text) <= 160:
            lines.append(f"    {finding.text}")
        if finding.fix:
            lines.append(f"    mend: {finding.fix.replacement}")
    counts = report.counts
    lines.append(
        f"{name}: {report.verdict}; {counts.get('error', 0)} errors, {counts.get('warning', 0)} warnings, {counts.get('info', 0)} notes; "
        f"summary {report.words.get('summary', 0)} words, body {report.words.get('body', 0)} words, {len(report.links)} links"
    )
    return "\n".join(lines)


def take_text(draft: Draft, revision: Revision) -> str:
    """The take as a person reads it: headline, summary, body, source, tags."""
    take, source = revision.take, draft.source
    return (
        f"{take.headline}\n\nOur take\n\n{take.summary}\n\n{take.body}\n\n"
        f"Source: {source.title} ({source.outlet}) {source.url}\nTags: {', '.join(take.tags)}"
    )
