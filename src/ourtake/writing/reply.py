"""A model's reply -> a Take: the JSON in the text, then every field through the gate of handles.py, so that no stored
or exported take has an address that did not come from the archive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ourtake.documents import Related, Take
from ourtake.errors import AnswerError
from ourtake.text.counts import count_of
from ourtake.text.plain import without_terminal_sequences
from ourtake.text.thoughts import spoken
from ourtake.writing.handles import with_addresses, without_markup

STRING: dict[str, Any] = {"type": "string"}


def schema_of(**properties: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of an object with these properties and no others, all of them required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def list_of(items: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of an array."""
    return {"type": "array", "items": items}


TAKE_SCHEMA = schema_of(
    body=STRING | {"description": "Markdown; paragraphs separated by a blank line"},
    summary=STRING,
    headline=STRING,
    tags=list_of(STRING),
)
"""A model writes the keys in this order: a summary that is written before the body promises what the body then does not
show.
"""
REPAIR_PARTS: dict[str, dict[str, Any]] = {"passages": list_of(schema_of(name=STRING, text=STRING))}

_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_TRIES = 20
"""How many places in a reply are tried as the start of an object: a bound on the work for an odd reply."""

_DO = "Ask again with --fresh, or choose another model; `ourtake calls show` prints the reply as it arrived."
LONGEST = 60_000
"""Characters of a whole reply, including the JSON."""
LONGEST_FIELDS = {"headline": 500, "summary": 4_000, "body": 24_000}
"""Characters of a field; the longest body that the default limits allow has about 7,000."""
MOST_TAGS, LONGEST_TAG = 50, 200


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in a reply, with or without the model's thoughts, a Markdown fence or a few words around it.

    Raises AnswerError if there is none or more than one, if it has a key twice, if the reply is far too long, or if the
    thoughts did not end.
    """
    said = spoken(text)
    if said.thinking:
        raise _invalid("The reply ends within the model's thoughts, without an answer.")
    if len(said.text) > LONGEST:
        raise _invalid("The reply is far too long to be a take.")
    fenced = _FENCE.match(said.text)
    bare = (fenced[1] if fenced else said.text).strip()
    if not bare and text.strip():
        raise _invalid("The reply holds only the model's thoughts, without an answer.")
    try:
        return _object_in(bare)
    except _TwiceError as error:
        raise _invalid(f"The reply's JSON gives {error.key} twice.") from error


def rows_of(rows: object, keys: Sequence[str] = ()) -> list[Mapping[str, Any]]:
    """The rows of a list in a reply, by their keys, which a row of strings has in this order."""
    found: list[Mapping[str, Any]] = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            found.append(row)
        elif isinstance(row, list) and keys:
            found.append(dict(zip(keys, row, strict=False)))
    return found


def _invalid(what: str) -> AnswerError:
    return AnswerError(what, _DO, status="invalid")


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
        # Not strict: some models write a line end or a tab in a string as it is, and it means nothing else.
        found = json.loads(bare, object_pairs_hook=_once, strict=False)
        if isinstance(found, str):
            found = json.loads(found, object_pairs_hook=_once, strict=False)
    except (ValueError, RecursionError) as error:
        among = _objects_among_words(bare)
        if len(among) == 1:
            return among[0]
        if among:
            raise _invalid("The reply holds several JSON objects.") from error
        raise _invalid("The reply is not JSON.") from error
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, dict):
        raise _invalid("The reply is JSON, but not an object.")
    return found


def _objects_among_words(text: str) -> list[dict[str, Any]]:
    """The whole JSON objects in a text: without structured output, models often say "Here is the take:" first. Never a
    part of an object.
    """
    decoder, found, start = json.JSONDecoder(object_pairs_hook=_once, strict=False), [], 0
    for _ in range(_TRIES):
        start = text.find("{", start)
        if start < 0:
            break
        try:
            value, start = decoder.raw_decode(text, start)
        except RecursionError:
            break
        except ValueError as error:
            # An object inside a broken one is not the answer. Only words in braces are skipped.
            if '"' in text[start : getattr(error, "pos", start) + 1]:
                break
            start += 1
            continue
        found.append(value)
    return found


def parse_take(text: str, related: Sequence[Related]) -> Take:
    """The take in a reply, with addresses in place of handles. Raises AnswerError when the reply is not a take."""
    found = _holder(json_object(text), frozenset(TAKE_SCHEMA["required"]))
    fields = {key: _bare(found.get(key)) for key in TAKE_SCHEMA["required"]}
    if isinstance(fields["body"], list) and all(isinstance(paragraph, str) for paragraph in fields["body"]):
        fields["body"] = "\n\n".join(fields["body"])
    if not isinstance(fields["tags"], list | str | None):
        raise _invalid("The reply's tags are not a list.")
    try:
        take = Take.model_validate(fields)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise _invalid(f"The reply is not a take: {where} is missing or has the wrong type.") from error
    require_size(take)
    if not take.body.strip() or not take.headline.strip():
        raise AnswerError("The reply's take is empty.", _DO, status="empty")
    return Take(
        headline=without_markup(take.headline),
        summary=with_addresses(take.summary.strip(), related),
        body=with_addresses(take.body.strip(), related),
        tags=tuple(tag for tag in (without_markup(tag).lstrip("#").strip() for tag in take.tags) if tag),
    )


def require_size(take: Take) -> None:
    """Raise AnswerError for a take of absurd size, which nobody could edit and no check should have to read."""
    for name, most in LONGEST_FIELDS.items():
        count = len(getattr(take, name))
        if count > most:
            what = f"The reply's {name} has {count:,} characters; a take's has at most {most:,}."
            raise _invalid(what)
    longest = max((len(tag) for tag in take.tags), default=0)
    if len(take.tags) > MOST_TAGS or longest > LONGEST_TAG:
        found = f"{count_of(len(take.tags), 'tag')}, the longest of {longest:,} characters"
        limits = f"{MOST_TAGS} tags of {LONGEST_TAG} characters"
        raise _invalid(f"The reply has {found}; a take has at most {limits}.")


def _holder(found: dict[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    """The object with these keys: `found`, or the only one inside it, as in {"take": {...}}."""
    if keys & found.keys():
        return found
    inner = [value for value in found.values() if isinstance(value, dict) and keys & value.keys()]
    return inner[0] if len(inner) == 1 else found


def _bare(value: Any) -> Any:
    """A value of a reply without terminal control sequences."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    return without_terminal_sequences(value) if isinstance(value, str) else value
