"""Pairs of takes that a person compares blind: the terminal (`ourtake eval pairs`) and the desk's page show the same.

Writers and costs are hidden. The order of the pairs and the sides are shuffled for each person, always in the same way,
so that a person can stop and go on. Picks are lines of picks.jsonl in the folder of the run.
"""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from ourtake.errors import InputError
from ourtake.evals.blind import blinded
from ourtake.evals.judgements import Pick
from ourtake.evals.results import CellResult, RunFolder, StoredCase
from ourtake.evals.summary import Entry

PICKS = "picks.jsonl"
Choice = Literal["left", "right", "neither"]


class BlindPair(NamedTuple):
    """Two takes on one story, as one person sees them.

    `id` says nothing of the writers. `left`, `right`: names of the entries, not to be shown. `texts`: the blinded
    takes. `longer`: words that the left one has more than the right one.
    """

    id: str
    case: StoredCase
    repeat: int
    left: str
    right: str
    texts: tuple[str, str]
    longer: int


class PairBook:
    """The pairs of a run and what people picked from them. Raises InputError where the folder holds no run."""

    def __init__(self, folder: Path) -> None:
        self._run = RunFolder(folder)
        self._run.record()
        self.folder = folder
        self._stamp: tuple[int, int] = (0, 0)
        self._cells: dict[tuple[str, int], list[CellResult]] = {}

    @property
    def name(self) -> str:
        """The run's folder, as people read it."""
        return self.folder.resolve().name

    def pairs(self, who: str) -> list[BlindPair]:
        """Every pair, in this person's order."""
        models, stories, chance = self._run.record().models, self._run.cases(), random.Random(who)
        found = []
        for (case, repeat), rows in self._takes().items():
            for place, one in enumerate(rows):
                for other in rows[place + 1 :]:
                    sides = [one, other] if chance.random() < 0.5 else [other, one]
                    found.append((stories[case], repeat, sides))
        chance.shuffle(found)
        return [_blind(story, repeat, sides, models) for story, repeat, sides in found]

    def waiting(self, who: str) -> list[BlindPair]:
        """The pairs that this person has not picked from."""
        done = {_question(pick) for pick in self._picks() if pick.by == who}
        return [one for one in self.pairs(who) if (one.case.id, one.repeat, *sorted((one.left, one.right))) not in done]

    def keep(self, pair_id: str, choice: Choice, *, by: str) -> Pick:
        """Write down what a person picked. Raises InputError for a pair that is not waiting for this person."""
        pair = next((one for one in self.waiting(by) if one.id == pair_id), None)
        if pair is None:
            raise InputError("That pair is not waiting for you.", "Load the page again for the next one.")
        pick = Pick(
            by=by,
            when=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            case=pair.case.id,
            topic=pair.case.topic,
            repeat=pair.repeat,
            left=pair.left,
            right=pair.right,
            choice=choice,
            longer=pair.longer,
        )
        # One write: of several people who pick at the same time, no line cuts into another.
        with (self.folder / PICKS).open("ab", buffering=0) as file:
            file.write(f"{pick.model_dump_json()}\n".encode())
        return pick

    def _picks(self) -> list[Pick]:
        return [Pick.model_validate(row) for row in self._run.lines(PICKS)]

    def _takes(self) -> dict[tuple[str, int], list[CellResult]]:
        """The finished cells by case and repeat; read again only when the file has changed."""
        if not self._run.results.is_file():
            return {}
        known = self._run.results.stat()
        stamp = (known.st_mtime_ns, known.st_size)
        if stamp != self._stamp:
            self._cells = {}
            for row in self._run.rows():
                if row.done and row.take is not None:
                    self._cells.setdefault((row.case, row.repeat), []).append(row)
            self._stamp = stamp
        return self._cells


def _blind(story: StoredCase, repeat: int, sides: Sequence[CellResult], models: Sequence[str]) -> BlindPair:
    left, right = (Entry(side.model, side.prompt).name for side in sides)
    first, second = (blinded(side.take, models) for side in sides if side.take is not None)
    about = "\0".join((story.id, str(repeat), *sorted((left, right))))
    name = hashlib.sha256(about.encode()).hexdigest()[:16]
    return BlindPair(name, story, repeat, left, right, (first, second), len(first.split()) - len(second.split()))


def _question(pick: Pick) -> tuple[object, ...]:
    return (pick.case, pick.repeat, *sorted((pick.left, pick.right)))
