"""An export format for ourtake: the headline and the first words of each paragraph, as plain text."""

from __future__ import annotations

from ourtake.documents import Draft
from ourtake.errors import InputError
from ourtake.publish.formats import ExportFormat
from ourtake.publish.piece import ExportContext

ROW = ExportFormat("outline", ".txt", "The headline, and how each paragraph begins.", "ourtake_outline:render")


def render(draft: Draft, context: ExportContext) -> str:
    """The text of the file. Raises InputError for a draft without a take."""
    revision = draft.standing()
    if revision is None:
        raise InputError(f"Draft {draft.id} has no take.", "Draft it again.")
    paragraphs = revision.take.body.split("\n\n")
    beginnings = [" ".join(paragraph.split()[:8]) for paragraph in paragraphs]
    return "\n".join([revision.take.headline, *(f"- {words} ..." for words in beginnings)]) + "\n"
