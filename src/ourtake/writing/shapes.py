"""How a take is built and how it ends: code chooses among what the settings allow, since a model always takes the same.

A shape must fit the plan; of those that fit, one is taken that the last takes used no more than the average. Among
these the story itself decides, so that the stories of a batch, which all follow the same last takes, vary as well, and
a story that is drafted again gets the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from ourtake.config import Closing, Shape, TakeShape
from ourtake.documents import Plan, Source

Name = TypeVar("Name", bound=str)
LAST = 10
"""How many of the last takes a new one is varied against."""


class Build(NamedTuple):
    """How a take is built and how it ends."""

    shape: Shape
    closing: Closing


class EarlierBuild(NamedTuple):
    """The shape and closing of an earlier draft, "" if it has none; `url` is its source's address."""

    url: str
    shape: str
    closing: str


def _documents_differ(plan: Plan) -> bool:
    of = {fact.id: fact.document for fact in plan.facts}
    return any(len({of[name] for name in tension.facts if name in of}) > 1 for tension in plan.tensions)


FITS: dict[Shape, Callable[[Plan], bool]] = {
    "claim": lambda plan: True,
    "scene": lambda plan: any(fact.document != "source" for fact in plan.facts),
    "objection": lambda plan: bool(plan.angle().counter and plan.angle().answer),
    "documents": _documents_differ,
    "question": lambda plan: any("f" in question.answer for question in plan.questions),
    "report": lambda plan: True,
}
"""Each shape with what a plan needs for it."""


def choose(source: Source, plan: Plan | None, take: TakeShape, earlier: Sequence[EarlierBuild]) -> Build:
    """The shape and closing for a take on this source. Without a plan, nothing but the story decides."""
    others = [build for build in earlier if build.url != source.url][:LAST] if plan is not None else []
    fitting = [shape for shape in take.shapes if plan is None or FITS[shape](plan)] or list(take.shapes)
    shape = _seldom_used(source, fitting, [one.shape for one in others])
    closing = _seldom_used(source, take.closing, [one.closing for one in others])
    return Build(shape, closing)


def _seldom_used(source: Source, names: Sequence[Name], used: Sequence[str]) -> Name:
    """One of those that were used no more often than the average, always the same for a story."""
    counts = {name: used.count(name) for name in names}
    average = sum(counts.values()) / len(counts)
    return min((name for name in names if counts[name] <= average), key=lambda name: _turn(source, name))


def _turn(source: Source, name: str) -> str:
    return hashlib.sha256(f"{source.url}|{source.title}|{name}".encode()).hexdigest()
