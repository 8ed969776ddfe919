"""The cases and replies of the suite `checks`: takes without a fault over the example archive, and the same takes with
one fault each, put in by hand (evals/faults) or by the seeders of this folder.

    python benchmarks/checks_suite.py [--every 4] [--seed 5]

Writes evals/cases/checks.jsonl and evals/replies/checks.jsonl. A fault is a line that says which words of which take
are replaced by which. Of each kind, one fault is seeded in one of EVERY takes. Kinds that need settings or articles of
their own are left out.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clean_takes import ROOT, TAKES, CleanTake, load
from fault import Fault, Kind, text_of
from hand_faults import by_hand
from passages import PRODUCTS

from checks import KINDS
from ourtake.documents import REMOVED, Take
from ourtake.text.markdown import links
from ourtake.writing.reply import parse_take

CASES, REPLIES = ROOT / "evals" / "cases" / "checks.jsonl", ROOT / "evals" / "replies" / "checks.jsonl"


def source_files() -> dict[str, str]:
    """Clean take -> its example source, where it has one."""
    rows = (json.loads(line) for path in sorted(TAKES.glob("*.jsonl")) for line in path.read_text().splitlines())
    return {row["id"]: row["source_file"] for row in rows if "source_file" in row}


def clean_case(case: CleanTake, files: dict[str, str]) -> dict[str, Any]:
    """The line of a case without a fault."""
    found: dict[str, Any] = {"id": case.name, "topic": case.name}
    if case.name in files:
        found["source_file"] = f"../../examples/sources/{files[case.name]}"
    else:
        found["source"] = case.source.model_dump(mode="json", exclude_defaults=True)
    return found | {"related": [item.url for item in case.related], "expect": []}


def as_read(case: CleanTake, take: Take) -> Take:
    """The take that a reply becomes: markup, hidden characters and addresses that a model wrote are gone."""
    return parse_take(take.model_dump_json(), case.related)


def codes(case: CleanTake, kind: Kind, fault: Fault) -> list[str]:
    """The rules that should find a fault in a reply. Addresses and markup are taken out of a reply before it is
    checked, and SAF004 says so.
    """
    removed = all_addresses(as_read(case, fault.take)) - all_addresses(as_read(case, case.take))
    return list(dict.fromkeys([*kind.codes, *(["SAF004"] if REMOVED in removed else [])]))


def all_addresses(take: Take) -> set[str]:
    """The targets of the links in summary and body."""
    return {link.target for text in (take.summary, take.body) for link in links(text)}


def change(case: CleanTake, fault: Fault) -> dict[str, str] | None:
    """What a fault replaces by what: as few words as occur in the field once. None where that can't be said, and where
    nothing is left of the fault when the reply is read.
    """
    # A take without a headline is not a take: the reply would be refused before it is checked.
    whole = fault.take.headline.strip() and fault.take.summary.strip() and fault.take.body.strip()
    if fault.related is not None or not whole:
        return None
    if as_read(case, fault.take) == as_read(case, case.take):
        return None
    if fault.field == "tags":
        before, after = ", ".join(case.take.tags), ", ".join(fault.take.tags)
    else:
        before, after = text_of(case.take, fault.field), text_of(fault.take, fault.field)
    if before == after:
        return None
    start = next(
        (at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(map(len, (before, after)))
    )
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    stop, other = len(before) - end, len(after) - end
    # Wider, to the next blank on both sides, until the words occur once.
    while before.count(before[start:stop]) != 1 or start == stop:
        left = before.rfind(" ", 0, max(0, start - 1)) + 1 if start else 0
        right = before.find(" ", stop + 1)
        right = len(before) if right < 0 else right
        if (left, right) == (start, stop):
            return None
        other += right - stop
        start, stop = left, right
    return {"field": fault.field, "old": before[start:stop], "new": after[start:other]}


def seeded(cases: list[CleanTake], *, every: int, seed: int) -> Iterator[tuple[CleanTake, Kind, Fault]]:
    """One fault of each kind in one of `every` takes, each kind beginning with another one."""
    for place, kind in enumerate(KINDS):
        for case in cases[place % every :: every]:
            choice = random.Random(f"{seed} {case.name} {kind.name}")
            fault = next((one for one in kind.seeder(case, choice) if change(case, one) is not None), None)
            if fault is not None:
                yield case, kind, fault


def lines(every: int, seed: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every case with its reply."""
    cases, files = load(None), source_files()
    for case in cases:
        yield clean_case(case, files), {"id": case.name, "take": case.take.model_dump(mode="json")}
    faults = [(case, kind._replace(name=f"by hand: {group}"), fault) for case, group, kind, fault in by_hand(cases)]
    faults += [(case, kind, fault) for case, kind, fault in seeded(cases, every=every, seed=seed)]
    numbers: dict[str, int] = {}
    for case, kind, fault in faults:
        changed = change(case, fault)
        if changed is None or any(product in changed["new"] for product in PRODUCTS):
            continue
        stem = f"{case.name}.{re.sub('[^a-z0-9]+', '-', kind.name.lower()).strip('-')}"
        numbers[stem] = numbers.get(stem, 0) + 1
        name = stem if numbers[stem] == 1 else f"{stem}.{numbers[stem]}"
        told = {"id": name, "like": case.name, "expect": codes(case, kind, fault), "kind": kind.name}
        yield told, {"id": name, "of": case.name, **changed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=4)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    found = list(lines(given.every, given.seed))
    for path, place in ((CASES, 0), (REPLIES, 1)):
        write(path, [pair[place] for pair in found])
    faulty = sum("kind" in case for case, _ in found)
    print(f"{len(found)} cases, {faulty} with a fault, of {len({case.get('kind') for case, _ in found}) - 1} kinds")


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
