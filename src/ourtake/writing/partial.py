"""A take while it is being written: the prose in the beginning of a JSON reply, for the terminal and the page.

What is shown is not a take yet: it was not checked, and its links are still handles. Thoughts and the handles of facts
are not shown.
"""

from __future__ import annotations

from typing import Any

import jiter

from ourtake.text.thoughts import Spoken
from ourtake.writing.fact_handles import FIELDS, without_handles
from ourtake.writing.reply import LONGEST


class PartialTake:
    """Takes a reply's text piece by piece and gives the new prose of each field. It parses everything so far again for
    each piece, which takes microseconds even at the end of a long take; it stops at a reply too long to be a take.

    `restarts` counts how often what was shown turned out to be thoughts; the prose then starts over.
    """

    def __init__(self) -> None:
        self.restarts = 0
        self._spoken = Spoken()
        self._shown = dict.fromkeys(FIELDS, "")

    def add(self, piece: str) -> list[tuple[str, str]]:
        """(field, new text) for each field that this piece made longer, in the reply's order; nothing while there is no
        JSON object.
        """
        new = self._spoken.add(piece)
        text = self._spoken.text
        if self._spoken.restarts != self.restarts:
            self.restarts, self._shown = self._spoken.restarts, dict.fromkeys(FIELDS, "")
        found = _so_far(text) if new else None
        grew: list[tuple[str, str]] = []
        fields: dict[str, Any] = found if isinstance(found, dict) else {}
        for field in (key for key in fields if key in FIELDS):
            prose = fields[field]
            prose = _shown(prose) if isinstance(prose, str) else ""
            if len(prose) > len(self._shown[field]):
                grew.append((field, prose[len(self._shown[field]) :]))
                self._shown[field] = prose
        return grew


class GrowingPassage:
    """The text of a passage that is written again, while its reply arrives."""

    def __init__(self) -> None:
        self._spoken = Spoken()

    def add(self, piece: str) -> str:
        """All of the text so far; an empty piece says that the reply starts over."""
        if not piece:
            self._spoken = Spoken()
        self._spoken.add(piece)
        found = _so_far(self._spoken.text)
        rows = found.get("passages") if isinstance(found, dict) else None
        first = rows[0] if isinstance(rows, list) and rows else None
        written = first.get("text") if isinstance(first, dict) else None
        return _shown(written) if isinstance(written, str) else ""


def _so_far(text: str) -> Any:
    """What there is of the JSON object in a reply; None while there is none, and for a reply too long to be a take."""
    start = text.find("{")
    if start < 0 or len(text) > LONGEST:
        return None
    try:
        return jiter.from_json(text[start:].encode("utf-8", "replace"), partial_mode="trailing-strings")
    except ValueError:
        return None


def _shown(prose: str) -> str:
    """The prose that will not be taken back: without the handles of facts, and without an end that may become one."""
    start = prose.rfind("{")
    if start >= 0 and "}" not in prose[start:] and len(prose) - start < _LONGEST_GROUP:
        prose = prose[:start]
    return without_handles(prose).rstrip(" \t")


_LONGEST_GROUP = 60
"""Characters of the handles after one sentence."""
