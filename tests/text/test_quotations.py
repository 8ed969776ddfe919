"""Quotations of every kind of mark, and their words found again in another text."""

import pytest

from ourtake.text.quotations import quotations_in
from ourtake.text.tokens import find_nearly, find_quotation, tokenize

TEXT = (
    "The council\u2019s plan\u2014all of it\u2014costs 1,400 pounds. Nobody at the very large council said that it "
    "would not be done on time."
)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('He said "yes we can" and left.', ["yes we can"]),
        ("He said \u201cyes we can\u201d and left.", ["yes we can"]),
        ("\u2018We can\u2019t wait,\u2019 she said.", ["We can\u2019t wait,"]),
        ("the 'smart' grid and the dogs' bones", ["smart"]),
        ("In the '90s it\u2019s 12\" wide.", []),
        ("\u00abein Wort\u00bb und \u201ezwei W\u00f6rter\u201c", ["ein Wort", "zwei W\u00f6rter"]),
        ('"a\nwrapped quotation" here', ["a\nwrapped quotation"]),
        ("\u201cHe said \u2018no\u2019 to us.\u201d", ["He said \u2018no\u2019 to us."]),
        ("> a block of words\n> and more\n> \u2014 Jane Doe", ["a block of words\n> and more"]),
        ("See [\u201cits title\u201d](a1).", ["its title"]),
        ('See "[its title](a1)".', ["[its title](a1)"]),
    ],
)
def test_quotations(text: str, inside: list[str]) -> None:
    assert [one.text for one in quotations_in(text)] == inside
    assert all(text[one.start : one.end] == one.text for one in quotations_in(text))


def test_one_that_is_never_closed_ends_with_its_paragraph() -> None:
    first, second = quotations_in("\u201cOpen to the end.\n\nAnd \u201cclosed\u201d.")
    assert (first.kind, first.text, second.kind) == ("open", "Open to the end.", "marks")


@pytest.mark.parametrize(
    ("quotation", "found"),
    [
        ("the council's plan, all of it", "The council\u2019s plan\u2014all of it"),
        (
            "[T]he council's plan ... costs 1400 pounds",
            "The council\u2019s plan\u2014all of it\u2014costs 1,400 pounds",
        ),
        ("Nobody at the [\u2026] council said", "Nobody at the very large council said"),
        ("Nobody at [its] very large council", "Nobody at the very large council"),
        ("Nobody\u200b at the very large council", "Nobody at the very large council"),
        ("council costs the plan", None),
        ("costs 1,400 pounds ... the council's plan", None),
    ],
)
def test_found_but_for_typography_and_marked_omissions(quotation: str, found: str | None) -> None:
    place = find_quotation(quotation, TEXT)
    assert (None if place is None else TEXT[slice(*tokenize(TEXT).span(place.first, place.last))]) == found


def test_nearly_found() -> None:
    place = find_nearly("Nobody at the large council says that it would be done", TEXT)
    assert place is not None
    assert (
        TEXT[slice(*tokenize(TEXT).span(place.first, place.last))]
        == "Nobody at the very large council said that it would not be done"
    )
    assert find_nearly("forty cats ate my dinner", TEXT) is None
