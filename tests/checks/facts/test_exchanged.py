"""FCT003: two numbers that have changed places, in one sentence or two, beside a document that has both."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Source, Take

DOCUMENT = (
    "The measured hum at the nearest garden wall is 31 decibels, against 39 forecast in the first application. The "
    "supplier had promised 94 per cent accuracy, and an audit in May found 95. For Upper Brindle the company lists "
    "148. Mr Huxtable has 231. The paper runs 30 drafted articles a week and not 45. Of 212 letters the classifier put "
    "38 in the queue. Ratings rose to more than 90 points, from 58 before the change."
)


def found(body: str, document: str = DOCUMENT) -> list[str]:
    source = Source(title="A hum", outlet="The Post", url="https://post.example/1", blurb=document[:60], text=document)
    report = check(Take(headline="A headline", summary="", body=body), CheckContext(source))
    return [one.text for one in report.findings if "other way round" in one.message and one.severity == "warning"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("It hums at 39 decibels where 31 had been forecast.", "39 decibels where 31"),
        ("It hums at 31 decibels where 39 had been forecast.", ""),
        # Two sentences of the take, and two of the document.
        ("The company counts 231 of them. Leonard Huxtable counts 148.", "231 of them. Leonard Huxtable counts 148"),
        ("The company counts 148 of them. Leonard Huxtable counts 231.", ""),
        ("Mr Huxtable counted 148, where the company had 231.", "148, where the company had 231"),
        ("Mr Huxtable counted 231, where the company had 148.", ""),
        # A denied number, a part of a whole, and the ends of a change are said in any order.
        ("It once drafted 45 articles a week, and 30 by now.", ""),
        ("It put 38 of 212 letters into the queue.", ""),
        ("Ratings before the change, 58 to more than 90, have been kept.", ""),
    ],
)
def test_numbers_that_have_changed_places_are_found(body: str, text: str) -> None:
    assert found(body) == ([text] if text else [])


def test_nothing_is_found_where_another_place_has_the_numbers_as_the_take_does() -> None:
    body = "It hums at 39 decibels where 31 had been forecast."
    assert found(body)
    assert not found(body, f"{DOCUMENT} In winter the hum was 39 decibels, against 31 forecast.")


def calls(times: int) -> int:
    """Calls that a check makes beside a document with two numbers so often."""
    made = 0

    def count(frame: object, event: str, argument: Any) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        found("It has 31 boats and 12 men.", "It has 12 boats and 31 men. " * times)
    finally:
        sys.setprofile(before)
    return made


def test_a_long_document_takes_work_in_proportion() -> None:
    calls(1)  # what is loaded once
    assert calls(600) < 1.15 * 6 * calls(100)
