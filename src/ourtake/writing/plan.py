"""A plan: what a sharp reader would ask, the facts that support a case, tensions between documents, angles to choose
from.

The model writes it, code proves it: a fact whose words its document does not have is dropped, a claim of absence is
looked up in the whole document, and an angle falls with the fact that it turns on. What is left may be written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ourtake.documents import Angle, Fact, Plan, Question, Tension, fact_ids
from ourtake.text.plain import visible_only
from ourtake.writing.reply import STRING, json_object, list_of, rows_of, schema_of
from ourtake.writing.story_texts import StoryTexts

LOOK_UPS, MOST_LOOKED_UP = 3, 80
"""How many look-ups in the archive a plan may ask for, and the characters of one: the model is shown them again, so
they must not have room for instructions.
"""

MOST_FACTS, MOST_ANGLES, LONGEST = 40, 6, 1200
"""Facts and angles that are read of a plan, and characters of each of its texts."""

ROWS = list_of(list_of(STRING))
"""Rows of strings: an answer is the dearest part of a call, and keys would be half of it."""

FACT_KEYS, QUESTION_KEYS = ("id", "document", "evidence", "statement"), ("ask", "answer")
"""What the strings of a row are, in order."""

ABSENT = "absent:"
"""Before the words of a document's silence, in the place of its evidence."""

# What speaks against a claim comes before the ask, which is made to withstand it.
ANGLE_ROWS = list_of(
    schema_of(
        claim=STRING,
        turns_on=STRING,
        stakes=STRING,
        addressee=STRING,
        counter=STRING,
        answer=STRING,
        ask=STRING,
        facts=list_of(STRING),
    )
)
PLAN_PARTS: dict[str, dict[str, Any]] = {
    "look_up": list_of(STRING),
    "questions": ROWS,
    "facts": ROWS,
    "tensions": list_of(schema_of(what=STRING, facts=list_of(STRING))),
    "angles": ANGLE_ROWS,
    "best": STRING,
}
"""The keys of a plan's reply with their schemas."""

_ID = re.compile(r"f\d{1,3}")


class Dropped(NamedTuple):
    """A fact or an angle that can't be used, and why."""

    what: str
    why: str


class ReadPlan(NamedTuple):
    """What a reply holds of a plan. `look_up`: words to look up in the archive first."""

    plan: Plan
    look_up: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    given: int

    def problem(self) -> str:
        """Why nothing can be written from it, in a sentence for the model; "" if something can."""
        if self.plan.angles:
            return ""
        reasons = "; ".join(f"{one.what}: {one.why}" for one in self.dropped[:6])
        why = "no fact can be used" if not self.plan.facts else "no angle can be used"
        return f"{why}{f' ({reasons})' if reasons else ''}."


def read_plan(reply: str, story: StoryTexts, *, in_order: bool = False) -> ReadPlan:
    """The plan in a reply, with the facts and angles that can be used. The angle that the reply calls the best comes
    first, unless `in_order`, as when an editor gave the first.

    Raises AnswerError when the reply is not a JSON object.
    """
    found = json_object(reply)
    dropped: list[Dropped] = []
    rows = rows_of(found.get("facts"), FACT_KEYS)[:MOST_FACTS]
    facts: dict[str, Fact] = {}
    for row in rows:
        fact, why = _fact(row, story)
        if fact is not None and fact.id in facts:
            fact, why = None, "another fact has this id"
        if fact is None:
            dropped.append(Dropped(_text(row, "id") or "a fact", why))
        else:
            facts[fact.id] = fact
    angles: list[Angle] = []
    best = _number(found.get("best"))
    for number, row in enumerate(rows_of(found.get("angles"))[:MOST_ANGLES], 1):
        angle, why = _angle(row, facts)
        if angle is None:
            dropped.append(Dropped(f"angle {number}", why))
        else:
            angles.insert(0 if number == best and not in_order else len(angles), angle)
    plan = Plan(
        questions=tuple(
            Question(ask=_text(row, "ask"), answer=_text(row, "answer"))
            for row in rows_of(found.get("questions"), QUESTION_KEYS)
            if _text(row, "ask")
        ),
        facts=tuple(facts.values()),
        tensions=_tensions(found.get("tensions"), facts),
        angles=tuple(angles),
    )
    asked_for = (" ".join(visible_only(words).split()) for words in _list(found.get("look_up")))
    wanted = [words for words in asked_for if 0 < len(words) <= MOST_LOOKED_UP]
    return ReadPlan(plan, tuple(dict.fromkeys(wanted))[:LOOK_UPS], tuple(dropped), len(rows))


def _fact(row: Mapping[str, Any], story: StoryTexts) -> tuple[Fact | None, str]:
    """The fact of a row if its document has its words, else why it can't be used."""
    name, statement = _text(row, "id").casefold(), _text(row, "statement")
    document, evidence, absent = (_text(row, key) for key in ("document", "evidence", "absent"))
    if evidence.casefold().startswith(ABSENT):
        evidence, absent = "", evidence[len(ABSENT) :]
    if not _ID.fullmatch(name) or not statement:
        return None, "it has no id such as f1, or no statement"
    known = story.name_of(document)
    if known is None:
        return None, f"there is no document {document!r}"
    if not evidence and absent:
        words = tuple(part.strip() for part in re.split(r"[,;\n]", absent) if part.strip())
        there = story.mentions(known, words)
        if there is not None:
            return None, f"{known} does mention \u201c{there}\u201d"
        if not words:
            return None, "it names no words that are absent"
        return Fact(
            id=name, document=known, field="text", start=0, end=0, text="", statement=statement, absent=words
        ), ""
    found = story.find(known, evidence) if evidence else None
    if found is None:
        return None, f"{known} does not have these words: \u201c{evidence[:80]}\u201d"
    return Fact(id=name, document=known, statement=statement, **found._asdict()), ""


def _angle(row: Mapping[str, Any], facts: Mapping[str, Fact]) -> tuple[Angle | None, str]:
    """The angle of a row if the fact that it turns on can be used and is more than a silence, else why not."""
    names = [name for name in fact_ids(_text(row, "turns_on"))[:1]]
    turns_on = names[0] if names else ""
    claim, ask = _text(row, "claim"), _text(row, "ask")
    if not claim or not ask:
        return None, "it has no claim or no ask"
    if turns_on not in facts:
        return None, f"the fact that it turns on ({turns_on or 'none'}) can't be used"
    if facts[turns_on].absent:
        return None, f"it turns on a silence ({turns_on})"
    own = [name for said in _list(row.get("facts")) for name in fact_ids(said)]
    kept = tuple(dict.fromkeys(name for name in (turns_on, *own) if name in facts))
    texts = {key: _text(row, key) for key in ("stakes", "addressee", "counter", "answer")}
    return Angle(claim=claim, turns_on=turns_on, ask=ask, facts=kept, **texts), ""


def _tensions(rows: object, facts: Mapping[str, Fact]) -> tuple[Tension, ...]:
    """The tensions between facts that can be used."""
    found = []
    for row in rows_of(rows):
        names = [name for said in _list(row.get("facts")) for name in fact_ids(said)]
        if _text(row, "what") and names and all(name in facts for name in names):
            found.append(Tension(what=_text(row, "what"), facts=tuple(dict.fromkeys(names))))
    return tuple(found)


def _number(value: object) -> int | None:
    """The number of an angle, which models write as 2, "2" or "angle 2"."""
    found = re.search(r"\d+", str(value)) if isinstance(value, str | int) else None
    return int(found[0]) if found else None


def _list(value: object) -> Sequence[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return " ".join(visible_only(value).split())[:LONGEST] if isinstance(value, str) else ""
