"""Each rule's own examples: one must trip it, one must not; and what holds for every finding."""

import pytest

from ourtake.checks.base import CheckContext, finding
from ourtake.checks.examples import RELATED, SOUND, SOURCE, build
from ourtake.checks.registry import RULES, check
from ourtake.config import Settings
from ourtake.errors import InputError


@pytest.mark.parametrize("code", RULES)
def test_the_example_trips_its_rule(code: str) -> None:
    rule = RULES[code]
    case = build(rule.trips)
    hits = list(rule.function(case))
    assert hits
    for hit in hits:
        found = finding(rule, hit, case, "error")
        assert found.text == case.given_text(found.field)[found.start : found.end]


@pytest.mark.parametrize("code", RULES)
def test_the_sound_example_does_not_trip_it(code: str) -> None:
    assert list(RULES[code].function(build(RULES[code].passes))) == []


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
