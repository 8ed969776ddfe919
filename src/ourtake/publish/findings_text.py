"""A report for a terminal: each finding with its line, its place, its evidence and how to fix it; then totals.

Places that a rule could not check are counted in one line.

A paragraph is one line of a take, so a long line is shortened around the place. Invisible characters are written out.
Wide ones and tabs are counted as a terminal shows them, so that the mark below a line is in the right columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ourtake.documents import Finding, Report, Severity
from ourtake.publish.locations import LINE_END, Layout, line_starts, position
from ourtake.text.counts import count_of

WIDTH = 100
"""Columns where no terminal says how many it has."""

TAB = 4
_MARGIN = 9
_LONGEST_EVIDENCE = 300
_COLOURS: dict[Severity, str] = {"error": "31", "warning": "33", "info": "36"}
_JOINERS = "\u200c\u200d\ufe0e\ufe0f"
_ESCAPES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Look(NamedTuple):
    """How the report is shown: `colour` for a terminal, `width` in columns."""

    colour: bool = False
    width: int = WIDTH


def report_text(report: Report, *, layout: Layout, look: Look = Look()) -> str:  # noqa: B008
    """The report as text, safe for a terminal."""
    from ourtake.checks.registry import RULES

    starts: dict[str, list[int]] = {}
    lines: list[str] = []
    placed = [(layout.place(finding.field, finding.start, finding.end), finding) for finding in report.findings]
    if layout.file:
        placed.sort(key=lambda pair: pair[0].start)  # in the order of the file's lines, as its readers go through it
    unchecked = _several_unchecked(report.findings)
    noted: dict[str, list[int]] = {code: [] for code in unchecked}
    at: dict[str, int] = {}
    for place, finding in placed:
        known = starts.setdefault(place.text, line_starts(place.text))
        line, column = position(place.text, place.start, known)
        if finding.code in unchecked and _is_unchecked(finding):
            noted[finding.code].append(line)
            if finding.code not in at:
                at[finding.code] = len(lines)
                lines.append("")
            continue
        where = f"{place.name}:{line}:{column}" if layout.row is None else f"{place.name}"
        mark = " [*]" if _fixable(finding) else ""
        lines.append(f"{safe(where)}: {_head(finding, look)}:{mark} {safe(finding.message)}")
        whole = finding.start == 0 and finding.end == len(layout.value(finding.field)) and finding.field != "headline"
        if finding.text and not whole:
            lines += _excerpt(place.text, place.start, place.end, line=line, severity=finding.severity, look=look)
        lines += _evidence(finding)
        if finding.fix:
            lines.append(f"{' ' * _MARGIN}fix: {safe(finding.fix.replacement) or 'remove it'}")
        elif finding.severity != "info" and finding.code in RULES:
            lines.append(f"{' ' * _MARGIN}fix: {RULES[finding.code].how_to_fix}")
    for code, findings in unchecked.items():
        lines[at[code]] = _counted(findings, layout.name, noted[code] if layout.row is None else [], look)
    lines.append(_sums(report, layout.name, look))
    if unchecked:
        lines.append("Places that could not be checked are counted; --format json lists each of them.")
    if fixable := sum(map(_fixable, report.findings)):
        lines.append(f"[*] {count_of(fixable, 'finding')} can be fixed with --fix.")
    if report.verdict == "fail":
        lines.append("Fix the errors before the take is published. `ourtake rules CODE` explains a rule.")
    return "\n".join(lines)


def _head(finding: Finding, look: Look) -> str:
    severity = paint(finding.severity, _COLOURS[finding.severity], look)
    return f"{severity} {paint(f'{finding.code} {finding.rule}', '1', look)}"


_UNCHECKED = "Could not check: "


def _is_unchecked(finding: Finding) -> bool:
    """Whether a rule only says about a place that something that it needs is missing."""
    return finding.severity == "info" and finding.message.startswith(_UNCHECKED)


def _several_unchecked(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """By code, what a rule could not check, where that is more than one place."""
    found: dict[str, list[Finding]] = {}
    for finding in filter(_is_unchecked, findings):
        found.setdefault(finding.code, []).append(finding)
    return {code: several for code, several in found.items() if len(several) > 1}


def _counted(findings: Sequence[Finding], name: str, lines: Sequence[int], look: Look) -> str:
    """The places that a rule could not check, in one line; `lines`: where they are in a file."""
    why = Counter(finding.message.removeprefix(_UNCHECKED) for finding in findings).most_common()
    places = count_of(len(findings), "place") + (f" ({_span(lines)})" if lines else "")
    reason = f": {why[0][0]}" if len(why) == 1 else f", mostly because {why[0][0]}"
    return f"{safe(name)}: {_head(findings[0], look)}: Could not check {places}{safe(reason)}"


def _span(lines: Sequence[int]) -> str:
    first, last = min(lines), max(lines)
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _fixable(finding: Finding) -> bool:
    """Whether --fix can fix it without a person."""
    from ourtake.checks.registry import RULES

    return finding.fix is not None and finding.code in RULES and RULES[finding.code].safe_fix


def paint(text: str, colour: str, look: Look) -> str:
    """Text in a colour of the terminal, where there are colours."""
    return f"\x1b[{colour}m{text}\x1b[0m" if look.colour else text


def safe(text: str) -> str:
    """Text in which nothing is obeyed by a terminal, and nothing is invisible."""
    return "".join(shown for shown, _ in map(cell, text.replace("\r\n", "\n").replace("\n", " ")))


def cell(sign: str) -> tuple[str, int]:
    """How a character is shown, and in how many columns."""
    kind = unicodedata.category(sign)
    if kind in ("Cf", "Cc", "Cs", "Zl", "Zp") and sign not in _JOINERS and sign != "\t":
        shown = "\ufffd" if kind == "Cs" or _ESCAPES.match(sign) else f"<U+{ord(sign):04X}>"
        return shown, len(shown)
    if kind in ("Mn", "Me") or sign in _JOINERS:
        return sign, 0
    return sign, 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _excerpt(text: str, start: int, end: int, *, line: int, severity: Severity, look: Look) -> list[str]:
    """The line of a place and a mark under it; of a place of several lines the first."""
    first = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    stop = LINE_END.search(text, start)
    last = stop.start() if stop else len(text)
    room = max(30, look.width - _MARGIN - 2)
    spans, width = _cut(text[first:last], start - first, min(end, last) - first, room)
    shown, before, under = spans
    mark = paint("^" * max(1, min(width, room - before)), _COLOURS[severity], look)
    more = f" to line {position(text, end)[0]}" if end > last else ""
    number = f"{line:>{_MARGIN - 3}}"
    return [f"{number} | {shown}", f"{' ' * (_MARGIN - 3)} | {' ' * before}{mark}{under}{more}"]


def _cut(line: str, start: int, end: int, room: int) -> tuple[tuple[str, int, str], int]:
    """The line cut to `room` columns around line[start:end]: (what is shown, columns before the place, a sign where it
    is cut), its width.
    """
    cells = []
    column = 0
    for sign in line:
        shown, width = (" " * (TAB - column % TAB), TAB - column % TAB) if sign == "\t" else cell(sign)
        cells.append((shown, width))
        column += width
    if column <= room:
        left, right = 0, len(line)
    else:
        wanted = sum(width for _, width in cells[start:end])
        left, spare = start, max(0, min(room - 2 - wanted, (room - 2) * 2 // 3) // 2 + 8)
        while left and spare >= cells[left - 1][1]:
            left -= 1
            spare -= cells[left][1]
        right, used = left, 0
        while right < len(line) and used + cells[right][1] <= room - 2:
            used += cells[right][1]
            right += 1
        # Nothing is cut within a word, unless one is longer than the line.
        left = next((at for at in range(left, start + 1) if not at or line[at - 1].isspace()), left)
        spaces = (at for at in range(right, min(end, right) - 1, -1) if at == len(line) or line[at].isspace())
        right = next(spaces, right)
    front = "\u2026" if left else ""
    back = "\u2026" if right < len(line) else ""
    shown = front + "".join(text for text, _ in cells[left:right]) + back
    before = len(front) + sum(width for _, width in cells[left:start])
    width = sum(width for _, width in cells[start : min(end, right)])
    return (shown, before, "\u2026" if end > right else ""), width


def _evidence(finding: Finding) -> list[str]:
    lines = []
    for item in finding.evidence:
        words = safe(item.text)
        words = words if len(words) <= _LONGEST_EVIDENCE else words[:_LONGEST_EVIDENCE].rsplit(" ", 1)[0] + " \u2026"
        place = f"{item.document}, {item.field}" if item.field else item.document
        lines.append(f"{' ' * _MARGIN}evidence ({safe(place)}): {words}")
    return lines


def _sums(report: Report, name: str, look: Look) -> str:
    """The verdict with the counts of its claims, then what else was found, and the sizes."""
    from ourtake.checks.verdict import line_of

    counts, words = report.counts, report.words
    said, _, claims = line_of(report).partition("; ")
    painted = paint(said, "1;31" if report.verdict == "fail" else "1;32", look)
    found = f"{count_of(counts.get('warning', 0), 'warning')}, {count_of(counts.get('info', 0), 'note')}"
    ignored = f", {report.ignored} ignored" if report.ignored else ""
    sizes = ", ".join(f"{field} {count_of(words.get(field, 0), 'word')}" for field in ("summary", "body"))
    links = count_of(len(report.links), "link")
    return f"{safe(name)}: {painted}; {claims}; {found}{ignored}; {sizes}, {links}"
