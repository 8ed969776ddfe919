"""x"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ourtake.review.session import Desk


def run(desk: Desk, draft_id: str | None, *, by: str, contact: str) -> None:
    """X"""
