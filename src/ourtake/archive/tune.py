"""Learning the ranking from the links that the archive's own editors made.

Each article that links to earlier ones is a question: its headline and first sentences without links are the source,
the earlier articles that it links to are the answers. Weights start from the defaults and stay near them, since an
archive has few links; the mean over four penalties (PENALTIES) is used. Learning from the past and judging on what came
next, several times (FOLDS), shows whether it helps. The same trial chooses how near the weights of meaning stay, and
whether meaning counts at all. By Signals' own rule, nothing published on or after a question's day is used.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ourtake.archive.learn import FIXED, Quality, Question, gains, learned, likelihoods, quality, spread
from ourtake.archive.rank import GROUPS, SIGNALS, Weighting
from ourtake.archive.signals import Signals
from ourtake.documents import Article, Document, Source
from ourtake.text.counts import count_of
from ourtake.text.markdown import links, paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.words import canonical_url, count_words
from ourtake.values import ordinal

LEAST_QUESTIONS = 50
MOST_QUESTIONS = 3000
"""If there are more, this many are drawn with the seed: there are few weights to learn."""

JUDGED = 0.8
FOLDS = (0.4, 0.5, 0.6, 0.7, JUDGED)
"""Shares of the questions, oldest first: learned up to one, judged up to the next."""

PENALTIES = (10.0, 30.0, 100.0, 300.0)
"""How near the start the weights stay; the mean over all of these is used. Choosing one of them by what came next is a
choice by chance: at five points in time of two publications, the mean was better in seven of ten cases, by 0.002 nDCG
on average, and never worse by more than 0.001 (in the very cases that it was chosen on, so this proves nothing).
"""
CERTAIN = 2.0
"""The mean gain in likelihood over the questions, in its standard errors (paired t), from which it is not chance.

nDCG@10 is what counts in the end, but too coarse to see it in a hundred questions. At five points in time each of two
publications, the gain in nDCG passed 2 in one of ten trials, that in likelihood in six. Of these the latest fifth
vetoed one; the other five helped by 0.002 to 0.019 nDCG on what came next.
"""

MEANING_FACTORS = (FIXED, 10.0, 1.0)
"""Factors for the penalties of the weights of meaning: learned from few links, those weights soon become too large. The
first is used unless another is better on what came next.
"""
BLURB_WORDS = 60


class Tuned(Document):
    """What `archive tune` did: from how many questions, the quality before and after on the last fifth of them, and on
    all later folds. `certainty`: how much likelier the answers became on the folds before the last fifth, in standard
    errors (paired t).
    """

    questions: int
    judged: int = 0
    before: Quality | None = None
    after: Quality | None = None
    steps: int = 0
    before_steps: Quality | None = None
    after_steps: Quality | None = None
    certainty: float = 0.0
    kept: bool = False
    why: str = ""
    weighting: Weighting


def evidence(before: Sequence[float], after: Sequence[float]) -> float:
    """The mean gain over the same questions in its standard errors (paired t); 0 if there is none."""
    differences = [new - old for old, new in zip(before, after, strict=True)]
    count = len(differences)
    mean = math.fsum(differences) / count if count else 0.0
    spread_ = math.fsum((one - mean) ** 2 for one in differences)
    if count < 2 or mean <= 0:
        return 0.0
    return mean / math.sqrt(spread_ / (count - 1) / count) if spread_ else math.inf


def shrunken(origin: Any, vector: Any, certainty: float) -> Any:
    """The way from the origin to what was learned, shortened by what of it may be chance: times 1 - 1/t^2.

    It is the James-Stein estimate of a gain that was measured with a standard error of 1/t of itself.
    """
    return origin + (vector - origin) * max(0.0, 1 - 1 / certainty**2 if certainty else 0.0)


class _Judged(NamedTuple):
    """What weights did for questions: nDCG and recall of each, and how likely they made its answers."""

    gains: list[tuple[float, float]]
    likely: list[float]

    def more(self, questions: Sequence[Question], vector: Any) -> None:
        """Judge further questions."""
        self.gains.extend(gains(questions, vector))
        self.likely.extend(likelihoods(questions, vector))


class _Method(NamedTuple):
    """Where the weights start, and the penalties that keep them near it; the mean over all penalties is used."""

    origin: Any
    penalties: tuple[Any, ...]


def questions_of(
    articles: Iterable[Article], *, until: int | None, out: Any, days: Callable[[str], int]
) -> list[Question]:
    """The articles that link to earlier ones as questions, oldest first; only those published before `until` (an
    ordinal day).
    """
    found: list[tuple[int, Question]] = []
    for article in articles:
        day = ordinal(article.published)
        if not day or (until is not None and day >= until):
            continue
        name = article.id or article.url
        answers = frozenset(target for target in out.get(name, ()) if days(target) < day)
        if answers:
            source = Source(
                title=article.title, outlet="", url=article.url, blurb=_blurb(article), published=article.published
            )
            found.append((day, Question(source, answers)))
    return [question for _, question in sorted(found, key=lambda row: (row[0], row[1].source.url))]


def _blurb(article: Article) -> str:
    """The first sentences without a link, at most BLURB_WORDS words and at least one sentence."""
    own = {canonical_url(address) for address in article.links}
    chosen: list[str] = []
    for block in paragraphs(article.text):
        for span in sentences(block.text):
            if any(canonical_url(link.target) in own for link in links(span.text)):
                continue
            if chosen and count_words(" ".join([*chosen, span.text])) > BLURB_WORDS:
                return visible(" ".join(chosen))
            chosen.append(span.text)
    return visible(" ".join(chosen))


def drawn(questions: Sequence[Question], *, seed: int) -> list[Question]:
    """At most MOST_QUESTIONS of them, still oldest first."""
    import numpy

    if len(questions) <= MOST_QUESTIONS:
        return list(questions)
    places = numpy.random.default_rng(seed).choice(len(questions), size=MOST_QUESTIONS, replace=False)
    return [questions[place] for place in sorted(places.tolist())]


def measured(questions: Iterable[Question], signals: Signals, *, tick: Callable[[], None]) -> list[Question]:
    """The questions with the signals of all their candidates."""
    done = []
    for question in questions:
        found = signals.of(question.source, everything=True)
        done.append(question._replace(ids=found.ids, values=found.values))
        tick()
    return done


def tune(questions: Sequence[Question], start: Weighting, *, until: str = "") -> Tuned:
    """Weights learned from measured questions, oldest first; the start's if they are too few or don't help.

    They have to make what was linked next likelier beyond chance (CERTAIN), and nDCG may not be worse on the latest
    fifth, which plays no other part.
    """
    count = len(questions)
    if count < LEAST_QUESTIONS:
        why = f"the links give {count_of(count, 'question')}; at least {LEAST_QUESTIONS} are needed"
        return Tuned(questions=count, why=why, weighting=start)
    origin = start.vector()
    edges = [round(count * share) for share in FOLDS]
    scale = spread(questions[: edges[-1]])
    methods = _methods(questions, origin, start.by_words().vector())
    steps = [_judged(questions, method, scale=scale, edges=edges) for method in methods]
    best = _best(steps)
    later, earlier = questions[edges[-1] :], _Judged([], [])
    earlier.more(questions[edges[0] : edges[-1]], origin)
    certainty = evidence(earlier.likely, steps[best].likely)
    vector = shrunken(origin, _mean(questions[: edges[-1]], methods[best], scale=scale), certainty)
    before, after = gains(later, origin), gains(later, vector)
    all_before, all_after = [*earlier.gains, *before], [*steps[best].gains, *after]
    why = ""
    if certainty <= CERTAIN:
        why = "what was learned is no better than chance on the questions that came after"
    elif quality(after).ndcg < quality(before).ndcg:
        why = "what was learned is worse on the latest fifth of the questions"
    kept = not why
    weighting = start
    if kept:
        # What was shown to help is learned again from all questions, including the latest.
        learned_ = shrunken(origin, _mean(questions, methods[best], scale=scale), certainty)
        weighting = _weighting(learned_, until=until, count=count)
    return Tuned(
        questions=count,
        judged=len(later),
        before=quality(before),
        after=quality(after),
        steps=len(all_before),
        before_steps=quality(all_before),
        after_steps=quality(all_after),
        kept=kept,
        certainty=round(min(certainty, 99.0), 2),
        why=why,
        weighting=weighting,
    )


def _best(steps: Sequence[_Judged]) -> int:
    """The method to use: the first, unless another is better than it beyond chance; of those the best."""
    chosen = 0
    for place in range(1, len(steps)):
        certain = evidence([gain for gain, _ in steps[0].gains], [gain for gain, _ in steps[place].gains]) > CERTAIN
        if certain and quality(steps[place].gains).ndcg > quality(steps[chosen].gains).ndcg:
            chosen = place
    return chosen


def _methods(questions: Sequence[Question], origin: Any, by_words: Any) -> list[_Method]:
    """The methods to compare; without vectors there is one. The last one is words alone."""
    import numpy

    meaning = numpy.array([name in GROUPS["meaning"] for name in SIGNALS])
    if not any(question.values[:, meaning].any() for question in questions if len(question.ids)):
        return [_Method(origin, PENALTIES)]
    nearer = [
        _Method(origin, tuple(numpy.where(meaning, penalty * times, penalty) for penalty in PENALTIES))
        for times in MEANING_FACTORS
    ]
    return [
        *nearer,
        _Method(
            numpy.where(meaning, 0.0, by_words), tuple(numpy.where(meaning, FIXED, penalty) for penalty in PENALTIES)
        ),
    ]


def _mean(questions: Sequence[Question], method: _Method, *, scale: Any) -> Any:
    """The mean of the weights that a method's penalties give."""
    import numpy

    return numpy.mean(
        [learned(questions, method.origin, penalty=penalty, scale=scale) for penalty in method.penalties], axis=0
    )


def _judged(questions: Sequence[Question], method: _Method, *, scale: Any, edges: list[int]) -> _Judged:
    found = _Judged([], [])
    for first, last in itertools.pairwise(edges):
        found.more(questions[first:last], _mean(questions[:first], method, scale=scale))
    return found


def _weighting(vector: Any, *, until: str, count: int) -> Weighting:
    weights = {name: round(float(weight), 4) for name, weight in zip(SIGNALS, vector, strict=True)}
    return Weighting(
        weights=weights, learned=datetime.datetime.now(datetime.UTC).date().isoformat(), until=until, questions=count
    )
