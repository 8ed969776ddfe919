"""What an eval run of many cells takes: memory, time, and how fast its report opens in a browser.

python benchmarks/evals_scale.py cells [--cells 100000]      baseline cells through `ourtake eval run`
python benchmarks/evals_scale.py report [--cells 5000]       a report of made-up cells, opened in chromium
python benchmarks/evals_scale.py kills [--kills 20]          kill -9 at random moments, then --resume
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from batch import HERE, OURTAKE, reply_file

from evals import calls_at, measured, server, suite_file

ROOT = HERE.parent


def cells(folder: Path, count: int, _: int) -> None:
    """Baseline cells of the suite takes, repeated."""
    repeats = max(1, count // 40)
    suite = str(ROOT / "evals" / "suites" / "takes.toml")
    command = [OURTAKE, "eval", "run", suite, "--model", "baseline", "--repeat", str(repeats), "-o", "out"]
    cost = measured(command, folder=folder, environment=dict(os.environ))
    lines = sum(1 for _ in (folder / "out" / "results.jsonl").open("rb"))
    print(f"{lines} cells: {cost.seconds:.0f} s, CPU {cost.cpu:.0f} s, peak {cost.memory:.0f} MiB", flush=True)
    cost = measured(
        [OURTAKE, "eval", "report", "out", "--format", "table"], folder=folder, environment=dict(os.environ)
    )
    print(f"summing them up: {cost.seconds:.1f} s, peak {cost.memory:.0f} MiB")


def report(folder: Path, count: int, _: int) -> None:
    """A report of so many cells with real takes, opened in a browser."""
    from playwright.sync_api import sync_playwright

    suite = str(ROOT / "evals" / "suites" / "takes.toml")
    subprocess.run([OURTAKE, "eval", "run", suite, "-o", "out"], cwd=folder, check=True, capture_output=True)
    run = folder / "out"
    record = json.loads((run / "run.json").read_text())
    rows = [json.loads(line) for line in (run / "results.jsonl").read_text().splitlines()]
    models = [f"model-{number}" for number in range(5)]
    stories = count // len(models)
    known = [json.loads(line) for line in (run / "cases.jsonl").read_text().splitlines()]
    with (run / "cases.jsonl").open("w") as file:
        for number in range(stories):
            file.write(json.dumps(known[number % len(known)] | {"id": f"c{number}"}) + "\n")
    with (run / "results.jsonl").open("w") as file:
        for number in range(stories):
            for model in models:
                row = rows[number % len(rows)] | {"case": f"c{number}", "model": model, "cell": f"c{number} {model}"}
                file.write(json.dumps(row) + "\n")
    whole = record | {"models": models, "cases": stories, "cells": stories * len(models)}
    (run / "run.json").write_text(json.dumps(whole))
    cost = measured([OURTAKE, "eval", "report", "out", "--format", "html"], folder=folder, environment=dict(os.environ))
    page = run / "report.html"
    print(f"{stories * len(models)} cells: made in {cost.seconds:.1f} s, {page.stat().st_size / 1e6:.1f} MB")
    times = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(5):
            tab = browser.new_page()
            begun = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="load")
            tab.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            times.append(time.perf_counter() - begun)
            tab.click("tr.case button >> nth=3")
            tab.wait_for_selector(".take")
            tab.close()
        browser.close()
    print(f"opened and painted in {statistics.median(times):.2f} s (of {', '.join(f'{one:.2f}' for one in times)})")


def kills(folder: Path, count: int, kills_wanted: int) -> None:
    """Kill a run again and again, resume it each time, and compare with one that was never killed."""
    subprocess.run([OURTAKE, "init", "paper"], cwd=folder, check=True, capture_output=True)
    subprocess.run([OURTAKE, "archive", "add", "archive"], cwd=folder / "paper", check=True, capture_output=True)
    reply, suite = reply_file(folder / "paper"), suite_file(folder, count)
    chance = random.Random(1)
    with server(folder, reply) as address:
        environment = os.environ | {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "none"}

        def command(out: str) -> list[str]:
            return [
                OURTAKE,
                "--config",
                "paper/ourtake.toml",
                "eval",
                "run",
                str(suite),
                "-o",
                out,
                "--resume",
                "--retry-unknown",
                "--concurrency",
                "4",
            ]

        subprocess.run(command("whole"), cwd=folder, env=environment, check=True, capture_output=True)
        before = calls_at(address)
        done = 0
        while done < kills_wanted:
            process = subprocess.Popen(
                command("killed"), cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(chance.uniform(0.5, 6))
            if process.poll() is not None:
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
            done += 1
        subprocess.run(command("killed"), cwd=folder, env=environment, check=False, capture_output=True)
        made = calls_at(address) - before
    whole, killed = (_results(folder / name) for name in ("whole", "killed"))
    store = subprocess.run(
        [OURTAKE, "--store", "sqlite:///killed/eval.db", "calls", "list", "-n", "100000", "--json"],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    answered = [row["request_hash"] for row in json.loads(store.stdout) if row["state"] == "answered"]
    print(
        f"{done} kills over {count} cells; results the same: {whole == killed}; {made} requests at the server, "
        f"{len(answered)} answered, {len(answered) - len(set(answered))} of them twice"
    )


def _results(folder: Path) -> dict[str, object]:
    rows = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    assert len(rows) == len({row["cell"] for row in rows})
    return {row["cell"]: (row["take"], row["first"], row["status"]) for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["cells", "report", "kills"])
    parser.add_argument("--cells", type=int)
    parser.add_argument("--kills", type=int, default=20)
    given = parser.parse_args()
    works: dict[str, tuple[Callable[[Path, int, int], None], int]] = {
        "cells": (cells, 100_000), "report": (report, 5_000), "kills": (kills, 120),
    }  # fmt: skip
    work, usual = works[given.what]
    with tempfile.TemporaryDirectory() as name:
        work(Path(name), given.cells or usual, given.kills)


if __name__ == "__main__":
    main()
