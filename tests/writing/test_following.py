"""A claim that only lost the words which were found wrong still stands without proof."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from ourtake.checks.base import CheckContext, ReadFinding
from ourtake.checks.registry import check
from ourtake.documents import Revision, Source, Take
from ourtake.writing.following import left_standing
from ourtake.writing.second_reading import carried
from ourtake.writing.session import Session

SOURCE = Source(
    title="Trams return",
    outlet="The Post",
    url="https://post.example/1",
    blurb="The transport ministry of the United Kingdom let two towns build trams again in 2024. Whitlock runs it.",
)


def revision(number: int, body: str) -> Revision:
    take = Take(headline="Trams", summary="", body=body)
    return Revision(number=number, take=take, by="a", report=check(take, CheckContext(SOURCE)), created="2026-01-01")


@pytest.mark.parametrize(
    ("before", "after", "stands"),
    [
        (
            "A study by Lena Koslowski found that trams make children in both towns healthier.",
            "A study found that trams make children in both towns healthier.",
            True,
        ),
        # A name that every reader knows only warns, and nothing rested on it.
        (
            "We don't know whether trams make French children in both towns healthier.",
            "We don't know whether trams make children in both towns healthier.",
            False,
        ),
        # A first name that was made up only warns, too, but it is a name that the claim rested on.
        (
            "Margaret Whitlock found that trams make children in both towns healthier.",
            "Somebody found that trams make children in both towns healthier.",
            True,
        ),
    ],
)
def test_a_claim_is_followed_when_what_it_rests_on_goes(before: str, after: str, stands: bool) -> None:
    first = revision(1, before)
    assert [one.code for one in first.report.findings if one.code == "FCT002"] == ["FCT002"]
    found = left_standing(first, revision(2, after))
    assert [one.code for one in found] == (["SUP002"] if stands else [])


def test_a_finding_whose_proposal_was_taken_up_is_settled_though_its_sentence_is_the_same() -> None:
    body = "The tramway should reopen. Two towns build trams again."
    more = "The tramway should reopen. We don't know what it costs. Two towns build trams again."
    finding = ReadFinding(
        "ARG005", "It passes over the cost.", "body", 0, 26, "warning", by="a:b",
        proposal="The tramway should reopen. {f1} We don't know what it costs.",
    )  # fmt: skip
    first = revision(1, body)
    report = check(first.take, CheckContext(SOURCE, read=(finding,)))
    session = cast(Session, SimpleNamespace(readings={}))
    before = first.model_copy(update={"report": report, "read_by": "a:b"})
    assert len(carried(session, before, first.take).reread.findings) == 1
    known = carried(session, before, Take(headline="Trams", summary="", body=more))
    assert known.reread.findings == () and known.new == ("s2",)
