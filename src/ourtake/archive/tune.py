"""Learning the ranking from the links that the archive's own editors made.

Each article that links to earlier ones is a question: its headline and first sentences (those that hold a link left out) stand for the blurb,
the earlier articles that it links to are the answers. Weights are learned on the past and judged on the later fifth; they start from the
defaults and are held near them (L2), since an archive has few links. The loss is the listwise softmax cross-entropy of ListNet's top-one form
(Cao et al. 2007). Nothing published on or after a question's day is looked at, by Signals' own rule.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ourtake.archive.graph import ordinal
from ourtake.archive.rank import SIGNALS, Weighting
from ourtake.archive.signals import Signals
from ourtake.documents import Article, Document, Source
from ourtake.text.markdown import links, paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.words import canonical_url, count_words

LEAST_QUESTIONS = 50
JUDGED = 0.2
BLURB_WORDS = 60
PENALTIES = (3.0, 10.0, 30.0, 100.0)
STEPS, RATE = 300, 0.03
DEPTH = 10


class Question(NamedTuple):
    """A source with the ids that its editors linked to, and its candidates' signals (an array of candidates x signals) once they are known."""

    source: Source
    answers: frozenset[str]
    ids: tuple[str, ...] = ()
    values: Any = None


class Quality(Document):
    """nDCG@10 and recall@10, means over the judged questions (binary relevance)."""

    ndcg: float
    recall: float


class Tuned(Document):
    """What `archive tune` did: how many questions there were, how good the ranking was and is on the judged ones, and whether it was kept."""

    questions: int
    judged: int
    before: Quality | None = None
    after: Quality | None = None
    kept: bool = False
    why: str = ""
    weighting: Weighting


def questions_of(articles: Iterable[Article], *, until: int | None, out: Mapping[str, tuple[str, ...]], days: Callable[[str], int]) -> list[Question]:
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


def measured(questions: Iterable[Question], signals: Signals, *, tick: Callable[[], None]) -> list[Question]:
    """The questions with their candidates' signals; one without candidates keeps none."""
    import numpy

    done = []
    for question in questions:
        candidates = signals.of(question.source).candidates
        values = numpy.array([candidate.values for candidate in candidates]).reshape(len(candidates), len(SIGNALS))
        done.append(question._replace(ids=tuple(candidate.id for candidate in candidates), values=values))
        tick()
    return done


def tune(questions: Sequence[Question], start: Weighting, *, until: str = "") -> Tuned:
    """Weights learned from measured questions, oldest first; the start's where there are too few or where learning does not help."""
    count = len(questions)
    if count < LEAST_QUESTIONS:
        why = f"there are {count} questions; at least {LEAST_QUESTIONS} are needed"
        return Tuned(questions=count, judged=0, why=why, weighting=start)
    edge = math.ceil(count * (1 - JUDGED))
    past, later = questions[:edge], questions[edge:]
    penalty = _best_penalty(past, start)
    before, after = quality(later, start), quality(later, learned(past, start, penalty))
    kept = after.ndcg > before.ndcg
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    # What was shown to help is learned once more from all questions, the latest too.
    weighting = learned(questions, start, penalty).model_copy(update={"learned": today, "until": until, "questions": count}) if kept else start
    why = "" if kept else "the defaults are as good on the judged questions"
    return Tuned(questions=count, judged=len(later), before=before, after=after, kept=kept, why=why, weighting=weighting)


def _best_penalty(past: Sequence[Question], start: Weighting) -> float:
    edge = math.ceil(len(past) * (1 - JUDGED))
    scored = [(quality(past[edge:], learned(past[:edge], start, penalty)).ndcg, penalty) for penalty in PENALTIES]
    return max(scored)[1]


def learned(questions: Sequence[Question], start: Weighting, penalty: float) -> Weighting:
    """Weights that make the answers likely, near the start's: Adam on the mean softmax cross-entropy plus an L2 penalty, no randomness."""
    import numpy

    rows = [(question.values, _wanted(question)) for question in questions if len(question.ids)]
    rows = [(values, wanted) for values, wanted in rows if wanted.sum()]
    if not rows:
        return start
    values = numpy.concatenate([row[0] for row in rows])
    scale = values.std(axis=0) + 1e-3
    values = values / scale
    wanted = numpy.concatenate([row[1] / row[1].sum() for row in rows])
    sizes = [len(row[1]) for row in rows]
    first = numpy.concatenate([[0], numpy.cumsum(sizes)[:-1]])
    group = numpy.repeat(numpy.arange(len(rows)), sizes)
    origin = numpy.array(start.vector()) * scale
    weights, mean, spread = origin.copy(), numpy.zeros(len(SIGNALS)), numpy.zeros(len(SIGNALS))
    for step in range(1, STEPS + 1):
        scores = values @ weights
        likely = numpy.exp(scores - numpy.maximum.reduceat(scores, first)[group])
        likely /= numpy.add.reduceat(likely, first)[group]
        slope = (values.T @ (likely - wanted) + penalty * (weights - origin)) / len(rows)
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope * slope
        weights = weights - RATE * (mean / (1 - 0.9**step)) / (numpy.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    final = {name: round(float(weight), 4) for name, weight in zip(SIGNALS, weights / scale, strict=True)}
    return Weighting(weights=final)


def _wanted(question: Question) -> Any:
    import numpy

    return numpy.array([float(name in question.answers) for name in question.ids])


def quality(questions: Sequence[Question], weighting: Weighting) -> Quality:
    """How well a weighting ranks measured questions."""
    import numpy

    vector = numpy.array(weighting.vector())
    gains, recalls = [], []
    for question in questions:
        order: list[int] = numpy.argsort(-(question.values @ vector), kind="stable")[:DEPTH].tolist() if len(question.ids) else []
        hits = [question.ids[place] in question.answers for place in order]
        ideal = sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(question.answers))))
        gains.append(sum(1 / math.log2(place + 2) for place, hit in enumerate(hits) if hit) / ideal)
        recalls.append(sum(hits) / len(question.answers))
    return Quality(ndcg=round(sum(gains) / len(gains), 4), recall=round(sum(recalls) / len(recalls), 4))
