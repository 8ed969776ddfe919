"""A job as it is queued, and as the queue shows it. Known also where no queue is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

URGENT, ORDINARY, LATER = 10, 0, -10
"""Priorities: somebody waits for it, a single one, one of many."""
STATES = ("waiting", "running", "done", "failed", "cancelled")
State = Literal["waiting", "running", "done", "failed", "cancelled", "stopping"]


class NewJob(NamedTuple):
    """A job to be done. `lock`: what it works on: two with one lock never run at once. `like`: of several that are
    alike only one waits; by default those with one lock are.
    """

    task: str
    arguments: Mapping[str, Any]
    lock: str
    priority: int = ORDINARY
    like: str = ""


class JobRow(NamedTuple):
    """A job in the queue. `attempts`: how often it was taken before. `note`: what it came to, or why it failed."""

    id: int
    task: str
    state: str
    lock: str
    priority: int
    attempts: int
    arguments: Mapping[str, Any]
    like: str
    note: str
