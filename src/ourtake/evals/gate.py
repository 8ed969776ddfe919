"""The gate: whether a run keeps what its suite demands. A demand holds, fell, or can't be decided.

Findings that may never be more decide outright. A bound decides by a one-sided interval: it holds where even the bad
end of the interval keeps it, it fell where even the good end does not; in between there are too few cases to tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ourtake.checks.verdict import claims_line
from ourtake.errors import InputError
from ourtake.evals.metrics import HEADLINE, Metric, check_metrics
from ourtake.evals.results import RunFolder
from ourtake.evals.statistics import LEAST_CLUSTERS, LEVEL, one_sided, paired_difference
from ourtake.evals.suite import Bound, Gate
from ourtake.evals.summary import Entry, Summary, summarise
from ourtake.text.counts import count_of

State = Literal["holds", "fell", "undecided"]


class Demand(NamedTuple):
    """One thing that was demanded of an entry, and the outcome. `why` is a sentence."""

    entry: str
    what: str
    state: State
    why: str


def check_gate(folder: RunFolder, gate: Gate, *, against: RunFolder | None) -> list[Demand]:
    """All demands on every entry of a run. Raises InputError for a metric that does not exist."""
    summary = summarise(folder)
    check_metrics(gate.bounds)
    if not gate.bounds and not gate.never_more:
        raise InputError(
            "The [gate] of the suite has no demands.", "Write [gate] with never_more, or [gate.bounds.METRIC]."
        )
    base = None if against is None else summarise(against)
    if base is not None and not any(entry in base.entries for entry in summary.entries):
        raise InputError(f"The run in {against.path if against else ''} has none of these writers.", "Name another.")
    found = []
    if not summary.complete:
        there = (
            f"{summary.cells} of {count_of(summary.record.cells, 'cell')} {'is' if summary.cells == 1 else 'are'} done"
        )
        found.append(Demand("run", "complete", "undecided", f"The run is not complete: {there}."))
    for entry in summary.entries:
        found += _demands(summary, base, entry, gate)
    return found


def exit_code(demands: list[Demand]) -> int:
    """0 everything holds, 1 something fell, 5 something can't be decided."""
    states = {demand.state for demand in demands}
    return 1 if "fell" in states else 5 if "undecided" in states else 0


def _demands(summary: Summary, base: Summary | None, entry: Entry, gate: Gate) -> Iterator[Demand]:
    missing = summary.entries[entry].without_take
    if missing:
        counts = ", ".join(f"{count} {status}" for status, count in missing.items())
        yield Demand(entry.name, "takes", "undecided", f"Some cells have no take ({counts}); resume the run.")
    if gate.never_more:
        yield _never_more(summary, base, entry, gate)
    for name, bound in gate.bounds.items():
        row = summary.metrics[name]
        if bound.least is not None or bound.most is not None:
            yield _bounded(summary, entry, row, bound)
        if bound.may_worsen is not None:
            yield _not_worse(summary, base, entry, row, bound.may_worsen)


def _never_more(summary: Summary, base: Summary | None, entry: Entry, gate: Gate) -> Demand:
    """Whether a take has a finding of these rules that the other run's take on the case does not have."""
    what = f"no new {', '.join(gate.never_more)}"
    earlier = base.entries[entry].standing_codes if base is not None and entry in base.entries else {}
    new = [
        f"{code} in {case}"
        for case, codes in sorted(summary.entries[entry].standing_codes.items())
        for code, count in sorted(codes.items())
        if code.startswith(gate.never_more) and count > (earlier[case][code] if case in earlier else 0)
    ]
    if new:
        more = f" and {len(new) - 5} more" if len(new) > 5 else ""
        return Demand(entry.name, what, "fell", f"There is {', '.join(new[:5])}{more}.")
    return Demand(entry.name, what, "holds", "No take has one" + (" that it did not have before." if base else "."))


def _bounded(summary: Summary, entry: Entry, row: Metric, bound: Bound) -> Demand:
    span = " and ".join(
        f"{word} {_number(row, value)}"
        for word, value in (("at least", bound.least), ("at most", bound.most))
        if value is not None
    )
    what = f"{row.name} {span}"
    values = summary.entries[entry].by_case(row.name)
    if not values:
        return Demand(entry.name, what, "undecided", f"{row.title} could not be measured in any case.")
    found = row.interval(values, summary.topics, level=2 * LEVEL - 1)
    low, high = (found.low, found.high) if math.isfinite(found.low) else (-math.inf, math.inf)
    least = -math.inf if bound.least is None else bound.least
    most = math.inf if bound.most is None else bound.most
    state: State = "undecided"
    if high < least or low > most:
        state = "fell"
    elif low >= least and high <= most and found.clusters >= LEAST_CLUSTERS:
        state = "holds"
    few = f"; at least {LEAST_CLUSTERS} topics are needed" if found.clusters < LEAST_CLUSTERS else ""
    sure = f", surely from {_number(row, low)} to {_number(row, high)}" if math.isfinite(low) else ""
    over = f"over {_cases(found.n, found.clusters)}{few}{_unchecked(summary, entry, row)}"
    why = f"{row.title}: {_number(row, found.value)}{sure}, {over}."
    return Demand(entry.name, what, state, why)


def _unchecked(summary: Summary, entry: Entry, row: Metric) -> str:
    """What is known of the claims, where the metric is a verdict: what passes may hold claims that nobody checked."""
    return f"; {claims_line(summary.entries[entry].claims)}" if row.name in (HEADLINE, "passes") else ""


def _cases(n: int, topics: int) -> str:
    return f"{count_of(n, 'case')} in {count_of(topics, 'topic')}"


def _not_worse(summary: Summary, base: Summary | None, entry: Entry, row: Metric, allowed: float) -> Demand:
    what = f"{row.name} not worse by more than {_number(row, allowed, change=True)}"
    if base is None or entry not in base.entries:
        return Demand(entry.name, what, "undecided", "There is no earlier run of this writer to compare with.")
    if row.better == "neither":
        raise InputError(
            f"[gate.bounds.{row.name}] has may_worsen, but neither direction of that metric is better.",
            "Use least or most.",
        )
    before, after = base.entries[entry].by_case(row.name), summary.entries[entry].by_case(row.name)
    if not before.keys() & after.keys():
        return Demand(entry.name, what, "undecided", f"{row.title} could not be measured in a case of both runs.")
    found = paired_difference(before, after, summary.topics)
    low, high = one_sided(found)
    if row.better == "less":
        low, high = -high, -low
    state: State = "undecided"
    unchanged = all(before[case] == after[case] for case in before.keys() & after.keys())
    if unchanged or (low >= -allowed and found.clusters >= LEAST_CLUSTERS):
        state = "holds"
    elif high < -allowed and found.clusters >= LEAST_CLUSTERS:
        state = "fell"
    few = f"; at least {LEAST_CLUSTERS} topics are needed" if found.clusters < LEAST_CLUSTERS and not unchanged else ""
    worst = "" if unchanged or not math.isfinite(low) else f", at worst by {_number(row, low, sign=True, change=True)}"
    better = " (less is better)" if row.better == "less" else ""
    change = _number(row, found.value, sign=True, change=True)
    if row.better == "less" and worst:
        worst = f", at worst by {_number(row, -low, sign=True, change=True)}"
    over = f"over {_cases(found.n, found.clusters)}{few}{_unchecked(summary, entry, row)}"
    why = f"{row.title}: changed by {change}{worst}{better}, {over}."
    return Demand(entry.name, what, state, why)


def _number(row: Metric, value: float, *, sign: bool = False, change: bool = False) -> str:
    if not math.isfinite(value):
        return "unknown"
    mark = "+" if sign else ""
    shown = f"{100 * value:{mark}.1f} {'points' if change else '%'}" if row.rate else f"{value:{mark}.4g}"
    return shown.replace("-", "−")
