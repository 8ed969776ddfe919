"""A draft as JSON, with all that the store keeps of it."""

from __future__ import annotations

from ourtake.documents import Draft


def render(draft: Draft, *, publication: str = "") -> str:
    """The draft as JSON, indented. The publication's name has no place in it."""
    return draft.model_dump_json(indent=2) + "\n"
