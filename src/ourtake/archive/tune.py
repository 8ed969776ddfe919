"""Learning the ranking from the links that the archive's own editors made.

Each article that links to earlier ones is a question: its headline and first sentences (those that hold a link left
out) stand for the blurb, the earlier articles that it links to are the answers. Weights start from the defaults and are
held near them, since an archive has few links. How near is not chosen: the mean of four answers stands (PENALTIES).
Learning on the past and judging what came next, over and over (FOLDS), shows what it is worth. In the same way it is
chosen how much nearer the weights of meaning are held, and whether meaning counts at all. Nothing published on or after
a question's day is looked at, by Signals' own rule.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ourtake.archive.learn import HELD, Quality, Question, gains, learned, quality, spread
from ourtake.archive.rank import GROUPS, SIGNALS, Weighting
from ourtake.archive.signals import Signals
from ourtake.documents import Article, Document, Source
from ourtake.text.markdown import links, paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.words import canonical_url, count_words
from ourtake.values import ordinal

LEAST_QUESTIONS = 50
MOST_QUESTIONS = 3000
"""Of more, so many are drawn (with the seed); the weights are few."""

JUDGED = 0.8
FOLDS = (0.4, 0.5, 0.6, 0.7, JUDGED)
"""Shares of the questions, oldest first: learned up to one, judged up to the next."""

PENALTIES = (10.0, 30.0, 100.0, 300.0)
"""How near the start the weights are held; the mean over all of these stands. To choose one of them by what came next
is to choose by chance: over five places in time of two publications the mean was better in seven of ten cases, by 0.002
nDCG on average, and never worse by over 0.001 (the very cases that it was picked on, so no proof).
"""
NEARER = (HELD, 10.0, 1.0)
"""How many times the penalty the weights of meaning are held with: three among thirty that say much the same, learned
from few links, are soon too large. The first stands where others are no better on what came next.
"""
BLURB_WORDS = 60


class Tuned(Document):
    """What `archive tune` did: how many questions, how good the ranking was and is on the later fifth, and step by step
    on all that came after.
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


class _Way(NamedTuple):
    """A way to learn: where the weights begin, and the penalties that hold them there, over whose answers the mean is
    taken.
    """

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
    """Weights learned from measured questions, oldest first; the start's where there are too few or where learning does
    not help.
    """
    count = len(questions)
    if count < LEAST_QUESTIONS:
        why = f"there are {count} questions; at least {LEAST_QUESTIONS} are needed"
        return Tuned(questions=count, why=why, weighting=start)
    origin = start.vector()
    edges = [round(count * share) for share in FOLDS]
    scale = spread(questions[: edges[-1]])
    ways = _ways(questions, origin, start.by_words().vector())
    steps = [_judged(questions, way, scale=scale, edges=edges) for way in ways]
    best = max(range(len(ways)), key=lambda place: quality(steps[place]).ndcg)
    later = questions[edges[-1] :]
    vector = _mean(questions[: edges[-1]], ways[best], scale=scale)
    before, after = gains(later, origin), gains(later, vector)
    all_before, all_after = gains(questions[edges[0] :], origin), [*steps[best], *after]
    kept = quality(all_after).ndcg > quality(all_before).ndcg
    weighting = start
    if kept:
        # What was shown to help is learned once more from all questions, the latest too.
        weighting = _weighting(_mean(questions, ways[best], scale=scale), until=until, count=count)
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


def _ways(questions: Sequence[Question], origin: Any, by_words: Any) -> list[_Way]:
    """The ways that are tried; those that differ in what meaning counts only where there are vectors, and last the one
    by words alone.
    """
    import numpy

    meaning = numpy.array([name in GROUPS["meaning"] for name in SIGNALS])
    if not any(question.values[:, meaning].any() for question in questions if len(question.ids)):
        return [_Way(origin, PENALTIES)]
    nearer = [
        _Way(origin, tuple(numpy.where(meaning, penalty * times, penalty) for penalty in PENALTIES)) for times in NEARER
    ]
    return [
        *nearer,
        _Way(numpy.where(meaning, 0.0, by_words), tuple(numpy.where(meaning, HELD, penalty) for penalty in PENALTIES)),
    ]


def _mean(questions: Sequence[Question], way: _Way, *, scale: Any) -> Any:
    """The mean of the weights that each of a way's penalties gives."""
    import numpy

    return numpy.mean(
        [learned(questions, way.origin, penalty=penalty, scale=scale) for penalty in way.penalties], axis=0
    )


def _judged(questions: Sequence[Question], way: _Way, *, scale: Any, edges: list[int]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for first, last in itertools.pairwise(edges):
        found += gains(questions[first:last], _mean(questions[:first], way, scale=scale))
    return found


def _weighting(vector: Any, *, until: str, count: int) -> Weighting:
    weights = {name: round(float(weight), 4) for name, weight in zip(SIGNALS, vector, strict=True)}
    return Weighting(
        weights=weights, learned=datetime.datetime.now(datetime.UTC).date().isoformat(), until=until, questions=count
    )
