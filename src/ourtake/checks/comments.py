"""Comments in a take that say which findings to ignore: <!-- ourtake: ignore LNK006 the reason -->."""

from __future__ import annotations

import re
from typing import NamedTuple

from ourtake.documents import FieldName, Take

_COMMENT = re.compile(r"<!--\s*ourtake:(.*?)-->", re.DOTALL)
_CODE = r"(?:[A-Za-z]{3}\d{3}|[A-Z]{3})\b"
_ORDER = re.compile(rf"\s*ignore\b\s*({_CODE}(?:\s*,\s*{_CODE}|\s+[A-Za-z]{{3}}\d{{3}}\b)*)?[\s:,-]*(.*)", re.DOTALL)


class Comment(NamedTuple):
    """One comment. `codes`: rules or families, in capitals; none if the comment can't be read as an order to ignore."""

    field: FieldName
    start: int
    end: int
    codes: tuple[str, ...]
    reason: str


def comments_in(take: Take) -> tuple[Comment, ...]:
    """The comments of summary and body."""
    found = []
    fields: tuple[FieldName, ...] = ("summary", "body")
    for field in fields:
        text = getattr(take, field)
        for match in _COMMENT.finditer(text) if "<!--" in text else ():
            order = _ORDER.fullmatch(match[1])
            codes = tuple(code.upper() for code in re.split(r"[\s,]+", order[1]) if code) if order and order[1] else ()
            found.append(Comment(field, match.start(), match.end(), codes, " ".join(order[2].split()) if order else ""))
    return tuple(found)


def blanked(take: Take, comments: tuple[Comment, ...]) -> Take:
    """The take with the comments blanked out: no rule sees them, and no offset moves."""
    texts = {field: getattr(take, field) for field in ("summary", "body")}
    for field, start, end, _, _ in comments:
        # Line ends stay, so that a comment of several lines joins no paragraphs that were apart.
        before = texts[field][:start]
        # At a paragraph's beginning blanks would make a block of code of it; there they are line ends.
        begins = not before.strip(" ") or before.rstrip(" ").endswith("\n\n")
        hole = re.sub(r"[^\n]", "\n" if begins else " ", texts[field][start:end])
        texts[field] = before + hole + texts[field][end:]
    return take.model_copy(update=texts)
