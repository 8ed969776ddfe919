"""How alike takes are built: how they open, what their paragraphs do one after the other, and how they close.

A reader who sees the same skeleton every day stops reading. What a sentence does is taken from what it rests on (its
fact handles, else the passage that is nearest to it), so that nothing here depends on certain words; with a plan, the
paragraphs are known that turn on its fact, meet the objection and make the demand.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from ourtake.documents import Plan, Report, SentenceHandles, Take
from ourtake.text.markdown import Span, paragraphs, visible
from ourtake.text.sentences import sentences
from ourtake.text.tokens import tokenize

_OBLIGED = re.compile(r"\b(?:should|must|ought to|(?:has|have|needs?) to|let)\b", re.IGNORECASE)
_ASKS = re.compile(r"\?[\"'\u201d\u2019)\]*_]*$")
_QUOTES = ('"', "\u201c", "\u2018")
_LEAST_SHARE = 0.25
"""The part of an objection's or a demand's words that the paragraph has which makes it."""

_DOES = {"source": "story", "archive": "archive"}


class Skeleton(NamedTuple):
    """How a take is built. `opening`: question, quotation, story, archive or claim; `closing`: question, demand or
    line; `functions`: of each paragraph, in order: story, archive, argument, turn, objection or demand.
    """

    opening: str
    functions: tuple[str, ...]
    closing: str


class Sameness(NamedTuple):
    """The mean over all pairs of takes, 0 (no two alike) to 1 (all the same): the same opening, the same closing, and
    how much of their sequences of paragraphs is the same.
    """

    openings: float
    closings: float
    paragraphs: float


def skeleton_of(
    take: Take, report: Report, *, plan: Plan | None = None, handles: Sequence[SentenceHandles] = ()
) -> Skeleton | None:
    """How a take is built; None for one without a body."""
    blocks, spans = paragraphs(take.body), sentences(take.body)
    if not blocks or not spans:
        return None
    does = _sentence_functions(report, plan, handles)
    first, last = (" ".join(visible(span.text).split()) for span in (spans[0], spans[-1]))
    opening = does(spans[0]) if does(spans[0]) != "argument" else "claim"
    if _ASKS.search(first) or first.startswith(_QUOTES):
        opening = "question" if _ASKS.search(first) else "quotation"
    closing = "question" if _ASKS.search(last) else "demand" if _OBLIGED.search(last) else "line"
    inside = [[span for span in spans if block.start <= span.start < block.end] for block in blocks]
    functions = [Counter(map(does, group)).most_common(1)[0][0] if group else "argument" for group in inside]
    for name, place in _angle_places(plan, [block.text for block in blocks]):
        functions[place] = name
    return Skeleton(opening, tuple(functions), closing)


def _sentence_functions(report: Report, plan: Plan | None, handles: Sequence[SentenceHandles]) -> Callable[[Span], str]:
    """What a sentence of the body does: tells the story, brings in the archive, or argues."""
    documents = {fact.id: fact.document for fact in plan.facts} if plan is not None else {}
    rests = {one.start: [documents.get(name, name) for name in one.handles] for one in handles if one.field == "body"}
    near = [(one.start, one.end, one.support) for one in report.sentences if one.field == "body"]

    def does(span: Span) -> str:
        if rests:
            named = rests.get(span.start, [])
            return "argument" if not named else "story" if all(name == "source" for name in named) else "archive"
        found = next((support for start, end, support in near if start < span.end and span.start < end), "")
        return _DOES.get(found, "argument")

    return does


def _angle_places(plan: Plan | None, texts: Sequence[str]) -> list[tuple[str, int]]:
    """(function, number of the paragraph) for the turning fact, the objection and the demand of the plan's angle."""
    if plan is None or not plan.angles:
        return []
    angle = plan.angle()
    turn = next((fact.statement for fact in plan.facts if fact.id == angle.turns_on), "")
    have = [set(tokenize(visible(text)).stems) for text in texts]
    found = []
    for name, said in (("turn", turn), ("objection", angle.counter), ("demand", angle.ask)):
        wanted = set(tokenize(said).stems)
        shares = [len(wanted & stems) / len(wanted) if wanted else 0.0 for stems in have]
        if shares and max(shares) >= _LEAST_SHARE:
            found.append((name, shares.index(max(shares))))
    return found


def sameness_of(skeletons: Sequence[Skeleton]) -> Sameness | None:
    """How alike these are; None for fewer than two."""
    pairs = list(itertools.combinations(skeletons, 2))
    if not pairs:
        return None
    same = [
        (
            float(one.opening == other.opening),
            float(one.closing == other.closing),
            SequenceMatcher(None, one.functions, other.functions, autojunk=False).ratio(),
        )
        for one, other in pairs
    ]
    return Sameness(*(sum(values) / len(pairs) for values in zip(*same, strict=True)))
