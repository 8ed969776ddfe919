"""Runs: a batch, or the drafting of one story. A run belongs to one process at a time.

It is taken over when that process is gone. The ids of its drafts are derived from the run's id, so a run that is
resumed after a kill stores each draft once.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import NamedTuple

from sqlalchemy import insert, select, update

from ourtake.store import processes
from ourtake.store.database import Part
from ourtake.store.tables import runs
from ourtake.values import utc_now


class Claim(NamedTuple):
    """A run that this process now holds, `new` or resumed; or `held_by`: who holds it, and since when."""

    run_id: str
    held_by: str = ""
    new: bool = False


class RunStore(Part):
    """The runs of one store."""

    def claim(self, name: str, *, process_id: int, resume: bool) -> Claim:
        """Take the run of that name, or find out who holds it.

        An unfinished run is resumed. A finished one is also resumed if `resume`; otherwise a new one begins.
        """
        values = {"state": "running", "process_id": process_id, "started": utc_now("milliseconds")}
        with self._writing() as connection:
            named = select(runs).where(runs.c.name == name).order_by(runs.c.sequence.desc()).limit(1)
            newest = connection.execute(named).first()
            if (
                newest is not None
                and newest.state == "running"
                and newest.process_id != process_id
                and processes.is_alive(connection, newest.process_id)
            ):
                holder = processes.name(connection, newest.process_id)
                return Claim(newest.id, held_by=f"{holder}, since {newest.started[:19]} UTC")
            if newest is not None and (resume or newest.state != "finished"):
                connection.execute(update(runs).where(runs.c.id == newest.id).values(values))
                return Claim(newest.id)
            run_id = uuid.uuid4().hex[:12]
            connection.execute(insert(runs).values(id=run_id, name=name, **values))
            return Claim(run_id, new=True)

    def release(self, run_id: str, *, finished: bool) -> None:
        """Release a run: finished, or stopped and to be resumed."""
        state = "finished" if finished else "stopped"
        with self._writing() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(state=state))


def draft_id(run_id: str, *parts: str) -> str:
    """The id of a run's draft, which depends only on the run and the parts."""
    return hashlib.sha256("\x1f".join((run_id, *parts)).encode()).hexdigest()[:12]
