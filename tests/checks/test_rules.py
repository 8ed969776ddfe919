"""Each rule's own examples: one must trip it, one must not; and what holds for every finding."""

from typing import Any

import pytest

from ourtake.checks.base import CheckContext, Rule, finding, hits_of
from ourtake.checks.examples import RELATED, SOUND, SOURCE, build
from ourtake.checks.registry import RULES, add_rules, check, rule_table
from ourtake.config import Settings
from ourtake.errors import InputError


@pytest.mark.parametrize("code", RULES)
def test_the_example_trips_its_rule(code: str) -> None:
    rule = RULES[code]
    case = build(rule.trips)
    hits = list(hits_of(rule, case))
    assert hits
    for hit in hits:
        found = finding(rule, hit, case, "error")
        assert found.text == case.given_text(found.field)[found.start : found.end]


@pytest.mark.parametrize("code", RULES)
def test_the_sound_example_does_not_trip_it(code: str) -> None:
    assert list(hits_of(RULES[code], build(RULES[code].passes))) == []


def test_a_sound_take_passes_without_a_finding() -> None:
    report = check(build(SOUND).take, CheckContext(SOURCE, RELATED))
    assert (report.verdict, report.findings) == ("pass", ())
    assert [link.handle for link in report.links] == ["a1", "a2", "a3"]


def test_select_ignore_and_severity() -> None:
    take = build(RULES["LNK001"].trips).take
    assert {f.code for f in check(take, CheckContext(SOURCE, RELATED), select=["LNK"]).findings} == {"LNK001"}
    assert check(take, CheckContext(SOURCE, RELATED), ignore=["LNK001"]).verdict == "pass"
    softer = Settings.model_validate({"checks": {"severity": {"LNK001": "warning"}}})
    assert check(take, CheckContext(SOURCE, RELATED, softer)).verdict == "pass"
    with pytest.raises(InputError, match="did you mean LNK001"):
        check(take, CheckContext(SOURCE), select=["LNK0001"])


@pytest.mark.parametrize(
    ("key", "value"),
    [("select", ["QUO999"]), ("ignore", ["QUO999"]), ("severity", {"QUO999": "info"})],
)
def test_a_code_in_the_settings_that_no_rule_has_is_placed(key: str, value: object) -> None:
    given = Settings.model_validate({"checks": {key: value}})
    take = build(SOUND).take
    with pytest.raises(InputError, match=rf"^\[checks\] {key} in ourtake.toml: No rule has the code or name QUO999"):
        check(take, CheckContext(SOURCE, RELATED, given))
    with pytest.raises(InputError, match=r"^No rule has"):
        check(take, CheckContext(SOURCE), select=["QUO999"])


def row(**changed: Any) -> Rule:
    """A row as another package brings it."""
    return RULES["LNK017"]._replace(**({"code": "XYZ001", "name": "no-colons", "package": "their-rules"} | changed))


def test_rules_of_other_packages_join_the_table() -> None:
    table, refused = rule_table(RULES.values(), [row(), row(code="LNK100", name="another")])
    assert refused == [] and set(table) == {*RULES, "XYZ001", "LNK100"}
    assert list(table)[-1] == "XYZ001" and list(table).index("LNK100") == list(table).index("LNK020") + 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("a string", "'a string' is not a rule: it must be an ourtake.checks.base.Rule."),
        (row(code="xyz1"), "a code is three capital letters and three digits, for example ABC001."),
        (row(code=7), "a code is three capital letters and three digits, for example ABC001."),
        (row(code="LNK001"), "ourtake already has a rule LNK001."),
        (row(name="No colons"), "its name 'No colons' must be lower-case words joined by hyphens."),
        (row(name="unresolved"), "there is already a rule with the name unresolved."),
        (row(severity="fatal"), "it needs a severity (error, warning or info) and a function."),
        (row(function=None), "it needs a severity (error, warning or info) and a function."),
    ],
)
def test_a_row_that_cannot_be_a_rule_is_refused_with_a_reason(given: object, why: str) -> None:
    table, refused = rule_table(RULES.values(), [given, row(name="fine", code="XYZ002")])
    assert len(refused) == 1 and refused[0].endswith(why)
    assert isinstance(given, str) or "their-rules" in refused[0]
    assert set(table) == {*RULES, "XYZ002"}


def test_an_added_rule_is_run_and_can_be_ignored() -> None:
    known = dict(RULES)
    take = build(RULES["LNK017"].trips).take
    try:
        assert add_rules([row()]) == [] and len(add_rules([row(name="again")])) == 1
        both = ["LNK017", "XYZ"]
        found = check(take, CheckContext(SOURCE, RELATED), select=both).findings
        assert {item.code for item in found} == {"LNK017", "XYZ001"}
        body = take.body.replace("See ", "<!-- ourtake: ignore XYZ001, LNK017 a reason --> See ", 1)
        report = check(take.model_copy(update={"body": body}), CheckContext(SOURCE, RELATED), select=both)
        assert (report.findings, report.ignored) == ((), 2)
    finally:
        RULES.clear()
        RULES.update(known)


def test_only_rules_with_a_fix_are_called_safe() -> None:
    assert {code for code, rule in RULES.items() if rule.safe_fix} == {"QUO003", "LNK003", "LNK018", "SAF002", "LNK006"}
    for rule in (rule for rule in RULES.values() if rule.safe_fix):
        found = check(build(rule.trips).take, CheckContext(SOURCE, RELATED), select=[rule.code])
        assert any(item.fix for item in found.findings), rule.code


def test_what_a_reader_found_is_a_finding_like_any_other() -> None:
    built = build(RULES["FCT005"].trips)
    against = CheckContext(SOURCE, RELATED, read=built.read)
    found = check(built.take, against, select=["FCT005"])
    (item,) = found.findings
    assert (item.severity, item.by, item.text) == (
        "warning",
        "a reader",
        "The regulator has not given Ferrow Compute any time.",
    )
    assert item.evidence[0].text == "has given Ferrow Compute six weeks" and '"by":"a reader"' in item.model_dump_json()
    assert check(built.take, against, ignore=["FCT005"]).findings == ()
    stricter = Settings.model_validate({"checks": {"severity": {"FCT005": "error"}}})
    assert check(built.take, against._replace(settings=stricter)).verdict == "fail"
    copied = built.read[0]._replace(code="ORG001", severity="error")
    assert [item.by for item in check(built.take, against._replace(read=(copied,)), select=["ORG001"]).findings] == [
        "a reader"
    ]


def test_what_code_found_names_no_reader() -> None:
    found = check(build(RULES["LNK001"].trips).take, CheckContext(SOURCE, RELATED)).findings[0]
    assert '"by"' not in found.model_dump_json()
