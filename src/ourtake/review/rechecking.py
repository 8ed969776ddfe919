"""The checks that the desk runs on an edited take: all rules of [checks], with the archive that the draft was written
from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ourtake.config import Settings
from ourtake.documents import Draft, Report, SentenceHandles, Take
from ourtake.review.session import Check

if TYPE_CHECKING:
    from ourtake.checks.base import ArchiveView


def rechecker(settings: Settings, archive: ArchiveView | None) -> Check:
    """The checks for a Desk. The rules are loaded when the first take is checked. Not thread-safe."""
    from ourtake.checks.evidence import DocumentCache

    documents = DocumentCache()

    def check(draft: Draft, take: Take, handles: Sequence[SentenceHandles] = ()) -> Report:
        from ourtake.checks.base import CheckContext
        from ourtake.checks.registry import check as run

        own = settings
        if draft.form == "short":
            own = settings.model_copy(update={"take": settings.take.shortened()})
        cited = {name for one in handles for name in one.handles}
        facts = draft.plan.used(cited) if draft.plan is not None else ()
        context = CheckContext(
            draft.source, draft.related, own, archive, documents=documents, handles=tuple(handles), facts=facts
        )
        return run(take, context)

    return check
