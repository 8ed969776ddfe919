"""A draft as JSON, with all that the store keeps of it."""

from __future__ import annotations

from ourtake.documents import Draft
from ourtake.publish.piece import ExportContext


def render(draft: Draft, context: ExportContext) -> str:
    """The draft as JSON, indented: what the store has, whatever the context."""
    return draft.model_dump_json(indent=2) + "\n"
