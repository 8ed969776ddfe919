"""Who wins against whom: by the checks, by each judge, and by people. Never one number for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ourtake.evals.ratings import Pair, Rating, bradley_terry
from ourtake.evals.results import RunFolder
from ourtake.evals.summary import Entry, Summary


class WinTable(NamedTuple):
    """A matrix of wins. `pairs`: all comparisons, with the entries' names. `warn`: it must not be relied on."""

    title: str
    about: str
    pairs: Sequence[Pair]
    ratings: dict[str, Rating]
    notes: tuple[str, ...] = ()
    warn: bool = False

    def share(self, entry: Entry, other: Entry) -> float | None:
        """The share of the pairs of both that `entry` won, a tie as a half; None without pairs."""
        scores = [pair.score for pair in self.pairs if (pair.first, pair.second) == (entry.name, other.name)]
        scores += [1 - pair.score for pair in self.pairs if (pair.first, pair.second) == (other.name, entry.name)]
        return sum(scores) / len(scores) if scores else None


def by_checks(summary: Summary) -> list[Pair]:
    """A pair for each case and two entries: fewer errors win, then fewer warnings, else it is a tie."""
    found = []
    errors = {entry: one.by_case("errors") for entry, one in summary.entries.items()}
    warnings = {entry: one.by_case("warnings") for entry, one in summary.entries.items()}
    for first, second in summary.pairs():
        for case in errors[first].keys() & errors[second].keys():
            mine = (errors[first][case], warnings[first].get(case, 0.0))
            theirs = (errors[second][case], warnings[second].get(case, 0.0))
            score = 0.5 if mine == theirs else float(mine < theirs)
            found.append(Pair(first.name, second.name, score, summary.topics[case], case=case))
    return sorted(found, key=lambda pair: (pair.case, pair.first, pair.second))


def win_tables(folder: RunFolder, summary: Summary) -> Iterator[WinTable]:
    """The matrices that there are comparisons for."""
    checks = by_checks(summary)
    if checks:
        about = "In each case the take with fewer errors wins, then the one with fewer warnings; equal ones tie."
        yield WinTable("By the checks", about, checks, bradley_terry(checks))
