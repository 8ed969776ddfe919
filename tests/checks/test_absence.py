"""A text that is not here proves nothing: without texts no rule finds an error that it would not find with them."""

from __future__ import annotations

from typing import Any

import pytest
from markdown_files import read_folder

from ourtake.checks.base import Case, CheckContext
from ourtake.checks.evidence import DocumentCache
from ourtake.checks.examples import RELATED, SOURCE, build
from ourtake.checks.registry import RULES, check
from ourtake.documents import Article, Related, Report, Source, Take
from tests.evals.test_clean_takes import OVER_EXAMPLES, ROOT

OWN_HOST = "https://lanternquarter.example"


def bare(related: tuple[Related, ...]) -> tuple[Related, ...]:
    """The articles as a published file lists them."""
    return tuple(
        Related(id=item.url, url=item.url, title=item.title, published=item.published, handle=item.handle)
        for item in related
    )


def article(name: str, number: int) -> Related:
    """An article of the example archive as it is offered."""
    path = ROOT / "examples" / "archive" / f"{name}.md"
    (found,) = read_folder(path, site=OWN_HOST)
    assert isinstance(found, Article)
    return Related.model_validate({**found.model_dump(), "id": found.url, "handle": f"a{number}"})


def errors(report: Report) -> set[tuple[str, str, int, int]]:
    """Family and place: words that the sentence gives to the source are wrong there, whether an article has them
    (QUO002) or nobody (QUO001).
    """
    return {
        (found.code[:3], found.field, found.start, found.end) for found in report.findings if found.severity == "error"
    }


def found_in(
    sentence: str, *, source: Source = SOURCE, related: tuple[Related, ...] = RELATED, listed: bool = True
) -> dict[str, str]:
    """What is found in a sound take that begins with a sentence: severities by code."""
    take = build(RULES["QUO001"].passes).take
    body = sentence + " " + take.body[take.body.index("A company that wants power") :]
    report = check(take.model_copy(update={"body": body}), CheckContext(source, related, listed=listed))
    return {
        item.code: item.severity
        for item in report.findings
        if item.start < len(sentence) and item.field == "body" and item.end <= len(sentence)
    }


@pytest.mark.parametrize("code", RULES)
def test_without_texts_no_rule_finds_more_errors(code: str) -> None:
    case = build(RULES[code].trips)
    full = CheckContext(case.source, case.related, case.settings, earlier=case.earlier, live=case.live)
    without = full._replace(related=bare(case.related))
    left_out = full._replace(source=case.source.model_copy(update={"text_left_out": True}))
    for less in (without, left_out):
        assert errors(check(case.given, less)) <= errors(check(case.given, full))


@pytest.mark.parametrize("case", [case for case in OVER_EXAMPLES if "source" in case], ids=lambda case: case["id"])
def test_a_clean_take_has_no_other_errors_without_texts(case: dict[str, Any]) -> None:
    take, source = Take.model_validate(case["take"]), Source.model_validate(case["source"])
    related = tuple(article(name, number) for number, name in enumerate(case["related"], 1))
    assert errors(check(take, CheckContext(source, bare(related)))) <= errors(
        check(take, CheckContext(source, related))
    )


KINDS = {
    "a quotation that nobody is said to have said": (
        "One line stays: \u201cnobody in the valley was ever shown the meter at all\u201d.",
        "QUO001",
    ),
    "a quotation of an article": (
        "We wrote in [The outage ledger](a3): \u201cnobody in the valley was ever shown it\u201d.",
        "QUO001",
    ),
    "a number": ("The halls would take 4,300 households' worth of it.", "FCT001"),
    "another number": (
        "The regulator has given Ferrow Compute eight weeks to show where the electricity will come from.",
        "FCT003",
    ),
    "a name": ("The letter was signed by Helena Marchetti for the regulator.", "FCT002"),
    "a year": ("The company first asked in 2019.", "FCT004"),
    "what an article is said to say": (
        "[The outage ledger](a3) reports that fishermen blocked several harbours overnight in protest.",
        "SUP001",
    ),
    "an event": ("Last spring Ferrow Compute fired dozens of accountants and shuttered its canteen.", "SUP002"),
    "an address of the publication's own host": (f"See [the trench]({OWN_HOST}/trench/).", "LNK002"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_be_in_a_text_that_is_not_here_could_not_be_checked(kind: str) -> None:
    sentence, code = KINDS[kind]
    assert found_in(sentence, related=bare(RELATED))[code] == "info"
    if code != "LNK002":
        assert found_in(sentence)[code] in ("error", "warning")


PROVED = {
    "words given to the source": (
        "The Tidewater Post says that \u201cnobody in the town was ever told about any of it\u201d.",
        "QUO001",
    ),
    "words of the source, altered": (
        "The Tidewater Post says the regulator has given the company \u201csix weeks to show where the electricity "
        "will go to\u201d.",
        "QUO003",
    ),
    "what the source is said to say": (
        "The Tidewater Post reports that fishermen blocked several harbours overnight in protest.",
        "SUP001",
    ),
    "an address elsewhere": ("See [the trench](https://elsewhere.example/trench/).", "LNK002"),
    "a copy": (SOURCE.blurb + " " + SOURCE.blurb, "ORG001"),
}


@pytest.mark.parametrize("kind", PROVED)
def test_what_is_here_still_counts(kind: str) -> None:
    sentence, code = PROVED[kind]
    assert found_in(sentence, related=bare(RELATED))[code] == found_in(sentence)[code]
    assert found_in(sentence)[code] != "info"


def test_a_source_whose_text_was_left_out_may_have_said_it() -> None:
    less = SOURCE.model_copy(update={"text_left_out": True})
    for kind in ("words given to the source", "words of the source, altered", "what the source is said to say"):
        sentence, code = PROVED[kind]
        assert found_in(sentence, source=less)[code] == "info"


def test_a_passage_is_not_a_text() -> None:
    item = RELATED[0].model_copy(update={"text": ""})
    assert item.passage and not DocumentCache().article(item).complete
    assert all(document.complete for document in DocumentCache().of_take(SOURCE, RELATED[:1]))


def test_our_own_words_can_be_of_an_article_that_nobody_listed() -> None:
    sentence = "We wrote then that \u201cnobody in the valley was ever shown the meter at all\u201d."
    assert found_in(sentence, related=(), listed=False)["QUO001"] == "info"
    assert found_in(sentence, related=())["QUO001"] == "error"


def test_words_behind_an_address_that_nothing_is_known_of() -> None:
    sentence = (
        f"[An old piece]({OWN_HOST}/old/) put it well: \u201cnobody in the valley was ever shown the meter at "
        f"all\u201d."
    )
    found = found_in(sentence, related=(), listed=False)
    assert (found["QUO001"], found["LNK002"]) == ("info", "info")


def test_a_title_may_be_one_of_an_archive_that_is_not_here() -> None:
    assert found_in("There is more in \u201cThe Valley That Nobody Metered\u201d.", related=())["QUO001"] == "info"


def test_a_date_that_is_not_known_is_not_earlier() -> None:
    undated = tuple(item.model_copy(update={"published": None}) for item in RELATED)
    found = check(build(RULES["QUO001"].passes).take, CheckContext(SOURCE, undated), select=["LNK010"]).findings
    assert [item.severity for item in found] == ["info"] * 3


def test_a_number_in_the_headline_could_not_be_checked() -> None:
    take = Take(headline="Helena counted 4,300 meters", summary="", body="")
    assert [item.severity for item in check(take, CheckContext(SOURCE, bare(RELATED)), select=["FCT001"]).findings] == [
        "info"
    ]


def test_an_address_that_cannot_be_read_does_no_harm() -> None:
    take = Take(headline="", summary="", body="See [this](https://[bad/x) and [that](https://x.example:99999/).")
    assert Case(take, CheckContext(SOURCE, bare(RELATED))).documents
