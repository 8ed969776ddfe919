"""Blind pairs of a run's takes for people: what is shown, in which order, and the picks, which DIR/picks.jsonl keeps.

The terminal (`ourtake eval pairs`) and the page use the same functions. Each person has their own order and sides,
which never change, so somebody who comes back continues where they stopped.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import NamedTuple

from ourtake.documents import Source
from ourtake.evals.blind import blinded
from ourtake.evals.judgements import Pick, Side
from ourtake.evals.results import CellResult, RunFolder
from ourtake.evals.summary import Entry
from ourtake.values import utc_now

FILE = "picks.jsonl"


class BlindPair(NamedTuple):
    """Two takes on a story. `texts`: left and right as they are shown, plain and without names. `left`, `right`: who
    wrote them, which must not be shown. `longer`: how many more words the left one has.
    """

    case: str
    topic: str
    repeat: int
    source: Source
    left: str
    right: str
    texts: tuple[str, str]
    longer: int

    @property
    def key(self) -> tuple[str, ...]:
        """The pair, whichever side its takes are on."""
        return (self.case, str(self.repeat), *sorted((self.left, self.right)))


def pairs_for(run: RunFolder, person: str) -> Iterator[BlindPair]:
    """The pairs of a run from which this person has not picked yet. Raises InputError where there is no run."""
    models, stories = run.record().models, run.cases()
    done = {_key(pick) for pick in picks_of(run) if pick.by == person}
    by_case: dict[tuple[str, int], list[CellResult]] = {}
    for row in run.rows():
        if row.done and row.case in stories:
            by_case.setdefault((row.case, row.repeat), []).append(row)
    chance = random.Random(person)
    found = []
    for rows in by_case.values():
        for one, other in itertools.combinations(rows, 2):
            found.append((one, other) if chance.random() < 0.5 else (other, one))
    chance.shuffle(found)
    for left, right in found:
        names = [Entry(side.model, side.prompt).name for side in (left, right)]
        texts = [blinded(side.take, models) for side in (left, right) if side.take is not None]
        story = stories[left.case]
        longer = len(texts[0].split()) - len(texts[1].split())
        shown = BlindPair(
            left.case, story.topic, left.repeat, story.source, names[0], names[1], (texts[0], texts[1]), longer
        )
        if shown.key not in done and texts[0] != texts[1]:
            yield shown


def keep_pick(run: RunFolder, pair: BlindPair, *, person: str, choice: Side) -> Pick:
    """Write down which one of a pair a person prefers. Raises InputError where the file can't be written."""
    pick = Pick(
        by=person, when=utc_now(), case=pair.case, topic=pair.topic, repeat=pair.repeat, left=pair.left,
        right=pair.right, choice=choice, longer=pair.longer,
    )  # fmt: skip
    run.append(FILE, pick)
    return pick


def picks_of(run: RunFolder) -> list[Pick]:
    """All picks of people, the last one of each person for each pair."""
    found = (Pick.model_validate(line) for line in run.lines(FILE))
    return list({(pick.by, *_key(pick)): pick for pick in found}.values())


def _key(pick: Pick) -> tuple[str, ...]:
    return (pick.case, str(pick.repeat), *sorted((pick.left, pick.right)))
