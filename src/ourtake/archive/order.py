"""Why an article is listed below one with a lower shown score: the ranking counts more than what the score measures."""

from __future__ import annotations

from collections.abc import Sequence

from ourtake.config import Group
from ourtake.documents import Related

CLOSE = 0.005
"""Scores that differ by less look the same."""

NAMED = 2
"""How many groups of signals are named at most."""

_NAMES: dict[Group, str] = {
    "words": "its words",
    "titles": "its title",
    "phrases": "shared phrases",
    "tags": "tags",
    "recency": "its date",
    "popularity": "how often it is linked",
    "similar": "links of similar articles",
    "together": "links made together",
    "feedback": "words of the best articles",
    "meaning": "meaning",
}


def why_lower(explained: Sequence[tuple[Related, dict[str, float]]]) -> dict[str, str]:
    """For each article that is below one with a lower score, by its id: what put it there."""
    found = {}
    for place, (item, shares) in enumerate(explained):
        above = [row for row in explained[:place] if row[0].score < item.score - CLOSE]
        if above:
            other, others = min(above, key=lambda row: row[0].score)
            found[item.id] = f"below \u201c{other.title}\u201d because of {_reason(shares, others)}"
    return found


def _reason(shares: dict[str, float], others: dict[str, float]) -> str:
    if sum(shares.values()) >= sum(others.values()):
        return "its similarity to an article above it"
    gaps = sorted(((others[name] - shares[name], name) for name in _NAMES), reverse=True)
    return " and ".join(_NAMES[name] for gap, name in gaps[:NAMED] if gap > 0)
