"""What a run shows: for each model and version of the prompts the metrics with their intervals, and the differences.

Repeats of a case are averaged first, so that each case counts once. Results are read one by one and only sums are kept,
so that a run of any size can be summed up.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from ourtake.documents import Take
from ourtake.evals.metrics import FOUND, HEADLINE, UNCHECKED, Metric, metric_rows
from ourtake.evals.results import DONE, CellResult, RunFolder, RunRecord, StoredCase
from ourtake.evals.statistics import Difference, Interval, corrected, paired_difference
from ourtake.evals.texts import MOST_TAKES, sameness
from ourtake.writing.sameness import Sameness, Skeleton, sameness_of, skeleton_of

MOST_BUILT = 100
"""Takes of one entry whose building is compared, each with each."""

SHOWN = (
    HEADLINE, UNCHECKED, "errors", "warnings", "repairs", "claims.verified", "claims.wrong", "faults.found",
    "faults.false_alarms", "edits", "cost", "seconds",
)  # fmt: skip
"""The metrics of the leaderboard."""


class Entry(NamedTuple):
    """What is compared: a model with a version of the prompts."""

    model: str
    prompt: str

    @property
    def name(self) -> str:
        """As people read it."""
        return self.model if self.prompt == "default" else f"{self.model} ({self.prompt})"


class EntrySummary:
    """What one entry achieved.

    `outcomes`: status -> cells. `by_case`: metric -> case -> mean over the repeats that could be measured. `measured`:
    metric -> cells that could be. `sameness`: how alike its takes on different stories are in their words, `building`:
    in how they open, go on and close. `codes`: case -> findings by rule in the first revisions; `standing_codes`: in
    the current takes.
    """

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.measured: Counter[str] = Counter()
        self.sums: dict[str, dict[str, tuple[float, int]]] = defaultdict(dict)
        self.words: dict[str, list[int]] = defaultdict(list)
        self.cost, self.unknown_costs = 0.0, 0
        self.sameness: float | None = None
        self.building: Sameness | None = None
        self.claims: Counter[str] = Counter()
        self.codes: dict[str, Counter[str]] = defaultdict(Counter)
        self.standing_codes: dict[str, Counter[str]] = defaultdict(Counter)

    @property
    def cells(self) -> int:
        """All of its cells so far."""
        return sum(self.outcomes.values())

    @property
    def done(self) -> int:
        """Its cells that have a take."""
        return sum(self.outcomes[status] for status in DONE)

    @property
    def without_take(self) -> dict[str, int]:
        """Status -> cells without a take, which say nothing about quality."""
        return {name: count for name, count in self.outcomes.items() if name not in DONE}

    @property
    def total_cost(self) -> float | None:
        """US dollars for all of its cells; None if the cost of one is unknown."""
        return None if self.unknown_costs else self.cost

    def by_case(self, metric: str) -> dict[str, float]:
        """Case -> mean over its repeats."""
        return {case: total / count for case, (total, count) in self.sums.get(metric, {}).items()}

    def add(self, result: CellResult) -> None:
        """Count a cell."""
        self.outcomes[result.status] += 1
        if result.cost_usd is None:
            self.unknown_costs += 1
        else:
            self.cost += result.cost_usd
        if not result.done:
            return
        if result.first is not None:
            self.claims.update(result.first.claim_counts)
            self.codes[result.case].update(result.first.codes)
        if result.report is not None:
            self.standing_codes[result.case].update(finding.code for finding in result.report.findings)
        for name, value in result.metrics.items():
            if value is not None:
                self.measured[name] += 1
                total, count = self.sums[name].get(result.case, (0.0, 0))
                self.sums[name][result.case] = total + value, count + 1


class Summary(NamedTuple):
    """All of a run. `topics`: case -> topic. `kinds`: case -> kind of its known fault, where it has one."""

    record: RunRecord
    topics: Mapping[str, str]
    entries: dict[Entry, EntrySummary]
    metrics: Mapping[str, Metric]
    kinds: Mapping[str, str] = MappingProxyType({})

    @property
    def cells(self) -> int:
        """Cells so far."""
        return sum(entry.cells for entry in self.entries.values())

    @property
    def complete(self) -> bool:
        """Whether every cell is there."""
        return self.cells >= self.record.cells and self.record.state == "finished"

    def interval(self, entry: Entry, metric: str, *, kind: str = "") -> Interval | None:
        """A metric of an entry; None if no case could be measured. `kind`: only over cases with such a fault."""
        values = self.entries[entry].by_case(metric)
        if kind:
            values = {case: value for case, value in values.items() if self.kinds.get(case) == kind}
        return self.metrics[metric].interval(values, self.topics) if values else None

    def differences(self, metric: str, pairs: Sequence[tuple[Entry, Entry]]) -> list[Difference | None]:
        """The second minus the first of each pair, corrected for the number of pairs; None without cases in common."""
        found: list[Difference | None] = []
        for first, second in pairs:
            mine, theirs = self.entries[first].by_case(metric), self.entries[second].by_case(metric)
            found.append(paired_difference(mine, theirs, self.topics) if mine.keys() & theirs.keys() else None)
        fixed = iter(corrected([one for one in found if one is not None]))
        return [None if one is None else next(fixed) for one in found]

    @property
    def faults(self) -> list[str]:
        """The kinds of known faults, in order of the cases."""
        return list(dict.fromkeys(self.kinds.values()))

    def pairs(self) -> list[tuple[Entry, Entry]]:
        """Each pair of entries once."""
        return list(itertools.combinations(self.entries, 2))

    def ranked(self) -> list[Entry]:
        """The entries, the best headline figure first; then fewer errors, fewer warnings, the lower cost."""

        def key(entry: Entry) -> tuple[float, ...]:
            values = [self.interval(entry, name) for name in (HEADLINE, "errors", "warnings", "cost")]
            numbers = [math.inf if one is None else one.value for one in values]
            return (-numbers[0] if values[0] is not None else math.inf, *numbers[1:])

        return sorted(self.entries, key=key)


def summarise(folder: RunFolder, *, rows: Iterator[CellResult] | None = None) -> Summary:
    """Sum up a run from its folder. Raises InputError."""
    record = folder.record()
    cases = folder.cases()
    return summary_of(record, cases, folder.rows() if rows is None else rows)


def summary_of(record: RunRecord, cases: Mapping[str, StoredCase], rows: Iterator[CellResult]) -> Summary:
    """Sum up results."""
    entries = {Entry(model, prompt): EntrySummary() for prompt in record.prompts for model in record.models}
    takes: dict[Entry, dict[str, list[Take]]] = {entry: defaultdict(list) for entry in entries}
    built: dict[Entry, list[Skeleton]] = {entry: [] for entry in entries}
    kept: Counter[Entry] = Counter()
    seen: set[str] | None = set() if record.cells <= 1_000_000 else None
    for row in rows:
        entry = Entry(row.model, row.prompt)
        if entry not in entries or (seen is not None and row.cell in seen):
            continue
        if seen is not None:
            seen.add(row.cell)
        entries[entry].add(row)
        if row.take is not None and row.repeat == 1 and kept[entry] < MOST_TAKES:
            kept[entry] += 1
            takes[entry][row.case].append(row.take)
            skeleton = skeleton_of(row.take, row.report) if row.report is not None else None
            built[entry] += [skeleton] if skeleton is not None and len(built[entry]) < MOST_BUILT else []
    for entry, found in takes.items():
        entries[entry].sameness = sameness(found)
        entries[entry].building = sameness_of(built[entry])
    topics = {name: case.topic for name, case in cases.items()}
    kinds = {name: case.kind for name, case in cases.items() if case.kind}
    return Summary(record, topics, entries, metric_rows(), kinds)


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary for programs. What is not known or could not be measured is null."""
    return {
        "suite": summary.record.suite.get("name"),
        "state": summary.record.state,
        "complete": summary.complete,
        "cells": {"expected": summary.record.cells, "present": summary.cells},
        "entries": [_entry_json(summary, entry) for entry in summary.ranked()],
        "differences": list(_differences_json(summary)),
    }


def _entry_json(summary: Summary, entry: Entry) -> dict[str, Any]:
    found = summary.entries[entry]
    metrics: dict[str, Any] = {}
    for name in summary.metrics:
        interval = summary.interval(entry, name)
        metrics[name] = None if interval is None else _numbers(interval._asdict()) | {"cells": found.measured[name]}
    return {
        "model": entry.model,
        "prompt": entry.prompt,
        "writer": summary.record.labels.get(entry.model, "model"),
        "cells": found.cells,
        "done": found.done,
        "without_take": found.without_take,
        "cost_usd": None if found.total_cost is None else round(found.total_cost, 6),
        "known_cost_usd": round(found.cost, 6),
        "sameness": found.sameness,
        "sameness_of": None if found.building is None else _numbers(found.building._asdict()),
        "claim_counts": dict(found.claims) or None,
        "faults_found": {kind: _interval_json(summary, entry, kind) for kind in summary.faults} or None,
        "metrics": metrics,
    }


def _interval_json(summary: Summary, entry: Entry, kind: str) -> dict[str, Any] | None:
    interval = summary.interval(entry, FOUND, kind=kind)
    return None if interval is None else _numbers(interval._asdict())


def _differences_json(summary: Summary) -> Iterator[dict[str, Any]]:
    pairs = summary.pairs()
    for metric in summary.metrics:
        for (first, second), found in zip(pairs, summary.differences(metric, pairs), strict=True):
            if found is not None:
                names = {"metric": metric, "first": first.name, "second": second.name}
                yield names | _numbers(found._asdict())


def _numbers(given: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN."""
    return {name: None if isinstance(v, float) and not math.isfinite(v) else v for name, v in given.items()}
