"""What a take is written from: the facts of its documents, and an angle."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from pydantic import Field

from ourtake.documents.base import Document
from ourtake.documents.takes import FieldName
from ourtake.values import Words


def fact_ids(text: str) -> list[str]:
    """The ids of facts (f1, f2) that a text of a plan names, in order."""
    return re.findall(r"\bf\d{1,3}\b", text.casefold())


class Fact(Document):
    """A fact of a plan: document.field[start:end] == text, and `statement` says it in the planner's words.

    `document`: "source" or an article's handle. `absent`: words that the whole document does not have, where the fact
    is that it says nothing of something; its text is then empty.
    """

    id: str
    document: str
    field: str
    start: int
    end: int
    text: str
    statement: str
    absent: Words = Field(default=(), exclude_if=lambda words: not words)


class Question(Document):
    """A question that a sharp reader would ask. `answer`: ids of facts, or that the texts do not say."""

    ask: str
    answer: str = ""


class Tension(Document):
    """Two documents that do not fit together. `facts`: their ids."""

    what: str
    facts: tuple[str, ...] = ()


class Angle(Document):
    """What a take could claim. `turns_on`: the id of the fact on which the case stands or falls."""

    claim: str
    turns_on: str = ""
    stakes: str = ""
    addressee: str = ""
    ask: str = ""
    counter: str = ""
    answer: str = ""
    facts: tuple[str, ...] = ()

    def names(self) -> set[str]:
        """The ids of all facts that any part of it names."""
        told = (self.turns_on, self.stakes, self.ask, self.counter, self.answer, *self.facts)
        return {name for text in told for name in fact_ids(text)}


class Plan(Document):
    """What a take is written from. `chosen`: the number of the angle, from 1; 0 where the editor gave one as
    text, which `own` then holds.
    """

    questions: tuple[Question, ...] = ()
    facts: tuple[Fact, ...] = ()
    tensions: tuple[Tension, ...] = ()
    angles: tuple[Angle, ...] = ()
    chosen: int = 1
    own: Angle | None = Field(default=None, exclude_if=lambda own: own is None)

    def angle(self) -> Angle:
        """The angle that is written."""
        return self.own if self.chosen == 0 and self.own is not None else self.angles[self.chosen - 1]

    def of_angle(self) -> Plan:
        """The plan with only those facts that the angle names, and the tensions between them; all of it where the angle
        names none.
        """
        names = self.angle().names() if self.angles else set()
        facts = tuple(fact for fact in self.facts if fact.id in names)
        if not facts:
            return self
        tensions = tuple(one for one in self.tensions if names.issuperset(one.facts))
        return self.model_copy(update={"facts": facts, "tensions": tensions})

    def used(self, cited: Collection[str]) -> tuple[Fact, ...]:
        """The facts that a writer was shown, and those that a take cites."""
        shown = {fact.id for fact in self.of_angle().facts}
        return tuple(fact for fact in self.facts if fact.id in shown or fact.id in cited)

    def against(self) -> Fact | None:
        """The fact that hurts the angle most: its counter begins with it."""
        known = {fact.id: fact for fact in self.facts}
        return next((known[name] for name in fact_ids(self.angle().counter) if name in known), None)

    def unanswered(self) -> tuple[str, ...]:
        """The questions that none of the facts answers."""
        names = {fact.id for fact in self.facts}
        return tuple(one.ask for one in self.questions if not names & set(re.findall(r"\w+", one.answer.casefold())))


class SentenceHandles(Document):
    """The fact handles (f3, a2, source) of a sentence, field[start:end], which is without them. `by`: the writer put
    them after it; or the writer gave none, and code took them from the words that the second reading quoted for it.
    """

    field: FieldName
    start: int
    end: int
    handles: tuple[str, ...]
    by: Literal["writer", "reader"] = Field(default="writer", exclude_if=lambda by: by == "writer")
