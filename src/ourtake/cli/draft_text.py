"""How a draft looks as text: its take, and the report of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.angles import plan_text
from ourtake.cli.terminal import fitted, terminal_look

if TYPE_CHECKING:
    from ourtake.documents import Draft, Revision


def draft_report(draft: Draft, revision: Revision) -> str:
    """The report of a draft's revision, as `ourtake check` prints it."""
    layout = lazy.locations.Layout(f"draft {draft.id}", "", revision.take)
    text = lazy.findings_text.report_text(revision.report, layout=layout, look=terminal_look())
    return fitted(text, sys.stdout, hang=4)


def take_text(draft: Draft, revision: Revision) -> str:
    """The take as a person reads it: headline, summary, body, source, tags."""
    take, source = revision.take, draft.source
    return (
        f"{take.headline}\n\nOur take\n\n{take.summary}\n\n{take.body}\n\n"
        f"Source: {source.title} ({source.outlet}) {source.url}\nTags: {', '.join(take.tags)}"
    )


def planned_text(draft: Draft) -> str:
    """A draft that is only planned: its story, its angles, and how one is written."""
    source = draft.source
    head = f"Draft {draft.id}, planned; no take was written yet.\n\n{source.title}"
    head += f"\n{source.outlet} {source.url}\n\n{source.blurb}"
    plan = "" if draft.plan is None else f"\n\n{plan_text(draft.plan)}"
    notes = "".join(f"\n\n{note}" for note in draft.notes)
    do = f"`ourtake watch draft {draft.id}{' --angle N' if draft.plan else ''}` writes it."
    return f"{head}{plan}{notes}\n\n{do}"
