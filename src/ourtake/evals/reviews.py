"""What editors did at the desk with the takes of a run, and cases from what they signed, changed and picked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ourtake.documents import Document, Draft
from ourtake.evals.pairs import picks_of
from ourtake.evals.results import CellResult, RunFolder, StoredCase
from ourtake.evals.suite import Preference
from ourtake.evals.summary import Entry
from ourtake.review.edits import EditedTake, machine_take
from ourtake.review.states import SIGNED
from ourtake.store import Store

MOST_SIGNED = 100_000
"""Signed drafts of a store that are looked at, the newest ones."""


class SignedCell(Document):
    """A line of edits.jsonl. `share`: see EditedTake."""

    draft: str
    state: str
    by: str
    share: float


def signed_cells(store: Store, drafts: Iterable[str]) -> list[SignedCell]:
    """Those of the drafts that an editor signed, with what had to be changed first."""
    wanted, found = set(drafts), []
    for row in store.desk.queue(states=tuple(SIGNED), limit=MOST_SIGNED):
        filed = store.desk.filed(row.draft_id) if row.draft_id in wanted else None
        edited = machine_take(filed) if filed is not None else None
        if filed is not None and filed.draft.review is not None and edited is not None:
            review = filed.draft.review
            found.append(SignedCell(draft=row.draft_id, state=review.state, by=review.by, share=round(edited.share, 6)))
    return found


def cases_from_reviews(store: Store, *, most: int) -> Iterator[dict[str, Any]]:
    """A case for each story that was signed, the newest first, as a line of a file of cases. Where an editor changed
    the machine's take, both texts come with it: a judge should prefer the one that was signed.
    """
    seen: set[str] = set()
    for row in store.desk.queue(states=tuple(SIGNED), limit=MOST_SIGNED):
        if len(seen) >= most:
            return
        filed = store.desk.filed(row.draft_id)
        if filed is None or filed.draft.source.url in seen:
            continue
        seen.add(filed.draft.source.url)
        yield _signed_case(filed.draft, machine_take(filed), store)


def _signed_case(draft: Draft, edited: EditedTake | None, store: Store) -> dict[str, Any]:
    standing = draft.standing()
    tags: Sequence[str] = standing.take.tags if standing is not None else ()
    articles = store.articles_of([item.id for item in draft.related])
    offered = [articles[item.id] for item in draft.related if item.id in articles]
    found: dict[str, Any] = {
        "id": draft.id,
        "topic": tags[0] if tags else draft.source.outlet,
        "source": draft.source.model_dump(mode="json", exclude_none=True, exclude={"id"}),
        "related": [article.model_dump(mode="json", exclude_defaults=True) for article in offered],
    }
    if edited is not None and edited.share:
        by = draft.review.by if draft.review is not None else ""
        known = Preference(better=edited.after, worse=edited.before, by=by, why="edited")
        found["preferences"] = [known.model_dump(mode="json")]
    return found


def cases_from_picks(folder: RunFolder) -> Iterator[dict[str, Any]]:
    """The cases of a run from whose takes somebody picked, with the takes that were preferred and those that were not.

    Articles are named by their ids, so that such cases need the archive of the run's suite.
    """
    takes: dict[tuple[str, int, str], CellResult] = {
        (row.case, row.repeat, Entry(row.model, row.prompt).name): row for row in folder.rows() if row.take is not None
    }
    by_case: dict[str, list[Preference]] = {}
    offered: dict[str, list[str]] = {}
    for pick in picks_of(folder):
        sides = [takes.get((pick.case, pick.repeat, name)) for name in (pick.left, pick.right)]
        left, right = (side.take if side is not None else None for side in sides)
        if left is None or right is None or pick.choice == "neither":
            continue
        better, worse = (left, right) if pick.choice == "left" else (right, left)
        by_case.setdefault(pick.case, []).append(Preference(better=better, worse=worse, by=pick.by))
        offered.setdefault(pick.case, [item.id for side in sides if side for item in side.related])
    stories = folder.cases()
    for name, known in by_case.items():
        yield _picked_case(stories[name], list(dict.fromkeys(offered[name])), known)


def _picked_case(case: StoredCase, related: Sequence[str], known: Sequence[Preference]) -> dict[str, Any]:
    return {
        "id": case.id,
        "topic": case.topic,
        "source": case.source.model_dump(mode="json", exclude_none=True, exclude={"id"}),
        "related": list(related),
        "preferences": [one.model_dump(mode="json") for one in known],
    }
