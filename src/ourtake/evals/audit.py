"""A second opinion on a report's figures: every interval and p value once more with scipy and statsmodels.

Our own code needs neither (distributions.py, statistics.py). `pip install 'ourtake[evals]'` brings both, for those who
have to answer for the figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ourtake.errors import InputError
from ourtake.evals.statistics import LEAST_EFFECT, LEVEL, Difference, difference_of
from ourtake.evals.summary import Entry, Summary

TOLERANCE = 1e-6
"""Of a figure's size: both sides compute in double precision, by different routes."""


class Audit(NamedTuple):
    """How many figures were computed again, and those that differ, in sentences."""

    figures: int
    differing: tuple[str, ...]


class _Figure(NamedTuple):
    what: str
    ours: float
    theirs: float

    def agrees(self) -> bool:
        return math.isclose(self.ours, self.theirs, rel_tol=TOLERANCE, abs_tol=1e-9)


def audit(summary: Summary) -> Audit:
    """Compute the report's intervals and differences again. Raises InputError if the packages are missing."""
    try:
        import scipy.stats  # noqa: F401
        import statsmodels.api  # noqa: F401
    except ImportError as error:
        what = f"An audit needs scipy and statsmodels, and {error.name} is missing."
        raise InputError(what, "Run pip install 'ourtake[evals]'.") from error
    figures = [*_intervals(summary), *_differences(summary)]
    differing = (f"{one.what} is {one.ours:.9g} here and {one.theirs:.9g} there" for one in figures if not one.agrees())
    return Audit(len(figures), tuple(differing))


def _intervals(summary: Summary) -> Iterator[_Figure]:
    for entry, found in summary.entries.items():
        for name, row in summary.metrics.items():
            values = found.by_case(name)
            ours = summary.interval(entry, name)
            if ours is None or ours.clusters < 2:
                continue
            topics = [summary.topics[case] for case in values]
            theirs = _interval(list(values.values()), topics, rate=row.rate, share=row.share)
            for part, mine, other in zip(("mean", "low", "high"), ours[:3], theirs, strict=True):
                yield _Figure(f"{name} of {entry.name}, {part}", mine, other)


def _regression(values: Sequence[float], topics: Sequence[str]) -> tuple[float, float]:
    """The mean and its clustered standard error, by a regression on a constant."""
    import numpy as np
    from statsmodels.api import OLS

    if len(set(values)) == 1:  # a regression without residuals has no error
        return float(values[0]), 0.0
    names = {topic: number for number, topic in enumerate(dict.fromkeys(topics))}
    groups = np.array([names[topic] for topic in topics])
    fit: Any = OLS(np.array(values), np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return float(fit.params[0]), float(fit.bse[0])


def _interval(values: Sequence[float], topics: Sequence[str], *, rate: bool, share: bool) -> tuple[float, float, float]:
    from scipy import stats
    from statsmodels.stats.proportion import proportion_confint

    middle, error = _regression(values, topics)
    n, critical = len(values), float(stats.t.ppf((1 + LEVEL) / 2, len(set(topics)) - 1))
    if not rate:
        return middle, middle - critical * error, middle + critical * error
    spread = middle * (1 - middle) / n
    effect = error**2 / spread if spread > 1e-15 and error > 0 else 1.0
    effect = effect if share else max(LEAST_EFFECT, effect)
    alpha = 2 * float(stats.norm.sf(critical))
    low, high = proportion_confint(middle * n / effect, n / effect, alpha=alpha, method="wilson")
    return middle, max(0.0, float(low)), min(1.0, float(high))


def _differences(summary: Summary) -> Iterator[_Figure]:
    from scipy import stats
    from statsmodels.stats.multitest import multipletests

    pairs = summary.pairs()
    for name in summary.metrics:
        plain: list[tuple[tuple[Entry, Entry], Difference, float]] = []
        ours = summary.differences(name, pairs)
        for pair, found in zip(pairs, ours, strict=True):
            if found is not None and found.clusters > 1:
                first, second = (summary.entries[entry].by_case(name) for entry in pair)
                cases = [case for case in first if case in second]
                topics = [summary.topics[case] for case in cases]
                values = [second[case] - first[case] for case in cases]
                middle, error = _regression(values, topics)
                alone = difference_of(values, topics)
                p = 2 * float(stats.t.sf(abs(middle) / error, found.clusters - 1)) if error > 0 else alone.p
                half = float(stats.t.ppf((1 + LEVEL) / 2, found.clusters - 1)) * error
                told = f"{name} of {pair[1].name} against {pair[0].name}"
                yield _Figure(f"{told}, low", found.low, middle - half)
                yield _Figure(f"{told}, high", found.high, middle + half)
                plain.append((pair, found, p))
        if plain:
            fixed = multipletests([p for _, _, p in plain], method="holm")[1]
            for (pair, found, _), p in zip(plain, fixed, strict=True):
                yield _Figure(f"{name} of {pair[1].name} against {pair[0].name}, p", found.p, float(p))
