"""The fix of an altered quotation: a document's words in the take's own style."""

from __future__ import annotations

import re

from ourtake.checks.fixes import safe_fix
from ourtake.documents import Fix
from ourtake.text.quotations import Quotation
from ourtake.text.tokens import tokenize

_BORDERS = '.,;:!?()\u2014\u2013\u2026"\u201c\u201d\u201e\u00ab\u00bb'
_INNER = re.compile('["\u201c\u201d\u201e\u00ab\u00bb]')


def real_wording(field: str, quotation: Quotation, document: str, *, start: int, end: int) -> Fix | None:
    """The words document[start:end] in the style of the field's quotation. None if they can't be inserted as they are,
    or if the quotation may not mean just them.
    """
    real = document[start:end]
    if not _begins_and_ends(quotation.text, document, start, end):
        return None
    text = " ".join(real.split())
    mark = _INNER.search(text)
    # A mark that closes first: the quotation continues after somebody was named in between.
    crosses = mark is not None and (
        mark[0] in "\u201d\u00bb" or (mark[0] == '"' and text[: mark.start()].endswith((",", ".", "?", "!")))
    )
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
    return safe_fix(field, quotation.start, quotation.end, text, kind="quotation")


def _begins_and_ends(quoted: str, document: str, start: int, end: int) -> bool:
    """Whether a passage begins and ends with the quotation's own words, or where the document's sentence or clause
    does. Elsewhere its ends are a guess.
    """
    ours, real = tokenize(quoted).words, tokenize(document[start:end]).words
    if not ours or not real:
        return False
    begins = ours[0] == real[0] or not document[:start].strip() or document[:start].rstrip()[-1] in _BORDERS
    return begins and (ours[-1] == real[-1] or not document[end:].strip() or document[end:].lstrip()[0] in _BORDERS)
