"""Weights from measured questions: a listwise softmax regression that stays near its start.

The loss is ListNet's top-one form (Cao et al. 2007) plus an L2 penalty on the distance from the start, in units of each
signal's own spread. It is convex, so that Newton's method with step halving finds its only minimum, without chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from ourtake.archive.rank import SIGNALS
from ourtake.documents import Document, Source

DEPTH = 10
MOST_STEPS = 25
TOLERANCE = 1e-5
"""A step that lowers the mean loss by less than this is the last."""

FIXED = 1e12
"""The penalty of a weight that stays what it is."""


class Question(NamedTuple):
    """A source with the ids that its editors linked to, and once they are known, its candidates with their signals (an
    array of candidates x signals).
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
    """The candidates of all questions: signals, target probabilities (their sum is 1 for each question), the first row
    of each question, the question of each row.
    """

    values: Any
    target: Any
    first: Any
    owner: Any
    questions: int


def spread(questions: Sequence[Question]) -> Any:
    """The standard deviation of each signal among the candidates of a question."""
    import numpy

    # Question by question: one more array of all candidates of a large archive would take 200 MB.
    squares, count = numpy.zeros(len(SIGNALS)), 0
    for question in questions:
        if len(question.ids):
            squares += ((question.values - question.values.mean(axis=0)) ** 2).sum(axis=0)
            count += len(question.ids)
    return numpy.sqrt(squares / count) + 1e-3 if count else numpy.ones(len(SIGNALS))


def learned(questions: Sequence[Question], start: Any, *, penalty: Any, scale: Any) -> Any:
    """The weights (in the order of SIGNALS) that make the answers most likely; the start weights if no question has an
    answer among its candidates. `penalty`: one number, or an array with one for each signal.
    """
    import numpy

    rows = _rows(questions, scale)
    if rows is None:
        return start
    origin = start * scale
    weights = origin.copy()
    loss, probabilities = _loss(rows, weights, origin, penalty)
    for _ in range(MOST_STEPS):
        gradient = rows.values.T @ (probabilities - rows.target) + penalty * (weights - origin)
        weighted = rows.values * probabilities[:, None]
        means = numpy.add.reduceat(weighted, rows.first)
        hessian = weighted.T @ rows.values - means.T @ means + numpy.diag(numpy.broadcast_to(penalty, len(SIGNALS)))
        del weighted  # as large as all candidates together
        step = numpy.linalg.solve(hessian, gradient)
        lower, part = math.inf, 2.0
        while lower > loss and part > 1e-3:
            part /= 2
            lower, probabilities = _loss(rows, weights - part * step, origin, penalty)
        weights = weights - part * step
        if loss - lower < TOLERANCE * rows.questions:
            break
        loss = lower
    return weights / scale


def _rows(questions: Sequence[Question], scale: Any) -> _Rows | None:
    import numpy

    answered = [question for question in questions if question.answers.intersection(question.ids)]
    if not answered:
        return None
    hits = [numpy.array([float(name in question.answers) for name in question.ids]) for question in answered]
    sizes = [len(row) for row in hits]
    values = numpy.concatenate([question.values for question in answered])
    values /= scale
    return _Rows(
        values=values,
        target=numpy.concatenate([row / row.sum() for row in hits]),
        first=numpy.concatenate([[0], numpy.cumsum(sizes)[:-1]]),
        owner=numpy.repeat(numpy.arange(len(answered)), sizes),
        questions=len(answered),
    )


def _loss(rows: _Rows, weights: Any, origin: Any, penalty: Any) -> tuple[float, Any]:
    """The loss, and the probability of each candidate."""
    import numpy

    scores = rows.values @ weights
    top = numpy.maximum.reduceat(scores, rows.first)
    probabilities = numpy.exp(scores - top[rows.owner])
    total = numpy.add.reduceat(probabilities, rows.first)
    missed = rows.target @ ((top + numpy.log(total))[rows.owner] - scores)
    return float(missed + (penalty * (weights - origin) ** 2).sum() / 2), probabilities / total[rows.owner]


def gains(questions: Sequence[Question], vector: Any) -> list[tuple[float, float]]:
    """nDCG@10 and recall@10 of each question, ranked by a vector of weights."""
    import numpy

    found = []
    for question in questions:
        order = numpy.argsort(-(question.values @ vector), kind="stable")[:DEPTH] if len(question.ids) else ()
        hits = [place for place, row in enumerate(order) if question.ids[row] in question.answers]
        ideal = sum(map(_gain, range(min(DEPTH, len(question.answers)))))
        found.append((sum(map(_gain, hits)) / ideal, len(hits) / len(question.answers)))
    return found


def likelihoods(questions: Sequence[Question], vector: Any) -> list[float]:
    """How likely a vector of weights makes the answers of each question: the mean logarithm of their probabilities, the
    measure that `learned` maximises. 0 for a question without an answer among its candidates.

    It uses the whole order, where nDCG@10 only sees what crosses ten places, so it tells a gain from noise much sooner.
    """
    import numpy

    found = []
    for question in questions:
        hits = [place for place, name in enumerate(question.ids) if name in question.answers]
        if not hits:
            found.append(0.0)
            continue
        scores = question.values @ vector
        top = scores.max()
        found.append(float(scores[hits].mean() - top - numpy.log(numpy.exp(scores - top).sum())))
    return found


def _gain(place: int) -> float:
    return 1 / math.log2(place + 2)


def quality(found: Sequence[tuple[float, float]]) -> Quality:
    """The means of what `gains` found; 0 if there is nothing."""
    count = len(found) or 1
    return Quality(
        ndcg=round(sum(gain for gain, _ in found) / count, 4),
        recall=round(sum(recall for _, recall in found) / count, 4),
    )
