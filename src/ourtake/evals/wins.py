"""Who wins against whom: by the checks, by each judge, and by people. Never one number for all of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ourtake.evals.judgements import JudgeCheck, Judgement, Pick, check_judge, pairs_of
from ourtake.evals.pairs import picks_of
from ourtake.evals.ratings import Pair, Rating, bradley_terry, win_rate
from ourtake.evals.results import RunFolder
from ourtake.evals.summary import Entry, Summary
from ourtake.text.counts import count_of


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
    judgements, picks = judgements_of(folder), picks_of(folder)
    for name in sorted({one.judge for one in judgements}):
        yield _by_judge(name, judgements, picks)
    if picks:
        pairs = [pick.pair() for pick in picks]
        people = len({pick.by for pick in picks})
        about = f"{count_of(len(picks), 'blind pick')} by {count_of(people, 'person', 'people')}; “neither” is a tie."
        yield WinTable("By people", about, pairs, bradley_terry(pairs))


def judgements_of(folder: RunFolder) -> list[Judgement]:
    """All answers of judges, the last one to each question."""
    found = (Judgement.model_validate(row) for row in folder.lines("judgements.jsonl"))
    return list({one.key: one for one in found}.values())


def _by_judge(name: str, judgements: Sequence[Judgement], picks: Sequence[Pick]) -> WinTable:
    check = check_judge(name, judgements, picks)
    pairs = pairs_of([one for one in judgements if one.judge == name])
    notes = tuple(_notes(check, pairs))
    about = "Each pair was asked in both orders; where the answers differ it is a tie."
    # A judge that can't tell worse twins has its wins shown, but they make no rating.
    return WinTable(
        f"By the judge {name}", about, pairs, {} if check.blind else bradley_terry(pairs), notes, check.blind
    )


def _notes(check: JudgeCheck, pairs: Sequence[Pair]) -> Iterator[str]:
    """What is known of a judge, in sentences."""
    right, count = check.twins
    if not count:
        yield "Not used for ratings: it was not tested on faulty copies of the takes."
    elif check.blind:
        yield f"Blind, and not used for ratings: it preferred {right:g} of {count} takes to copies with three faults."
    else:
        yield f"It preferred {right:g} of {count} takes to copies with three faults put in."
    right, count = check.known
    if count:
        yield f"It preferred {right:g} of {count} takes that editors signed or picked to the ones that they did not."
    if check.first_chosen is not None:
        found = check.first_chosen
        what = f"It chose what it saw first in {found.value:.0%} of its answers ({found.low:.0%} to {found.high:.0%})"
        yield f"{what}: biased by position." if check.biased else f"{what}: no bias by position was shown."
    flips, both = check.flips
    if both:
        yield (
            f"{flips} of {count_of(both, 'pair')} {'was' if flips == 1 else 'were'} answered differently in the "
            "other order."
        )
    longer, unequal = check.longer_won
    if unequal:
        yield f"The longer take won {longer} of {count_of(unequal, 'decided pair')}."
    yield from _controlled(pairs)
    won, of = check.own
    if of:
        yield f"Models of its own provider won {won:g} of {count_of(of, 'pair')} against others."
    same, decided = check.agreement
    if decided:
        yield f"It agrees with people in {same} of {count_of(decided, 'pair')}."
    if check.unusable:
        yield f"{count_of(check.unusable, 'answer')} could not be used."
    yield f"It cost {'an unknown amount' if check.cost_usd is None else f'${check.cost_usd:.4f}'}."


def _controlled(pairs: Sequence[Pair]) -> Iterator[str]:
    for first, second in sorted({(pair.first, pair.second) for pair in pairs}):
        found = win_rate([pair for pair in pairs if (pair.first, pair.second) == (first, second)])
        if found is not None and math.isfinite(found.low):
            span = f"({found.low:.0%} to {found.high:.0%})"
            what = f"At equal length, {first} wins {found.controlled:.0%} of pairs against {second} {span}"
            yield f"{what}; as they are, {found.raw:.0%}."
