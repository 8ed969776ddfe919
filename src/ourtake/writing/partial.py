"""A take while it is being written: the prose in the beginning of a JSON reply, for the terminal and the page.

What is shown is not a take yet: it was not checked, and its links are still handles. Thoughts are not shown.
"""

from __future__ import annotations

import jiter

from ourtake.text.thoughts import Spoken
from ourtake.writing.reply import LONGEST

FIELDS = ("headline", "summary", "body")


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
        """(field, new text) for each field that this piece made longer; nothing while there is no JSON object."""
        new = self._spoken.add(piece)
        text = self._spoken.text
        if self._spoken.restarts != self.restarts:
            self.restarts, self._shown = self._spoken.restarts, dict.fromkeys(FIELDS, "")
        start = text.find("{")
        if not new or start < 0 or len(text) > LONGEST:
            return []
        try:
            found = jiter.from_json(text[start:].encode("utf-8", "replace"), partial_mode="trailing-strings")
        except ValueError:
            return []
        grew = []
        for field in FIELDS:
            prose = found.get(field) if isinstance(found, dict) else None
            if isinstance(prose, str) and len(prose) > len(self._shown[field]):
                grew.append((field, prose[len(self._shown[field]) :]))
                self._shown[field] = prose
        return grew
