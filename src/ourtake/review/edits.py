"""What people changed in a take that a machine wrote: both texts, and how much of the words that is."""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from ourtake.documents import Revision, Take
from ourtake.review.authorship import authors_of, words_of
from ourtake.review.history import standing_after
from ourtake.store.desk import Filed


class EditedTake(NamedTuple):
    """A take as the machine left it and as it is now; `by`: the revision that the machine wrote last."""

    before: Take
    after: Take
    by: str

    @property
    def share(self) -> float:
        """Words that were put in, taken out or replaced, as a share of the words of the longer text: 0 is untouched."""
        return Levenshtein.normalized_distance(words_of(self.before), words_of(self.after))


def edited_take(filed: Filed) -> EditedTake | None:
    """The last text by a machine before a person first changed it, and the current one; None if no person did."""
    undone = standing_after(filed.acts).undone
    if not any(act.kind == "edited" and act.number not in undone for act in filed.acts):
        return None
    return machine_take(filed)


def machine_take(filed: Filed) -> EditedTake | None:
    """As `edited_take`, also where no person changed a word; None for a take that a person began."""
    before: Revision | None = None
    for revision, author in zip(filed.draft.revisions, authors_of(filed.draft.revisions, filed.acts), strict=True):
        if author == "person":
            break
        before = revision
    after = filed.draft.standing()
    return None if before is None or after is None else EditedTake(before.take, after.take, before.by)
