"""What a reader hands over beside articles: what could not be imported, and what need not be."""

from __future__ import annotations

from typing import NamedTuple


class Reject(NamedTuple):
    """What could not be imported: where, why, and whether it is broken or was left out on purpose (a draft)."""

    where: str
    reason: str
    broken: bool = True


class Unchanged(NamedTuple):
    """A page that has not changed since the last import."""

    url: str
