"""The numbers of a document with which a take's number is compared, and which of them support it."""

from __future__ import annotations

import pytest

from ourtake.checks.base import Case, CheckContext
from ourtake.checks.evidence import Document, DocumentCache
from ourtake.checks.facts.index import comparable, dates_of, stated
from ourtake.checks.facts.rules import number_claims
from ourtake.checks.sentences import sentence_terms
from ourtake.documents import Source, Take
from ourtake.text.numbers import Number, numbers_in

TEXT = (
    "The pier took ten weeks to repair and cost \u00a34 million, of which $3 million was lent. Some 95 of the planks "
    "were rotten. "
    "A survey gave the pier 60. Visitors fell by 12 per cent in 2024-25. It opened on 3 May, and 1 in 5 visitors came "
    "by boat. "
    "Of 240 traders 85 moved away. The sign is three metres wide, and six men in four boats carried it."
)


def document(text: str = TEXT, published: str | None = "2025-06-01") -> Document:
    source = Source(title="A pier", outlet="The Post", url="https://post.example/1", blurb=text, published=published)
    return DocumentCache().of_take(source, ())[0]


def said(text: str) -> Number:
    (number,) = numbers_in(text)
    return number


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        # A quantity is compared with those of its unit, however that is written; a bare figure counts as one if it is
        # the same figure.
        ("seventy days", ["ten weeks"]),
        ("3 metres", ["three metres"]),
        ("60 metres", ["three metres", "60"]),
        # Money is compared with money of any currency; the other currency has no comparable value.
        ("\u00a34 million", ["\u00a34 million", "$3 million"]),
        ("12 per cent", ["12 per cent", "1 in 5"]),
        ("95 per cent", ["12 per cent", "1 in 5"]),
        ("60 per cent", ["12 per cent", "1 in 5", "60"]),
        ("240 shops", ["95", "60", "240", "85", "six", "four"]),
        ("2,000 volts", ["95", "60", "240", "85", "six", "four"]),
    ],
)
def test_what_a_number_is_compared_with(text: str, beside: list[str]) -> None:
    assert [held.number.text for held in comparable(document(), said(text))] == beside


def test_another_currency_has_no_value_to_agree_with() -> None:
    pounds, dollars = comparable(document(), said("\u00a33 million"))
    assert pounds.number.value == 4e6
    assert dollars.number.value != dollars.number.value


def test_a_number_has_the_words_and_figures_of_its_sentence() -> None:
    (held,) = [row for row in comparable(document(), said("240 shops")) if row.number.text == "240"]
    assert {"240", "85", "trader", "move"} <= held.around and "pier" not in held.around
    assert held.counted == frozenset(held.number.counted) == {"trader"}
    assert sentence_terms("One pier. Two of 240 traders.", 1) == {"two", "240", "trader"}


@pytest.mark.parametrize(
    ("published", "years"),
    [
        ("2025-02-01", {2024, 2025}),
        # A day that is behind already is one of that year, or may be one of the year after.
        ("2025-05-20", {2025, 2026}),
        (None, {0}),
    ],
)
def test_a_day_without_a_year_is_of_the_year_of_publication_or_one_beside_it(
    published: str | None, years: set[int]
) -> None:
    (held,) = dates_of("It opened on 3 May.", published, "")
    assert {(day.year, day.month, day.day) for day in held.number.days} == {(year, 5, 3) for year in years}


def test_last_may_can_be_that_of_the_year_before() -> None:
    (held,) = dates_of("It opened last May.", "2025-05-20", "")
    assert {day.year for day in held.number.days} == {2024, 2025, 2026}


def test_the_figure_before_an_item_of_a_list_counts_nothing() -> None:
    listed = document("To bring:\n7. A lamp.\n8. Two ropes, 12 metres long.")
    assert [row.number.text for row in comparable(listed, said("12 lamps"))] == ["Two"]


def test_a_bare_small_number_supports_no_unit() -> None:
    bare = document("The cable joins the two. There were 40.")
    assert comparable(bare, said("two megawatts")) == ()
    assert [row.number.value for row in comparable(bare, said("40 megawatts"))] == [4e7]


def test_a_pair_of_years_stands_apart_from_single_ones() -> None:
    assert [held.number.text for held in comparable(document(), said("In 2025"))] == ["3 May", "2024-25"]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("95 per cent", 95),
        ("three megawatts", 3),
        ("1,250.5 miles", 1250.5),
        ("four-week", 4),
        ("half", 50),
        ("\u00a34 million", 4),
    ],
)
def test_the_figure_as_it_is_written(text: str, figure: float) -> None:
    assert stated(text, 50.0) == figure


@pytest.mark.parametrize(
    ("body", "supported"),
    [
        # A sum of days is the weeks of the same thing, and not of any.
        ("The pier was repaired in seventy days.", True),
        ("The lamps burned for seventy days.", False),
        # A share is another way to say a ratio, of the same thing.
        ("Some 20 per cent of visitors came by boat.", True),
        ("The mayor won 20.0 per cent.", False),
        ("The mayor won 60.0 per cent.", False),
        # What traders stayed is what the sentence of its numbers tells; 155 lamps are no sum of it.
        ("A total of 155 traders stayed.", True),
        ("A total of 155 lamps glowed.", False),
        # Who rounds a number has no figure more than it had.
        ("More than 220 traders came.", True),
        ("More than 239 traders came.", False),
        # "On" tells of time only after a span of time.
        ("Two weeks on nobody had come.", None),
        ("They loaded nine tonnes on carts.", False),
    ],
)
def test_what_only_arithmetic_or_a_small_word_supports(body: str, supported: bool | None) -> None:
    source = Source(title="A pier", outlet="The Post", url="https://post.example/1", blurb=TEXT, published="2025-06-01")
    found = [
        claim
        for claim in number_claims(Case(Take(headline="A headline", summary="", body=body), CheckContext(source)))
        if not claim.loose
    ]
    assert [claim.compared.same is not None or claim.known for claim in found] == (
        [] if supported is None else [supported]
    )
