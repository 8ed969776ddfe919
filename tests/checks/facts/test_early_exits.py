"""Comparators skip sentences that have none of their words (`Words.has`). That must change nothing: a comparator that
looks for a word which its early exit leaves out would silently miss it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import pytest

from ourtake.checks.base import Case, CheckContext
from ourtake.checks.facts import attachments, polarity, roles, scope
from ourtake.checks.facts.aligner import Words, pairs
from ourtake.checks.facts.comparators import COMPARATORS
from ourtake.documents import Source, Take

CASES = 800


class _Everything(frozenset[str]):
    """A set that seems to have every word."""

    def __contains__(self, word: object) -> bool:
        return True

    def isdisjoint(self, other: object) -> bool:
        return False

    def __and__(self, other: AbstractSet[object]) -> frozenset[str]:
        return frozenset(word for word in other if isinstance(word, str))


def _listed(value: object) -> Iterator[str]:
    """The words of a module's own lists, however they are nested."""
    if isinstance(value, str):
        if value.isascii() and value.replace("'", "").replace("_", "").isalpha():
            yield value
    elif isinstance(value, Mapping):
        for key, words in value.items():
            yield from _listed(key)
            yield from _listed(words)
    elif isinstance(value, frozenset | set | tuple | list):
        for one in value:
            yield from _listed(one)


LISTS = [
    words
    for module in (attachments, polarity, roles, scope)
    for name, value in vars(module).items()
    if name.startswith("_") and name[1:2].isupper() and not isinstance(value, str)
    if len(words := sorted(set(_listed(value)))) > 1
]
WORDS = sorted({word for words in LISTS for word in words})
PHRASES = (
    "at least",
    "more than",
    "at most",
    "up to",
    "fewer than",
    "no one",
    "not only",
    "has to",
    "in time",
    "taken away",
)
FIGURES = ("14", "1,200", "\u00a330", "40 minutes", "3 weeks", "2019", "May", "Ada Holm", "per cent")


def _varied(sentence: str, choice: random.Random) -> str:
    """The sentence with some words replaced, added or left out."""
    words = sentence.rstrip(".").split()
    for _ in range(choice.randint(0, 3)):
        at = choice.randrange(len(words))
        pool: Sequence[str] = choice.choice((WORDS, WORDS, PHRASES, FIGURES))
        word = choice.choice(pool).replace("_", " ")
        words[at : at + choice.randint(0, 1)] = [word] if choice.random() < 0.9 else []
    return f"{' '.join(words)}."


def _set_against(take: str, document: str, choice: random.Random) -> tuple[str, str]:
    """Both sentences with two words of one list where they first differ."""
    one, two = take.split(), document.split()
    at = next((place for place, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), 0)
    words = choice.choice(LISTS)
    one[at], two[at] = (choice.choice(words).replace("_", " ") for _ in range(2))
    return " ".join(one), " ".join(two)


def _found(take: str, document: str) -> list[Any]:
    source = Source(title="A pier", outlet="The Post", url="https://post.example/1", blurb=document, text=document)
    case = Case(Take(headline="A headline", summary="", body=take), CheckContext(source))
    return [
        (row.name, pair.number, slot)
        for _, _, beside in pairs(case)
        for pair in beside
        for row in COMPARATORS
        for slot in row.find(pair, case)
    ]


def test_early_exits_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = random.Random(7)
    given = []
    for _ in range(CASES):
        row = choice.choice(COMPARATORS)
        if choice.random() < 0.5:
            given.append(_set_against(choice.choice((row.trips, row.passes)), row.document, choice))
        else:
            document = _varied(row.document, choice)
            given.append((_varied(choice.choice((row.trips, row.passes, document)), choice), document))
    before = [_found(take, document) for take, document in given]
    monkeypatch.setattr(Words, "has", _Everything())
    for (take, document), slots in zip(given, before, strict=True):
        assert _found(take, document) == slots, (take, document)
    assert {name for slots in before for name, *_ in slots} == {row.name for row in COMPARATORS}, "a row never tripped"


@pytest.mark.parametrize(
    ("words", "sense"),
    [
        *[(f"{words} 90 boats", "at_least") for words in ("at least", "no fewer than", "No smaller than")],
        ("90 boats or more", "at_least"),
        ("more than 90 boats", "more_than"),
        *[(f"{words} 90 boats", "at_most") for words in ("at most", "no later than", "up to")],
        ("90 boats or less", "at_most"),
        *[(f"{words} 90 boats", "less_than") for words in ("fewer than", "less than")],
        ("no one sails", "nobody"),
        ("all but sunk", "nearly"),
        ("not merely a boat", "only_"),
        *[
            (f"boats {verb} sail", "need_not")
            for verb in ("need not", "needn\u2019t", "doesn't have to", "do not need to")
        ],
        *[
            (f"boats {verb} to sail", "need_not")
            for verb in ("did not have", "aren\u2019t required", "was not obliged")
        ],
        ("there is no need to sail", "need_not"),
        *[(f"boats {verb} to sail", "must") for verb in ("have", "had", "needs", "are required", "be obliged")],
        *[(f"boats come {words}", "punctual") for words in ("in time", "on time")],
        *[(f"boats {words}", "removed") for words in ("taken out", "took away", "taking down")],
    ],
)
def test_runs_of_words_are_read_by_their_first_word(words: str, sense: str) -> None:
    text = f"It says {words}."
    assert sense in Words(text, 0, len(text), frozenset()).senses


def test_a_mark_parts_words_wherever_it_is() -> None:
    text = "Boats, of 3.5 tonnes: few. \u2014 Not these, they say; those"
    words = Words(text, 0, len(text), frozenset())
    for first in range(len(words)):
        for last in range(first + 1, len(words)):
            between = text[words.places[first][1] : words.places[last][0]]
            assert words.parted(first, last) == any(mark in between for mark in ",;:.()\u2014"), (first, last)
