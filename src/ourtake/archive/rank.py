"""Signals -> one score: a linear model whose weights say how much each signal counts.

The defaults were learned once by tune.py from the links of two public US government publications (18F and Digital.gov); `ourtake archive tune`
learns a publication's own. A group of signals that is switched off counts nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from ourtake.config import Group
from ourtake.documents import Document

GROUPS: dict[Group, tuple[str, ...]] = {
    "words": ("text", "headline_in_text", "text_and_headline", "all_words", "lead", "share", "share_squared", "length"),
    "titles": ("title", "headline_in_title", "title_covered", "title_shared", "names", "names_in_title"),
    "phrases": ("pairs", "pairs_root"),
    "tags": ("tags", "tags_covered", "tags_of_similar"),
    "recency": ("month", "season", "year", "era"),
    "popularity": ("links", "links_year", "links_season"),
    "similar": ("similar_linked", "similar_linked_root", "links_to_similar"),
    "together": ("linked_together",),
    "feedback": ("feedback",),
}
SIGNALS: tuple[str, ...] = tuple(name for names in GROUPS.values() for name in names)


class Weighting(Document):
    """The weights in force: one number a signal. `learned` is the day when they were, empty for the defaults; `questions` how many from."""

    weights: dict[str, float]
    learned: str = ""
    until: str = ""
    questions: int = 0

    def switched_off(self, groups: tuple[Group, ...]) -> Weighting:
        """The same without some groups of signals."""
        gone = {name for group in groups for name in GROUPS[group]}
        return self.model_copy(update={"weights": {name: 0.0 if name in gone else weight for name, weight in self.weights.items()}})

    def vector(self) -> tuple[float, ...]:
        """The weights in the order of SIGNALS."""
        return tuple(self.weights.get(name, 0.0) for name in SIGNALS)


class Candidate(NamedTuple):
    """An article's id with its signals, in the order of SIGNALS."""

    id: str
    values: tuple[float, ...]


def score(candidate: Candidate, vector: tuple[float, ...]) -> float:
    """The weighted sum."""
    return sum(weight * value for weight, value in zip(vector, candidate.values, strict=True))


def shares(candidate: Candidate, vector: tuple[float, ...]) -> dict[str, float]:
    """What each group of signals gives to the score."""
    parts = {name: weight * value for name, weight, value in zip(SIGNALS, vector, candidate.values, strict=True)}
    return {group: sum(parts[name] for name in names) for group, names in GROUPS.items()}


DEFAULTS = Weighting(
    weights={
        "text": 4.3176,
        "headline_in_text": 1.763,
        "text_and_headline": 12.0802,
        "all_words": -0.0508,
        "lead": 1.6054,
        "share": -0.7732,
        "share_squared": 0.3842,
        "length": 0.6502,
        "title": 2.4192,
        "headline_in_title": -3.758,
        "title_covered": 2.0338,
        "title_shared": -0.2426,
        "names": 0.5057,
        "names_in_title": 0.3249,
        "pairs": -2.4282,
        "pairs_root": 2.8013,
        "tags": 5.9835,
        "tags_covered": 0.2649,
        "tags_of_similar": 0.0411,
        "month": 1.1426,
        "season": 0.371,
        "year": 0.1822,
        "era": 4.0071,
        "links": 0.4155,
        "links_year": 0.212,
        "links_season": 0.3757,
        "similar_linked": 4.8408,
        "similar_linked_root": 1.6361,
        "links_to_similar": 1.214,
        "linked_together": -0.9061,
        "feedback": 0.6499,
    }
)
