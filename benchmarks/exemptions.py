"""What each exemption of the FCT rules is worth: faults found and false alarms with and without it.

    python benchmarks/exemptions.py [DATA_FOLDER] [--pairs FILE ...] [--each 1] [--seed 5] [--show] [--write]

Each row of checks/facts/exemptions.py is switched off in turn. Counted are the faults of numbers and dates, seeded and
put in by hand, and the errors and warnings on clean takes (those of evals/takes, and the sound sentences of
tests/checks/constructions). Two more columns are on texts that nobody wrote for these rules: the posts of DATA_FOLDER
over the earlier posts that they link to, and pairs of a document and what somebody else wrote about it. A file of pairs
has a JSON object a line: document, take, and want: "none" or "finding". --show prints what a row keeps away; --write
puts the table into docs/checks.md.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import faults_facts
from clean_takes import ROOT, CleanTake, archive_articles, as_related, load
from hand_faults import by_hand

from checks import DOCS, settings
from ourtake.checks.base import Case, CheckContext
from ourtake.checks.facts import exemptions
from ourtake.checks.facts.exemptions import EXEMPTIONS, Exemption, grouped
from ourtake.checks.facts.number_claims import NumberClaim
from ourtake.checks.facts.rules import RULES
from ourtake.documents import Related, Source, Take

KINDS = [kind for kind in faults_facts.KINDS if not {"FCT002", "SUP001"} & set(kind.codes)]
ROWS = [rule for rule in RULES if rule.code != "FCT002"]
BEGIN, END = "<!-- bench-exemptions: begin -->", "<!-- bench-exemptions: end -->"
CONSTRUCTIONS = ROOT / "tests" / "checks" / "constructions"
LINKED = 8
"""Earlier posts a post is read beside, at most."""

Found = tuple[str, str, str]
"""Code, severity and text of a finding."""

Group = Literal["take", "post", "pair"]


class Read(NamedTuple):
    """What was found in a case, and the rows that applied to something in it."""

    case: Case
    found: Counter[Found]
    rows: frozenset[str]


class Trial(NamedTuple):
    """A clean text and its faulty versions: whether the fault was put in by hand, and the codes that catch it.

    A pair that is not sound has no clean text of its own: its only faulty version is compared with nothing.
    """

    name: str
    group: Group
    clean: Read | None
    faulty: tuple[tuple[bool, tuple[str, ...], Read], ...]


class Counts(NamedTuple):
    """What was found with one set of rows: faults by group and whether they were put in by hand, and false alarms."""

    caught: Counter[tuple[Group, bool]]
    alarms: Counter[tuple[Group, str, Found]]

    def number(self, group: Group, *severities: str) -> int:
        """False findings of a group of texts."""
        return sum(count for (one, _, found), count in self.alarms.items() if one == group and found[1] in severities)


def trials(data: Path | None, pairs: Sequence[Path], *, each: int, seed: int) -> Iterator[Trial]:
    """The clean takes with their faults, the sound constructions, the posts and the pairs."""
    cases = load(data)
    hand: dict[str, list[tuple[bool, tuple[str, ...], Take]]] = {}
    for case, group, kind, fault in by_hand(cases):
        if group in ("numbers", "dates"):
            hand.setdefault(case.name, []).append((True, kind.codes, fault.take))
    for case in cases:
        clean = _case(case.take, case.source, case.related)
        faulty = [*_seeded(case, each=each, seed=seed), *hand.get(case.name, [])]
        made = [(by, codes, read(_case(take, case.source, case.related, like=clean))) for by, codes, take in faulty]
        yield Trial(case.name, "take", read(clean), tuple(made))
    for path in sorted(CONSTRUCTIONS.glob("*.json")):
        given = json.loads(path.read_text(encoding="utf-8"))
        source = Source.model_validate({"id": path.stem, **given["source"]})
        related = tuple(Related.model_validate(item) for item in given["related"])
        for body in given["sound"]:
            yield Trial(body, "take", read(_case(_text(body), source, related)), ())
    for folder in sorted(data.iterdir()) if data is not None else ():
        yield from _posts(folder.name, data)
    for path in pairs:
        yield from _pairs(path)


def _posts(name: str, data: Path | None) -> Iterator[Trial]:
    """The posts of a publication over the earlier ones that they link to."""
    articles = archive_articles(name, data)
    by_address = {article.url: article for article in articles}
    for article in articles:
        day = article.published or ""
        found = [by_address[link] for link in article.links if link in by_address]
        linked = [one for one in found if (one.published or day) < day][:LINKED]
        if linked:
            first, *others = linked
            source = Source(
                title=first.title, url="https://post.example/1", outlet="A post", published=day, blurb=first.text
            )
            yield Trial(
                f"{name} {article.id}", "post", read(_case(_text(article.text), source, as_related(others))), ()
            )


def _pairs(path: Path) -> Iterator[Trial]:
    codes = tuple(rule.code for rule in ROWS)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        source = Source(title="A report", url="https://post.example/1", outlet="The Post", blurb=row["document"])
        text = read(_case(_text(row["take"]), source, ()))
        sound = row["want"] == "none"
        yield Trial(row["take"], "pair", text if sound else None, () if sound else ((False, codes, text),))


def _text(body: str) -> Take:
    return Take(headline="A headline", summary="", body=body)


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


def read(case: Case) -> Read:
    """What is found with all rows in force, and which of them applied."""
    applied = set[str]()
    exemptions.TABLE = grouped(row._replace(applies=_watched(row, applied)) for row in EXEMPTIONS)
    found = findings(case)
    exemptions.TABLE = grouped(EXEMPTIONS)
    return Read(case, found, frozenset(applied))


def _watched(row: Exemption, applied: set[str]) -> Callable[[Case, NumberClaim], bool]:
    def applies(case: Case, claim: NumberClaim) -> bool:
        if not row.applies(case, claim):
            return False
        applied.add(row.name)
        return True

    return applies


def findings(case: Case) -> Counter[Found]:
    """What the FCT rules but FCT002 find, without "could not check"."""
    case.memo.clear()
    found = [(rule.code, hit.severity or rule.severity, hit) for rule in ROWS for hit in rule.function(case)]
    case.memo.clear()
    return Counter(
        (code, severity, case.text(hit.field)[hit.start : hit.end])
        for code, severity, hit in found
        if severity != "info"
    )


def counted(tried: list[Trial], row: Exemption | None = None) -> Counts:
    """The counts without a row. Only a text to which it applied is read again: elsewhere it changes nothing."""
    exemptions.TABLE = grouped(other for other in EXEMPTIONS if other is not row)

    def found(one: Read) -> Counter[Found]:
        return findings(one.case) if row is not None and row.name in one.rows else one.found

    caught, alarms = Counter[tuple[Group, bool]](), Counter[tuple[Group, str, Found]]()
    for trial in tried:
        clean = found(trial.clean) if trial.clean is not None else Counter[Found]()
        alarms.update({(trial.group, trial.name, one): count for one, count in clean.items()})
        before = _without_severity(clean)
        for hand, codes, one in trial.faulty:
            new = _without_severity(found(one)) - before
            caught[trial.group, hand] += any(code in codes for code, _ in new)
    exemptions.TABLE = grouped(EXEMPTIONS)
    return Counts(caught, alarms)


def _without_severity(found: Counter[Found]) -> Counter[tuple[str, str]]:
    counts = Counter[tuple[str, str]]()
    for (code, _, text), count in found.items():
        counts[code, text] += count
    return counts


def table(tried: list[Trial], *, show: bool) -> list[str]:
    """With all rows, then without each."""
    whole = counted(tried)
    faults = Counter((trial.group, hand) for trial in tried for hand, _, _ in trial.faulty)
    texts = Counter(trial.group for trial in tried if trial.clean is not None)
    heads = [
        "without", "rules", "effect", f"seeded faults of {faults['take', False]}", f"by hand of {faults['take', True]}",
        "false errors", "false warnings", f"errors in {texts['post']} posts", "warnings",
        f"findings in {texts['pair']} sound pairs", f"faults of {faults['pair', False]} pairs",
    ]  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", f"| --- | --- | --- |{' ---: |' * (len(heads) - 3)}"]
    lines.append(_line("(none: all apply)", "", "", whole, whole))
    for row in EXEMPTIONS:
        without = counted(tried, row)
        lines.append(_line(row.name, ", ".join(row.rules), row.effect, without, whole))
        print(lines[-1], flush=True)
        for group, name, found in (without.alarms - whole.alarms) if show else ():
            print(f"    {found} in {group} {name[:90]}")
    return lines


def _line(name: str, rules: str, effect: str, counts: Counts, whole: Counts) -> str:
    groups: tuple[tuple[Group, tuple[str, ...]], ...] = (
        ("take", ("error",)), ("take", ("warning",)), ("post", ("error",)), ("post", ("warning",)),
        ("pair", ("error", "warning")),
    )  # fmt: skip
    pairs = [
        *((counts.caught["take", hand], whole.caught["take", hand]) for hand in (False, True)),
        *((counts.number(group, *severities), whole.number(group, *severities)) for group, severities in groups),
        (counts.caught["pair", False], whole.caught["pair", False]),
    ]
    numbers = [f"{one} ({one - all_:+})" if one != all_ else str(one) for one, all_ in pairs]
    return f"| {name} | {rules} | {effect} | {' | '.join(numbers)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--pairs", nargs="*", type=Path, default=[])
    parser.add_argument("--each", type=int, default=1, help="faults of each kind in each take")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    data = options.data if options.data and options.data.is_dir() else None
    tried = list(trials(data, options.pairs, each=options.each, seed=options.seed))
    text = "\n".join(table(tried, show=options.show))
    print(text)
    if options.write:
        page = DOCS.read_text(encoding="utf-8")
        page = re.sub(rf"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL)
        DOCS.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
