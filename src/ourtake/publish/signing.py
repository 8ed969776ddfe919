"""What the desk's acts say to readers: who signed the standing text, and what was corrected."""

from __future__ import annotations

from collections.abc import Sequence

from ourtake.config import Publication, Settings
from ourtake.documents import Draft
from ourtake.publish.piece import Correction, ExportContext, SignOff
from ourtake.review.history import Signature, Standing, standing_after
from ourtake.review.states import SIGNED
from ourtake.store.acts import Act


def export_context(draft: Draft, acts: Sequence[Act], given: Settings) -> ExportContext:
    """What a format is told besides the draft, from the settings and the draft's acts."""
    publication, standing = given.publication, standing_after(acts)
    return ExportContext(
        publication=publication.name if publication.name != Publication().name else "",
        url=publication.url,
        language=publication.language,
        signed=_signed(draft, standing),
        corrections=tuple(Correction(one.at[:10], one.note) for one in standing.corrections),
    )


def _signed(draft: Draft, standing: Standing) -> SignOff | None:
    """The sign-off of the standing text: only while a seal vouches for it, and for this very revision."""
    review = draft.review
    if review is None or not review.seal or review.state not in SIGNED or standing.approved_revision != draft.chosen:
        return None
    people: list[Signature] = [one for one in standing.signatures if one.revision == draft.chosen]
    if not people:
        return None
    last = people[-1]
    names = list(dict.fromkeys(one.by for one in people))
    return SignOff(" and ".join(names), last.at[:10], last.contact, label=any(one.label for one in people))
