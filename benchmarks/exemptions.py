"""What each exemption of the FCT rules is worth: faults found and false alarms with and without it.

    python benchmarks/exemptions.py [DATA_FOLDER] [--each 1] [--seed 5] [--show] [--write]

Each row of checks/facts/exemptions.py is switched off in turn. Counted are the faults of numbers and dates, seeded and
put in by hand, and the errors and warnings on clean takes (those of evals/takes, and the sound sentences of
tests/checks/constructions). A row that lowers neither costs faults for nothing. --show prints what a row keeps away;
--write puts the table into docs/checks.md.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import faults_facts
from clean_takes import ROOT, CleanTake, load
from hand_faults import by_hand

from checks import DOCS, settings
from ourtake.checks.base import Case, CheckContext
from ourtake.checks.facts import exemptions
from ourtake.checks.facts.exemptions import EXEMPTIONS, grouped
from ourtake.checks.facts.rules import RULES
from ourtake.documents import Related, Source, Take

KINDS = [kind for kind in faults_facts.KINDS if not {"FCT002", "SUP001"} & set(kind.codes)]
ROWS = [rule for rule in RULES if rule.code != "FCT002"]
BEGIN, END = "<!-- bench-exemptions: begin -->", "<!-- bench-exemptions: end -->"
CONSTRUCTIONS = ROOT / "tests" / "checks" / "constructions"

Found = tuple[str, str, str]
"""Code, severity and text of a finding."""


class Trial(NamedTuple):
    """A clean take and its faulty versions: whether the fault was put in by hand, the codes that catch it, the case."""

    name: str
    clean: Case
    faulty: tuple[tuple[bool, tuple[str, ...], Case], ...]


class Counts(NamedTuple):
    """What was found with one set of rows."""

    seeded: int
    by_hand: int
    alarms: Counter[tuple[str, Found]]
    """False errors and warnings by take."""

    def number(self, severity: str) -> int:
        """False findings of a severity."""
        return sum(count for (_, found), count in self.alarms.items() if found[1] == severity)


def trials(data: Path | None, *, each: int, seed: int) -> Iterator[Trial]:
    """The clean takes with their faults, then the sound constructions. The documents of a take are read once."""
    cases = load(data)
    hand: dict[str, list[tuple[bool, tuple[str, ...], Take]]] = {}
    for case, group, kind, fault in by_hand(cases):
        if group in ("numbers", "dates"):
            hand.setdefault(case.name, []).append((True, kind.codes, fault.take))
    for case in cases:
        clean = _case(case.take, case.source, case.related)
        faulty = [*_seeded(case, each=each, seed=seed), *hand.get(case.name, [])]
        made = [(by, codes, _case(take, case.source, case.related, like=clean)) for by, codes, take in faulty]
        yield Trial(case.name, clean, tuple(made))
    for path in sorted(CONSTRUCTIONS.glob("*.json")):
        given = json.loads(path.read_text(encoding="utf-8"))
        source = Source.model_validate({"id": path.stem, **given["source"]})
        related = tuple(Related.model_validate(item) for item in given["related"])
        for body in given["sound"]:
            yield Trial(body, _case(Take(headline="A headline", summary="", body=body), source, related), ())


def _seeded(case: CleanTake, *, each: int, seed: int) -> Iterator[tuple[bool, tuple[str, ...], Take]]:
    for kind in KINDS:
        choice = random.Random(f"{seed} {case.name} {kind.name}")
        for fault, _ in zip(kind.seeder(case, choice), range(each), strict=False):
            yield False, kind.codes, fault.take


def _case(take: Take, source: Source, related: tuple[Related, ...], *, like: Case | None = None) -> Case:
    case = Case(take, CheckContext(source, related, settings()))
    if like is not None:
        case.documents = like.documents
    return case


def findings(case: Case) -> list[Found]:
    """What the FCT rules but FCT002 find, without "could not check"."""
    case.memo.clear()
    found = [(rule.code, hit.severity or rule.severity, hit) for rule in ROWS for hit in rule.function(case)]
    return [
        (code, severity, case.text(hit.field)[hit.start : hit.end])
        for code, severity, hit in found
        if severity != "info"
    ]


def counted(tried: list[Trial]) -> Counts:
    """The counts with the rows that are in force."""
    caught, alarms = Counter[bool](), Counter[tuple[str, Found]]()
    for trial in tried:
        clean = findings(trial.clean)
        alarms.update((trial.name, found) for found in clean)
        before = Counter((code, text) for code, _, text in clean)
        for hand, codes, case in trial.faulty:
            new = Counter((code, text) for code, _, text in findings(case)) - before
            caught[hand] += any(code in codes for code, _ in new)
    return Counts(caught[False], caught[True], alarms)


def table(tried: list[Trial], *, show: bool) -> list[str]:
    """With all rows, then without each."""
    whole = counted(tried)
    faults = Counter(hand for trial in tried for hand, _, _ in trial.faulty)
    lines = [
        f"| without | rules | effect | seeded faults of {faults[False]} | by hand of {faults[True]} | false errors | "
        "false warnings |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |",
        _line("(none: all in force)", "", "", whole, whole),
    ]
    for row in EXEMPTIONS:
        exemptions.TABLE = grouped(other for other in EXEMPTIONS if other is not row)
        without = counted(tried)
        lines.append(_line(row.name, ", ".join(row.rules), row.effect, without, whole))
        print(lines[-1], flush=True)
        for name, found in (without.alarms - whole.alarms) if show else ():
            print(f"    {found} in {name[:90]}")
    exemptions.TABLE = grouped(EXEMPTIONS)
    return lines


def _line(name: str, rules: str, effect: str, counts: Counts, whole: Counts) -> str:
    pairs = [
        (counts.seeded, whole.seeded),
        (counts.by_hand, whole.by_hand),
        *((counts.number(severity), whole.number(severity)) for severity in ("error", "warning")),
    ]
    numbers = [f"{one} ({one - all_:+})" if one != all_ else str(one) for one, all_ in pairs]
    return f"| {name} | {rules} | {effect} | {' | '.join(numbers)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--each", type=int, default=1, help="faults of each kind in each take")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    data = options.data if options.data and options.data.is_dir() else None
    text = "\n".join(table(list(trials(data, each=options.each, seed=options.seed)), show=options.show))
    print(text)
    if options.write:
        page = DOCS.read_text(encoding="utf-8")
        page = re.sub(rf"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL)
        DOCS.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
