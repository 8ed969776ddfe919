"""Signals -> one score: a linear model whose weights say how much each signal counts.

The defaults (defaults.py) were learned from the links of two public US government publications; `ourtake archive tune`
learns a publication's own. A group of signals that is switched off counts nothing.
"""

from __future__ import annotations

from typing import Any

from ourtake.archive.defaults import WEIGHTS, WITH_MEANING
from ourtake.config import Group
from ourtake.documents import Document

GROUPS: dict[Group, tuple[str, ...]] = {
    "words": ("text", "text_often", "headline", "cosine", "lead", "rarest_in_lead", "names", "length"),
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
"""What chooses the candidates that are read: signals that need no text. Learned as the weights are, and not tuned."""


class Weighting(Document):
    """The weights in force: one number a signal. `learned` is the day when they were, empty for the defaults;
    `questions` how many from.
    """

    weights: dict[str, float]
    learned: str = ""
    until: str = ""
    questions: int = 0
    without: tuple[Group, ...] = ()

    def switched_off(self, groups: tuple[Group, ...]) -> Weighting:
        """The same without some groups of signals."""
        return self.model_copy(update={"without": groups})

    def off(self) -> tuple[Group, ...]:
        """The groups that count nothing: those switched off, and meaning where its weight is 0, so that its candidates
        aren't even read.
        """
        unused = not any(self.weights.get(name) for name in GROUPS["meaning"])
        return (*self.without, "meaning") if unused and "meaning" not in self.without else self.without

    def by_words(self) -> Weighting:
        """The weights for a source that can't be looked up by meaning: the defaults have others for that."""
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
    """What each group of signals gives to one candidate's score."""
    parts = dict(zip(SIGNALS, (values * vector).tolist(), strict=True))
    return {group: sum(parts[name] for name in names) for group, names in GROUPS.items()}


DEFAULTS, DEFAULTS_WITH_MEANING = Weighting(weights=WEIGHTS), Weighting(weights=WITH_MEANING)


def defaults(*, meaning: bool) -> Weighting:
    """The weights that an archive starts with, with vectors or without."""
    return DEFAULTS_WITH_MEANING if meaning else DEFAULTS
