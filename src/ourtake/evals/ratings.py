"""Ratings from pairs: Bradley-Terry strengths and length-controlled win rates, with intervals clustered by topic.

Both are logistic regressions without an intercept: the log odds that the first of a pair wins. A tie is half a win for
each. A weak penalty keeps the strength of a model that wins every pair finite. This is our own code, because the
libraries for it (choix, evalica) need scipy or pandas. Tests compare it with them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ourtake.evals.distributions import t_quantile
from ourtake.evals.statistics import LEVEL

PENALTY = 0.05
"""Of the squared strengths; as much as a twentieth of a tie."""
ELO = 400 / math.log(10)
"""From a log odds to points: 100 more points win 64 of 100 pairs."""
_STEPS = 100


class Pair(NamedTuple):
    """One comparison: `score` is 1 where `first` won, 0 where `second` did, 0.5 for a tie. `longer`: by how many words
    the first is longer. `topic`: the cluster.
    """

    first: str
    second: str
    score: float
    topic: str
    longer: float = 0.0
    case: str = ""


class Rating(NamedTuple):
    """A strength in points around the mean of all, with its interval. `pairs`: that it rests on."""

    points: float
    low: float
    high: float
    pairs: int


class WinRate(NamedTuple):
    """The share of pairs that one model wins against another. `controlled`: at equal length."""

    raw: float
    controlled: float
    low: float
    high: float
    pairs: int


def bradley_terry(pairs: Sequence[Pair], *, level: float = LEVEL, penalty: float = PENALTY) -> dict[str, Rating]:
    """Model -> rating; none without pairs."""
    names = sorted({name for pair in pairs for name in (pair.first, pair.second)})
    if not names:
        return {}
    place = {name: number for number, name in enumerate(names)}
    design = np.zeros((len(pairs), len(names)))
    for row, pair in enumerate(pairs):
        design[row, place[pair.first]] += 1
        design[row, place[pair.second]] -= 1
    score = np.array([pair.score for pair in pairs])
    topics = [pair.topic for pair in pairs]
    strengths, covariance, clusters = _fit(design, score, topics, penalty=penalty)
    centre = np.eye(len(names)) - 1 / len(names)
    strengths, covariance = centre @ strengths, centre @ covariance @ centre.T
    critical = t_quantile((1 + level) / 2, clusters - 1) if clusters > 1 else math.nan
    found = {}
    for name, number in place.items():
        half = critical * math.sqrt(max(0.0, float(covariance[number, number])))
        middle = float(strengths[number])
        count = sum(name in (pair.first, pair.second) for pair in pairs)
        found[name] = Rating(ELO * middle, ELO * (middle - half), ELO * (middle + half), count)
    return found


def win_rate(pairs: Sequence[Pair], *, level: float = LEVEL) -> WinRate | None:
    """How often the first of these pairs wins, which all compare the same two models in the same order; None without
    pairs. The controlled rate is that of a regression on the difference in length, at no difference.
    """
    if not pairs:
        return None
    score = np.array([pair.score for pair in pairs])
    longer = np.array([pair.longer for pair in pairs])
    scale = float(longer.std()) or 1.0
    # As AlpacaEval does it: the difference in units of its standard deviation, bounded.
    design = np.column_stack([np.ones(len(pairs)), np.tanh(longer / scale)])
    if not longer.any():
        design = design[:, :1]
    fitted, covariance, clusters = _fit(design, score, [pair.topic for pair in pairs], penalty=PENALTY)
    critical = t_quantile((1 + level) / 2, clusters - 1) if clusters > 1 else math.nan
    half = critical * math.sqrt(max(0.0, float(covariance[0, 0])))
    low, middle, high = (_logistic(float(fitted[0]) + move) for move in (-half, 0.0, half))
    return WinRate(float(score.mean()), middle, low, high, len(pairs))


def _logistic(value: float) -> float:
    return math.nan if math.isnan(value) else 1 / (1 + math.exp(-max(-500.0, min(500.0, value))))


def _fit(design: Any, score: Any, topics: Sequence[str], *, penalty: float) -> tuple[Any, Any, int]:
    """Coefficients by Newton's method, their covariance by the sandwich over topics, and the number of topics."""
    weights = np.zeros(design.shape[1])
    ridge = penalty * np.eye(design.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -500, 500)))
        slope = design.T @ (score - chance) - penalty * weights
        bread = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(bread, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-10:
            break
    chance = 1 / (1 + np.exp(-np.clip(design @ weights, -500, 500)))
    bread = np.linalg.inv((design * (chance * (1 - chance))[:, None]).T @ design + ridge)
    sums: dict[str, Any] = {}
    for topic, row in zip(topics, design * (score - chance)[:, None], strict=True):
        sums[topic] = sums.get(topic, 0) + row
    count = len(sums)
    meat = sum(np.outer(one, one) for one in sums.values()) * (count / (count - 1) if count > 1 else 1)
    return weights, bread @ meat @ bread, count
