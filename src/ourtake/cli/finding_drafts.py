"""A draft by its id, or by a beginning of it that only one draft has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ourtake.documents import Draft
    from ourtake.store import Store


def find_draft(store: Store, draft_id: str) -> Draft:
    """The draft with that id, or the only one whose id begins so. Raises InputError if there is none or several."""
    draft = draft_like(store, draft_id)
    if draft is None:
        raise InputError(f"No draft has the id {draft_id}.", "See `ourtake drafts list`.")
    return draft


def draft_like(store: Store, draft_id: str) -> Draft | None:
    """The same; None if there is none. Raises InputError if several ids begin so."""
    draft = store.draft(draft_id)
    if draft is not None or not draft_id:
        return draft
    ids = store.desk.ids_like(draft_id, 5)
    if len(ids) > 1:
        what = f"Several drafts have an id that begins with {draft_id}: {', '.join(ids)}"
        raise InputError(f"{what}{' and more' * (len(ids) == 5)}.", "Give more of the id.")
    return store.draft(ids[0]) if ids else None


def counted_drafts(store: Store, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, their claims with what people decided: so that every command counts them alike."""
    acts = store.desk.acts_of([draft.id for draft in drafts if draft.review is not None])
    return [lazy.review_views.decided_draft(draft, acts[draft.id]) if draft.id in acts else draft for draft in drafts]
