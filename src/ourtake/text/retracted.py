"""Whether an article says of itself that it was retracted: in its keys, its title or the notice that it begins with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences

BEGINNING = 800
"""Characters of a text in which the notice of a retraction is looked for: it comes before everything else."""

_KEYS = ("retracted", "withdrawn")
_STATUSES = ("status", "state")
_TITLE = re.compile(r"\A\W*retracted\W*[:|\])\u2013\u2014]|\A\s*[\[(]withdrawn[\])]", re.IGNORECASE)
_ITSELF = r"(?:article|story|post|column|page|interview|blog post|piece)"
_NOTICE = re.compile(
    rf"\b(?:this|the (?:above|following)) {_ITSELF} (?:has (?:since )?been|was|is) (?:\w+ly )?(?:retracted|withdrawn)\b"
    rf"|\bwe (?:have )?(?:since |\w+ly )?(?:retract(?:ed)?|withdr[ae]w[n]?) this {_ITSELF}\b",
    re.IGNORECASE,
)


def retraction(title: str, text: str, keys: Mapping[str, Any] | None = None) -> str:
    """The words that say that an article was retracted, or "". `keys`: its unknown keys.

    A story about somebody else's retraction is not one: the words have to be about "this article", in its beginning.
    """
    for key, value in (keys or {}).items():
        said = str(value).strip()
        if (key.lower() in _KEYS and said.lower() not in ("", "none", "false", "no", "off", "0")) or (
            key.lower() in _STATUSES and said.lower() in _KEYS
        ):
            return f"{key}: {said}"
    beginning = text[:BEGINNING]
    # Two plain searches, because an import asks this of a million articles.
    lower = f"{title}\n{beginning}".lower()
    if "retract" not in lower and "withdr" not in lower:
        return ""
    if _TITLE.search(title):
        return title
    if not _NOTICE.search(beginning):
        return ""
    found = next((span.text.strip() for span in sentences(visible(beginning)) if _NOTICE.search(span.text)), "")
    return found or beginning.strip()
