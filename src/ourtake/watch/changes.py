"""What happened to a story after it was seen: its headline or text changed, or it was corrected, retracted or removed.

A correction is a sentence that was not there before, so what is shown is what was added. Words only decide what it is
called.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from ourtake.store.stories import Change, SeenEntry
from ourtake.text.sentences import sentences
from ourtake.text.words import normalise
from ourtake.values import utc_now

KINDS = {
    "retracted": "was retracted",
    "gone": "is gone",
    "corrected": "was corrected",
    "title": "has another headline",
    "changed": "was changed",
}
"""The kinds of changes, the gravest first, and what is said about them."""

SAME = 95.0
"""Likeness (0 to 100, rapidfuzz) from which two sentences are one that an editor touched up."""
_MOST = 3
_LENGTH = 300
_RETRACTED = re.compile(r"\b(?:retract|withdr[ae]w|unpublish)", re.IGNORECASE)
_CORRECTED = re.compile(r"\b(?:correct(?:ion|ed|s)\b|clarif|amend|erratum|editor[\u2019']s note)", re.IGNORECASE)


def changes_between(title: str, text: str, now: SeenEntry) -> list[Change]:
    """What changed from an earlier headline and text. `text` "": it is not known."""
    at, found = utc_now(), []
    retitled = normalise(title) != normalise(now.title) and bool(title)
    added = added_sentences(text, now.text) if text else []
    removed = added_sentences(now.text, text) if text else []
    notes = [*([now.title] if retitled else []), *added]
    kind = next(
        (name for name, words in (("retracted", _RETRACTED), ("corrected", _CORRECTED)) if _any(words, notes)), ""
    )
    if kind:
        words = _RETRACTED if kind == "retracted" else _CORRECTED
        found.append(Change(now.address, at, kind, _listed([note for note in notes if words.search(note)])))
    if retitled:
        found.append(Change(now.address, at, "title", f"\u201c{title}\u201d became \u201c{now.title}\u201d"))
    if not kind and (added or removed):
        parts = [("added", added), ("removed", removed)]
        found.append(
            Change(now.address, at, "changed", "; ".join(f"{what}: {_listed(ones)}" for what, ones in parts if ones))
        )
    return found


def added_sentences(before: str, after: str) -> list[str]:
    """The sentences of a text that an earlier one does not have, not even nearly."""
    known = {normalise(span.text) for span in sentences(before)}
    new = [span.text.strip() for span in sentences(after) if normalise(span.text) not in known]
    return [one for one in new if not any(fuzz.ratio(normalise(one), other) >= SAME for other in known)]


def gone(address: str, status: int) -> Change:
    """A page that its outlet has removed."""
    why = "the outlet says that it was removed (410)" if status == 410 else "the page no longer exists (404)"
    return Change(address, utc_now(), "gone", why)


def in_words(change: Change) -> str:
    """A change as a sentence of an alert."""
    return f"{KINDS.get(change.kind, 'changed')}: {change.text}"


def _any(words: re.Pattern[str], texts: list[str]) -> bool:
    return any(words.search(text) for text in texts)


def _listed(texts: list[str]) -> str:
    shown = [text if len(text) <= _LENGTH else f"{text[:_LENGTH]}\u2026" for text in texts[:_MOST]]
    more = f" and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return " ".join(f"\u201c{text}\u201d" for text in shown) + more
