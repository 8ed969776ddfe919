"""QUO004 by code: a quotation that is cut where its sentence goes on to say something else."""

from __future__ import annotations

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Finding, Source, Take

TEXT = (
    "The engineer said that the pier was not safe for heavy boats in winter. The board will pay for the repairs if the "
    "county agrees. Critics claim the harbour master hid the report for years. The ferry is nearly full every morning. "
    "The council never said it would close the old quay. A new crane stands on the quay."
)


def found(take: str) -> list[Finding]:
    source = Source(title="A pier", outlet="The Post", url="https://post.example/1", blurb=TEXT[:70], text=TEXT)
    report = check(Take(headline="A pier", summary="", body=take), CheckContext(source))
    return [one for one in report.findings if one.code == "QUO004"]


@pytest.mark.parametrize(
    ("take", "lost"),
    [
        ("The Post says that the pier was \u201csafe for heavy boats in winter\u201d.", "not"),
        ("The Post says that the pier was not \u201csafe for heavy boats in winter\u201d.", ""),
        ("The Post says: \u201cthe pier was not safe for heavy boats in winter\u201d.", ""),
        ("The Post says that \u201cthe board will pay for the repairs\u201d.", "if"),
        ("The Post says that \u201cthe board will pay for the repairs\u201d if the county agrees.", ""),
        ("The Post says that \u201cthe harbour master hid the report for years\u201d.", "claim"),
        ("Some say that \u201cthe harbour master hid the report for years\u201d.", ""),
        ("The Post says that the ferry is \u201cfull every morning\u201d.", "nearly"),
        ("The Post says that \u201ca new crane stands on the quay\u201d.", ""),
    ],
)
def test_what_a_cut_loses(take: str, lost: str) -> None:
    findings = found(take)
    assert [one.severity for one in findings] == (["warning"] if lost else [])
    assert all(lost in one.evidence[0].text.split() for one in findings)
