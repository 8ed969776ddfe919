"""The takes of an eval run as the desk shows them in pairs. Loaded only where a run is opened: it needs the evals."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ourtake.errors import InputError
from ourtake.evals.judgements import Side
from ourtake.evals.pairs import BlindPair, keep_pick, pairs_for, picks_of
from ourtake.evals.results import RunFolder


class PairBook:
    """The pairs of one run and what people picked. Raises InputError if the folder holds no run."""

    def __init__(self, folder: Path) -> None:
        self._run = RunFolder(folder)
        self._run.record()
        self.name = folder.resolve().name

    def waiting(self, person: str) -> dict[str, BlindPair]:
        """The pairs that this person has not judged, in order, by ids that reveal nothing about the writers."""
        return {_id(pair): pair for pair in pairs_for(self._run, person)}

    def picked(self, person: str) -> int:
        """From how many pairs this person has picked."""
        return sum(pick.by == person for pick in picks_of(self._run))

    def keep(self, pair_id: str, choice: Side, *, by: str) -> None:
        """Write down what a person picked. Raises InputError for a pair that is not waiting for this person."""
        pair = self.waiting(by).get(pair_id)
        if pair is None:
            raise InputError("That pair is not waiting for you.", "Load the page again for the next one.")
        keep_pick(self._run, pair, person=by, choice=choice)


def _id(pair: BlindPair) -> str:
    return hashlib.sha256("\0".join(pair.key).encode()).hexdigest()[:16]
