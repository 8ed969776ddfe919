"""The mend of an altered quotation: a document's words in the take's own style."""

from __future__ import annotations

import re

from ourtake.documents import Fix
from ourtake.text.quotations import Quotation

_INNER = re.compile('["\u201c\u201d\u201e\u00ab\u00bb]')


def real_wording(quotation: Quotation, real: str) -> Fix | None:
    """The document's words in the take's own style, or None where they can't be put in as they are."""
    text = " ".join(real.split())
    mark = _INNER.search(text)
    # A mark that closes first: the words go on after somebody was named in between.
    crosses = mark is not None and (mark[0] in "\u201d\u00bb" or (mark[0] == '"' and text[: mark.start()].endswith((",", ".", "?", "!"))))
    if crosses or len(_INNER.findall(text)) % 2 or "](" in quotation.text or quotation.kind == "block":
        return None
    single = quotation.mark in "'\u2018\u201a"
    curly = quotation.mark not in "\"'"
    inner = ("\u201c", "\u201d") if single else ("\u2018", "\u2019")
    straight = '"' if single else "'"
    opened = False
    while match := _INNER.search(text):
        opened = not opened
        text = text[: match.start()] + ((inner[0] if opened else inner[1]) if curly else straight) + text[match.end() :]
    text = re.sub("['\u2019](?=\\w)", "\u2019" if curly else "'", text)
    first = quotation.text[0]
    if text[0].casefold() == first.casefold() and text.split()[0] == text.split()[0].capitalize():
        text = first + text[1:]
    tail = re.search(r"[.,;:!?\u2026]+$", quotation.text)
    text = text.rstrip(".,;:") + (tail[0] if tail else "")
    return Fix(start=quotation.start, end=quotation.end, replacement=text)
