"""How sure a figure is: intervals of rates, means and paired differences, clustered by topic; corrections; plans.

Cases of one topic share articles, names and difficulties, so they are not independent. Standard errors are clustered:
the sum of the deviations of a topic counts, not each deviation. With C topics, t has C - 1 degrees of freedom.
docs/evals.md explains all of it for an editor.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from ourtake.evals.distributions import normal_quantile, t_quantile, two_sided

LEAST_CLUSTERS = 8
"""With fewer topics no verdict is given: the variance between them can't be estimated."""
LEVEL, POWER = 0.95, 0.8
LEAST_EFFECT = 0.5
"""The smallest design effect of a rate that is believed. With few topics the estimate is often below 1 by chance. With
1 in its place, up to 99 of 100 intervals covered the truth.
"""


class Interval(NamedTuple):
    """An estimate with its confidence interval. `n`: values that it rests on; `clusters`: topics."""

    value: float
    low: float
    high: float
    n: int
    clusters: int


class Difference(NamedTuple):
    """A paired difference, second minus first. `p`: of the hypothesis that there is none. `detectable`: the smallest
    true difference that would have been shown with a probability of POWER. `verdict`: "more", "less", "no difference
    shown" or "too few topics".
    """

    value: float
    low: float
    high: float
    p: float
    detectable: float
    n: int
    clusters: int
    verdict: str


class Plan(NamedTuple):
    """What showing a difference needs."""

    topics: int
    cases: int
    detectable: float


def wilson(successes: float, n: float, *, level: float = LEVEL, critical: float | None = None) -> tuple[float, float]:
    """Wilson's score interval of a rate. `critical`: to be used in place of the normal quantile. Raises ValueError
    without observations.
    """
    if n <= 0:
        raise ValueError("a rate needs observations")
    z = normal_quantile((1 + level) / 2) if critical is None else critical
    rate, squared = successes / n, z * z
    middle = (rate + squared / (2 * n)) / (1 + squared / n)
    half = z * math.sqrt(rate * (1 - rate) / n + squared / (4 * n * n)) / (1 + squared / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def clustered_se(values: Sequence[float], clusters: Sequence[Hashable]) -> float:
    """The standard error of a mean, from the sums of deviations by cluster; NaN with fewer than two clusters."""
    if len(set(clusters)) < 2:
        return math.nan
    middle = math.fsum(values) / len(values)
    sums: dict[Hashable, float] = defaultdict(float)
    for value, cluster in zip(values, clusters, strict=True):
        sums[cluster] += value - middle
    count = len(sums)
    return math.sqrt(count / (count - 1) * math.fsum(total * total for total in sums.values())) / len(values)


def mean_interval(
    values: Sequence[float],
    clusters: Sequence[Hashable],
    *,
    rate: bool = False,
    share: bool = False,
    level: float = LEVEL,
) -> Interval:
    """The mean of one value a case, with its interval. `rate`: the values lie between 0 and 1, and Wilson's interval is
    used, with as many observations as the clustering leaves. `share`: each value is itself a share of many things, so
    that a mean may vary less than one of as many yes or no answers. Raises ValueError without values.
    """
    n, count = len(values), len(set(clusters))
    if not n:
        raise ValueError("a mean needs values")
    middle = math.fsum(values) / n
    error = clustered_se(values, clusters)
    critical = t_quantile((1 + level) / 2, count - 1) if count > 1 else math.nan
    if rate:
        spread = middle * (1 - middle) / n
        # The design effect: how much more the mean varies than that of the same number of independent cases.
        effect = error * error / spread if spread > 0 and error > 0 else 1.0
        effect = effect if share else max(LEAST_EFFECT, effect)
        low, high = wilson(middle * n / effect, n / effect, critical=critical if count > 1 else None, level=level)
        return Interval(middle, low, high, n, count)
    half = critical * error
    return Interval(middle, middle - half, middle + half, n, count)


def paired_difference(
    first: Mapping[str, float], second: Mapping[str, float], topics: Mapping[str, str], *, level: float = LEVEL
) -> Difference:
    """The mean of second minus first over the cases that both have. Raises ValueError if there are none."""
    cases = [case for case in first if case in second]
    if not cases:
        raise ValueError("a difference needs cases in common")
    values = [second[case] - first[case] for case in cases]
    return difference_of(values, [topics[case] for case in cases], level=level)


def difference_of(values: Sequence[float], clusters: Sequence[Hashable], *, level: float = LEVEL) -> Difference:
    """As paired_difference, from the differences by case."""
    n, count = len(values), len(set(clusters))
    middle = math.fsum(values) / n
    error = clustered_se(values, clusters)
    if count < 2:
        return Difference(middle, math.nan, math.nan, math.nan, math.nan, n, count, "too few topics")
    critical = t_quantile((1 + level) / 2, count - 1)
    detectable = (critical + t_quantile(POWER, count - 1)) * error
    p = two_sided(middle / error, count - 1) if error > 0 else float(middle == 0)
    verdict = _verdict(middle, p, count, 1 - level)
    return Difference(middle, middle - critical * error, middle + critical * error, p, detectable, n, count, verdict)


def _verdict(middle: float, p: float, clusters: int, alpha: float) -> str:
    if clusters < LEAST_CLUSTERS:
        return "too few topics"
    if p >= alpha or middle == 0:
        return "no difference shown"
    return "more" if middle > 0 else "less"


def one_sided(difference: Difference, *, level: float = LEVEL) -> tuple[float, float]:
    """The one-sided lower and upper bound of a difference, each with this confidence."""
    if math.isnan(difference.low):
        return -math.inf, math.inf
    wide = t_quantile((1 + LEVEL) / 2, difference.clusters - 1)
    error = (difference.high - difference.value) / wide
    half = t_quantile(level, difference.clusters - 1) * error
    return difference.value - half, difference.value + half


def corrected(found: Sequence[Difference], *, level: float = LEVEL) -> list[Difference]:
    """The differences with Holm's correction: p is adjusted for the number of comparisons, and so is the verdict."""
    adjusted = holm([one.p for one in found])
    return [
        one._replace(p=p, verdict=_verdict(one.value, p, one.clusters, 1 - level))
        for one, p in zip(found, adjusted, strict=True)
    ]


def holm(given: Sequence[float]) -> list[float]:
    """Holm's adjusted p values, in the order given; NaN stays NaN and counts as no comparison."""
    order = sorted((p, place) for place, p in enumerate(given) if not math.isnan(p))
    adjusted = [math.nan] * len(given)
    running = 0.0
    for rank, (p, place) in enumerate(order):
        running = max(running, min(1.0, (len(order) - rank) * p))
        adjusted[place] = running
    return adjusted


def plan(
    wanted: float, *, spread: float, correlation: float, per_topic: int, level: float = LEVEL, power: float = POWER
) -> Plan:
    """How many topics, of `per_topic` cases each, show a paired difference of `wanted`.

    `spread`: the standard deviation of the difference by case. `correlation`: of two cases of one topic. Raises
    ValueError for a difference that is not above 0.
    """
    if not wanted > 0 or not spread > 0:
        raise ValueError("the wanted difference and the spread must be above 0")
    effect = 1 + (per_topic - 1) * max(0.0, correlation)
    topics = LEAST_CLUSTERS
    while (found := _detectable(topics, spread, effect, per_topic, level, power)) > wanted:
        topics = max(topics + 1, int(topics * min(2.0, (found / wanted) ** 2) * 0.98))
    while topics > LEAST_CLUSTERS and _detectable(topics - 1, spread, effect, per_topic, level, power) <= wanted:
        topics -= 1
    return Plan(topics, topics * per_topic, _detectable(topics, spread, effect, per_topic, level, power))


def _detectable(topics: int, spread: float, effect: float, per_topic: int, level: float, power: float) -> float:
    error = spread * math.sqrt(effect / (topics * per_topic))
    return (t_quantile((1 + level) / 2, topics - 1) + t_quantile(power, topics - 1)) * error


def spread_of(values: Sequence[float], clusters: Sequence[Hashable]) -> tuple[float, float]:
    """The standard deviation of values, and the correlation of two of one cluster (by analysis of variance)."""
    n = len(values)
    groups: dict[Hashable, list[float]] = defaultdict(list)
    for value, cluster in zip(values, clusters, strict=True):
        groups[cluster].append(value)
    middle = math.fsum(values) / n
    total = math.fsum((value - middle) ** 2 for value in values) / max(1, n - 1)
    count = len(groups)
    if count < 2 or n <= count or total == 0:
        return math.sqrt(total), 0.0
    means = {name: math.fsum(group) / len(group) for name, group in groups.items()}
    between = math.fsum(len(group) * (means[name] - middle) ** 2 for name, group in groups.items()) / (count - 1)
    inside = math.fsum((value - means[name]) ** 2 for name, group in groups.items() for value in group) / (n - count)
    size = (n - math.fsum(len(group) ** 2 for group in groups.values()) / n) / (count - 1)
    shared = (between - inside) / size
    return math.sqrt(total), max(0.0, min(1.0, shared / (shared + inside))) if shared + inside > 0 else 0.0
