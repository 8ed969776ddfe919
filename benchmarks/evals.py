"""200 cells through `ourtake eval run`, promptfoo and inspect_ai, in turn, against one server that waits for 200 ms.

Prints seconds by the clock, seconds of processor and the peak memory of all processes together, for each run, and
their medians. ourtake runs its checks, the others only see whether an answer is a take. "All kept" is a run that finds
every answer of the one before.

    python benchmarks/evals.py --promptfoo BINARY --inspect BINARY [--runs 3] [--cells 200]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from batch import CONCURRENCY, HERE, OURTAKE, free_port, reply_file, wait_for

EXAMPLES = HERE.parent / "examples"


class Cost(NamedTuple):
    """Seconds by the clock and of processor, and MiB at the peak."""

    seconds: float
    cpu: float
    memory: float


def resident(root: int) -> float:
    """MiB of a process and all that it started; what several share counts once."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    total, waiting = 0, [root]
    while waiting:
        one = waiting.pop()
        waiting += children.get(one, [])
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total / 1024


def measured(command: list[str], *, folder: Path, environment: dict[str, str], fine: tuple[int, ...] = (0, 1)) -> Cost:
    """What a command costs, with everything that it starts."""
    used, begun, peak = os.times(), time.perf_counter(), [0.0]
    with (folder / "out.txt").open("w") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)

        def watch() -> None:
            while process.poll() is None:
                peak[0] = max(peak[0], resident(process.pid))
                time.sleep(0.1)

        watching = threading.Thread(target=watch)
        watching.start()
        code = process.wait()
        seconds = time.perf_counter() - begun
        watching.join()
    if code not in fine:
        raise SystemExit(f"{command[0]} ended with {code}: {(folder / 'out.txt').read_text()[-2000:]}")
    now = os.times()
    cpu = now.children_user + now.children_system - used.children_user - used.children_system
    return Cost(seconds, cpu, peak[0])


def suite_file(folder: Path, cells: int) -> Path:
    """A suite of so many cases: the first example source under many addresses, with the articles that it is offered."""
    from ourtake.intake.files import read_source

    first = sorted((EXAMPLES / "sources").glob("*.md"))[0]
    source = read_source(str(first))
    asked = [OURTAKE, "related", str(first), "--json"]
    found = subprocess.run(asked, cwd=folder / "paper", check=True, capture_output=True, text=True)
    related = [item["url"] for item in json.loads(found.stdout)["related"]]
    rows = []
    for number in range(cells):
        # Each prompt is another one: what was asked before is not asked again.
        blurb = f"{source.blurb} The notice has the number {number}."
        own = source.model_copy(update={"url": f"{source.url}?n={number}", "blurb": blurb}).model_dump(
            exclude_none=True
        )
        rows.append({"id": f"c{number}", "topic": f"t{number % 20}", "source": own, "related": related})
    (folder / "cases.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    path = folder / "suite.toml"
    archive = EXAMPLES / "archive"
    path.write_text(f'name = "bench"\ncases = "cases.jsonl"\narchive = "{archive}"\nmodels = ["openai:slow"]\n')
    return path


@contextmanager
def server(folder: Path, reply: Path) -> Iterator[str]:
    """The slow provider's address."""
    import asyncio

    port = free_port()
    words = [
        sys.executable,
        str(HERE / "slow_server.py"),
        "--port",
        str(port),
        "--latency-ms",
        "200",
        "--reply",
        str(reply),
    ]
    process = subprocess.Popen(words, cwd=folder)
    try:
        asyncio.run(wait_for(port))
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()


def calls_at(address: str) -> int:
    """How many requests the server has answered."""
    with urllib.request.urlopen(address.replace("/v1", "/calls")) as answer:
        return int(json.load(answer)["calls"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--promptfoo", default="")
    parser.add_argument("--inspect", default="")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cells", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([OURTAKE, "init", "paper"], cwd=folder, check=True, capture_output=True)
        subprocess.run([OURTAKE, "archive", "add", "archive"], cwd=folder / "paper", check=True, capture_output=True)
        reply, suite = reply_file(folder / "paper"), suite_file(folder, given.cells)
        with server(folder, reply) as address:
            environment = os.environ | {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "none"}
            environment |= {"PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1"}
            environment |= {
                "PROMPTFOO_CONFIG_DIR": str(folder / "promptfoo"),
                "PROMPTFOO_CACHE_PATH": str(folder / "cache"),
            }
            compare(folder, suite, given, environment)


def compare(folder: Path, suite: Path, given: argparse.Namespace, environment: dict[str, str]) -> None:
    own = [OURTAKE, "--config", "paper/ourtake.toml", "eval", "run", str(suite), "--concurrency", str(CONCURRENCY)]
    commands = {"ourtake": [*own, "-o", "RUN"], "ourtake, all kept": [*own, "-o", "RUN", "--resume"]}
    if given.promptfoo:
        words = [
            OURTAKE,
            "eval",
            "export",
            str(suite),
            "--to",
            "promptfoo",
            "-m",
            "openai:responses:slow",
            "-o",
            "p.json",
        ]
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
        peer = [
            given.promptfoo,
            "eval",
            "-c",
            "p.json",
            "-o",
            "p-out.json",
            "-j",
            str(CONCURRENCY),
            "--no-progress-bar",
        ]
        commands |= {"promptfoo": [*peer, "--no-cache"], "promptfoo, first": peer, "promptfoo, all kept": peer}
    if given.inspect:
        words = [
            OURTAKE,
            "--config",
            "paper/ourtake.toml",
            "eval",
            "export",
            str(suite),
            "--to",
            "inspect",
            "-o",
            "task.py",
        ]
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
        limits = ["--max-connections", str(CONCURRENCY), "--max-samples", str(CONCURRENCY)]
        commands["inspect_ai"] = [
            given.inspect,
            "eval",
            "task.py",
            "--model",
            "openai/slow",
            *limits,
            "--display",
            "none",
        ]
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for run in range(given.runs):
        for name, command in commands.items():
            words = [word.replace("RUN", f"run{run}") for word in command]
            before = calls_at(environment["OPENAI_BASE_URL"])
            cost = measured(words, folder=folder, environment=environment, fine=(0, 1, 100))
            calls = calls_at(environment["OPENAI_BASE_URL"]) - before
            costs[name].append(cost)
            figures = f"{cost.seconds:6.2f} s  CPU {cost.cpu:6.2f} s  {cost.memory:6.0f} MiB"
            print(f"{run + 1} {name:<20} {figures}  {calls} calls", flush=True)
        lines = (folder / f"run{run}" / "results.jsonl").read_text().splitlines()
        assert len(lines) == given.cells and all(json.loads(line)["take"] for line in lines)
    print("\nMedians")
    middle = {name: Cost(*map(statistics.median, zip(*found, strict=True))) for name, found in costs.items()}
    for name, cost in middle.items():
        ratios = ""
        if name in ("promptfoo", "inspect_ai", "promptfoo, all kept"):
            mine = middle["ourtake, all kept" if name.endswith("kept") else "ourtake"]
            parts = (a / b for a, b in zip(mine, cost, strict=True))
            ratios = "   ourtake is {:.2f} of its time, {:.2f} of its CPU, {:.2f} of its memory".format(*parts)
        print(f"{name:<20} {cost.seconds:6.2f} s  CPU {cost.cpu:6.2f} s  {cost.memory:6.0f} MiB{ratios}")


if __name__ == "__main__":
    main()
