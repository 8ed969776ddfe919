"""docs/rules.md is what the rules say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourtake.checks.pages import example_parts, markdown_page, text_page
from ourtake.checks.registry import RULES
from tests.conftest import Run

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def test_the_page_in_docs_is_up_to_date() -> None:
    assert DOCS.read_text(encoding="utf-8") == markdown_page(list(RULES.values())), (
        "run: ourtake rules --format markdown > docs/rules.md"
    )


@pytest.mark.parametrize("code", RULES)
def test_a_page_shows_what_trips_the_rule_and_what_does_not(code: str) -> None:
    rule = RULES[code]
    page = text_page(rule)
    trips, passes = dict(example_parts(rule)), dict(example_parts(rule, passing=True))
    assert rule.looks_for in page and rule.how_to_fix in page and code in trips["finding"]
    assert set(trips) - {"finding"} == set(passes)


def test_the_command(run: Run) -> None:
    done = run("rules", "lnk003")
    assert "fifty megawatts" in done.stdout and "Not found in" in done.stdout and "forty megawatts" in done.stdout
    assert run("rules", "--format", "markdown").stdout == DOCS.read_text(encoding="utf-8")
    assert run("rules", "LNK0003").returncode == 2
