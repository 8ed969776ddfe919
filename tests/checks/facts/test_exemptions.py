"""Each row of the table of exemptions has an example to which it applies, and one to which it doesn't."""

from __future__ import annotations

from collections import Counter

import pytest

from ourtake.checks.base import Case, CheckContext
from ourtake.checks.facts import exemptions
from ourtake.checks.facts.exemptions import EXEMPTIONS, Exemption, grouped
from ourtake.checks.facts.rules import RULES
from ourtake.documents import Related, Source, Take

SOURCE = Source(
    title="Now they are 700",
    outlet="The Post",
    url="https://post.example/1",
    blurb="The harbour has a crew for its wooden boats.",
    published="2026-09-10",
)


def found(row: Exemption, body: str) -> Counter[tuple[str, str]]:
    """The codes and severities of what the rules of a row find in a take with this body."""
    article = Related(
        id="r1",
        url="https://lantern.example/1",
        title="The pier",
        text=row.article,
        published="2024-05-21",
        handle="a1",
    )
    case = Case(Take(headline="A headline", summary="", body=body), CheckContext(SOURCE, (article,)))
    rules = [rule for rule in RULES if rule.code in row.rules]
    return Counter((rule.code, hit.severity or rule.severity) for rule in rules for hit in rule.function(case))


@pytest.mark.parametrize("row", EXEMPTIONS, ids=lambda row: row.name)
def test_only_the_exemption_keeps_the_finding_away(row: Exemption, monkeypatch: pytest.MonkeyPatch) -> None:
    exempted = found(row, row.trips)
    monkeypatch.setattr(exemptions, "TABLE", grouped(other for other in EXEMPTIONS if other is not row))
    assert found(row, row.trips) - exempted
    assert {severity for _, severity in exempted} == ({"warning"} if row.effect == "soften" else set())


@pytest.mark.parametrize("row", EXEMPTIONS, ids=lambda row: row.name)
def test_what_it_does_not_speak_for_is_found(row: Exemption, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = found(row, row.passes)
    assert passed
    monkeypatch.setattr(exemptions, "TABLE", grouped(other for other in EXEMPTIONS if other is not row))
    assert found(row, row.passes) == passed
