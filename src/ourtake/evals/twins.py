"""Faulty copies: a take with three faults put in. A judge that can't tell it from the take itself is useless.

The faults are of the kind that models make: a number, a statement turned round, a name, a sentence said twice. They are
found by general patterns in the text and always the same for the same take.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ourtake.documents import Take
from ourtake.text.markdown import paragraphs
from ourtake.text.sentences import sentences

FAULTS = 3
_NUMBER = re.compile(r"(?<![\w.,/(-])(?!(?:19|20)\d\d\b)\d{1,3}(?![\w/)])")
_VERB = re.compile(r"\b(is|are|was|were|will|can|should|would|could|must)\b(?! not)(?=[ \n])")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{3,}(?: [A-Z][a-z]{2,})+")


class Twin(NamedTuple):
    """A take with faults, and what they are."""

    take: Take
    faults: tuple[str, ...]


def worse_twin(take: Take) -> Twin | None:
    """The twin of a take; None where three faults can't be put in."""
    body, done = take.body, []
    for name, change in _CHANGES:
        changed = change(body)
        if changed is not None and changed != body:
            body = changed
            done.append(name)
        if len(done) == FAULTS:
            return Twin(take.model_copy(update={"body": body}), tuple(done))
    return None


def _number(body: str) -> str | None:
    found = _NUMBER.search(body)
    if found is None:
        return None
    value = int(found[0])
    return f"{body[: found.start()]}{value * 3 + 7}{body[found.end() :]}"


def _reversed(body: str) -> str | None:
    found = list(_VERB.finditer(body))
    if not found:
        return None
    middle = found[len(found) // 2]
    return f"{body[: middle.end()]} not{body[middle.end() :]}"


def _names(body: str) -> str | None:
    """Two names of the text swapped where they occur first."""
    found = list(_NAME.finditer(body))
    other = next((one for one in found[1:] if one[0] != found[0][0]), None) if found else None
    if other is None:
        return None
    first = found[0]
    return f"{body[: first.start()]}{other[0]}{body[first.end() : other.start()]}{first[0]}{body[other.end() :]}"


def _repeated(body: str) -> str | None:
    """The first sentence of the second paragraph again at the end of the last one but one."""
    parts = paragraphs(body)
    if len(parts) < 3:
        return None
    text = body[parts[1].start : parts[1].end]
    first = sentences(text)[0].text.strip()
    place = parts[-2].end
    return f"{body[:place]} {first}{body[place:]}"


def _cut_off(body: str) -> str | None:
    """The last sentence ends in its middle."""
    last = sentences(body)[-1]
    words = last.text.split()
    if len(words) < 6:
        return None
    return body[: last.start] + " ".join(words[: len(words) // 2])


_CHANGES: tuple[tuple[str, Callable[[str], str | None]], ...] = (
    ("a number was changed", _number),
    ("a statement was turned round", _reversed),
    ("two names were swapped", _names),
    ("a sentence was said twice", _repeated),
    ("the last sentence was cut off", _cut_off),
)
