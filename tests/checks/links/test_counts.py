"""How many links are wanted where a plan found that few of the offered articles have anything to say."""

from __future__ import annotations

from ourtake.checks.base import CheckContext
from ourtake.checks.examples import RELATED, SOURCE
from ourtake.checks.registry import check
from ourtake.config import Range, Settings, TakeShape
from ourtake.documents import Fact, Take

BODY = "We wrote about [power for the halls](a1) before, and about [the wires](a2)."


def too_few(body: str, *documents: str) -> list[str]:
    """The severities of LNK004 in a take whose plan has a fact of each of these documents."""
    facts = tuple(
        Fact(id=f"f{n}", document=name, field="text", start=0, end=1, text="x", statement="x")
        for n, name in enumerate(documents, 1)
    )
    report = check(Take(headline="A headline", summary="", body=body), CheckContext(SOURCE, RELATED, facts=facts))
    return [one.severity for one in report.findings if one.code == "LNK004"]


def test_an_article_that_gave_the_plan_no_fact_need_not_be_linked() -> None:
    assert too_few(BODY) == ["error"]  # without a plan nobody knows better
    assert too_few(BODY, "source", "a1", "a2", "a2") == ["info"]


def test_a_take_with_few_links_or_none_is_still_in_doubt() -> None:
    assert too_few("Nothing is linked.", "source") == ["info"]
    assert too_few("We wrote about [power for the halls](a1).", "source", "a1") == ["info"]


def test_articles_that_gave_the_plan_facts_are_still_to_be_linked() -> None:
    assert too_few(BODY, "a1", "a2", "a3") == ["error"]
    assert too_few("Nothing is linked.", "source", "a1") == ["error"]
    assert too_few(BODY, "source", "a1", "a3") == ["error"]  # links to a2 and not to a3


def test_where_a_plan_used_few_articles_no_more_links_are_asked_for_than_those() -> None:
    take = Take(headline="A headline", summary="", body="Nothing is linked.")
    fact = Fact(id="f1", document="a1", field="text", start=0, end=1, text="x", statement="x")
    (found,) = (f for f in check(take, CheckContext(SOURCE, RELATED, facts=(fact,))).findings if f.code == "LNK004")
    assert found.message == "0 links to the archive; at least 1 is wanted and 3 were offered."


def test_one_article_that_was_offered_was_offered() -> None:
    settings = Settings(take=TakeShape(links=Range(low=1, high=3, floor=1, ceiling=4)))
    take = Take(headline="A headline", summary="", body="Nothing is linked.")
    report = check(take, CheckContext(SOURCE, RELATED[:1], settings), select=["LNK004"])
    assert [item.message for item in report.findings] == [
        "0 links to the archive; at least 1 is wanted and 1 was offered."
    ]


def test_a_link_without_an_address_is_said_to_have_none() -> None:
    take = Take(headline="A headline", summary="", body="See [the letter]() and [the map](a9).")
    found = check(take, CheckContext(SOURCE, RELATED), select=["LNK001"]).findings
    assert [item.message for item in found] == ["The link has no address.", "No article was offered under 'a9'."]
