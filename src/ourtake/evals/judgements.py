"""What judges and people said, and what it is worth: position bias, taste for length, worse twins, agreement.

A judge sees each pair in both orders. Only where both answers name the same take does it count as a win; else the pair
is a tie. A judge that can't tell worse twins from the takes themselves is blind, and no rating uses it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, NamedTuple

from ourtake.documents import Document
from ourtake.evals.ratings import Pair
from ourtake.evals.statistics import Interval, mean_interval, wilson

Choice = Literal["first", "second", "neither"]
Side = Literal["left", "right", "neither"]


class Judgement(Document):
    """A line of judgements.jsonl: one answer of one judge. `first` was shown first.

    In a pair, first and second are names of entries. In a twin they are "take" and "twin", and `entry` wrote the take;
    in what people are known to prefer, "better" and "worse".
    `choice` None: there was no usable answer, and `error` says why. `longer`: words that the first has more than the
    second. `take`: the hash of both texts.
    """

    judge: str
    kind: Literal["pair", "twin", "known"]
    case: str
    topic: str
    repeat: int = 1
    first: str
    second: str
    entry: str = ""
    choice: Choice | None
    reason: str = ""
    error: str | None = None
    longer: int = 0
    cost_usd: float | None = None
    take: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What was asked: equal keys are the same question."""
        return (self.judge, self.kind, self.case, str(self.repeat), self.first, self.second, self.entry, self.take)


class Pick(Document):
    """A line of picks.jsonl: what a person preferred. `left` was shown on the left."""

    by: str
    when: str
    case: str
    topic: str
    repeat: int = 1
    left: str
    right: str
    choice: Side
    longer: int = 0

    def pair(self) -> Pair:
        """The pick as a comparison."""
        score = {"left": 1.0, "right": 0.0, "neither": 0.5}[self.choice]
        return Pair(self.left, self.right, score, self.topic, float(self.longer), self.case)


class JudgeCheck(NamedTuple):
    """What is known of a judge. `first_chosen`: how often it chose what it saw first. `flips`: the share of pairs whose
    answer changed with the order. `longer_won`: how often the longer of two won, where one did. `twins`: how often it
    preferred the take to its worse twin, and of how many. `known`: the same for the takes of the cases' preferences,
    which editors signed or picked. `agreement`: with people's picks in this run, (same, of). `own`: the
    share of pairs that writers of its own provider won, and of how many.
    """

    judge: str
    answers: int
    unusable: int
    first_chosen: Interval | None
    flips: tuple[int, int]
    longer_won: tuple[int, int]
    twins: tuple[float, int]
    known: tuple[float, int]
    agreement: tuple[int, int]
    own: tuple[float, int]
    cost_usd: float | None

    @property
    def biased(self) -> bool:
        """Whether the order decides more often than by chance."""
        found = self.first_chosen
        return found is not None and math.isfinite(found.low) and not found.low <= 0.5 <= found.high

    @property
    def blind(self) -> bool:
        """Whether it was not shown that the judge can tell a take from its worse twin."""
        right, count = self.twins
        return not count or wilson(right, count)[0] <= 0.5


def pairs_of(judgements: Sequence[Judgement]) -> list[Pair]:
    """One comparison for each pair that was answered in both orders; a disagreement is a tie."""
    found = []
    for one, turned in _in_both_orders(judgements, "pair"):
        score, other = _score(one, one.first), _score(turned, one.first)
        agreed = score if score == other else 0.5
        found.append(Pair(one.first, one.second, agreed, one.topic, float(one.longer), one.case))
    return found


def _in_both_orders(judgements: Sequence[Judgement], kind: str) -> list[tuple[Judgement, Judgement]]:
    """The questions of a kind that were answered in both orders, with the newest answer to each: first that to the
    order in which the names are sorted.
    """
    answers: dict[tuple[str, ...], dict[str, Judgement]] = defaultdict(dict)
    for one in judgements:
        if one.kind == kind and one.choice is not None:
            low, high = sorted((one.first, one.second))
            answers[one.judge, one.case, str(one.repeat), one.entry, low, high][one.first] = one
    return [(orders[low], orders[high]) for (*_, low, high), orders in answers.items() if len(orders) == 2]


def _score(one: Judgement, name: str) -> float:
    """1 if the judge chose `name`, 0 if it chose the other."""
    if one.choice == "neither":
        return 0.5
    return float((one.first if one.choice == "first" else one.second) == name)


def check_judge(judge: str, judgements: Sequence[Judgement], picks: Sequence[Pick]) -> JudgeCheck:
    """Examine one judge by what it answered."""
    own = [one for one in judgements if one.judge == judge]
    asked = [one for one in own if one.kind == "pair"]
    decided = [one for one in asked if one.choice in ("first", "second")]
    first = None
    if decided:
        first = mean_interval(
            [float(one.choice == "first") for one in decided], [one.topic for one in decided], rate=True
        )
    pairs = pairs_of(asked)
    won = [pair for pair in pairs if pair.score != 0.5]
    unequal = [pair for pair in won if pair.longer]
    costs = [one.cost_usd for one in own]
    provider = judge.partition(":")[0]
    family = [pair for pair in pairs if _family(pair.first, provider) != _family(pair.second, provider)]
    return JudgeCheck(
        judge=judge,
        answers=sum(one.choice is not None for one in own),
        unusable=sum(one.choice is None for one in own),
        first_chosen=first,
        flips=_flips(asked),
        longer_won=(sum((pair.score == 1) == (pair.longer > 0) for pair in unequal), len(unequal)),
        twins=_preferred(own, "twin", "take"),
        known=_preferred(own, "known", "better"),
        agreement=_agreement(won, picks),
        own=(sum(p.score if _family(p.first, provider) else 1 - p.score for p in family), len(family)),
        cost_usd=None if None in costs else sum(cost or 0.0 for cost in costs),
    )


def _family(entry: str, provider: str) -> bool:
    return entry.partition(":")[0] == provider


def _flips(asked: Sequence[Judgement]) -> tuple[int, int]:
    """How many pairs were answered differently in the other order, of how many answered in both."""
    both = _in_both_orders(asked, "pair")
    return sum(_score(one, one.first) != _score(turned, one.first) for one, turned in both), len(both)


def _preferred(own: Sequence[Judgement], kind: str, better: str) -> tuple[float, int]:
    """How many takes were preferred to worse ones: a half where the order decided."""
    both = _in_both_orders(own, kind)
    return sum((_score(one, better) + _score(turned, better)) / 2 for one, turned in both), len(both)


def _agreement(won: Sequence[Pair], picks: Sequence[Pick]) -> tuple[int, int]:
    """How often the judge's winner is the one that people picked, of how many that both decided."""
    judged = {(pair.case, pair.first, pair.second): pair.score for pair in won}
    same = total = 0
    for pick in picks:
        low, high = sorted((pick.left, pick.right))
        score = judged.get((pick.case, low, high))
        if score is not None and pick.choice != "neither":
            chosen = pick.left if pick.choice == "left" else pick.right
            same, total = same + ((score == 1) == (chosen == low)), total + 1
    return same, total
