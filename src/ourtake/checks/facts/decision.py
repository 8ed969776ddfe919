"""What the documents say about a number of a take: one table, read from the top, first row that applies.

A row says how strong the lead of another number of the documents must be to speak against the take's own. The lead is
counted in shared words (compare.py, misplaced.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Generic, Literal, NamedTuple, TypeVar

Verdict = Literal["same", "other", "absent", "overruled"]
"""The documents have the number; have another for the same thing; have neither; have the number, but another one has a
far better claim to be meant.
"""

SAME_THING = 3
"""Lead from which an absent number is taken for an altered one."""

OVERRULES = 6
"""Lead from which another number overrules one that the documents have for something else."""

OVERRULES_SHARE = 4
"""The same for shares in figures, of which a text is full."""

WEAKEST = 0
"""Bond up to which a number that was found can be overruled."""

_Of = TypeVar("_Of")


class Features(NamedTuple):
    """A take's number beside the best number of the documents with the same value and the best with another value.

    `lead`: the bond of the other number, less that of the number found. `bond`: of the number found. `found`: a
    document has the number; `known`: it counts as found for another reason. `same_noun`: both count the same
    thing by its first word; `shared_noun`: by any. `figures`: of the value. `loose`: it may be the writer's own count.
    """

    kind: str
    lead: float
    bond: int
    found: bool
    known: bool
    same_noun: bool
    shared_noun: bool
    years: bool
    """A pair of years ("2024-25")."""
    other_years: bool
    share: bool
    """Per cent in figures."""
    multiple: bool
    """A multiple in words ("twice")."""
    half: bool
    figures: int
    small: bool
    """Three or less, in words."""
    loose: bool


class Row(NamedTuple, Generic[_Of]):
    """`least`: the lead that is enough where the row applies."""

    what: str
    applies: Callable[[_Of], bool]
    least: float


ROWS: tuple[Row[Features], ...] = (
    Row("a date on which a document appeared", lambda f: f.kind == "date" and f.known, inf),
    Row("counts of different things", lambda f: f.kind == "count" and not f.shared_noun, inf),
    Row("found, and a pair of years has no pair against it", lambda f: f.found and f.years and not f.other_years, inf),
    Row(
        "found, a share in figures that a word supports", lambda f: f.found and f.share and f.bond <= 1, OVERRULES_SHARE
    ),
    Row("found where words support it", lambda f: f.found and f.bond > WEAKEST, inf),
    Row("found, a pair of years", lambda f: f.found and f.years, SAME_THING),
    Row("found, a date or a number of three figures", lambda f: f.found and (f.kind == "date" or f.figures > 2), inf),
    Row("found where nothing supports it", lambda f: f.found, OVERRULES),
    Row("a multiple in words", lambda f: f.multiple, SAME_THING - 1),
    Row("half of something else", lambda f: f.half and not f.shared_noun, inf),
    Row("perhaps the writer's count, of the same thing", lambda f: f.loose and f.same_noun, SAME_THING + 1),
    Row("perhaps the writer's count, or found otherwise", lambda f: f.loose or f.known or f.small, OVERRULES),
    Row("any other", lambda f: True, SAME_THING),
)


def least_lead(rows: Sequence[Row[_Of]], features: _Of) -> float:
    """The lead that the first row that applies asks for."""
    return next(row.least for row in rows if row.applies(features))


def decide(features: Features) -> Verdict:
    """The verdict on a number; without another number of the same thing its lead is -inf."""
    if features.lead >= least_lead(ROWS, features):
        return "overruled" if features.found else "other"
    return "same" if features.found or features.known else "absent"
