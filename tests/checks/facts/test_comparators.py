"""What a take's sentence says otherwise than a document: each comparator trips on its row's example and not on its
sound one, and none where another sentence supports the take.
"""

from __future__ import annotations

import pytest

from ourtake.checks.base import CheckContext
from ourtake.checks.facts.comparators import COMPARATORS, Comparator
from ourtake.checks.registry import check
from ourtake.documents import Finding, Related, SentenceHandles, Source, Take


def findings(take: str, document: str, *, more: str = "") -> list[Finding]:
    source = Source(
        title="A pier", outlet="The Post", url="https://post.example/1", blurb=document, text=more or document
    )
    report = check(Take(headline="A headline", summary="", body=take), CheckContext(source))
    codes = {row.code for row in COMPARATORS}
    return [one for one in report.findings if one.code in codes and one.severity != "info"]


@pytest.mark.parametrize("row", COMPARATORS, ids=lambda row: row.name.replace(" ", "-"))
def test_each_row_trips_and_passes_on_its_examples(row: Comparator) -> None:
    found = findings(row.trips, row.document)
    assert [(one.code, one.severity) for one in found] == [(row.code, "warning")]
    assert found[0].evidence and found[0].evidence[0].text in row.document
    assert findings(row.passes, row.document) == []


def test_another_sentence_that_supports_the_take_clears_it() -> None:
    row = COMPARATORS[0]
    assert findings(row.trips, row.document, more=f"{row.document} Other news. {row.trips}") == []


DOCUMENT = (
    "The harbour pier was rebuilt in May. \u201cIt will hold,\u201d said Gwenda Pryor, the harbour's secretary, at the "
    "meeting. Lotte Brewer, who leads the council, agreed."
)


@pytest.mark.parametrize(
    ("take", "text"),
    [
        ("Gwenda Pryor, the harbour's treasurer, says that the pier will hold.", "treasurer"),
        ("Gwenda Pryor, the harbour's secretary, says that the pier will hold.", ""),
        ("Lotte Brewer, the council's leader, says that she agreed.", ""),
        ("Lotte Brewer, the owner of a boat in the harbour, says that she agreed.", ""),
    ],
)
def test_a_role_that_no_document_gives_a_person_is_found_where_one_gives_another(take: str, text: str) -> None:
    found = [one for one in findings(take, DOCUMENT) if one.code == "FCT007"]
    assert [one.text for one in found] == ([text] if text else [])


@pytest.mark.parametrize(
    "take",
    [
        # German and French: nothing here is compared word by word with English.
        "Die Beh\u00f6rde hat dem Hafen nicht mehr als sechs Wochen gegeben, und alle Boote bleiben drau\u00dfen.",
        "Le port n'a pas encore r\u00e9pondu \u00e0 la mairie, et tous les bateaux restent dehors.",
        "Is it all of the boats in the harbour that use the new pier at night?",
    ],
)
def test_other_languages_and_questions_bring_nothing(take: str) -> None:
    assert findings(take, "Some boats in the harbour use the new pier at night.") == []


LISTED = (
    "The Ostley Harbour Trust, the Department of Trade, and the Quay Bank signed the plan. The pier has a new owner."
)


def test_a_role_before_a_name_is_that_name_s_and_not_that_of_the_body_before_it() -> None:
    take = "At the Ostley Harbour Trust, the owner, Anna, said that the plan was signed."
    assert [one for one in findings(take, LISTED) if one.code == "FCT007"] == []


@pytest.mark.parametrize(
    ("take", "found"),
    [
        ("The ferry was the first boat in the harbour with a new engine.", True),
        ("The first ferry is a boat in the harbour with a new engine.", False),
        ("The ferry is a boat in the harbour with a first engine that is new.", False),
    ],
)
def test_first_is_a_claim_where_it_says_that_nobody_was_before(take: str, found: bool) -> None:
    document = "The ferry is a boat in the harbour with a new engine."
    assert [one.code for one in findings(take, document)] == (["FCT006"] if found else [])


@pytest.mark.parametrize(
    ("take", "found"),
    [
        ("The harbour ferry refused those residents with more than 90 euros in savings.", False),
        ("The harbour ferry refused those residents with at most 90 euros in savings.", True),
    ],
)
def test_a_negation_reaches_no_further_than_its_clause(take: str, found: bool) -> None:
    document = "Harbour residents could not board the ferry because they had more than 90 euros in savings."
    assert bool(findings(take, document)) is found


def test_no_longer_than_is_a_bound_and_not_none() -> None:
    document = "The wait for the harbour ferry is 14 minutes, two minutes longer than before the storm."
    assert findings("The wait for the harbour ferry should be no longer than before the storm.", document) == []


def test_a_sentence_is_compared_with_the_documents_that_its_handles_name() -> None:
    row = COMPARATORS[0]
    near = "The pages of the harbour have traffic, a tenth of it by boat."
    source = Source(title="A pier", outlet="The Post", url="https://post.example/1", blurb=near, text=near)
    article = Related(id="r1", url="https://paper.example/1", title="A ferry", text=row.document)
    take = Take(headline="A headline", summary="", body=row.trips)

    def codes(handle: str) -> list[str]:
        handles = (SentenceHandles(field="body", start=0, end=len(row.trips), handles=(handle,)),)
        report = check(take, CheckContext(source, (article,), handles=handles))
        return [one.code for one in report.findings if one.code == row.code]

    assert codes("a1") == [row.code]
    assert codes("source") == []
    assert codes("a2") == [row.code]  # a handle of a document that has nothing near proves nothing


@pytest.mark.parametrize(
    ("document", "take"),
    [
        ("The new tariff pushed prices up across the county.", "The new tariff pushed prices down across the county."),
        ("The court sent rents up for tenants of the mill.", "The court sent rents down for tenants of the mill."),
        ("The council counted over forty empty homes in the harbour.",
         "The council counted under forty empty homes in the harbour."),
        ("The harbour fund holds over one million pounds for the flooded villages.",
         "The harbour fund holds under one million pounds for the flooded villages."),
        ("The county has two hospitals with a night ward, and more are planned in the county.",
         "The county has the only two hospitals with a night ward."),
        ("No tenant whose flat is damp pays more than 90 pounds a week for a harbour room.",
         "A tenant whose flat is damp pays more than 90 pounds a week for a harbour room."),
    ],
)  # fmt: skip
def test_a_turned_direction_amount_or_scope_is_found(document: str, take: str) -> None:
    assert [one.code for one in findings(take, document)] in (["FCT005"], ["FCT006"])
