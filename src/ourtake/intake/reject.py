"""What could not be imported."""

from __future__ import annotations

from typing import NamedTuple


class Reject(NamedTuple):
    """What could not be imported: where, why, and whether it is broken or was left out on purpose (a draft)."""

    where: str
    reason: str
    broken: bool = True
