"""What a writer is shown of a long article: its opening, what its plan quotes, and what is nearest to the story."""

from __future__ import annotations

from ourtake.archive.passage import best_passages, count_sentences, sentences_with, words_of
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
QUOTED = "The engine ran for 61 hours that winter, and the permit allowed 40 of them."


def test_a_quotation_is_found_by_its_sentences() -> None:
    place = sentences_with(TEXT, QUOTED)
    assert len(place) == 1 and words_of(TEXT, place) == count_words(QUOTED)
    assert sentences_with(TEXT, "the permit allowed 40") == place
    over_two = sentences_with(TEXT, f"{FILLER} {QUOTED}")
    assert list(over_two) == [place.start - 1, place.start]
    assert not sentences_with(TEXT, "The engine ran for 62 hours that winter.")
    assert count_sentences(TEXT) == 28


def test_sentences_that_are_kept_are_shown_beside_the_opening_with_gaps_marked() -> None:
    without = best_passages(TEXT, TERMS, most=110, opening=20).text
    shown = best_passages(TEXT, {"letter": 1.0}, most=110, opening=20, kept=sentences_with(TEXT, QUOTED)).text
    assert QUOTED in shown and shown.startswith("It began with a letter.")
    assert shown.index("[...]") < shown.index(QUOTED) and count_words(shown) <= 115
    assert without.startswith("It began with a letter.")


def test_sentences_that_are_kept_go_before_all_others() -> None:
    shown = best_passages(TEXT, TERMS, most=20, opening=20, kept=sentences_with(TEXT, QUOTED)).text
    assert shown == f"[...] {QUOTED} [...]"
