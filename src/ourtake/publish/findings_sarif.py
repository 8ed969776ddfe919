"""Findings as one SARIF 2.1.0 log (OASIS), which code review tools read. Columns and offsets count code points."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from ourtake import __version__
from ourtake.checks.base import Rule
from ourtake.checks.registry import RULES
from ourtake.checks.verdict import line_of
from ourtake.documents import Finding, Report, Severity
from ourtake.publish.findings_github import said
from ourtake.publish.locations import FileLocation, Layout, line_starts, position

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


class SarifLog:
    """Collects reports; `log` is the whole log as JSON's values."""

    def __init__(self) -> None:
        self._results: list[dict[str, Any]] = []
        self._artifacts: dict[str, dict[str, Any]] = {}
        self._used: dict[str, int] = {}
        self._ignored = 0
        self._verdicts: list[dict[str, Any]] = []

    def add(self, report: Report, *, layout: Layout) -> None:
        """Add a take's findings."""
        self._ignored += report.ignored
        said = {"name": layout.name, "verdict": report.verdict, "line": line_of(report)}
        self._verdicts.append(said | {"claims": report.claim_counts})
        for finding in report.findings:
            self._results.append(self._result(finding, layout))

    def log(self, *, rules: Iterable[Rule] = RULES.values()) -> dict[str, Any]:
        """The log. Every rule of the program is described in it, so that a viewer can tell what was looked for."""
        described = list(rules)
        index = {rule.code: number for number, rule in enumerate(described)}
        for result in self._results:
            result["ruleIndex"] = index[result["ruleId"]]
        driver = {
            "name": "ourtake",
            "version": __version__,
            "semanticVersion": __version__,
            "rules": [_described(rule) for rule in described],
        }
        run = {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "artifacts": list(self._artifacts.values()),
            "results": self._results,
            "properties": {"ignored": self._ignored, "verdicts": self._verdicts},
        }
        return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}

    def _result(self, finding: Finding, layout: Layout) -> dict[str, Any]:
        place = layout.place(finding.field, finding.start, finding.end)
        uri = self._artifact(place, finding, layout)
        where: dict[str, Any] = {
            "artifactLocation": {"uri": uri, "index": list(self._artifacts).index(uri)},
            "region": _region(place, layout),
        }
        name = f"{layout.name}/{finding.field}"
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "level": _LEVELS[finding.severity],
            "message": {"text": said(finding)},
            "locations": [
                {
                    "physicalLocation": where,
                    "logicalLocations": [{"name": finding.field, "fullyQualifiedName": name, "kind": "element"}],
                }
            ],
            "partialFingerprints": {"ourtake/v1": self._fingerprint(finding, layout)},
            "properties": {"field": finding.field, "start": finding.start, "end": finding.end},
        }
        if finding.evidence:
            result["properties"]["evidence"] = [item.model_dump(mode="json") for item in finding.evidence]
        if finding.fix is not None and layout.row is None:
            changed = layout.place(finding.field, finding.fix.start, finding.fix.end)
            if changed.exact:
                swap = {"deletedRegion": _region(changed, layout), "insertedContent": {"text": finding.fix.replacement}}
                change = {"artifactLocation": {"uri": uri}, "replacements": [swap]}
                text = RULES[finding.code].how_to_fix
                result["fixes"] = [{"description": {"text": text}, "artifactChanges": [change]}]
        return result

    def _artifact(self, place: FileLocation, finding: Finding, layout: Layout) -> str:
        if layout.file:
            uri = quote(layout.file.replace("\\", "/"), safe="/:@!$&'()*+,;=~-._")
            self._artifacts.setdefault(uri, {"location": {"uri": uri}, "sourceLanguage": "markdown"})
        else:
            # A draft lies in no file: its fields travel in the log.
            uri = "urn:ourtake:" + quote(f"{layout.name.replace(' ', ':')}:{finding.field}", safe=":")
            self._artifacts.setdefault(uri, {"location": {"uri": uri}, "contents": {"text": place.text}})
        return uri

    def _fingerprint(self, finding: Finding, layout: Layout) -> str:
        """The same for the same finding after lines moved; a second one alike gets a number."""
        key = "\x1f".join((layout.file or layout.name, finding.code, finding.field, finding.text))
        self._used[key] = self._used.get(key, 0) + 1
        return f"{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:32]}:{self._used[key]}"


def _region(place: FileLocation, layout: Layout) -> dict[str, Any]:
    if layout.row is not None:
        return {"startLine": layout.row}
    starts = line_starts(place.text)
    line, column = position(place.text, place.start, starts)
    end_line, end_column = position(place.text, place.end, starts)
    region: dict[str, Any] = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    region |= {"charOffset": place.start, "charLength": place.end - place.start}
    return region | {"snippet": {"text": place.text[place.start : place.end]}}


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.name.replace("-", " ")},
        "fullDescription": {"text": rule.looks_for},
        "help": {
            "text": f"{rule.looks_for}\n\n{rule.how_to_fix}",
            "markdown": f"{rule.looks_for}\n\n**Fix:** {rule.how_to_fix}",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
