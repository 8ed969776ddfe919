"""Weights out of measured questions: a listwise softmax regression, held near where it starts.

The loss is ListNet's top-one form (Cao et al. 2007) plus an L2 penalty on the distance from the start, in units of each
signal's own spread. It is convex, so Newton's method with halved steps finds its one minimum and nothing depends on
chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from ourtake.archive.rank import SIGNALS
from ourtake.documents import Document, Source

DEPTH = 10
ROUNDS = 25
ENOUGH = 1e-5
"""A step that betters the mean loss by less than this is the last."""

HELD = 1e12


class Question(NamedTuple):
    """A source with the ids that its editors linked to, and its candidates' signals (an array of candidates x signals)
    once they are known.
    """

    source: Source
    answers: frozenset[str]
    ids: tuple[str, ...] = ()
    values: Any = None


class Quality(Document):
    """nDCG@10 and recall@10, means over the judged questions (binary relevance)."""

    ndcg: float
    recall: float


class _Rows(NamedTuple):
    """All questions' candidates under each other: values, what is wanted (sums to 1 a question), where each question
    begins, whose row it is.
    """

    values: Any
    wanted: Any
    first: Any
    owner: Any
    questions: int


def spread(questions: Sequence[Question]) -> Any:
    """How much each signal varies among the candidates of a question."""
    import numpy

    # Question by question: all of a large archive's candidates in one more array would be 200 MB.
    squares, count = numpy.zeros(len(SIGNALS)), 0
    for question in questions:
        if len(question.ids):
            squares += ((question.values - question.values.mean(axis=0)) ** 2).sum(axis=0)
            count += len(question.ids)
    return numpy.sqrt(squares / count) + 1e-3 if count else numpy.ones(len(SIGNALS))


def learned(questions: Sequence[Question], start: Any, *, penalty: Any, scale: Any) -> Any:
    """The weights (in the order of SIGNALS) that make the answers most likely; the start's where no question has an
    answer among its candidates.

    `penalty`: one number, or an array with one for each signal, HELD for a weight that stays what it is.
    """
    import numpy

    rows = _rows(questions, scale)
    if rows is None:
        return start
    origin = start * scale
    weights = origin.copy()
    loss, likely = _loss(rows, weights, origin, penalty)
    for _ in range(ROUNDS):
        slope = rows.values.T @ (likely - rows.wanted) + penalty * (weights - origin)
        weighed = rows.values * likely[:, None]
        means = numpy.add.reduceat(weighed, rows.first)
        bend = weighed.T @ rows.values - means.T @ means + numpy.diag(numpy.broadcast_to(penalty, len(SIGNALS)))
        del weighed  # as large as all candidates together
        step = numpy.linalg.solve(bend, slope)
        better, part = math.inf, 2.0
        while better > loss and part > 1e-3:
            part /= 2
            better, likely = _loss(rows, weights - part * step, origin, penalty)
        weights = weights - part * step
        if loss - better < ENOUGH * rows.questions:
            break
        loss = better
    return weights / scale


def _rows(questions: Sequence[Question], scale: Any) -> _Rows | None:
    import numpy

    pairs = [
        (question.values, numpy.array([float(name in question.answers) for name in question.ids]))
        for question in questions
        if question.ids
    ]
    pairs = [(values, wanted) for values, wanted in pairs if wanted.sum()]
    if not pairs:
        return None
    sizes = [len(wanted) for _, wanted in pairs]
    values = numpy.concatenate([values for values, _ in pairs])
    values /= scale
    return _Rows(
        values=values,
        wanted=numpy.concatenate([wanted / wanted.sum() for _, wanted in pairs]),
        first=numpy.concatenate([[0], numpy.cumsum(sizes)[:-1]]),
        owner=numpy.repeat(numpy.arange(len(pairs)), sizes),
        questions=len(pairs),
    )


def _loss(rows: _Rows, weights: Any, origin: Any, penalty: Any) -> tuple[float, Any]:
    """The loss, and how likely each candidate is."""
    import numpy

    scores = rows.values @ weights
    top = numpy.maximum.reduceat(scores, rows.first)
    likely = numpy.exp(scores - top[rows.owner])
    total = numpy.add.reduceat(likely, rows.first)
    missed = rows.wanted @ ((top + numpy.log(total))[rows.owner] - scores)
    return float(missed + (penalty * (weights - origin) ** 2).sum() / 2), likely / total[rows.owner]


def gains(questions: Sequence[Question], vector: Any) -> list[tuple[float, float]]:
    """nDCG@10 and recall@10 of each question, ranked by a vector of weights."""
    import numpy

    found = []
    for question in questions:
        order: list[int] = (
            numpy.argsort(-(question.values @ vector), kind="stable")[:DEPTH].tolist() if len(question.ids) else []
        )
        hits = [question.ids[place] in question.answers for place in order]
        ideal = sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(question.answers))))
        found.append(
            (
                sum(1 / math.log2(place + 2) for place, hit in enumerate(hits) if hit) / ideal,
                sum(hits) / len(question.answers),
            )
        )
    return found


def quality(found: Sequence[tuple[float, float]]) -> Quality:
    """The means of what `gains` found; 0 where there is nothing."""
    count = len(found) or 1
    return Quality(
        ndcg=round(sum(gain for gain, _ in found) / count, 4),
        recall=round(sum(recall for _, recall in found) / count, 4),
    )
