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
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ourtake.archive.learn import FIXED, Quality, Question, gains, learned, quality, spread
from ourtake.archive.rank import GROUPS, SIGNALS, Weighting
from ourtake.archive.signals import Signals
from ourtake.documents import Article, Document, Source
from ourtake.text.markdown import links, paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.words import canonical_url, count_words
from ourtake.values import ordinal

LEAST_QUESTIONS = 50
MOST_QUESTIONS = 3000
"""Of more questions, so many are drawn with the seed: there are few weights to learn."""

JUDGED = 0.8
FOLDS = (0.4, 0.5, 0.6, 0.7, JUDGED)
"""Shares of the questions, oldest first: learned up to one, judged up to the next."""

PENALTIES = (10.0, 30.0, 100.0, 300.0)
"""How near the start the weights stay; the mean over all of these is used. Choosing one of them by what came next is a
choice by chance: at five points in time of two publications, the mean was better in seven of ten cases, by 0.002 nDCG
on average, and never worse by more than 0.001 (in the very cases that it was chosen on, so this proves nothing).
"""
MEANING_FACTORS = (FIXED, 10.0, 1.0)
"""Factors for the penalties of the weights of meaning: learned from few links, those weights soon become too large. The
first is used unless another is better on what came next.
"""
BLURB_WORDS = 60


class Tuned(Document):
    """What `archive tune` did: from how many questions, the quality before and after on the last fifth of them, and on
    all later folds.
    """

    questions: int
    judged: int = 0
    before: Quality | None = None
    after: Quality | None = None
    steps: int = 0
    before_steps: Quality | None = None
    after_steps: Quality | None = None
    kept: bool = False
    why: str = ""
    weighting: Weighting


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
    """Weights learned from measured questions, oldest first; the start's if they are too few or don't help."""
    count = len(questions)
    if count < LEAST_QUESTIONS:
        why = f"there are {count} questions; at least {LEAST_QUESTIONS} are needed"
        return Tuned(questions=count, why=why, weighting=start)
    origin = start.vector()
    edges = [round(count * share) for share in FOLDS]
    scale = spread(questions[: edges[-1]])
    methods = _methods(questions, origin, start.by_words().vector())
    steps = [_judged(questions, method, scale=scale, edges=edges) for method in methods]
    best = max(range(len(methods)), key=lambda place: quality(steps[place]).ndcg)
    later = questions[edges[-1] :]
    vector = _mean(questions[: edges[-1]], methods[best], scale=scale)
    before, after = gains(later, origin), gains(later, vector)
    all_before, all_after = gains(questions[edges[0] :], origin), [*steps[best], *after]
    kept = quality(all_after).ndcg > quality(all_before).ndcg
    weighting = start
    if kept:
        # What was shown to help is learned again from all questions, including the latest.
        weighting = _weighting(_mean(questions, methods[best], scale=scale), until=until, count=count)
    return Tuned(
        questions=count,
        judged=len(later),
        before=quality(before),
        after=quality(after),
        steps=len(all_before),
        before_steps=quality(all_before),
        after_steps=quality(all_after),
        kept=kept,
        why="" if kept else "what was learned is no better on the questions that came after",
        weighting=weighting,
    )


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


def _judged(
    questions: Sequence[Question], method: _Method, *, scale: Any, edges: list[int]
) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for first, last in itertools.pairwise(edges):
        found += gains(questions[first:last], _mean(questions[:first], method, scale=scale))
    return found


def _weighting(vector: Any, *, until: str, count: int) -> Weighting:
    weights = {name: round(float(weight), 4) for name, weight in zip(SIGNALS, vector, strict=True)}
    return Weighting(
        weights=weights, learned=datetime.datetime.now(datetime.UTC).date().isoformat(), until=until, questions=count
    )
