"""Two runs side by side: what changed, for which cases, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ourtake.errors import InputError
from ourtake.evals.metrics import HEADLINE, UNCHECKED
from ourtake.evals.results import RunFolder
from ourtake.evals.statistics import Difference, Interval, corrected, paired_difference
from ourtake.evals.summary import Entry, Summary, summarise


class Change(NamedTuple):
    """A metric in both runs, over the cases that both could measure. `difference`: second minus first."""

    metric: str
    first: Interval
    second: Interval
    difference: Difference


class CaseChange(NamedTuple):
    """A case whose headline figure changed. `unchecked`: the shares of its claims that nobody checked, then and now;
    None if there are none. `more`, `fewer`: rule -> findings more or fewer than before.
    """

    case: str
    before: float
    after: float
    unchecked: tuple[float | None, float | None]
    more: dict[str, int]
    fewer: dict[str, int]


class Comparison(NamedTuple):
    """Two entries of two runs, or of one. `left_out`: cases that are in one run only, or whose story changed."""

    first: Entry
    second: Entry
    changes: tuple[Change, ...]
    cases: tuple[CaseChange, ...]
    common: int
    left_out: int


def compare(one: RunFolder, other: RunFolder, *, first: str = "", second: str = "") -> list[Comparison]:
    """Compare the entries of two runs that have the same name, or the two that are named. Raises InputError."""
    summaries = summarise(one), summarise(other)
    same = _same_cases(one, other)
    if not same:
        what = f"The runs in {one.path} and {other.path} have no case in common."
        raise InputError(what, "Compare two runs of one suite.")
    return [
        _comparison(*summaries, mine, theirs, same) for mine, theirs in _matched(*summaries, first=first, second=second)
    ]


def _same_cases(one: RunFolder, other: RunFolder) -> set[str]:
    mine, theirs = one.cases(), other.cases()
    return {name for name, case in mine.items() if name in theirs and theirs[name].source == case.source}


def _matched(one: Summary, other: Summary, *, first: str, second: str) -> list[tuple[Entry, Entry]]:
    if first or second:
        return [(_named(one, first or second), _named(other, second or first))]
    both = [(entry, entry) for entry in one.entries if entry in other.entries]
    if both:
        return both
    if len(one.entries) == len(other.entries) == 1:
        return [(next(iter(one.entries)), next(iter(other.entries)))]
    raise InputError("The runs have no writer in common.", "Name one of each with --first and --second.")


def _named(summary: Summary, name: str) -> Entry:
    found = [entry for entry in summary.entries if name in (entry.name, entry.model)]
    if len(found) != 1:
        known = ", ".join(entry.name for entry in summary.entries)
        raise InputError(f"The run has no writer with the name {name}.", f"Its writers: {known}.")
    return found[0]


def _comparison(one: Summary, other: Summary, first: Entry, second: Entry, same: set[str]) -> Comparison:
    mine, theirs = one.entries[first], other.entries[second]
    found = []
    for metric, row in one.metrics.items():
        before = {case: value for case, value in mine.by_case(metric).items() if case in same}
        after = {case: value for case, value in theirs.by_case(metric).items() if case in before}
        before = {case: before[case] for case in after}
        if after:
            then, now = (row.interval(each, one.topics) for each in (before, after))
            found.append(Change(metric, then, now, paired_difference(before, after, one.topics)))
    fixed = corrected([change.difference for change in found])
    changes = tuple(change._replace(difference=one) for change, one in zip(found, fixed, strict=True))
    common = {case for case in same if case in mine.by_case(HEADLINE) and case in theirs.by_case(HEADLINE)}
    cases = tuple(_case_changes(one, other, first, second, sorted(common)))
    everything = one.topics.keys() | other.topics.keys()
    return Comparison(first, second, changes, cases, len(common), len(everything) - len(common))


def _case_changes(one: Summary, other: Summary, first: Entry, second: Entry, cases: Sequence[str]) -> list[CaseChange]:
    mine, theirs = one.entries[first], other.entries[second]
    before, after = mine.by_case(HEADLINE), theirs.by_case(HEADLINE)
    unchecked, still = mine.by_case(UNCHECKED), theirs.by_case(UNCHECKED)
    return [
        CaseChange(
            case,
            before[case],
            after[case],
            (unchecked.get(case), still.get(case)),
            dict(theirs.codes[case] - mine.codes[case]),
            dict(mine.codes[case] - theirs.codes[case]),
        )
        for case in cases
        if before[case] != after[case] or mine.codes[case] != theirs.codes[case]
    ]


def as_json(found: Comparison) -> dict[str, Any]:
    """A comparison for programs."""
    return {
        "first": found.first.name,
        "second": found.second.name,
        "cases": {"common": found.common, "left_out": found.left_out},
        "metrics": [
            {"metric": one.metric, "first": one.first.value, "second": one.second.value} | one.difference._asdict()
            for one in found.changes
        ],
        "changed": [one._asdict() for one in found.cases],
    }
