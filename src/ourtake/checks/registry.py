"""All rules in one table, and `check`, which runs them over a take."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from ourtake import plugins
from ourtake.checks import ignores, support
from ourtake.checks.base import PROSE, REMOVED, Case, CheckContext, Rule, finding
from ourtake.checks.facts import rules as facts
from ourtake.checks.fixes import verified
from ourtake.checks.ignores import passed_over
from ourtake.checks.links import online as live_links
from ourtake.checks.links import rules as links
from ourtake.checks.outside import outside_rules
from ourtake.checks.prose import originality, structure, style, topic
from ourtake.checks.quotes import rules as quotes
from ourtake.checks.safety import rules as safety
from ourtake.documents import Finding, LinkRecord, Report, Severity, Take
from ourtake.errors import InputError
from ourtake.text.markdown import Link
from ourtake.text.words import canonical_url

_FAMILIES = (structure, links, live_links, quotes, facts, support, style, originality, topic, safety, ignores)
_ROWS = [rule for family in _FAMILIES for rule in family.RULES]
_LETTERS = list(dict.fromkeys(rule.code[:3] for rule in _ROWS))
RULES: dict[str, Rule] = {
    rule.code: rule for rule in sorted(_ROWS, key=lambda rule: (_LETTERS.index(rule.code[:3]), rule.code))
}
_ORDER = {"error": 0, "warning": 1, "info": 2}


def add_rules(extra: Iterable[Rule]) -> list[str]:
    """Add the rules of other packages to RULES. Returns a warning for each row that was refused."""
    refused = []
    for row in extra:
        of = f"The rule {row.code!r} of the package {row.package} is left out"
        if not (isinstance(row.code, str) and re.fullmatch(r"[A-Z]{3}\d{3}", row.code)):
            refused.append(f"{of}: a code is three capital letters and three digits, for example ABC001.")
        elif row.code in RULES:
            refused.append(f"{of}: {RULES[row.code].package} already has a rule {row.code}.")
        elif row.severity not in _ORDER or not callable(row.function):
            refused.append(f"{of}: it needs a severity (error, warning or info) and a function.")
        else:
            RULES[row.code] = row
    return refused


def find_rule(code: str) -> Rule:
    """The rule of a code or name. Raises InputError naming the nearest."""
    by_name = {rule.name: rule for rule in RULES.values()}
    found = RULES.get(code.upper()) or by_name.get(code.lower())
    if found is None:
        near = difflib.get_close_matches(code.upper(), RULES, 1, 0.5)
        raise InputError(
            f"There is no rule {code}{f'; did you mean {near[0]}?' if near else '.'}", "See `ourtake rules`."
        )
    return found


def chosen_rules(select: Iterable[str], ignore: Iterable[str]) -> list[Rule]:
    """The rules of these codes or families (LNK), less those to be left out. Raises InputError for an unknown code."""
    selected, ignored = _codes(select) or set(RULES), _codes(ignore)
    return [rule for code, rule in RULES.items() if code in selected and code not in ignored]


def _codes(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        family = {code for code in RULES if code[:3] == name.upper()}
        found |= family or {find_rule(name).code}
    return found


def check(
    take: Take,
    against: CheckContext,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Report:
    """The report of a take, by the rules of these codes or families (default: those of the settings).

    Raises InputError for an unknown rule code.
    """
    wanted = against.settings.checks
    rules = chosen_rules(tuple(select) or wanted.select, (*ignore, *wanted.ignore))
    severities = {find_rule(code).code: severity for code, severity in wanted.severity.items()}
    case = Case(take, against)
    findings, ignored = _found(case, rules, severities)
    if any(item.fix is not None for item in findings):
        findings = verified(take, findings, check=lambda changed: _found(Case(changed, against), rules, severities)[0])
    fields = ("headline", "summary", "body", "tags")
    findings.sort(key=lambda item: (fields.index(item.field), item.start, _ORDER[item.severity], item.code))
    counts = {name: sum(item.severity == name for item in findings) for name in _ORDER}
    return Report(
        verdict="fail" if counts["error"] else "pass",
        findings=tuple(findings),
        counts=counts,
        words=case.words,
        links=tuple(_records(case)),
        # Only where a rule asks for them: they cost as much as a family.
        sentences=support.sentence_records(case) if any(rule.code.startswith("SUP") for rule in rules) else (),
        ignored=ignored,
    )


def _found(case: Case, rules: Sequence[Rule], severities: Mapping[str, Severity]) -> tuple[list[Finding], int]:
    """What the rules find in a take, and how many findings its comments pass over."""
    findings: list[Finding] = []
    for rule in rules:
        for hit in rule.function(case):
            # A rule that could not check, or measured within its hard limits, says so itself; the publication's word
            # goes over the rule's own.
            severity = (
                hit.severity if hit.severity == "info" else severities.get(rule.code) or hit.severity or rule.severity
            )
            findings.append(finding(rule, hit, case, severity))
    return passed_over(findings, case) if case.comments else (findings, 0)


def _records(case: Case) -> Iterable[LinkRecord]:
    handles = {item.url: handle for handle, item in case.handles.items()}
    for field in PROSE:
        for link in case.links(field):
            article = case.target(link)
            found = case.live.get(canonical_url(article.url if article is not None else link.target))
            live = {"live": found.status} if found is not None else {}
            if article is not None:
                yield LinkRecord(
                    handle=handles.get(article.url),
                    url=article.url,
                    anchor=link.anchor,
                    article_id=article.id,
                    status="archive",
                    **live,
                )
            else:
                yield LinkRecord(url=link.target, anchor=link.anchor, status=_status(link), **live)
        for bracket in case.brackets(field):
            yield LinkRecord(url="", anchor=bracket.text[1:-1], status="unresolved")


def _status(link: Link) -> str:
    if link.target == REMOVED:
        return "removed"
    if links.is_web(link.target):
        return "outside"
    return "unsafe" if ":" in link.target else "unknown-handle"


for _refused in add_rules(outside_rules()):
    plugins.warn(_refused)
