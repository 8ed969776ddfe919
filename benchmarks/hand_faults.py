"""Faults put into clean takes by hand, one at a time, as models go wrong: evals/faults/by-hand.jsonl. checks.py
measures them and makes the table.

A line says which take, which words of which field are replaced by which, what kind of fault that is, and the rules of
which any should say it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import takewhile

from clean_takes import ROOT, CleanTake
from fault import Fault, Kind, Seeder, text_of
from passages import PRODUCTS

from ourtake.documents import FieldName

BY_HAND = ROOT / "evals" / "faults" / "by-hand.jsonl"
WANTED = {"links": 0.98, "quotations": 0.98, "numbers": 0.98, "dates": 0.95, "names": 0.95, "the rest": 0.90}


def by_hand(cases: list[CleanTake]) -> Iterator[tuple[CleanTake, str, Kind, Fault]]:
    """Each fault whose take is there, with the group that it is counted in."""
    takes = {case.name: case for case in cases}
    for line in BY_HAND.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        case = takes.get(row["take"])
        if case is not None:
            fault = _fault(case, row)
            kind = Kind(row["kind"], tuple(row["rules"]), WANTED[row["group"]], _only(fault))
            yield case, row["group"], kind, fault


def _only(fault: Fault) -> Seeder:
    def seeder(case: CleanTake, choice: random.Random) -> Iterator[Fault]:
        yield fault

    return seeder


def _shared(one: str, two: str) -> int:
    """Characters with which both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))


def _fault(case: CleanTake, row: dict[str, str]) -> Fault:
    """The take with the words replaced; its place is what differs between the old words and the new."""
    old, new = row["old"], row["new"].replace("{product}", PRODUCTS[0])
    field: FieldName = "headline" if row["field"] == "headline" else "summary" if row["field"] == "summary" else "body"
    text = text_of(case.take, field)
    if text.count(old) != 1:
        raise SystemExit(f"{BY_HAND.name}: {case.name} does not hold {old!r} once; the take was changed")
    start = text.index(old)
    before = _shared(old, new)
    after = _shared(old[before:][::-1], new[before:][::-1])
    take = case.take.model_copy(update={field: text.replace(old, new)})
    return Fault(take, field, ((start + before, start + max(before, len(new) - after)),))
