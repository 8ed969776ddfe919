"""Fact handles: what the writer puts in braces after a sentence ({f3}, {a2,source}) to say what it rests on.

The model writes them, code takes them out of the text and keeps them with the sentence. A repair gets its passage with
the handles put back, so that they are not lost. A sentence that the writer left without any gets one from the second
reading: that quotes the words of a text which support it, and code knows which fact rests on these words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from ourtake.checks.base import ReadAnswer
from ourtake.documents import Evidence, Fact, FieldName, SentenceHandles, Take
from ourtake.text.sentences import sentences

_ONE = r"(?:[fa]\d{1,3}|source)"
_BRACES = re.compile(rf"[ \t]*\{{\s*({_ONE}(?:\s*(?:[,;]|\bof\b)?\s+{_ONE}|\s*[,;]\s*{_ONE})*)\s*\}}", re.IGNORECASE)
_HANDLE = re.compile(_ONE, re.IGNORECASE)
FIELDS: tuple[FieldName, ...] = ("headline", "summary", "body")


class Stripped(NamedTuple):
    """A take without braces, and the handles of its sentences. `unknown`: handles that nobody has."""

    take: Take
    handles: tuple[SentenceHandles, ...]
    unknown: tuple[str, ...]


def stripped(take: Take, known: Collection[str]) -> Stripped:
    """The take without fact handles, and which sentence had which of the `known` ones."""
    handles: list[SentenceHandles] = []
    unknown: list[str] = []
    texts: dict[str, str] = {}
    for field in FIELDS:
        text, marks = _without_braces(getattr(take, field))
        texts[field] = text
        spans = sentences(text) if marks else ()
        named: dict[int, list[str]] = {}
        for place, found in marks:
            before = [number for number, span in enumerate(spans) if span.start < place]
            unknown += [name for name in found if name not in known]
            if before:
                named.setdefault(before[-1], []).extend(name for name in found if name in known)
        for number, names in sorted(named.items()):
            if names:
                span, own = spans[number], tuple(dict.fromkeys(names))
                handles.append(SentenceHandles(field=field, start=span.start, end=span.end, handles=own))
    return Stripped(take.model_copy(update=texts), tuple(handles), tuple(dict.fromkeys(unknown)))


def handles_in(text: str) -> list[str]:
    """The handles in the braces of a text of the writer's."""
    return [name for _, found in _without_braces(text)[1] for name in found]


def without_handles(text: str) -> str:
    """A text of the writer's without its fact handles."""
    return _without_braces(text)[0]


def _without_braces(text: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The text without its braces, and where in it each group of handles was."""
    kept: list[str] = []
    marks: list[tuple[int, list[str]]] = []
    length = last = 0
    for match in _BRACES.finditer(text):
        kept.append(text[last : match.start()])
        length += match.start() - last
        last = match.end()
        marks.append((length, [name.lower() for name in _HANDLE.findall(match[1])]))
    return "".join([*kept, text[last:]]), marks


def with_fact_handles(text: str, field: FieldName, start: int, handles: Sequence[SentenceHandles]) -> str:
    """A part of a field, which begins at `start`, with the handles of its sentences in braces after them."""
    inside = [one for one in handles if one.field == field and start <= one.start and one.end <= start + len(text)]
    for one in sorted(inside, key=lambda one: -one.end):
        at = one.end - start
        text = f"{text[:at]} {{{','.join(one.handles)}}}{text[at:]}"
    return text


class Rest(NamedTuple):
    """What a sentence rests on; `by`: see SentenceHandles."""

    handles: tuple[str, ...]
    by: Literal["writer", "reader"] = "writer"


Rests = Mapping[tuple[FieldName, str], Rest]
"""What sentences rest on, by their field and their words, wherever they are now."""


def rests_of(take: Take, handles: Sequence[SentenceHandles]) -> dict[tuple[FieldName, str], Rest]:
    """The handles of a take by the words of their sentences."""
    return {
        (one.field, str(getattr(take, one.field))[one.start : one.end]): Rest(one.handles, one.by) for one in handles
    }


def carried_handles(known: Rests, take: Take, new: Sequence[SentenceHandles] = ()) -> tuple[SentenceHandles, ...]:
    """The handles of a changed take: the new ones, and the `known` ones of each sentence that is the same word for
    word.
    """
    given = {(one.field, one.start): one for one in new}
    found: list[SentenceHandles] = []
    for field in FIELDS:
        for span in sentences(getattr(take, field)):
            own, now = known.get((field, span.text)), given.pop((field, span.start), None)
            # A repair repeats the handles that it was shown; they remain those of whoever gave them.
            if now is not None and (own is None or own.handles != now.handles):
                found.append(now)
            elif own is not None:
                found.append(_handles(field, span.start, span.end, own))
    return in_order((*found, *given.values()))


def with_handles_of_reading(
    handles: Sequence[SentenceHandles],
    answers: Sequence[ReadAnswer],
    facts: Sequence[Fact],
    handle_of: Callable[[str], str],
) -> tuple[SentenceHandles, ...]:
    """The handles, and one for each sentence without any for which a reader quoted words that code found in a text: the
    one fact whose evidence has these words, else their document.

    `handle_of`: the handle of a document by the name that evidence has for it; "" if it is not known.
    """
    found = list(handles)
    for answer in answers:
        if answer.answer != "supported" or not answer.evidence or any(_covers(one, answer) for one in found):
            continue
        words = answer.evidence[0]
        document = handle_of(words.document)
        held = [fact.id for fact in facts if fact.document == document and _holds(fact, words)]
        # Words that two facts share don't say which of them is told.
        rest = held if len(held) == 1 else [document]
        if document:
            found.append(_handles(answer.field, answer.start, answer.end, Rest(tuple(rest), "reader")))
    return in_order(found)


def _covers(one: SentenceHandles, answer: ReadAnswer) -> bool:
    return one.field == answer.field and one.start < answer.end and answer.start < one.end


def _holds(fact: Fact, words: Evidence) -> bool:
    return fact.field == words.field and fact.start <= words.start and words.end <= fact.end


def in_order(handles: Iterable[SentenceHandles]) -> tuple[SentenceHandles, ...]:
    """Handles in the order of the take."""
    return tuple(sorted(handles, key=lambda one: (FIELDS.index(one.field), one.start)))


def _handles(field: FieldName, start: int, end: int, rest: Rest) -> SentenceHandles:
    return SentenceHandles(field=field, start=start, end=end, handles=rest.handles, by=rest.by)
