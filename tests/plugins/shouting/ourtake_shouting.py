"""A rule for ourtake: no exclamation marks in headlines."""

from __future__ import annotations

from collections.abc import Iterator

from ourtake.checks.base import Case, Example, Hit, Rule


def shouting(case: Case) -> Iterator[Hit]:
    """ACM001."""
    for place, sign in enumerate(case.text("headline")):
        if sign == "!":
            yield Hit("The headline has an exclamation mark.", "headline", place, place + 1)


RULE = Rule(
    "ACM001",
    "shouting-headline",
    "warning",
    "An exclamation mark in the headline.",
    "End the headline without a mark.",
    Example(headline="The grid is full!"),
    Example(headline="The grid is full"),
    shouting,
)
