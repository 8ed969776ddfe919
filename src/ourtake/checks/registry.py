"""All rules in one table, and `check`, which runs them over a take."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ourtake import plugins
from ourtake.checks import second_reading, support
from ourtake.checks.base import PROSE, Case, CheckContext, Hit, Rule, finding, hits_of
from ourtake.checks.evidence import DocumentCache
from ourtake.checks.examples import SOUND, with_first
from ourtake.checks.facts import rules as facts
from ourtake.checks.facts.claims import CODES, claims_of
from ourtake.checks.fixes import verified
from ourtake.checks.ignores import faults, passed_over
from ourtake.checks.links import counts, online, relevance, titles
from ourtake.checks.links import rules as links
from ourtake.checks.prose import originality, promotion, structure, style, topic
from ourtake.checks.quotes import rules as quotes
from ourtake.checks.safety import hidden, residue
from ourtake.checks.safety import rules as safety
from ourtake.checks.verdict import line_of, with_claims
from ourtake.config import Checks
from ourtake.documents import FIELDS, REMOVED, Finding, LinkRecord, Report, Severity, Take
from ourtake.errors import InputError
from ourtake.text.markdown import Link
from ourtake.text.words import canonical_url

_ORDER = {"error": 0, "warning": 1, "info": 2}
_CODE, _NAME = re.compile(r"[A-Z]{3}\d{3}"), re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _ignore_comment(case: Case) -> Iterator[Hit]:
    """IGN001."""
    yield from faults(case, RULES)


_IGN001 = Rule("IGN001", "ignore-comment", "info",
               "A comment that gives no reason for ignoring a rule (it has no effect), or names an unknown rule.",
               "Write the rule's code, then the reason: "
               "`<!-- ourtake: ignore LNK006 the second is to another part -->`.",
               with_first("<!-- ourtake: ignore LNK006 -->"), SOUND, _ignore_comment)  # fmt: skip
_MODULES = (structure, links, counts, titles, relevance, online, quotes, facts, support, style, originality, topic,
            promotion, second_reading, safety, hidden, residue)  # fmt: skip
"""The modules that have rules; each calls its rows RULES. Lists of rules keep this order of families."""


def rule_table(rows: Iterable[Rule], extra: Iterable[object] = ()) -> tuple[dict[str, Rule], list[str]]:
    """The rules by code, and a warning for each of the `extra` rows (from other packages) that was refused.

    Families keep the order in which they first appear; within a family the rules are sorted by code.
    """
    table, refused = {rule.code: rule for rule in rows}, []
    for row in extra:
        wrong = _wrong_with(row, table)
        if wrong:
            refused.append(wrong)
        elif isinstance(row, Rule):
            table[row.code] = row
    families = list(dict.fromkeys(code[:3] for code in table))
    return {code: table[code] for code in sorted(table, key=lambda code: (families.index(code[:3]), code))}, refused


def _wrong_with(row: object, table: Mapping[str, Rule]) -> str | None:
    """Why a row of another package can't be a rule; None if it can."""
    if not isinstance(row, Rule):
        return f"{row!r} is not a rule: it must be an ourtake.checks.base.Rule."
    of = f"The rule {row.code!r} of the package {row.package}"
    if not (isinstance(row.code, str) and _CODE.fullmatch(row.code)):
        return f"{of} is left out: a code is three capital letters and three digits, for example ABC001."
    if row.code in table:
        return f"{of} is left out: {table[row.code].package} already has a rule {row.code}."
    if not (isinstance(row.name, str) and _NAME.fullmatch(row.name)):
        return f"{of} is left out: its name {row.name!r} must be lower-case words joined by hyphens."
    if row.name in {rule.name for rule in table.values()}:
        return f"{of} is left out: there is already a rule with the name {row.name}."
    if row.severity not in _ORDER or not callable(row.function):
        return f"{of} is left out: it needs a severity (error, warning or info) and a function."
    return None


RULES, _ = rule_table([*(rule for module in _MODULES for rule in module.RULES), _IGN001])
"""Every rule by its code."""


def add_rules(extra: Iterable[object]) -> list[str]:
    """Add the rules of other packages to RULES. Returns a warning for each row that was refused."""
    table, refused = rule_table(RULES.values(), extra)
    RULES.clear()
    RULES.update(table)
    return refused


def _outside_rules() -> Iterator[Rule]:
    """The rows of other packages, each with its package's name; a warning for what is not a Rule."""
    for plugin in plugins.plugins(plugins.RULES):
        single = isinstance(plugin.value, Rule) or not isinstance(plugin.value, list | tuple)
        for row in [plugin.value] if single else plugin.value:
            if isinstance(row, Rule):
                yield _guarded(row._replace(package=plugin.package))
            else:
                plugins.left_out(plugin.name, plugin.package, f"it must name a Rule, not a {type(row).__name__}")


def _guarded(rule: Rule) -> Rule:
    """The rule, which finds nothing and warns where it fails, and whose findings lie within their fields."""
    if not callable(rule.function):
        return rule

    def function(case: Case) -> Iterator[Hit]:
        try:
            hits = list(rule.function(case))
            for hit in hits:
                if not 0 <= hit.start <= hit.end <= len(case.text(hit.field)):
                    raise ValueError(f"a finding from {hit.start} to {hit.end} of the {hit.field}")
        except Exception as error:  # whatever the package runs into
            why = plugins.in_short(error)
            plugins.warn(
                f"The rule {rule.code} of the package {rule.package} failed and was not checked: {why}. "
                f"Update or uninstall {rule.package}."
            )
            return
        yield from hits

    return rule._replace(function=function)


def find_rule(code: str) -> Rule:
    """The rule with this code or name. Raises InputError naming the nearest."""
    found = RULES.get(code.upper()) or next((rule for rule in RULES.values() if rule.name == code.lower()), None)
    if found is None:
        near = difflib.get_close_matches(code.upper(), RULES, 1, 0.5)
        meant = f"; did you mean {near[0]}?" if near else "."
        raise InputError(f"No rule has the code or name {code}{meant}", "See `ourtake rules`.")
    return found


def chosen_rules(select: Iterable[str], ignore: Iterable[str]) -> list[Rule]:
    """The rules of these codes or families (LNK), without the ignored ones. Raises InputError for an unknown code."""
    selected, ignored = _codes(select) or set(RULES), _codes(ignore)
    return [rule for code, rule in RULES.items() if code in selected and code not in ignored]


def _codes(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        family = {code for code in RULES if code[:3] == name.upper()}
        found |= family or {find_rule(name).code}
    return found


def _placed(error: InputError, chosen: Checks) -> InputError:
    """The error about a code that no rule has, with the setting that names it; as it is where none does."""
    lists = [("select", chosen.select), ("ignore", chosen.ignore), ("severity", tuple(chosen.severity))]
    lists += [(f'per_file_ignores."{pattern}"', codes) for pattern, codes in chosen.per_file_ignores.items()]
    for key, codes in lists:
        try:
            _codes(codes)
        except InputError as found:
            return InputError(f"[checks] {key} in ourtake.toml: {found.what}", found.do)
    return error


def check(
    take: Take,
    against: CheckContext,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    undecided: bool = True,
) -> Report:
    """The report of a take, by the rules of these codes or families (default: those of the settings). `undecided`:
    whether its claims are listed, too, if none of these rules and no second reading could decide one.

    Raises InputError for an unknown rule code.
    """
    chosen = against.settings.checks
    try:
        rules = chosen_rules(tuple(select) or chosen.select, (*ignore, *chosen.ignore))
        severities = {find_rule(code).code: severity for code, severity in chosen.severity.items()}
    except InputError as error:
        raise _placed(error, chosen) from None
    # Each fix is tried on a case of its own: the documents are parsed for all of them together.
    against = against if against.documents is not None else against._replace(documents=DocumentCache())
    case = Case(take, against)
    findings, ignored = _found(case, rules, severities)
    if any(item.fix is not None for item in findings):
        findings = verified(take, findings, check=lambda changed: _found(Case(changed, against), rules, severities)[0])
    findings.sort(key=lambda item: (FIELDS.index(item.field), item.start, _ORDER[item.severity], item.code))
    counts = {name: sum(item.severity == name for item in findings) for name in _ORDER}
    report = Report(
        verdict="fail" if counts["error"] else "pass",
        findings=tuple(findings),
        counts=counts,
        words=case.words,
        links=tuple(_records(case)),
        # Only where a rule asks for them: they cost as much as a family.
        sentences=support.sentence_records(case) if any(rule.code.startswith("SUP") for rule in rules) else (),
        ignored=ignored,
    )
    if undecided or against.answers or any(rule.code in CODES for rule in rules):
        return with_claims(report, claims_of(case, findings))
    return report.model_copy(update={"verdict_line": line_of(report)})


def _found(case: Case, rules: Sequence[Rule], severities: Mapping[str, Severity]) -> tuple[list[Finding], int]:
    """What the rules find in a take, and how many findings its comments ignore."""
    findings: list[Finding] = []
    for rule in rules:
        for hit in hits_of(rule, case):
            # A rule says itself that it could not check; otherwise the publication's severity overrules the rule's.
            preferred = severities.get(rule.code) or hit.severity or rule.severity
            severity: Severity = "info" if hit.severity == "info" else preferred
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
                known = {"handle": handles.get(article.url), "article_id": article.id}
                yield LinkRecord(url=article.url, anchor=link.anchor, status="archive", **known, **live)
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


for _refused in add_rules(_outside_rules()):
    plugins.warn(_refused)
