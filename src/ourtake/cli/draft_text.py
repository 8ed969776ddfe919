"""How a draft looks as text: its take, and the report of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ourtake.documents import Draft, Revision


def draft_report(draft: Draft, revision: Revision) -> str:
    """The report of a draft's revision, with the places in its take."""
    from ourtake.cli.check import terminal_look
    from ourtake.publish.findings_text import report_text
    from ourtake.publish.locations import Layout

    return report_text(revision.report, layout=Layout(f"draft {draft.id}", "", revision.take), look=terminal_look())


def take_text(draft: Draft, revision: Revision) -> str:
    """The take as a person reads it: headline, summary, body, source, tags."""
    take, source = revision.take, draft.source
    return (
        f"{take.headline}\n\nOur take\n\n{take.summary}\n\n{take.body}\n\n"
        f"Source: {source.title} ({source.outlet}) {source.url}\nTags: {', '.join(take.tags)}"
    )
