"""Signals -> one score: a linear model with one weight for each signal.

LEARNED holds the defaults; `ourtake archive tune` learns a publication's own.
"""

from __future__ import annotations

from typing import Any

from ourtake.config import Group
from ourtake.documents import Document

GROUPS: dict[Group, tuple[str, ...]] = {
    "words": ("text", "text_often", "headline", "cosine", "lead", "rarest_in_lead", "names", "length", "listed"),
    "titles": ("title", "title_covered", "names_in_title", "same_start"),
    "phrases": ("pairs",),
    "tags": ("tags_of_similar", "tags_covered"),
    "recency": ("month", "season", "year", "era"),
    "popularity": ("links", "links_year", "links_season"),
    "similar": ("similar_linked", "linked_widely", "links_to_similar"),
    "together": ("linked_together",),
    "feedback": ("feedback",),
    "meaning": ("meaning",),
}
SIGNALS: tuple[str, ...] = tuple(name for names in GROUPS.values() for name in names)

FIRST = {
    "likeness": 5.0,
    "season": 1.1,
    "era": 4.2,
    "similar_linked": 3.7,
    "linked_widely": 1.5,
    "links_to_similar": 1.9,
}
"""The weights that choose which candidates are read, of signals that need no text. Learned once, and not tuned."""


LEARNED = {
    "text": (-3.1903, -2.2018),
    "text_often": (4.5371, 3.1901),
    "headline": (0.5247, 0.5503),
    "cosine": (0.9595, 0.8371),
    "lead": (0.1949, -0.9398),
    "rarest_in_lead": (0.853, 1.0768),
    "names": (0.3148, 0.255),
    "length": (1.962, 2.323),
    "listed": (-2.0, -2.0),  # not learned: the texts of the two publications have no links any more
    "title": (0.2418, -0.168),
    "title_covered": (1.7758, 1.5479),
    "names_in_title": (0.1252, 0.0644),
    "same_start": (-0.996, -0.9892),
    "pairs": (1.4641, 1.3547),
    "tags_of_similar": (0.8327, 0.7861),
    "tags_covered": (0.3173, 0.2882),
    "month": (1.0497, 1.0265),
    "season": (0.3382, 0.2974),
    "year": (0.1296, 0.2482),
    "era": (4.2551, 4.2801),
    "links": (-0.0712, -0.0308),
    "links_year": (0.0845, 0.0605),
    "links_season": (0.4202, 0.4161),
    "similar_linked": (2.8322, 2.6852),
    "linked_widely": (1.4268, 1.3585),
    "links_to_similar": (0.881, 0.8125),
    "linked_together": (-0.9316, -0.8769),
    "feedback": (0.551, 0.361),
    "meaning": (0.0, 3.0522),
}
"""The weights that a publication starts with: (without vectors, with vectors, where meaning says much that words say as
well). Learned from the links of two public US government publications (18F and Digital.gov), with MiniLM's vectors, by
`python benchmarks/lookup.py DATA_FOLDER --learn-defaults [--embeddings MODEL]`.
"""
WEIGHTS, WITH_MEANING = ({name: pair[place] for name, pair in LEARNED.items()} for place in (0, 1))


class Weighting(Document):
    """One weight for each signal. `learned`: the day when they were learned, empty for the defaults; `questions`: from
    how many.
    """

    weights: dict[str, float]
    learned: str = ""
    until: str = ""
    questions: int = 0
    without: tuple[Group, ...] = ()

    def switched_off(self, groups: tuple[Group, ...]) -> Weighting:
        """The same weights without some groups of signals."""
        return self.model_copy(update={"without": groups})

    def off(self) -> tuple[Group, ...]:
        """The groups without weight: those switched off, and meaning if its weight is 0, so that its candidates aren't
        even read.
        """
        unused = not any(self.weights.get(name) for name in GROUPS["meaning"])
        return (*self.without, "meaning") if unused and "meaning" not in self.without else self.without

    def by_words(self) -> Weighting:
        """The weights for a source that can't be looked up by meaning; the defaults have different ones for that."""
        return self.model_copy(update={"weights": WEIGHTS}) if self.weights == WITH_MEANING else self

    def vector(self) -> Any:
        """The weights in the order of SIGNALS, as an array."""
        import numpy

        off = off_by(self.without)
        return numpy.array([0.0 if name in off else self.weights.get(name, 0.0) for name in SIGNALS])


def off_by(groups: tuple[Group, ...]) -> frozenset[str]:
    """The signals of some groups."""
    return frozenset(name for group in groups for name in GROUPS[group])


def shares(values: Any, vector: Any) -> dict[str, float]:
    """What each group of signals adds to one candidate's score."""
    parts = dict(zip(SIGNALS, (values * vector).tolist(), strict=True))
    return {group: sum(parts[name] for name in names) for group, names in GROUPS.items()}


DEFAULTS, DEFAULTS_WITH_MEANING = Weighting(weights=WEIGHTS), Weighting(weights=WITH_MEANING)


def defaults(*, meaning: bool) -> Weighting:
    """The weights that an archive starts with, with vectors or without."""
    return DEFAULTS_WITH_MEANING if meaning else DEFAULTS
