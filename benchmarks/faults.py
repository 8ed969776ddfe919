"""Faults on a real wire. First: 200 drafts of a batch against a provider that answers 20 % of requests with 429, drops 10 % and breaks 10 %,
beside the same batch without faults, in turn; then `--resume` until every draft is done. Second: what one call costs under each lasting
fault, in requests and seconds, for each provider.

    python benchmarks/faults.py [RUNS]
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from batch import CONCURRENCY, OURTAKE, first_source, free_port, reply_file, wait_for  # noqa: E402

DRAFTS = 200
LIMIT = 2.5
"""Times the faultless run."""

LASTING = {
    "429": 4,
    "500": 4,
    "529": 4,
    "html": 4,
    "null": 4,
    "drop-before": 4,
    "drop-after": 4,
    "429-too-long": 1,
    "quota": 1,
    "bad-key": 1,
    "unknown-model": 1,
    "context-overflow": 1,
    "bad-request": 1,
    "redirect": 1,
    "huge": 1,
    "drip": 4,
    "pings": 4,
}
"""The fault, and the most requests that it may cost."""
DEADLINE = 10.0


def sources_file(folder: Path) -> Path:
    from ourtake.intake.files import read_source

    found = read_source(str(folder / "sources" / first_source(folder)))
    rows = []
    for number in range(DRAFTS):
        changed = {"id": f"s{number}", "url": f"{found.url}?n={number}", "title": f"{found.title} ({number})"}
        rows.append(found.model_copy(update=changed).model_dump_json())
    path = folder / "sources.jsonl"
    path.write_text("\n".join(rows) + "\n")
    return path


def batch(folder: Path, port: int, out: str, *flags: str) -> float:
    words = [OURTAKE, "draft", "--batch", "sources.jsonl", "--model", "openai:slow", "--concurrency", str(CONCURRENCY), "-o", out, *flags]
    environment = os.environ | {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "OPENAI_API_KEY": "none"}
    begun = time.perf_counter()
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    if "Traceback" in done.stderr or done.returncode not in (0, 1, 3):
        raise SystemExit(f"the batch ended with {done.returncode}: {done.stderr[-2000:]}")
    return time.perf_counter() - begun


def statuses(folder: Path, out: str) -> dict[str, str]:
    drafts = [json.loads(line) for line in (folder / out).read_text().splitlines()]
    return {draft["source"]["id"]: draft["status"] for draft in drafts if draft["revisions"]}


def counted(port: int) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/calls") as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def one_pair(folder: Path, reply: Path, number: int) -> float:
    times = {}
    for name in ("faultless", "faulty"):
        port, out = free_port(), f"{name}{number}.jsonl"
        flags = ["--faults", str(number)] if name == "faulty" else []
        words = [sys.executable, str(HERE / "slow_server.py"), "--port", str(port), "--latency-ms", "200", "--reply", str(reply), *flags]
        server = subprocess.Popen(words)
        try:
            asyncio.run(wait_for(port))
            # --fresh: the ledger remembers the answers of the run before, which would cost no time at all.
            times[name] = batch(folder, port, out, "--fresh")
            lines, first, rounds = (folder / out).read_text().count("\n"), len(statuses(folder, out)), 0
            while len(statuses(folder, out)) < DRAFTS and rounds < 10:
                batch(folder, port, out, "--resume", "--retry-unknown")
                rounds += 1
            found = counted(port)
        finally:
            server.terminate()
            server.wait()
        done = statuses(folder, out)
        repeats = f"answered well {found['answered']}, of these twice {found['repeated']}"
        print(f"{name}: {times[name]:.2f} s; {lines} of {DRAFTS} ended, {first} with a take; after {rounds} x --resume {len(done)}; {repeats}")
        print(f"    at the server: {found['kinds']}; stored: {stored(folder, out)}")
    return times["faulty"] / times["faultless"]


def stored(folder: Path, out: str) -> str:
    """How many drafts of this file the store holds, by status, and how many of them twice."""
    from ourtake.store import Store

    ids = [json.loads(line)["id"] for line in (folder / out).read_text().splitlines()]
    with Store.open(f"sqlite:///{folder}/ourtake.db") as store:
        found = [draft.status for draft in (store.draft(name) for name in ids) if draft is not None]
    return f"{len(found)} drafts under {len(set(ids))} ids, {sum(status in ('ready', 'needs-work') for status in found)} done"


async def lasting(provider: str, fault: str, port: int, counts: dict[str, int]) -> tuple[int, float]:
    from tests.providers.conformance import request_for

    from ourtake.config import CompatibleServer, Models, Settings
    from ourtake.errors import ProviderError
    from ourtake.providers.registry import build_line

    server = CompatibleServer(base_url=f"http://127.0.0.1:{port}/v1")
    settings = Settings(models=Models(servers={"compatible": server}, deadline_seconds=DEADLINE))
    line = build_line([f"{provider}:{fault}"], settings)
    before, begun = counts[fault], time.perf_counter()
    try:
        await line.reply(request_for(fault), on_text=(lambda _: None) if fault == "pings" else None)
        raise SystemExit(f"{provider} took {fault} for an answer")
    except ProviderError:
        return counts[fault] - before, time.perf_counter() - begun
    finally:
        await line.close()


def lasting_faults() -> bool:
    from tests.providers.conformance import PROVIDERS, environment
    from tests.wire.awkward_server import serving

    good, rows = True, []
    for provider in PROVIDERS[:3]:
        with serving() as (awkward, port):
            os.environ.update(environment(port))

            async def every(provider: str = provider, port: int = port, counts: Any = awkward.counts) -> list[tuple[int, float]]:
                return await asyncio.gather(*(lasting(provider, fault, port, counts) for fault in LASTING))

            for (fault, most), (requests, seconds) in zip(LASTING.items(), asyncio.run(every()), strict=True):
                good = good and requests <= most and seconds <= DEADLINE + 1
                rows.append((requests, seconds))
                print(f"{provider:<11} {fault:<17} {requests} requests (at most {most}), {seconds:5.1f} s")
    print(f"most requests {max(count for count, _ in rows)}; longest {max(taken for _, taken in rows):.2f} s with a deadline of {DEADLINE:g} s")
    return good


def main(runs: int) -> None:
    if not lasting_faults():
        raise SystemExit("a lasting fault cost more than it may")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "paper"
        subprocess.run([OURTAKE, "init", str(folder)], check=True, capture_output=True)
        subprocess.run([OURTAKE, "archive", "add", "archive"], cwd=folder, check=True, capture_output=True)
        reply = reply_file(folder)
        sources_file(folder)
        ratios = [one_pair(folder, reply, number) for number in range(1, runs + 1)]
    print(f"faulty to faultless: {', '.join(f'{ratio:.2f}' for ratio in ratios)}; median {statistics.median(ratios):.2f} (at most {LIMIT})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
