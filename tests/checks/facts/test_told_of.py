"""LNK019 by code: what is said of one article stands in another."""

from __future__ import annotations

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Finding, Related, Source, Take

SOURCE = Source(title="A bridge is late", outlet="The Post", url="https://post.example/1", blurb="The bridge is late.")
FERRY = "The ferry carried 4,120 passengers in March, and the harbour master counted each of them by hand."
SHED = "A shed on the quay burned down in winter. Nobody was hurt, and the owner has rebuilt it in brick."


def found(body: str) -> list[Finding]:
    related = tuple(
        Related(id=f"r{at}", url=f"https://own.example/{at}", title=title, text=text, passage=text, handle=f"a{at}")
        for at, (title, text) in enumerate((("Counting the ferry", FERRY), ("The shed that burned", SHED)), 1)
    )
    report = check(Take(headline="A bridge", summary="", body=body), CheckContext(SOURCE, related))
    return [one for one in report.findings if one.code == "LNK019"]


@pytest.mark.parametrize(
    ("body", "tells"),
    [
        ("In [The shed that burned](a2) we wrote that the ferry carried 4,120 passengers in March.", True),
        ("In [Counting the ferry](a1) we wrote that the ferry carried 4,120 passengers in March.", False),
        # The link belongs to another part of the sentence, and nobody says the number.
        ("The ferry with its 4,120 passengers in March came late; [the shed](a2) is brick now.", False),
        ("In [The shed that burned](a2) we asked: did the ferry carry 4,120 passengers in March?", False),
    ],
)
def test_a_number_that_only_another_article_has(body: str, tells: bool) -> None:
    assert [(one.severity, one.evidence[0].document) for one in found(body)] == ([("error", "r1")] if tells else [])
