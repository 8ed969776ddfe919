"""How a draft at the desk is changed: one transaction at a time, made again where another process was faster.

There are no locks that a person could hold: who saves second gets both texts, and nothing that somebody typed is lost.
"""

from __future__ import annotations

import datetime
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from ourtake.documents import Draft, Report, Revision, SentenceHandles, Take
from ourtake.errors import InputError, StoreError
from ourtake.review.claims import carried
from ourtake.review.steps import Check, Sealer, Step, queue_row, review_after
from ourtake.review.views import DraftView, view_of
from ourtake.store import Store
from ourtake.store.acts import chained
from ourtake.store.desk import Filed
from ourtake.writing.fact_handles import carried_handles, rests_of

_TRIES = 50
"""How often a change is repeated on what another process wrote in the meantime."""


class DeskContext:
    """What all drafts of a desk share: the store, the checks, the seal, the clock. Usable from several threads."""

    def __init__(
        self,
        store: Store,
        check: Check,
        *,
        sealer: Sealer | None = None,
        four_eyes: bool = False,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self.store = store
        self.sealer = sealer
        self.four_eyes = four_eyes
        self._check = check
        self._now = now
        self._checking = threading.Lock()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._turns_guard = threading.Lock()

    def report(self, draft: Draft, take: Take, handles: Sequence[SentenceHandles] = ()) -> Report:
        """The report of a take, by one thread at a time: the rules keep parsed documents between two calls."""
        with self._checking:
            return self._check(draft, take, handles)

    def time(self) -> str:
        """Now, as it is written down."""
        return self._now().astimezone(datetime.UTC).isoformat(timespec="milliseconds")

    def turn(self, draft_id: str) -> threading.Lock:
        """The turn of a draft in this process, held for one change only, so that threads need not try again."""
        with self._turns_guard:
            return self._turns[draft_id]


class Changes:
    """The changes of one draft. It holds nothing between two of them."""

    def __init__(self, desk: DeskContext, draft_id: str) -> None:
        self.desk = desk
        self.draft_id = draft_id

    def filed(self, *, standing_only: bool = True) -> Filed:
        """The draft and its acts, as stored; `standing_only`: of its revisions only the current one."""
        found = self.desk.store.desk.filed(self.draft_id, standing_only=standing_only)
        if found is None:
            raise InputError(f"No draft has the id {self.draft_id}.", "See `ourtake drafts list`.")
        return found

    def change(self, work: Callable[[Filed, DraftView], Step]) -> Any:
        """What the step of `work` results in, once committed. It is made again where another process was faster."""
        with self.desk.turn(self.draft_id):
            for _ in range(_TRIES):
                filed = self.filed()
                step = work(filed, view_of(filed))
                if not step.acts or self._committed(filed, step):
                    number = filed.newest + 1
                    return step.result if step.take is None else step.result.model_copy(update={"revision": number})
        raise StoreError(f"Draft {self.draft_id} is being changed too often by others.", "Try again.")

    def _committed(self, filed: Filed, step: Step) -> bool:
        draft, revision = filed.draft, None
        acts, at = step.acts, step.acts[-1].at
        if step.take is not None:
            revision = self._revised(filed, step)
            status = "ready" if revision.report.verdict == "pass" else "needs-work"
            kept = draft.status if draft.status not in ("ready", "needs-work") else status
            changed = {"revisions": (*draft.revisions, revision), "chosen": revision.number, "status": kept}
            draft = draft.model_copy(update=changed)
            acts = [act.model_copy(update={"after": revision.number}) for act in acts]
        review = review_after(draft, step, at)
        draft = draft.model_copy(update={"review": review})
        placed = tuple(chained(filed.acts[-1] if filed.acts else None, acts))
        view = view_of(Filed(draft, filed.acts, filed.newest), placed)
        envelope = None
        if step.sealed and self.desk.sealer is not None:
            whole = self.filed(standing_only=False).draft.revisions
            envelope, digest = self.desk.sealer.seal(view, (*filed.acts, *placed), whole)
            draft = draft.model_copy(update={"review": review.model_copy(update={"seal": digest})})
        made = self.desk.store.desk.commit(
            draft, acts, queue_row(view), seen=len(filed.acts), revision=revision, seal=envelope
        )
        return made is not None

    def _revised(self, filed: Filed, step: Step) -> Revision:
        """The revision of a changed text, with a report of its own: code checks all of it again."""
        assert step.take is not None
        before = filed.draft.standing()
        known = {**(rests_of(before.take, before.handles) if before is not None else {}), **step.rests}
        handles = carried_handles(known, step.take)
        report = self.desk.report(filed.draft, step.take, handles)
        if before is not None:
            report = carried(before.report, before.take, report, step.take)
        about = {"number": filed.newest + 1, "created": step.acts[-1].at, "by": step.author, "note": step.note}
        return Revision(take=step.take, makers=(step.author,), report=report, handles=handles, **about)
