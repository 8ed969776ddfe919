"""Honest sentences of kinds that once brought a false alarm; beside them what only warns, and what must be found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Related, Source, Take

CASES = json.loads(Path(__file__).with_name("false_alarms.json").read_text(encoding="utf-8"))
HONEST = [(kind, row["document"], row["take"]) for kind, rows in CASES["honest"].items() for row in rows]
FAULTY = [(row["document"], row["take"], row["code"]) for row in CASES["faulty"]]
WARNED = [(row["document"], row["take"], row["code"]) for row in CASES["warned"]]
FAMILIES = ("FCT", "QUO", "SUP", "ORG", "LNK011", "STR010")


def findings(document: str, body: str, related: tuple[Related, ...] = ()) -> list[tuple[str, str]]:
    """The codes and severities of errors and warnings of the families in a take over one document."""
    source = Source(title="A report", outlet="The Post", url="https://post.example/1", blurb="A report.", text=document)
    report = check(Take(headline="A headline", summary="", body=body), CheckContext(source, related))
    found = [one for one in report.findings if one.severity != "info" and one.code.startswith(FAMILIES)]
    return [(one.code, one.severity) for one in found]


def found(document: str, body: str, related: tuple[Related, ...] = ()) -> list[str]:
    """The codes alone."""
    return [code for code, _ in findings(document, body, related)]


@pytest.mark.parametrize(("kind", "document", "body"), HONEST, ids=[f"{row[0]}: {row[2][:30]}" for row in HONEST])
def test_an_honest_sentence_brings_no_finding(kind: str, document: str, body: str) -> None:
    assert found(document, body) == [], kind


@pytest.mark.parametrize(("document", "body", "code"), WARNED, ids=[row[1][:40] for row in WARNED])
def test_what_may_be_a_plan_or_the_writers_count_only_warns(document: str, body: str, code: str) -> None:
    assert [severity for one, severity in findings(document, body) if one == code] == ["warning"]


@pytest.mark.parametrize(("document", "body", "code"), FAULTY, ids=[row[1][:40] for row in FAULTY])
def test_a_fault_of_the_same_kind_is_found(document: str, body: str, code: str) -> None:
    assert code in found(document, body)


def test_ordinary_words_in_quotation_marks_are_not_a_title() -> None:
    article = Related(
        id="1", url="https://own.example/1", title="Fresh start", text="A baker begins again.", handle="a1"
    )
    document = "The minister spoke of schools."
    assert found(document, "He called it a \u201cfresh start\u201d for schools.", (article,)) == []
    assert "LNK011" in found(document, "We wrote of schools in \u201cFresh start\u201d before.", (article,))


def test_a_job_title_may_be_said_twice() -> None:
    office = "keeper of the old lamps and the long ropes of the harbour"
    more = (
        "The rain has gone over the hill, and nobody minds it.",
        "Some boats are blue and others have no paint left.",
    )
    body = f"Ida Brandt, {office}, spoke first. {more[0]}\n\nThe {office} spoke last, too. {more[1]}"
    assert "ORG003" not in found("Ida Brandt spoke.", body)
    body = f"Ida Brandt spoke for the {office}. {more[0]}\n\nIda Brandt spoke again for the {office}. {more[1]}"
    assert "ORG003" in found("Ida Brandt spoke.", body)


def test_a_run_that_is_not_of_one_place_does_not_hide_a_shorter_one_that_is() -> None:
    body = (
        "Then the keeper walked along the quay with two lamps and a rope until the boats came in from the long bay at "
        "dusk."
    )
    source = (
        "It was dark. The keeper walked along the quay with two lamps and a. Rope until the boats came in from the "
        "long bay at night."
    )
    article = Related(
        id="1", url="https://own.example/1", title="The quay", handle="a1",
        text="Once along the quay with two lamps and a rope until the boats came in nobody spoke.",
    )  # fmt: skip
    assert "ORG001" in found("The boats were late.", body, (article,))
    assert "ORG001" in found(source, body, (article,))
