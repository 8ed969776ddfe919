"""How fast the offline rules are, alone and beside proselint (PyPI), in one run on one machine.

    python benchmarks/checks_speed.py [DATA_FOLDER] [--takes 1000] [--files 100] [--older PROSELINT] [--write]

1. The median milliseconds of processor time of all offline rules on a take with 8 related articles: each take once with
its articles new to the
process, and again with every sentence changed, as a batch over one archive sees them. 2. `ourtake check --batch` of
many takes
beside proselint over the same texts, in each of the ways in which it is used: wall time and processor time (which a
busy machine disturbs less),
with ratios. --older names the command of proselint 0.14.0, the last before it was rewritten, in an environment of
its own. Ways that take a
process or a quarter of a second a text are measured over the first --files of the texts. 3. The start-up of `ourtake
check FILE`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from clean_takes import ROOT, CleanTake, as_related, load

from ourtake.checks.base import CheckContext
from ourtake.checks.evidence import DocumentCache
from ourtake.checks.registry import RULES, check
from ourtake.collector import collect_seldom
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
    renamed = [
        item.model_copy(update={"handle": f"a{number}"}) for number, item in enumerate(extra, len(case.related) + 1)
    ]
    return case._replace(related=(*case.related, *renamed))


def turned(take: Take, places: int) -> Take:
    """The take with its paragraphs in another order."""
    blocks = take.body.split("\n\n")
    shift = places % len(blocks)
    return take.model_copy(update={"body": "\n\n".join(blocks[shift:] + blocks[:shift])})


def reworded(take: Take, seed: int) -> Take:
    """The take with new sentences: each has a made-up word in it, in small letters, outside quotations and links, so
    that no rule minds.
    """
    chance = random.Random(seed)

    def word(match: re.Match[str]) -> str:
        return f"{match[0]} {''.join(chance.choices('aeilnorstu', k=7))}"

    def part(text: str) -> str:
        pieces = re.split(r'("[^"]*"|\u201c[^\u201d]*\u201d|\[[^\]]*\]\([^)]*\))', text)
        return "".join(
            piece if number % 2 else re.sub(r"(?<=[a-z] )(?:of|and|the|to)(?= [a-z])", word, piece, count=12)
            for number, piece in enumerate(pieces)
        )

    return take.model_copy(
        update={"summary": part(take.summary), "body": part(take.body), "headline": f"{take.headline} {seed}"}
    )


def rules_alone(cases: list[CleanTake]) -> list[str]:
    new: list[float] = []
    again: list[float] = []
    settings = Settings()
    for number, case in enumerate(cases):
        documents = DocumentCache()
        for take, times in (
            (case.take, new),
            (reworded(case.take, number), again),
            (reworded(case.take, 10_000 + number), again),
        ):
            begun = time.process_time()
            check(take, CheckContext(case.source, case.related, settings, documents=documents))
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
            against = CheckContext(case.source, case.related, settings, documents=DocumentCache())
            check(case.take, against)
            begun = time.process_time()
            check(reworded(case.take, 3), against, select=[family])
            times.append((time.process_time() - begun) * 1000)
        found.append(f"{family} {statistics.median(times):.1f} ms")
    return found


def spent(command: list[str], folder: Path) -> Spent:
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # proselint 0.14 keeps what it found in the home folder; nothing may be there from an earlier run.
    own = {"OURTAKE_STORE": "sqlite:///none.db", "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **own})
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr[-500:]}")
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def write_texts(cases: list[CleanTake], count: int, folder: Path) -> list[str]:
    """The takes as a batch of ours, and as a file each for proselint; the files' names."""
    (folder / "texts").mkdir()
    names = []
    with (folder / "takes.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count):
            case = cases[number % len(cases)]
            take = turned(case.take, number // len(cases))
            take = take.model_copy(update={"headline": f"{take.headline} ({number})"})
            related = [item.model_dump() for item in case.related]
            file.write(
                json.dumps(
                    {
                        "id": str(number),
                        "take": take.model_dump(),
                        "source": case.source.model_dump(),
                        "related": related,
                    }
                )
                + "\n"
            )
            names.append(f"texts/{number:04}.md")
            (folder / names[-1]).write_text(f"{take.headline}\n\n{take.summary}\n\n{take.body}\n", encoding="utf-8")
    return names


LIBRARY = """
import sys
from pathlib import Path
from proselint.checks import __register__
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.tools import LintFile
CheckRegistry().register_many(__register__)
for name in sys.argv[1:]:
    LintFile(name, content=Path(name).read_text()).lint(DEFAULT)
"""


def beside_proselint(cases: list[CleanTake], asked: argparse.Namespace, folder: Path) -> list[str]:
    """A table of ways to have texts checked: milliseconds a text, and how many times those of `ourtake check
    --batch`.
    """
    names = write_texts(cases, asked.takes, folder)
    tools = Path(sys.executable).parent
    few = names[: asked.files]
    first = [
        sys.executable,
        "-c",
        "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); os.execv(sys.argv[1], sys.argv[1:])",
    ]
    batch = [str(tools / "ourtake"), "check", "--batch", "takes.jsonl", "--format", "json"]
    ways: list[tuple[str, int, list[list[str]]]] = [
        (f"`ourtake check --batch`, all {len(os.sched_getaffinity(0))} processors", len(names), [batch]),
        ("`ourtake check --batch`, one processor", len(names), [[*first, *batch]]),
    ]
    new, old = tools / "proselint", asked.older
    if new.is_file():
        ways += [
            ("proselint 0.16, its library in a loop", len(names), [[sys.executable, "-c", LIBRARY, *names]]),
            ("proselint 0.16, `proselint check FOLDER`", len(names), [[str(new), "check", "texts"]]),
            ("proselint 0.16, `proselint check FILE` for each", len(few), [[str(new), "check", name] for name in few]),
        ]
    if old is not None:
        ways += [
            ("proselint 0.14, `proselint FILE...`", len(few), [[str(old), *few]]),
            ("proselint 0.14, `proselint FILE` for each", len(few), [[str(old), name] for name in few]),
        ]
    rows = [
        "",
        "| checked by | texts | wall, ms a text | processor, ms a text | times the wall of our batch | times its "
        "processor |",
    ]
    rows.append("| --- | ---: | ---: | ---: | ---: | ---: |")
    base = Spent(0, 0)
    for name, texts, commands in ways:
        all_spent = [spent(command, folder) for command in commands]
        shutil.rmtree(folder / "cache", ignore_errors=True)
        each = Spent(
            sum(one.wall for one in all_spent) * 1000 / texts, sum(one.processor for one in all_spent) * 1000 / texts
        )
        base = each if base == Spent(0, 0) else base
        ratios = f"{each.wall / base.wall:.1f} | {each.processor / base.processor:.1f}"
        rows.append(f"| {name} | {texts} | {each.wall:.1f} | {each.processor:.1f} | {ratios} |")
    return rows


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
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--older", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    collect_seldom()  # as the command does
    cases = [widened(case) for case in load(asked.data if asked.data and asked.data.is_dir() else None)]
    lines = rules_alone(cases)
    with tempfile.TemporaryDirectory() as scratch:
        lines += start_up(cases[0], Path(scratch))
        table = beside_proselint(cases, asked, Path(scratch))
    text = "\n".join([*(f"- {line}" for line in lines), *table])
    print(text)
    if asked.write:
        page = DOCS.read_text(encoding="utf-8")
        DOCS.write_text(
            re.sub(rf"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, flags=re.DOTALL), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
