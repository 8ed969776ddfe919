"""What a reader hands over beside articles: what could not be imported, and what need not be."""

from __future__ import annotations

from typing import NamedTuple


class Reject(NamedTuple):
    """What could not be imported: where, why, and whether it is broken or was left out on purpose (a draft)."""

    where: str
    reason: str
    broken: bool = True


_LEFT_OUT = "left out: "


def left_out(reason: str) -> str:
    """A reason as the store keeps it when a page was left out on purpose."""
    return _LEFT_OUT + reason


def remembered(where: str, reason: str) -> Reject:
    """A page that an import left aside before it was stopped, by the reason that the store has."""
    return Reject(where, reason.removeprefix(_LEFT_OUT), broken=not reason.startswith(_LEFT_OUT))


class Undated(NamedTuple):
    """An article that was imported without a date that could not be read: where, and what was written."""

    where: str
    reason: str


class Unchanged(NamedTuple):
    """A page that has not changed since the last import."""

    url: str
