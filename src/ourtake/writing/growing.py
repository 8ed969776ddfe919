"""A take as it grows: the prose out of the beginning of a JSON reply, for whoever shows it while it is written.

What is shown is no take: it was not checked, and its links are still handles. The terminal and the page use this one function.
"""

from __future__ import annotations

import jiter

FIELDS = ("headline", "summary", "body")


class Growing:
    """Takes a reply's text piece by piece and gives the new prose of each field. The whole beginning is read again for each piece: even for
    the last of a long take that is some microseconds.
    """

    def __init__(self) -> None:
        self._text = ""
        self._shown = dict.fromkeys(FIELDS, "")

    def add(self, piece: str) -> list[tuple[str, str]]:
        """(field, new text) for each field that this piece made longer; nothing while the reply is no JSON object (yet)."""
        self._text += piece
        try:
            found = jiter.from_json(self._text[self._text.find("{") :].encode("utf-8", "replace"), partial_mode="trailing-strings")
        except ValueError:
            return []
        grown = []
        for field in FIELDS:
            text = found.get(field) if isinstance(found, dict) else None
            if isinstance(text, str) and len(text) > len(self._shown[field]):
                grown.append((field, text[len(self._shown[field]) :]))
                self._shown[field] = text
        return grown
