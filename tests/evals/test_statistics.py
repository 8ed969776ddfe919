"""Intervals, tests and plans against scipy, statsmodels and published worked examples.

scipy and statsmodels load for seconds, so only the tests that need them load them, not each process of a test run.
"""

from __future__ import annotations

import math
import random
import statistics as plain

import numpy as np
import pytest

from ourtake.evals.distributions import t_cdf, t_quantile, two_sided
from ourtake.evals.statistics import (
    clustered_se,
    difference_of,
    holm,
    mean_interval,
    one_sided,
    paired_difference,
    plan,
    spread_of,
    wilson,
)


@pytest.mark.parametrize("freedom", [1, 2, 7, 11, 59, 1000])
@pytest.mark.parametrize("probability", [0.001, 0.2, 0.5, 0.8, 0.975, 0.9995])
def test_students_t_is_that_of_scipy(freedom: int, probability: float) -> None:
    from scipy import stats

    value = t_quantile(probability, freedom)
    assert value == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-9, abs=1e-9)
    assert t_cdf(value, freedom) == pytest.approx(probability, rel=1e-9)
    assert two_sided(value, freedom) == pytest.approx(2 * stats.t.sf(abs(value), freedom), rel=1e-8)


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (1, 29), (15, 148), (56, 70), (60, 60)])
def test_wilson_is_that_of_statsmodels(successes: int, n: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    assert wilson(successes, n) == pytest.approx(proportion_confint(successes, n, method="wilson"), abs=1e-9)


def test_wilson_as_newcombe_published_it() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    for successes, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)):
        assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_covers_where_the_usual_interval_does_not() -> None:
    from scipy import stats

    n, true = 60, 0.99
    covered = usual = 0.0
    for successes in range(n + 1):
        chance = stats.binom.pmf(successes, n, true)
        low, high = wilson(successes, n)
        rate = successes / n
        half = 1.959963984540054 * math.sqrt(rate * (1 - rate) / n)
        covered += chance * (low <= true <= high)
        usual += chance * (rate - half <= true <= rate + half)
    assert covered == pytest.approx(0.975, abs=0.005) and usual == pytest.approx(0.44, abs=0.02)


def test_clustered_errors_are_those_of_a_regression() -> None:
    from statsmodels.api import OLS

    chance = random.Random(4)
    topics = [place // 5 for place in range(60)]
    values = [chance.gauss(0, 1) + 0.5 * topic for topic in topics]
    groups = np.array(topics)
    fit = OLS(np.array(values), np.ones(60)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    assert clustered_se(values, topics) == pytest.approx(float(fit.bse[0]), rel=1e-9)


def test_one_case_a_topic_is_the_ordinary_t_test() -> None:
    # Student (1908), the additional hours of sleep with two drugs: t = 4.0621, p = 0.00283, 0.70 to 2.46.
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    cases = {str(place): value for place, value in enumerate(first)}
    others = {str(place): value for place, value in enumerate(second)}
    found = paired_difference(cases, others, {name: name for name in cases})
    assert found.value == pytest.approx(1.58) and found.p == pytest.approx(0.00283, abs=1e-5)
    assert (found.low, found.high) == pytest.approx((0.7001, 2.4599), abs=1e-4) and found.verdict == "more"


def test_holm_is_that_of_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    given = [0.01, 0.04, 0.03, 0.005, 0.5, 0.03]
    assert holm(given) == pytest.approx(list(multipletests(given, method="holm")[1]))
    assert holm([0.01, math.nan, 0.04])[0] == pytest.approx(0.02) and math.isnan(holm([0.01, math.nan])[1])


def test_fewer_than_eight_topics_give_no_verdict() -> None:
    values = [1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1.0]
    assert difference_of(values, range(7)).verdict == "too few topics"
    assert difference_of([*values, 1.0], range(8)).verdict == "more"
    alone = difference_of([0.4], ["a"])
    assert alone.verdict == "too few topics" and math.isnan(alone.low)
    assert one_sided(alone) == (-math.inf, math.inf)


def test_a_mean_of_shares_may_be_surer_than_one_of_yes_and_no() -> None:
    shares = [0.30, 0.32, 0.28, 0.31, 0.29, 0.30, 0.33, 0.27]
    wide, narrow = mean_interval(shares, range(8), rate=True), mean_interval(shares, range(8), rate=True, share=True)
    assert wide.low < 0.15 and 0.27 < narrow.low < 0.3 < narrow.high < 0.33


def test_no_difference_at_all_is_not_one() -> None:
    same = difference_of([0.0] * 12, range(12))
    assert same.verdict == "no difference shown" and same.p == 1 and (same.low, same.high) == (0, 0)


def suite(chance: random.Random, *, shared: float, topics: int = 12, size: int = 5, effect: float = 0.0) -> list[float]:
    return [
        effect + topic + chance.gauss(0, 1)
        for topic in (chance.gauss(0, shared) for _ in range(topics))
        for _ in range(size)
    ]


def test_false_verdicts_are_as_rare_as_they_should_be() -> None:
    chance, clusters = random.Random(11), [place // 5 for place in range(60)]
    clustered = naive = 0
    for _ in range(2_000):
        values = suite(chance, shared=1.0)
        clustered += difference_of(values, clusters).verdict in ("more", "less")
        naive += difference_of(values, range(60)).verdict in ("more", "less")
    assert 0.035 <= clustered / 2_000 <= 0.065 and naive / 2_000 > 0.2


def test_intervals_of_differences_cover_the_truth() -> None:
    chance, clusters = random.Random(12), [place // 5 for place in range(60)]
    covered = 0
    for _ in range(1_000):
        found = difference_of(suite(chance, shared=0.7, effect=0.3), clusters)
        covered += found.low <= 0.3 <= found.high
    assert 0.93 <= covered / 1_000 <= 0.97


@pytest.mark.parametrize(("true", "spread"), [(0.5, 0.0), (0.7, 0.1), (0.7, 0.2), (0.85, 0.1)])
def test_intervals_of_rates_cover_the_truth(true: float, spread: float) -> None:
    """Topics differ in difficulty by a beta distribution around the true rate."""
    chance, clusters = random.Random(13), [place // 5 for place in range(100)]
    covered = 0
    strength = true * (1 - true) / spread**2 - 1 if spread else 0.0
    for _ in range(1_000):
        values: list[float] = []
        for _topic in range(20):
            rate = chance.betavariate(true * strength, (1 - true) * strength) if spread else true
            values += [float(chance.random() < rate) for _ in range(5)]
        found = mean_interval(values, clusters, rate=True)
        covered += found.low <= true <= found.high
    assert 0.93 <= covered / 1_000 <= 0.97, covered


def test_the_smallest_difference_is_shown_as_often_as_it_says() -> None:
    """A true difference as large as a plan asks for is shown in about four of five suites."""
    chance = random.Random(14)
    wanted = plan(0.8, spread=math.sqrt(2), correlation=0.5, per_topic=5)
    clusters = [place // 5 for place in range(wanted.cases)]
    shown = sum(
        difference_of(suite(chance, shared=1.0, topics=wanted.topics, effect=0.8), clusters).verdict == "more"
        for _ in range(600)
    )
    assert 0.74 <= shown / 600 <= 0.9 and wanted.detectable <= 0.8


def test_a_plan_needs_no_more_than_it_must() -> None:
    from scipy import stats

    found = plan(0.1, spread=0.4, correlation=0.2, per_topic=4)
    effect = 1 + 3 * 0.2
    error = 0.4 * math.sqrt(effect / ((found.topics - 1) * 4))
    less = (stats.t.ppf(0.975, found.topics - 2) + stats.t.ppf(0.8, found.topics - 2)) * error
    assert found.detectable <= 0.1 < less and found.cases == 4 * found.topics
    with pytest.raises(ValueError, match="above 0"):
        plan(0, spread=1, correlation=0, per_topic=1)


def test_the_spread_of_a_suite_is_found_again() -> None:
    chance = random.Random(15)
    values = suite(chance, shared=1.0, topics=300)
    spread, correlation = spread_of(values, [place // 5 for place in range(1_500)])
    assert spread == pytest.approx(math.sqrt(2), rel=0.06) and correlation == pytest.approx(0.5, abs=0.06)
    assert spread_of([1.0, 2.0, 4.0], [1, 2, 3]) == pytest.approx((plain.stdev([1, 2, 4]), 0.0))
