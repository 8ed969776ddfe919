"""A take as it grows: the prose out of the beginning of a JSON reply, for whoever shows it while it is written.

What is shown is no take: it was not checked, and its links are still handles. Thoughts are not shown. The terminal and
the page use this one function.
"""

from __future__ import annotations

import jiter

from ourtake.text.thoughts import Spoken
from ourtake.writing.reply import LONGEST

FIELDS = ("headline", "summary", "body")


class Growing:
    """Takes a reply's text piece by piece and gives the new prose of each field. The answer's whole beginning is read
    again for each piece: even for the last of a long take that is some microseconds, and what is too long to be one is
    not shown further.

    `restarts` counts how often what was shown turned out to be thoughts: the prose then begins anew.
    """

    def __init__(self) -> None:
        self.restarts = 0
        self._spoken = Spoken()
        self._shown = dict.fromkeys(FIELDS, "")

    def add(self, piece: str) -> list[tuple[str, str]]:
        """(field, new text) for each field that this piece made longer; nothing while the reply is no JSON object
        (yet).
        """
        new = self._spoken.add(piece)
        text = self._spoken.text
        if self._spoken.restarts != self.restarts:
            self.restarts, self._shown = self._spoken.restarts, dict.fromkeys(FIELDS, "")
        begun = text.find("{")
        if not new or begun < 0 or len(text) > LONGEST:
            return []
        try:
            found = jiter.from_json(text[begun:].encode("utf-8", "replace"), partial_mode="trailing-strings")
        except ValueError:
            return []
        grown = []
        for field in FIELDS:
            prose = found.get(field) if isinstance(found, dict) else None
            if isinstance(prose, str) and len(prose) > len(self._shown[field]):
                grown.append((field, prose[len(self._shown[field]) :]))
                self._shown[field] = prose
        return grown
