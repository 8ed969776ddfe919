"""What the offline rules catch and where they are wrong: one fault at a time in each clean take of evals/takes.

    python benchmarks/checks.py [DATA_FOLDER] [--each 2] [--seed 5] [--kind WORDS] [--rule CODE] [--show] [--write]

DATA_FOLDER holds NAME/archive.jsonl and sources.jsonl of the takes over real articles (skipped where absent). A fault
is caught when a rule that should say it (table below: any of its codes) finds something that it did not find in the
clean take; exactly, when that finding overlaps the place of the fault. A finding that only says "could not check"
(info) catches nothing. --show prints every false alarm and every miss; --write puts the tables into docs/checks.md.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import faults_facts
import faults_form
import faults_links
import faults_text
from clean_takes import ROOT, CleanTake, archive_articles, as_related, load
from fault import Fault, Kind, text_of
from hand_faults import WANTED, by_hand
from passages import PRODUCTS

from ourtake.checks.base import CheckContext
from ourtake.checks.evidence import DocumentCache
from ourtake.checks.registry import RULES, check
from ourtake.config import Settings
from ourtake.documents import Article, Finding, Source, Take
from ourtake.text.markdown import paragraphs

KINDS: tuple[Kind, ...] = (*faults_links.KINDS, *faults_facts.KINDS, *faults_text.KINDS, *faults_form.KINDS)
DOCS = ROOT / "docs" / "checks.md"
BEGIN, END = "<!-- bench-checks: begin -->", "<!-- bench-checks: end -->"
REAL_ARTICLES = 150
"""Articles a publication in the test of real prose."""


class Outcome(NamedTuple):
    """One seeded fault: the codes of the rules that found it, those of them at its place, and other new errors."""

    kind: Kind
    case: CleanTake
    fault: Fault
    found: tuple[str, ...]
    exact: tuple[str, ...]
    elsewhere: tuple[Finding, ...]


def settings() -> Settings:
    """A publication that has products, and whose takes end with a question, as those of evals/takes do."""
    publication = {"name": "Lantern Quarter", "url": "https://lanternquarter.example"}
    return Settings.model_validate(
        {"publication": publication, "topic": {"products": PRODUCTS}, "take": {"closing": ["question"]}}
    )


DOCUMENTS = DocumentCache()
"""Shared by the takes over one story."""


def findings(case: CleanTake, fault: Fault | None, given: Settings) -> tuple[Finding, ...]:
    take, related = (fault.take, fault.related or case.related) if fault else (case.take, case.related)
    return check(take, CheckContext(case.source, related, given, documents=DOCUMENTS)).findings


def outcome(kind: Kind, case: CleanTake, fault: Fault, *, before: Counter[tuple[str, str]], given: Settings) -> Outcome:
    new, left = [], before.copy()
    for item in findings(case, fault, given):
        key = (item.code, item.text)
        left[key] -= 1
        if left[key] < 0 and item.severity != "info":
            new.append(item)
    right = [item for item in new if item.code in kind.codes]
    at_place = [item for item in right if _overlaps(item, fault)]
    elsewhere = [item for item in new if item.severity == "error" and item not in right and not _overlaps(item, fault)]
    codes = tuple(dict.fromkeys(item.code for item in right)), tuple(dict.fromkeys(item.code for item in at_place))
    return Outcome(kind, case, fault, *codes, tuple(elsewhere))


def _overlaps(item: Finding, fault: Fault) -> bool:
    # At the end of a text, where something is missing, a place has no width.
    return item.field == fault.field and any(
        item.start < max(end, start + 1) and start < max(item.end, item.start + 1) for start, end in fault.spans
    )


def seeded(cases: list[CleanTake], kinds: list[Kind], *, each: int, seed: int, given: Settings) -> list[Outcome]:
    found = []
    for case in cases:
        before = Counter((item.code, item.text) for item in findings(case, None, given))
        for kind in kinds:
            choice = random.Random(f"{seed} {case.name} {kind.name}")
            for fault, _ in zip(kind.seeder(case, choice), range(each), strict=False):
                found.append(outcome(kind, case, fault, before=before, given=given))
    return found


def recall_table(outcomes: list[Outcome]) -> list[str]:
    rows = ["| fault | seeded | wanted | recall | at its place | rules |", "| --- | ---: | ---: | ---: | ---: | --- |"]
    for kind in dict.fromkeys(item.kind for item in outcomes):
        own = [item for item in outcomes if item.kind is kind]
        caught, exact = (
            sum(bool(part) for part in parts) for parts in ([i.found for i in own], [i.exact for i in own])
        )
        missing = " (not there yet)" if not any(code in RULES for code in kind.codes) else ""
        codes = Counter(code for item in own for code in item.found)
        said = ", ".join(f"{code} {count}" for code, count in codes.most_common()) or ", ".join(kind.codes)
        mark = "" if caught / len(own) >= kind.least else " **low**"
        rows.append(
            f"| {kind.name} | {len(own)} | {kind.least:.2f} | {caught / len(own):.3f}{mark} | {exact / len(own):.3f} | "
            f"{said}{missing} |"
        )
    return rows


def measured_by_hand(cases: list[CleanTake], given: Settings) -> list[tuple[str, Outcome]]:
    """The faults of evals/faults, each with the group that it is counted in."""
    found = []
    for case, group, kind, fault in by_hand(cases):
        before = Counter((item.code, item.text) for item in findings(case, None, given))
        found.append((group, outcome(kind, case, fault, before=before, given=given)))
    return found


def hand_table(measured: list[tuple[str, Outcome]]) -> list[str]:
    rows = ["| put in by hand | faults | wanted | caught | missed |", "| --- | ---: | ---: | ---: | --- |"]
    for group, wanted in WANTED.items():
        own = [one for name, one in measured if name == group]
        if own:
            missed = ", ".join(f"{one.kind.name} ({one.case.name})" for one in own if not one.found)
            rows.append(f"| {group} | {len(own)} | {wanted:.2f} | {sum(bool(one.found) for one in own)} | {missed} |")
    return rows


def rule_table(outcomes: list[Outcome], clean: list[tuple[CleanTake, Finding]], takes: int) -> list[str]:
    """Per rule: faults it caught, faults that were its own to say and that no rule caught, and what it said where there
    was nothing.
    """
    caught = Counter(code for item in outcomes for code in item.found)
    missed = Counter(item.kind.codes[0] for item in outcomes if not item.found)
    strayed = Counter(finding.code for item in outcomes for finding in item.elsewhere)
    errors = Counter(item.code for _, item in clean if item.severity == "error")
    warnings = Counter(item.code for _, item in clean if item.severity == "warning")
    unsure = Counter(item.code for _, item in clean if item.severity == "info")
    rows = [
        "| rule | caught | missed | false errors | false warnings | info | errors elsewhere in faulty takes |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for code in sorted(RULES.keys() | missed.keys()):
        name = RULES[code].name if code in RULES else "(not there yet)"
        counts = [counter[code] for counter in (caught, missed, errors, warnings, unsure, strayed)]
        rows.append(f"| {code} {name} | " + " | ".join(map(str, counts)) + " |")
    rows.append(
        f"| all, a clean take | | | {sum(errors.values()) / takes:.3f} | {sum(warnings.values()) / takes:.2f} | | |"
    )
    return rows


def real_prose(
    name: str, articles: list[Article], *, seed: int, given: Settings
) -> tuple[int, int, list[tuple[str, Finding]]]:
    """Paragraphs of real articles as the take on their own text: articles, paragraphs, and the QUO and FCT errors, of
    which there should be none.
    """
    wrong, count = [], 0
    chosen = random.Random(f"{seed} {name}").sample(articles, min(REAL_ARTICLES, len(articles)))
    for article in chosen:
        blocks = [span.text for span in paragraphs(article.text) if len(span.text.split()) >= 20][:8]
        if not blocks:
            continue
        count += len(blocks)
        # A source that says nothing: the article alone is evidence.
        source = Source(
            title="Elsewhere this week",
            outlet="The Other Paper",
            url="https://other.example/story",
            blurb="A story was told elsewhere.",
        )
        take = Take(headline=article.title, summary=blocks[0], body="\n\n".join(blocks))
        report = check(take, CheckContext(source, as_related([article]), given))
        families = [item for item in report.findings if item.code[:3] in ("QUO", "FCT") and item.severity == "error"]
        wrong += [(article.id or article.url, item) for item in families]
    return len(chosen), count, wrong


def show(outcomes: list[Outcome], clean: list[tuple[CleanTake, Finding]], rule: str | None) -> None:
    for case, item in clean:
        if item.severity != "info" and rule in (None, item.code):
            print(f"FALSE {item.severity} {item.code} {case.name}: {item.text[:160]!r} -- {item.message}")
    for one in outcomes:
        if not one.found and rule in (None, *one.kind.codes):
            start, end = one.fault.spans[0]
            around = (
                text_of(one.fault.take, one.fault.field)
                if one.fault.field != "tags"
                else ", ".join(one.fault.take.tags)
            )
            shown = f"{around[max(0, start - 60) : start]}>>>{around[start:end][:160]}<<<{around[end : end + 40]}"
            print(f"MISS {one.kind.name}, {one.case.name}: {shown!r}")
        for item in one.elsewhere:
            if rule in (None, item.code):
                print(f"ELSEWHERE {item.code} {one.case.name} ({one.kind.name}): {item.text[:100]!r} -- {item.message}")


def write(text: str) -> None:
    page = DOCS.read_text(encoding="utf-8")
    DOCS.write_text(
        re.sub(rf"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL), encoding="utf-8"
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--each", type=int, default=2, help="faults of each kind in each take")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--kind", default="", help="only kinds whose names hold these words")
    parser.add_argument("--rule", help="show only what concerns this rule")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def main() -> None:
    options, given = arguments(), settings()
    data = options.data if options.data and options.data.is_dir() else None
    cases = load(data)
    kinds = [kind for kind in KINDS if options.kind in kind.name]
    clean = [(case, item) for case in cases for item in findings(case, None, given)]
    outcomes = seeded(cases, kinds, each=options.each, seed=options.seed, given=given)
    lines = [
        f"{len(cases)} clean takes, {len(outcomes)} seeded faults, seed {options.seed}.",
        "",
        *recall_table(outcomes),
        "",
    ]
    lines += [*rule_table(outcomes, clean, len(cases)), ""]
    hand = measured_by_hand(cases, given)
    lines += [*hand_table(hand), ""] if hand else []
    for folder in sorted(path for path in (data.iterdir() if data else ()) if (path / "archive.jsonl").is_file()):
        articles, blocks, wrong = real_prose(
            folder.name, archive_articles(folder.name, data), seed=options.seed, given=given
        )
        lines.append(
            f"Real prose, {folder.name}: {articles} articles ({blocks} paragraphs) over their own text: {len(wrong)} "
            f"QUO or FCT errors."
        )
        if options.show:
            for name, item in wrong:
                print(f"REAL {item.code} {name}: {item.text[:120]!r} -- {item.message}")
    if options.show:
        show([*outcomes, *(one for _, one in hand)], clean, options.rule)
    text = "\n".join(lines)
    print(text)
    if options.write:
        write(text)
    missing = sorted({kind.codes[0] for kind in kinds} - RULES.keys())
    if missing:
        print(f"Rules not there yet: {', '.join(missing)}", file=sys.stderr)


if __name__ == "__main__":
    main()
