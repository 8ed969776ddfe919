"""Fact handles: what the writer puts in braces after a sentence ({f3}, {a2,source}) to say what it rests on.

The model writes them, code takes them out of the text and keeps them with the sentence. A repair gets its passage with
the handles put back, so that they are not lost.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ourtake.documents import FieldName, SentenceHandles, Take
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


Rests = Mapping[tuple[FieldName, str], tuple[str, ...]]
"""Handles by the field and the words of their sentence, wherever it is now."""


def rests_of(take: Take, handles: Sequence[SentenceHandles]) -> dict[tuple[FieldName, str], tuple[str, ...]]:
    """The handles of a take by the words of their sentences."""
    return {(one.field, str(getattr(take, one.field))[one.start : one.end]): one.handles for one in handles}


def carried_handles(known: Rests, take: Take, new: Sequence[SentenceHandles] = ()) -> tuple[SentenceHandles, ...]:
    """The handles of a changed take: the new ones, and the `known` ones of each sentence that is the same word for
    word.
    """
    taken = {(one.field, one.start) for one in new}
    found = list(new)
    for field in FIELDS:
        for span in sentences(getattr(take, field)):
            own = known.get((field, span.text))
            if own and (field, span.start) not in taken:
                found.append(SentenceHandles(field=field, start=span.start, end=span.end, handles=own))
    return tuple(sorted(found, key=lambda one: (FIELDS.index(one.field), one.start)))
