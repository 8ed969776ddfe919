"""The page of a rule: what it looks for, an example that trips it and one that does not, how to mend it. docs/rules.md
is made here.

An example is a whole take; only the stretch around what the rule found is shown, with the same stretch of a sound take
beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ourtake.checks.base import Case, Example, Hit, Rule
from ourtake.checks.examples import build

SHOWN = 160
"""Characters of an example that are shown on each side of what the rule found, and of the longest thing found."""

_FAMILIES = {
    "STR": "The form of a take",
    "LNK": "Links",
    "QUO": "Quotations",
    "FCT": "Numbers, dates, names",
    "SUP": "Support",
    "STY": "Style",
    "ORG": "Originality",
    "TOP": "Topic",
    "SAF": "Safety",
    "IGN": "Comments that ignore rules",
}


def example_parts(rule: Rule, *, passing: bool = False) -> list[tuple[str, str]]:
    """Field and text of what trips a rule; of what does not, the stretch at the same place."""
    case = build(rule.trips)
    hit = next(iter(rule.function(case)), None)
    if hit is None:
        return []
    if passing:
        other = build(rule.passes)
        return [
            (hit.field, _stretch(other, hit.field, min(hit.start, len(other.given_text(hit.field))), None)),
            *_behind(rule.passes),
        ]
    return [
        (hit.field, _stretch(case, hit.field, hit.start, hit.end)),
        *_behind(rule.trips),
        ("finding", _message(rule, hit)),
    ]


def _behind(example: Example) -> list[tuple[str, str]]:
    """What an example found behind its links."""
    return [
        ("behind the link", f"{check.status}, {check.code}, \u201c{check.title}\u201d at {check.final}")
        for check in example.live
    ]


def _message(rule: Rule, hit: Hit) -> str:
    return f"{hit.severity or rule.severity} {rule.code} {rule.name}: {hit.message}"


def _stretch(case: Case, field: str, start: int, end: int | None) -> str:
    text = case.given_text(field)  # type: ignore[arg-type]
    last = start + SHOWN if end is None else min(end, start + SHOWN)
    first = max(0, start - SHOWN // 2)
    first = text.rfind(" ", 0, first) + 1 if first else 0
    stop = min(len(text), last + SHOWN // 2)
    stop = text.find(" ", stop) if text.find(" ", stop) >= 0 and stop < len(text) else len(text)
    shown = re.sub(r"\s*\n\s*\n\s*", " \u00b6 ", text[first:stop])
    return ("\u2026 " if first else "") + _visible(shown) + (" \u2026" if stop < len(text) else "")


def _visible(text: str) -> str:
    """Characters that nobody sees, written out."""
    return re.sub(
        "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]",
        lambda match: f"<U+{ord(match[0]):04X}>",
        text,
    )


def text_page(rule: Rule) -> str:
    """A rule's page for a terminal."""
    lines = [
        f"{rule.code} {rule.name} ({rule.severity})",
        "",
        f"Looks for: {rule.looks_for}",
        f"Mend it: {rule.mend}",
        "",
        "Found in",
    ]
    lines += [f"  {name}: {text or '(empty)'}" for name, text in example_parts(rule)]
    lines += ["", "Not found in"]
    lines += [f"  {name}: {text or '(empty)'}" for name, text in example_parts(rule, passing=True)]
    lines += [
        "",
        f"Pass over one finding with <!-- ourtake: ignore {rule.code} the reason -->, in its paragraph or on the line "
        f"before.",
    ]
    return "\n".join(lines)


def markdown_page(rules: Sequence[Rule]) -> str:
    """All pages as one Markdown document."""
    lines = [
        "# The rules",
        "",
        "<!-- Made by `ourtake rules --format markdown`; a test keeps it up to date. Change the rows in "
        "src/ourtake/checks/ instead. -->",
        "",
        "`error` blocks, `warning` and `info` only tell; `[checks] severity` in ourtake.toml sets another severity, "
        "`select` and `ignore` choose.",
        'A rule that can\'t decide says "could not check" (info). `<!-- ourtake: ignore CODE the reason -->` passes '
        "over those of a paragraph.",
        "",
        "| code | name | severity | looks for |",
        "|---|---|---|---|",
        *(
            f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.name} | {rule.severity} | "
            f"{_cell(rule.looks_for)} |"
            for rule in rules
        ),
    ]
    family = ""
    for rule in rules:
        if rule.code[:3] != family:
            family = rule.code[:3]
            lines += ["", f"## {family}: {_FAMILIES.get(family, family)}"]
        lines += [
            "",
            f"### {rule.code} {rule.name}",
            "",
            f"{rule.looks_for} Severity: {rule.severity}.",
            "",
            "Trips it:",
            "",
        ]
        lines += _block(example_parts(rule))
        lines += ["", "Does not:", ""]
        lines += _block(example_parts(rule, passing=True))
        lines += ["", f"Mend it: {rule.mend}"]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _block(parts: list[tuple[str, str]]) -> list[str]:
    return ["````text", *(f"{name}: {text}".replace("\n", " ").rstrip() for name, text in parts), "````"]
