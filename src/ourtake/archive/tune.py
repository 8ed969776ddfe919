"""Learning the ranking from the links that the archive's own editors made.

Each article that links to earlier ones is a question: its headline and first sentences (those that hold a link left out) stand for the blurb,
the earlier articles that it links to are the answers. Weights start from the defaults and are held near them, since an archive has few links.
How near is chosen by learning on the past and judging what came next, over and over (FOLDS), before the later fifth; the later fifth then
shows what it is worth. Nothing published on or after a question's day is looked at, by Signals' own rule.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ourtake.archive.learn import Quality, Question, gains, learned, quality, spread
from ourtake.archive.rank import SIGNALS, Weighting
from ourtake.archive.signals import Signals
from ourtake.documents import Article, Document, Source, ordinal
from ourtake.text.markdown import links, paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.words import canonical_url, count_words

LEAST_QUESTIONS = 50
MOST_QUESTIONS = 3000
"""Of more, so many are drawn (with the seed); the weights are few."""

JUDGED = 0.8
FOLDS = (0.4, 0.5, 0.6, 0.7, JUDGED)
"""Shares of the questions, oldest first: learned up to one, judged up to the next."""

PENALTIES = (10.0, 30.0, 100.0, 300.0)
BLURB_WORDS = 60


class Tuned(Document):
    """What `archive tune` did: how many questions, how good the ranking was and is on the later fifth, and step by step on all that came after."""

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


def questions_of(articles: Iterable[Article], *, until: int | None, out: Any, days: Callable[[str], int]) -> list[Question]:
    """The articles that link to earlier ones as questions, oldest first; only those published before `until` (an ordinal day)."""
    found: list[tuple[int, Question]] = []
    for article in articles:
        day = ordinal(article.published)
        if not day or (until is not None and day >= until):
            continue
        name = article.id or article.url
        answers = frozenset(target for target in out.get(name, ()) if days(target) < day)
        if answers:
            source = Source(title=article.title, outlet="", url=article.url, blurb=_blurb(article), published=article.published)
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


def measured(questions: Iterable[Question], signals: Signals, *, tick: Callable[[], None], kept: int | None = None) -> list[Question]:
    """The questions with their candidates' signals, of all candidates or of `kept`."""
    done = []
    for question in questions:
        found = signals.of(question.source, kept=kept)
        done.append(question._replace(ids=found.ids, values=found.values))
        tick()
    return done


def tune(questions: Sequence[Question], start: Weighting, *, until: str = "") -> Tuned:
    """Weights learned from measured questions, oldest first; the start's where there are too few or where learning does not help."""
    count = len(questions)
    if count < LEAST_QUESTIONS:
        why = f"there are {count} questions; at least {LEAST_QUESTIONS} are needed"
        return Tuned(questions=count, why=why, weighting=start)
    origin = start.vector()
    edges = [round(count * share) for share in FOLDS]
    scale = spread(questions[: edges[-1]])
    steps = [_judged(questions, origin, penalty=penalty, scale=scale, edges=edges) for penalty in PENALTIES]
    best = max(range(len(PENALTIES)), key=lambda place: quality(steps[place]).ndcg)
    later = questions[edges[-1] :]
    vector = learned(questions[: edges[-1]], origin, penalty=PENALTIES[best], scale=scale)
    before, after = gains(later, origin), gains(later, vector)
    all_before, all_after = gains(questions[edges[0] :], origin), [*steps[best], *after]
    kept = quality(all_after).ndcg > quality(all_before).ndcg
    weighting = start
    if kept:
        # What was shown to help is learned once more from all questions, the latest too.
        weighting = _weighting(learned(questions, origin, penalty=PENALTIES[best], scale=scale), until=until, count=count)
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


def _judged(questions: Sequence[Question], origin: Any, *, penalty: float, scale: Any, edges: list[int]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for first, last in itertools.pairwise(edges):
        found += gains(questions[first:last], learned(questions[:first], origin, penalty=penalty, scale=scale))
    return found


def _weighting(vector: Any, *, until: str, count: int) -> Weighting:
    weights = {name: round(float(weight), 4) for name, weight in zip(SIGNALS, vector, strict=True)}
    return Weighting(weights=weights, learned=datetime.datetime.now(datetime.UTC).date().isoformat(), until=until, questions=count)
