"""Numbers with their nouns."""

from __future__ import annotations

import re


def count_of(number: float, called: str, several: str = "") -> str:
    """A number with its noun, and with what else depends on it: "1 error", "2,000 errors", "1 page was".

    `called`: the words for one; `several`: those for any other number, by default the noun's regular plural.
    """
    shown = f"{number:,}" if isinstance(number, int) else f"{number:,g}"
    return f"{shown} {called if number == 1 else several or plural(called)}"


def plural(noun: str) -> str:
    """The regular plural of a noun, or of words that end with one."""
    if re.search(r"(?:s|x|z|ch|sh)\Z", noun):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if re.search(r"[^aeiou]y\Z", noun) else f"{noun}s"
