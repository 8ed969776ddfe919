"""What a writer is shown of a long article: its opening, what its plan quotes, and what is nearest to the story."""

from __future__ import annotations

from ourtake.archive.passage import best_passages
from ourtake.text.words import count_words

FILLER = (
    "The committee met again on a grey afternoon and heard a long report about the drains and the roof of the hall."
)
PARAGRAPHS = [
    "It began with a letter. " + FILLER,
    *[f"In part {number} nothing happened that anybody wrote down. {FILLER} {FILLER}" for number in range(2, 9)],
    f"The engine ran for 61 hours that winter, and the permit allowed 40 of them. {FILLER}",
    f"Nobody asked why. {FILLER} {FILLER}",
]
TEXT = "\n\n".join(PARAGRAPHS)
TERMS = {"letter": 1.0, "roof": 1.0}


def test_what_a_plan_quotes_is_shown_with_its_neighbours() -> None:
    quoted = "The engine ran for 61 hours that winter, and the permit allowed 40 of them."
    without = best_passages(TEXT, TERMS, most=110, opening=20)
    shown = best_passages(TEXT, {"letter": 1.0}, most=110, opening=20, first=[quoted])
    assert quoted in shown and f"{quoted} {FILLER}" in shown and shown.startswith("It began with a letter.")
    assert shown.index("[...]") < shown.index(quoted) and count_words(shown) <= 115
    assert without.startswith("It began with a letter.")


def test_a_quotation_that_runs_over_two_passages_brings_both() -> None:
    quoted = f"{PARAGRAPHS[7]} The engine ran for 61 hours that winter, and the permit allowed 40 of them."
    shown = best_passages(TEXT, TERMS, most=200, opening=20, first=[quoted])
    assert "In part 8 nothing happened" in shown and "The engine ran for 61 hours" in shown


def test_what_has_no_room_is_left_out() -> None:
    quoted = "The engine ran for 61 hours that winter, and the permit allowed 40 of them."
    assert quoted not in best_passages(TEXT, TERMS, most=30, opening=30, first=[quoted])
