"""Numbers with their nouns."""

from __future__ import annotations


def count_of(number: int, called: str) -> str:
    """A number with its noun, as "1 error", "2 errors"."""
    return f"{number} {called}{'' if number == 1 else 's'}"
