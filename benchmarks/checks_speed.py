"""How fast the offline rules are, alone and beside proselint (PyPI), in one run on one machine.

    python benchmarks/checks_speed.py [DATA_FOLDER] [--takes 1000] [--write]

1. The median milliseconds of processor time of all offline rules on a take with 8 related articles: each take once with its articles new to the
   process, and again changed (its paragraphs in another order), as a batch over one archive sees them. 2. `ourtake check --batch` of many takes
   and `proselint check` over the same texts, each a process of its own: wall time and processor time (which a busy machine disturbs less), with
   ratios. 3. The start-up of `ourtake check FILE` on one published take.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from clean_takes import ROOT, CleanTake, as_related, load

from ourtake.checks.base import Against
from ourtake.checks.registry import RULES, check
from ourtake.config import Settings
from ourtake.documents import Draft, Report, Revision, Take
from ourtake.publish.markdown import render
from ourtake.text.words import count_words

RELATED = 8
RUNS = 7
DOCS = ROOT / "docs" / "checks.md"
BEGIN, END = "<!-- bench-speed: begin -->", "<!-- bench-speed: end -->"


class Spent(NamedTuple):
    """Seconds by the clock on the wall and of the processor."""

    wall: float
    processor: float


def widened(case: CleanTake) -> CleanTake:
    """The case with articles of its archive added until 8 are offered."""
    extra = as_related(list(case.others[: RELATED - len(case.related)]))
    renamed = [item.model_copy(update={"handle": f"a{number}"}) for number, item in enumerate(extra, len(case.related) + 1)]
    return case._replace(related=(*case.related, *renamed))


def turned(take: Take, places: int) -> Take:
    """The take with its paragraphs in another order."""
    blocks = take.body.split("\n\n")
    shift = places % len(blocks)
    return take.model_copy(update={"body": "\n\n".join(blocks[shift:] + blocks[:shift])})


def rules_alone(cases: list[CleanTake]) -> list[str]:
    new: list[float] = []
    again: list[float] = []
    settings = Settings()
    for case in cases:
        for take, times in ((case.take, new), (turned(case.take, 1), again), (turned(case.take, 2), again)):
            begun = time.process_time()
            check(take, Against(case.source, case.related, settings))
            times.append((time.process_time() - begun) * 1000)
    words = statistics.median(count_words(f"{case.take.summary} {case.take.body}") for case in cases)
    median = statistics.median(again)
    return [
        f"{len(RULES)} offline rules, {len(cases)} takes (median {words:.0f} words) with {RELATED} related articles: "
        f"median {median:.1f} ms of processor a take ({median * 700 / words:.1f} ms for 700 words), "
        f"{statistics.median(new):.1f} ms when its articles are seen for the first time.",
        "By family, each alone, parsing included: " + ", ".join(family_times(cases, settings)) + ".",
    ]


def family_times(cases: list[CleanTake], settings: Settings) -> list[str]:
    """The median milliseconds of each family of rules on takes whose articles were seen before."""
    found = []
    for family in sorted({code[:3] for code in RULES}):
        times = []
        for case in cases:
            begun = time.process_time()
            check(turned(case.take, 3), Against(case.source, case.related, settings), select=[family])
            times.append((time.process_time() - begun) * 1000)
        found.append(f"{family} {statistics.median(times):.1f} ms")
    return found


def spent(command: list[str], folder: Path) -> Spent:
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, "OURTAKE_STORE": "sqlite:///none.db"})
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr[-500:]}")
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def beside_proselint(cases: list[CleanTake], count: int, folder: Path) -> list[str]:
    texts = folder / "texts"
    texts.mkdir()
    with (folder / "takes.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count):
            case = cases[number % len(cases)]
            take = turned(case.take, number // len(cases))
            take = take.model_copy(update={"headline": f"{take.headline} ({number})"})
            related = [item.model_dump() for item in case.related]
            file.write(json.dumps({"id": str(number), "take": take.model_dump(), "source": case.source.model_dump(), "related": related}) + "\n")
            (texts / f"{number}.md").write_text(f"{take.headline}\n\n{take.summary}\n\n{take.body}\n", encoding="utf-8")
    tools = Path(sys.executable).parent
    own = spent([str(tools / "ourtake"), "check", "--batch", "takes.jsonl", "--format", "json"], folder)
    lines = [f"`ourtake check --batch` of {count} takes: {own.wall:.1f} s ({own.processor:.1f} s of processor)."]
    if not (tools / "proselint").is_file():
        return [*lines, "proselint is not installed: no comparison."]
    other = spent([str(tools / "proselint"), "check", "texts"], folder)
    ratios = f"{other.wall / own.wall:.1f} times the wall time, {other.processor / own.processor:.1f} times the processor time"
    return [*lines, f"proselint over the same texts: {other.wall:.1f} s ({other.processor:.1f} s of processor): {ratios}."]


def start_up(case: CleanTake, folder: Path) -> list[str]:
    addresses = {item.handle: item.url for item in case.related}
    body = re.sub(r"\]\((a\d+)\)", lambda match: f"]({addresses[match[1]]})", case.take.body)
    take = case.take.model_copy(update={"body": body})
    revision = Revision(number=1, take=take, by="bench", report=Report(verdict="pass"), created="2026-11-20T00:00:00Z")
    draft = Draft(id="bench", status="ready", source=case.source, related=case.related, revisions=(revision,))
    (folder / "take.md").write_text(render(draft), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "ourtake"), "check", "take.md"]
    spent(command, folder)
    times = [spent(command, folder) for _ in range(RUNS)]
    wall, processor = (statistics.median(column) for column in zip(*times, strict=True))
    return [f"`ourtake check FILE`, start to end: median {wall:.2f} s ({processor:.2f} s of processor)."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--takes", type=int, default=1000)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    cases = [widened(case) for case in load(asked.data if asked.data and asked.data.is_dir() else None)]
    lines = rules_alone(cases)
    with tempfile.TemporaryDirectory() as scratch:
        lines += beside_proselint(cases, asked.takes, Path(scratch))
        lines += start_up(cases[0], Path(scratch))
    text = "\n".join(f"- {line}" for line in lines)
    print(text)
    if asked.write:
        page = DOCS.read_text(encoding="utf-8")
        DOCS.write_text(re.sub(rf"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
