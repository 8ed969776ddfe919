"""FCT001: numbers that a take works out of others in the same sentence, and numbers that only look so."""

from __future__ import annotations

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Source, Take

DOCUMENT = (
    "The council has 40 wards and 12 buses. A ticket is 8 per cent dearer. The firm had $4 million and 1,950 letters. "
    "Each of the 12 teams plays 19 games. Some 19 visitors come a day."
)


def not_found(body: str) -> list[str]:
    source = Source(title="A bus", outlet="The Post", url="https://post.example/1", blurb=DOCUMENT[:60], text=DOCUMENT)
    report = check(Take(headline="A headline", summary="", body=body), CheckContext(source))
    return [one.text for one in report.findings if one.code == "FCT001" and one.severity == "error"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("It has 40 wards and 12 buses, or 480 drivers.", "480"),
        ("It has 40 wards and 12 buses, or 28 drivers.", "28"),
        ("It has 40 wards, or 280 days.", "280 days"),
        ("It has 40 wards and 12 buses, or 480.", "480"),
        ("It has 12 buses for 40 wards, or 30 per cent.", ""),
        ("The 12 teams play 19 games each, or 228 games in all.", ""),
        ("It paid $4 million to 40 wards, or $100,000 each.", ""),
        ("It got 19 a day, or 133 a week.", ""),
        ("It lost 8 per cent of 1,950 letters, or 156 letters.", ""),
        ("It lost 8 per cent of 1,950 letters, or 156.", ""),
        ("It has 28 wards, which is 40 less 12, on the coast.", ""),
        ("It has 29 drivers, which is 40 less 12, on the coast.", "29"),
        ("It has 52 of them (that is 40 plus 12).", ""),
    ],
)
def test_what_comes_after_or_is_worked_out_in_the_same_unit_only(body: str, found: str) -> None:
    assert not_found(body) == ([found] if found else [])
