"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a change: one line a
finding, and one with the verdict.
"""

from __future__ import annotations

from ourtake.checks.verdict import line_of
from ourtake.documents import Finding, Report, Severity
from ourtake.publish.locations import Layout, position

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def report_github(report: Report, *, layout: Layout) -> str:
    """A command for each finding, and a notice with the verdict and its counts."""
    said = f"::notice title=ourtake::{_data(f'{layout.name}: {line_of(report)}')}"
    return "\n".join([*(_command(finding, layout) for finding in report.findings), said])


def _command(finding: Finding, layout: Layout) -> str:
    place = layout.place(finding.field, finding.start, finding.end)
    given: dict[str, object] = {}
    message = said(finding)
    if layout.file and layout.row is not None:
        given = {"file": layout.file, "line": layout.row, "endLine": layout.row}
    elif layout.file:
        line, column = position(place.text, place.start)
        end_line, end_column = position(place.text, max(place.start, place.end - 1))
        given = {"file": layout.file, "line": line, "col": column, "endLine": end_line}
        # GitHub takes columns only where both are on one line; its end column is the last one inside.
        given |= {"endColumn": end_column} if end_line == line else {}
    else:
        message = f"{place.name}: {message}"
    given["title"] = f"{finding.code} {finding.rule}"
    written = ",".join(f"{name}={_property(str(value))}" for name, value in given.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(message)}"


def said(finding: Finding) -> str:
    """The message with its evidence, where the message does not quote it itself."""
    others = [item for item in finding.evidence if item.text not in finding.message]
    return " ".join(
        [finding.message, *(f"{item.document.capitalize()} has: \u201c{item.text[:300]}\u201d." for item in others)]
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
