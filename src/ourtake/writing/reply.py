"""A model's reply -> a Take: JSON out of the text, handles into the archive's own addresses, addresses that the model wrote taken out.

What stays behind where an address stood is the target `removed-address`, which rule SAF004 finds and repair mends. So no take that is
stored or exported holds an address that did not come from the archive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ourtake.documents import Related, Take, handle_map
from ourtake.errors import AnswerError
from ourtake.text.markdown import bare_addresses, links

REMOVED = "removed-address"

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
_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_TRIES = 20
"""Places in a reply where an object may begin; a bound on the work that an odd reply can ask for."""

# A sweep behind the parser: any scheme that leads somewhere, wherever it stands (a reference definition, an attribute).
_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}:)?//[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+|\b(?:javascript|data|vbscript|file|mailto):[^\s)\]]*", re.I
)

_MAY_BE_ADDRESS = re.compile(r"//|www\.|script:|data:|file:|mailto:", re.I)
"""Nothing that _ADDRESS finds is without one of these; it is much the faster of the two."""


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in a reply, with or without a Markdown fence or a few words around it. Raises AnswerError when there is none or several."""
    bare = _THOUGHTS.sub("", text)
    fenced = _FENCE.match(bare)
    bare = (fenced[1] if fenced else bare).strip()
    try:
        found = json.loads(bare)
    except (ValueError, RecursionError) as error:
        among = _objects_among_words(bare)
        if len(among) == 1:
            return among[0]
        if among:
            raise AnswerError("The reply holds several JSON objects.", "Its raw text is kept with the call.", status="invalid") from error
        raise AnswerError("The reply is not JSON.", "Its raw text is kept with the call.", status="invalid") from error
    if not isinstance(found, dict):
        raise AnswerError("The reply is JSON, but no object.", "Its raw text is kept with the call.", status="invalid")
    return found


def _objects_among_words(text: str) -> list[dict[str, Any]]:
    """Whole JSON objects in a text: a server without structured output often says "Here is the take:" first. Never a part of an object."""
    decoder, found, start = json.JSONDecoder(), [], 0
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
    wanted = {key: found.get(key) for key in ("headline", "summary", "body", "tags")}
    if not isinstance(wanted["tags"], list):
        raise AnswerError("The reply's tags are no list.", "Its raw text is kept with the call.", status="invalid")
    try:
        take = Take.model_validate(wanted)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise AnswerError(f"The reply is no take: {where} is missing or wrong.", "Its raw text is kept with the call.", status="invalid") from error
    if not take.body.strip() or not take.headline.strip():
        raise AnswerError("The reply's take is empty.", "Its raw text is kept with the call.", status="empty")
    return Take(
        headline=_ADDRESS.sub("", take.headline).strip(),
        summary=to_addresses(take.summary.strip(), related),
        body=to_addresses(take.body.strip(), related),
        tags=tuple(tag for tag in (_ADDRESS.sub("", tag).strip().lstrip("#") for tag in take.tags) if tag),
    )


def to_addresses(text: str, related: Sequence[Related]) -> str:
    """Markdown with each known handle turned into its article's address, and every other address turned into `removed-address`."""
    known = handle_map(list(related))
    addresses = {item.url for item in known.values()}
    edits: list[tuple[int, int, str]] = []
    for link in links(text):
        anchor = link.anchor or "address removed"
        handle = link.target.strip().lower()
        if handle in known and not link.image:
            edits.append((link.start, link.end, f"[{link.anchor}]({_escaped(known[handle].url)})"))
        elif link.target not in addresses and (link.image or ":" in link.target or "/" in link.target or "." in link.target):
            edits.append((link.start, link.end, f"[{_ADDRESS.sub('address removed', anchor)}]({REMOVED})"))
    spans = [(start, end) for start, end, _ in edits]
    edits += [(s.start, s.end, f"[address removed]({REMOVED})") for s in bare_addresses(text) if not any(a < s.end and s.start < b for a, b in spans)]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    escaped = {_escaped(address) for address in addresses}
    rest = text
    for address in escaped:
        rest = rest.replace(f"]({address})", "]")
    if not _MAY_BE_ADDRESS.search(rest):
        return text
    return _ADDRESS.sub(lambda match: match[0] if escaped & {match[0], match[0].rstrip(".,;:!?")} else REMOVED, text)


def to_handles(text: str, related: Sequence[Related]) -> str:
    """The opposite: addresses of offered articles back to handles, as the model is shown its own passage."""
    by_address = {_escaped(item.url): handle for handle, item in handle_map(list(related)).items()}
    for link in sorted(links(text), reverse=True):
        handle = by_address.get(link.target)
        if handle:
            text = text[: link.start] + f"[{link.anchor}]({handle})" + text[link.end :]
    return text


def _escaped(address: str) -> str:
    return address.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
