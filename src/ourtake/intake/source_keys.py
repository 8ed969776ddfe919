"""The keys of a source as somebody gave them.

A misspelt key, or a date that can't be read, would switch off the rule that no article is later than its source.
"""

from __future__ import annotations

import re
from typing import Any

from rapidfuzz.distance import OSA

from ourtake.documents import Source
from ourtake.errors import InputError
from ourtake.intake.dates import written_date

_KNOWN = tuple(Source.model_fields)
_OTHER_DATES = frozenset(
    "date pubdate pubdatetime publishdate publisheddate publishedat publishedon publishedtime datepublished "
    "publicationdate dateofpublication".split()
)
"""What others call the date of publication, in lower case without signs."""

_OTHER_WORDS = frozenset(("publisher", "publishers"))
"""Words of their own that are spelt almost as a key is."""

_LONG = 8
"""Letters from which two of them may be wrong; in a shorter key, one."""

HOW = "Write it as 2025-06-01 or 2025-06-01T10:30:00+02:00."


def checked_keys(given: dict[str, Any], name: str) -> dict[str, Any]:
    """The table with its date in ISO 8601; other keys stay.

    Raises InputError for a date that can't be read and for a key that is almost a known one.
    """
    for key in given:
        meant = _meant(key, given)
        if meant is not None:
            raise InputError(
                f"{name}: {key[:80]!r} is not a key of a source.",
                f"Write {meant}, or use a name that is less similar.",
            )
    read = written_date(given.get("published"))
    if read.why:
        raise InputError(f"{name}: published {str(given['published'])[:80]!r} can't be used: {read.why}.", HOW)
    return {**given, "published": read.iso} if "published" in given else given


def _meant(key: str, given: dict[str, Any]) -> str | None:
    """The known key that an unknown one stands for, most likely."""
    plain = re.sub(r"[\W_]", "", key).lower()
    if key in _KNOWN or plain in _OTHER_WORDS:
        return None
    if plain in _OTHER_DATES:
        return None if given.get("published") else "published"
    for known in _KNOWN:
        allowed = 0 if len(known) < 3 else 1 if len(known) < _LONG else 2
        if OSA.distance(plain, known, score_cutoff=allowed) <= allowed:
            return known
    return None
