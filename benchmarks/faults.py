"""Drafts of a batch against a provider that fails: 20 % of requests are answered 429, 10 % dropped, 10 % get a body
that is no JSON, beside the same batch without faults, in turn; then `--resume --retry-unknown` until every draft has
its take. Each server tells what it saw (faulty_servers.py).

    python benchmarks/faults.py [RUNS] [--servers own llmock] [--providers openai anthropic] [--concurrency 20]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from batch import CONCURRENCY, OURTAKE, first_source, reply_file
from faulty_servers import Server, llmock, running

from ourtake.store import Store

DRAFTS = 200
LIMIT = 2.5
"""Times the faultless run."""
MOST_ROUNDS = 10


class Trial(NamedTuple):
    """Where the batch is run, against which server, with which model and how many calls under way."""

    folder: Path
    reply: Path
    server: str
    model: str
    concurrency: int


def sources_file(folder: Path) -> None:
    """A JSONL file of DRAFTS sources that differ in title and address."""
    from ourtake.intake.files import read_source

    found = read_source(str(folder / "sources" / first_source(folder)))
    rows = []
    for number in range(DRAFTS):
        changed = {"id": f"s{number}", "url": f"{found.url}?n={number}", "title": f"{found.title} ({number})"}
        rows.append(found.model_copy(update=changed).model_dump_json())
    (folder / "sources.jsonl").write_text("\n".join(rows) + "\n")


def batch(trial: Trial, server: Server, out: str, *flags: str) -> float:
    """Seconds that the batch took."""
    words = [
        "--batch",
        "sources.jsonl",
        "--model",
        trial.model,
        "--concurrency",
        str(trial.concurrency),
        "-o",
        out,
        *flags,
    ]
    begun = time.perf_counter()
    done = subprocess.run(
        [OURTAKE, "draft", *words], cwd=trial.folder, env=server.environment(), capture_output=True, text=True
    )
    if "Traceback" in done.stderr or done.returncode not in (0, 1, 3):
        raise SystemExit(f"the batch ended with {done.returncode}: {done.stderr[-2000:]}")
    return time.perf_counter() - begun


def statuses(folder: Path, out: str) -> dict[str, str]:
    """The drafts of the file that have a take, by source."""
    drafts = [json.loads(line) for line in (folder / out).read_text().splitlines()]
    return {draft["source"]["id"]: draft["status"] for draft in drafts if draft["revisions"]}


def stored(folder: Path, out: str) -> tuple[int, int]:
    """How many drafts with a take the store holds of this file's run, and how many sources they are of."""
    run = json.loads((folder / out).read_text().splitlines()[0])["run"]
    with Store.open(f"sqlite:///{folder}/ourtake.db") as store:
        found = [draft for draft in store.drafts(100_000) if draft.run == run and draft.revisions]
    return len(found), len({draft.source.id for draft in found})


def one_run(trial: Trial, number: int, *, faulty: bool) -> tuple[float, bool]:
    """Seconds of the first pass, and whether every draft came to be, once, with no answer paid for twice."""
    name = "faulty" if faulty else "faultless"
    out = f"{trial.server}-{trial.model.partition(':')[0]}-{name}{number}.jsonl"
    with running(trial.server, trial.reply, faults=number if faulty else None) as server:
        # --fresh: the ledger remembers the answers of the run before, which would cost no time at all.
        seconds = batch(trial, server, out, "--fresh")
        lines, first, rounds = (trial.folder / out).read_text().count("\n"), len(statuses(trial.folder, out)), 0
        while len(statuses(trial.folder, out)) < DRAFTS and rounds < MOST_ROUNDS:
            batch(trial, server, out, "--resume", "--retry-unknown")
            rounds += 1
        counts = server.counts()
    done, (drafts, sources) = len(statuses(trial.folder, out)), stored(trial.folder, out)
    print(
        f"{trial.server} {trial.model} {name}: {seconds:.2f} s; {lines} of {DRAFTS} ended, {first} with a take; after "
        f"{rounds} x --resume {done}"
    )
    print(
        f"    at the server: {counts.kinds}, {counts.repeated} answered well twice; stored: {drafts} drafts of "
        f"{sources} sources",
        flush=True,
    )
    return seconds, (lines, done, drafts, sources, counts.repeated) == (DRAFTS, DRAFTS, DRAFTS, DRAFTS, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="?", type=int, default=3)
    parser.add_argument("--servers", nargs="+", choices=("own", "llmock"), default=["own", "llmock"])
    parser.add_argument("--providers", nargs="+", choices=("openai", "anthropic"), default=["openai", "anthropic"])
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY)
    given = parser.parse_args()
    servers = [name for name in given.servers if name == "own" or llmock()]
    if servers != given.servers:
        print("llmock is not installed (npm i @copilotkit/aimock); name it with OURTAKE_LLMOCK")
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "paper"
        subprocess.run([OURTAKE, "init", str(folder)], check=True, capture_output=True)
        subprocess.run([OURTAKE, "archive", "add", "archive"], cwd=folder, check=True, capture_output=True)
        reply = reply_file(folder)
        sources_file(folder)
        for server in servers:
            for provider in given.providers:
                trial = Trial(folder, reply, server, f"{provider}:slow", given.concurrency)
                ratios = []
                for number in range(1, given.runs + 1):
                    faultless, faulty = (one_run(trial, number, faulty=faulty) for faulty in (False, True))
                    ratios.append(faulty[0] / faultless[0])
                    good = good and faultless[1] and faulty[1]
                told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
                middle = statistics.median(ratios)
                good = good and middle <= LIMIT
                print(
                    f"{server} {provider}: faulty to faultless {told}; median {middle:.2f} (at most {LIMIT})",
                    flush=True,
                )
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
