"""A model's reply -> a Take: JSON out of the text, then every field through the gate of addresses.py, so that no take
that is stored or exported holds an address that did not come from the archive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ourtake.documents import Related, Take
from ourtake.errors import AnswerError
from ourtake.text.plain import without_terminal_sequences
from ourtake.text.thoughts import spoken
from ourtake.writing.handles import to_addresses, to_words

TAKE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "headline": {"type": "string"},
        "summary": {"type": "string"},
        "body": {"type": "string", "description": "Markdown; paragraphs parted by a blank line"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["headline", "summary", "body", "tags"],
    "additionalProperties": False,
}

REPAIR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "passages": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "text": {"type": "string"}},
                "required": ["name", "text"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["passages"],
    "additionalProperties": False,
}

_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_TRIES = 20
"""Places in a reply where an object may begin; a bound on the work that an odd reply can ask for."""

KEPT = "Ask anew with --fresh, or choose another model; `ourtake calls show` has the reply as it came."
LONGEST = 60_000
"""Characters of a reply, JSON and all."""
LONGEST_FIELDS = {"headline": 500, "summary": 4_000, "body": 24_000}
"""Characters of a field; the longest body that the default limits allow has about 7,000."""
MOST_TAGS, LONGEST_TAG = 50, 200


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in a reply, with or without a model's thoughts, a Markdown fence or a few words around it.

    Raises AnswerError when there is none, several, one that gives a key twice, or far too much text, and for thoughts
    that did not end.
    """
    said = spoken(text)
    if said.thinking:
        raise AnswerError("The reply ends within the model's thoughts, without an answer.", KEPT, status="invalid")
    if len(said.text) > LONGEST:
        raise AnswerError("The reply is far too long to be a take.", KEPT, status="invalid")
    fenced = _FENCE.match(said.text)
    bare = (fenced[1] if fenced else said.text).strip()
    if not bare and text.strip():
        raise AnswerError("The reply holds only the model's thoughts, without an answer.", KEPT, status="invalid")
    try:
        return _object_in(bare)
    except _TwiceError as error:
        raise AnswerError(f"The reply's JSON gives {error.key} twice.", KEPT, status="invalid") from error


class _TwiceError(Exception):
    """An object that gives a key twice: which of the two is meant, only the model knows."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = repr(key[:40])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def _object_in(bare: str) -> dict[str, Any]:
    try:
        found = json.loads(bare, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        among = _objects_among_words(bare)
        if len(among) == 1:
            return among[0]
        if among:
            raise AnswerError("The reply holds several JSON objects.", KEPT, status="invalid") from error
        raise AnswerError("The reply is not JSON.", KEPT, status="invalid") from error
    if not isinstance(found, dict):
        raise AnswerError("The reply is JSON, but no object.", KEPT, status="invalid")
    return found


def _objects_among_words(text: str) -> list[dict[str, Any]]:
    """Whole JSON objects in a text: a server without structured output often says "Here is the take:" first. Never a
    part of an object.
    """
    decoder, found, start = json.JSONDecoder(object_pairs_hook=_once), [], 0
    for _ in range(_TRIES):
        start = text.find("{", start)
        if start < 0:
            break
        try:
            value, start = decoder.raw_decode(text, start)
        except RecursionError:
            break
        except ValueError as error:
            # A broken object is no reason to take one that stands inside it; only words in braces are passed over.
            if '"' in text[start : getattr(error, "pos", start) + 1]:
                break
            start += 1
            continue
        found.append(value)
    return found


def take_from(text: str, related: Sequence[Related]) -> Take:
    """The take of a reply, with addresses in place of handles. Raises AnswerError when the reply is no take."""
    found = json_object(text)
    wanted = {key: _bare(found.get(key)) for key in ("headline", "summary", "body", "tags")}
    if not isinstance(wanted["tags"], list):
        raise AnswerError("The reply's tags are no list.", KEPT, status="invalid")
    try:
        take = Take.model_validate(wanted)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise AnswerError(f"The reply is no take: {where} is missing or wrong.", KEPT, status="invalid") from error
    require_size(take)
    if not take.body.strip() or not take.headline.strip():
        raise AnswerError("The reply's take is empty.", KEPT, status="empty")
    return Take(
        headline=to_words(take.headline),
        summary=to_addresses(take.summary.strip(), related),
        body=to_addresses(take.body.strip(), related),
        tags=tuple(tag for tag in (to_words(tag).lstrip("#").strip() for tag in take.tags) if tag),
    )


def require_size(take: Take) -> None:
    """Raise AnswerError for a take of absurd size: nobody could edit it, and no check should have to read it."""
    for name, most in LONGEST_FIELDS.items():
        count = len(getattr(take, name))
        if count > most:
            raise AnswerError(
                f"The {name} of the reply has {count:,} characters; a take has at most {most:,}.",
                KEPT,
                status="invalid",
            )
    longest = max((len(tag) for tag in take.tags), default=0)
    if len(take.tags) > MOST_TAGS or longest > LONGEST_TAG:
        found = f"{len(take.tags)} tags, the longest of {longest:,} characters"
        limits = f"{MOST_TAGS} tags of {LONGEST_TAG} characters"
        raise AnswerError(f"The reply has {found}; a take has at most {limits}.", KEPT, status="invalid")


def _bare(value: Any) -> Any:
    """A value of a reply without what a terminal would obey."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return without_terminal_sequences(value) if isinstance(value, str) else value
