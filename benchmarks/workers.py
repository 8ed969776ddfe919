"""Drafts by several worker processes over one PostgreSQL, at a provider that answers after a fixed wait.

    python benchmarks/workers.py [--drafts 2000] [--latency-ms 200] [--workers 1 4]
    python benchmarks/workers.py --kill [--every 5]
    python benchmarks/workers.py --outage 20

First line: throughput by the provider's clock, from the first request to the last answer, so that starting is left out;
processor time a draft, of the workers and of PostgreSQL; statements and transactions a draft, counted by the server.
--kill: a random worker is killed (-9) every few seconds and another one started, while [models.limits] are set; then
what the provider counted is held against the limits and against the ledger. --outage: the server is stopped for so
many seconds in the middle, with the same limits.

PostgreSQL runs with its own defaults for safety (fsync, synchronous_commit), in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from batch import HERE, OURTAKE, first_source, free_port, reply_file

sys.path.insert(0, str(HERE.parent))

from tests.postgres import Server
from tests.postgres import server as running_server

SAFE = (
    "fsync=on full_page_writes=on shared_buffers=128MB max_connections=200 shared_preload_libraries=pg_stat_statements"
)
__all__ = ["SAFE", "Bench", "ended", "running_server"]
TICKS = os.sysconf("SC_CLK_TCK")
LIMIT, A_MINUTE = 6, 1500
"""[models.limits] of the runs with kills and with an outage."""


class Used(NamedTuple):
    """Processor seconds of PostgreSQL, and what it counted."""

    cpu: float
    statements: int
    transactions: int


class Bench:
    """One publication, its store on the server, and the environment of its commands."""

    def __init__(self, folder: Path, database: Server, port: int, *, drafts: int, latency: float) -> None:
        self.folder, self.server, self.port, self.drafts, self.latency = folder, database, port, drafts, latency
        address = database.new_database()
        self.database = address.rpartition("/")[2]
        self.env = os.environ | {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
            "OPENAI_API_KEY": "none",
            "OURTAKE_STORE": address,
            "XDG_CACHE_HOME": str(folder / "cache"),
        }

    def run(self, *words: str) -> str:
        """The output of a command."""
        done = subprocess.run([OURTAKE, *words], cwd=self.folder, env=self.env, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise SystemExit(f"ourtake {words[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def worker(self, *words: str) -> subprocess.Popen[bytes]:
        """A worker, started."""
        log = (self.folder / "workers.log").open("ab")
        return subprocess.Popen([OURTAKE, "worker", *words], cwd=self.folder, env=self.env, stderr=log)

    def counts(self, path: str = "counts") -> dict[str, Any]:
        """What the provider counted."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}") as told:
            found: dict[str, Any] = json.load(told)
        return found

    def queued(self) -> None:
        """A store with the example archive and so many drafts in its queue."""
        self.run("archive", "add", "archive")
        self.run("draft", "--batch", "many.jsonl", "--quick", "--model", "openai:slow", "--queue")

    def states(self) -> dict[str, int]:
        """How many drafting jobs are in each state."""
        rows = self.server.run(
            "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = 'draft' GROUP BY 1", self.database
        )
        return {row[0]: row[1] for row in rows}

    def used(self) -> Used:
        """What the server has used so far."""
        if not self.server.run("SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'", self.database):
            self.server.run("CREATE EXTENSION pg_stat_statements", self.database)
        (statements,) = self.server.run(
            "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
            f" WHERE datname = '{self.database}'",
            self.database,
        )[0]
        (transactions,) = self.server.run(
            f"SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '{self.database}'", self.database
        )[0]
        return Used(self._server_cpu(), int(statements), int(transactions))

    def _server_cpu(self) -> float:
        """Of the server's processes, also of those that have ended."""
        head = int((self.server.folder / "postmaster.pid").read_text().splitlines()[0])
        found = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == head:
                found += int(fields[11]) + int(fields[12])
            elif path.parent.name == str(head):
                found += sum(map(int, fields[11:15]))
        return found / TICKS


def ended(process: subprocess.Popen[Any]) -> float:
    """Wait for a process; its processor seconds."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def sources(folder: Path, count: int) -> None:
    from ourtake.intake.files import read_source

    found = read_source(str(folder / "sources" / first_source(folder)))
    rows = [
        found.model_copy(update={"id": f"s{n}", "url": f"{found.url}?n={n}", "blurb": f"{found.blurb} ({n})"})
        for n in range(count)
    ]
    (folder / "many.jsonl").write_text("".join(f"{row.model_dump_json()}\n" for row in rows))


@contextmanager
def benches(given: argparse.Namespace) -> Iterator[list[Bench]]:
    """One for each number of workers, all at one provider and one PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="ourtake-") as name, running_server(SAFE) as database:
        base, port = Path(name) / "paper", free_port()
        subprocess.run([OURTAKE, "init", str(base)], check=True, capture_output=True)
        subprocess.run([OURTAKE, "archive", "add", "archive"], cwd=base, check=True, capture_output=True)
        reply = reply_file(base)
        sources(base, given.drafts)
        words = ["--port", str(port), "--latency-ms", str(given.latency_ms), "--reply", str(reply)]
        provider = subprocess.Popen([sys.executable, str(HERE / "counting_server.py"), *words])
        try:
            made = []
            for count in given.workers:
                folder = Path(shutil.copytree(base, Path(name) / f"paper{count}"))
                made.append(Bench(folder, database, port, drafts=given.drafts, latency=given.latency_ms / 1000))
            yield made
        finally:
            provider.terminate()
            provider.wait()


def throughput(bench: Bench, workers: int) -> float:
    """Print and return drafts a second."""
    bench.queued()
    idle = ended(bench.worker("--drain", "--concurrency", "2")) if bench.drafts == 0 else 0.0
    bench.counts("reset")
    before, begun = bench.used(), time.monotonic()
    cpu = sum(map(ended, [bench.worker("--drain", "--concurrency", "2") for _ in range(workers)]))
    wall, after, counts = time.monotonic() - begun, bench.used(), bench.counts()
    n = bench.drafts
    rate = float(n / counts["seconds"])
    print(
        f"{workers} workers: {rate:.1f} drafts/s ({counts['seconds']:.1f} s of {wall:.1f} s), {counts['asked']} calls, "
        f"at most {counts['peak']} at once; states {bench.states()}\n"
        f"  a draft: {1000 * (cpu - idle) / n:.1f} ms of processor in workers (starting included), "
        f"{1000 * (after.cpu - before.cpu) / n:.1f} ms in PostgreSQL, "
        f"{(after.statements - before.statements) / n:.1f} statements, "
        f"{(after.transactions - before.transactions) / n:.1f} transactions; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    return rate


def set_limits(bench: Bench) -> None:
    with (bench.folder / "ourtake.toml").open("a") as file:
        file.write(f"\n[models.limits.openai]\nconcurrency = {LIMIT}\nrequests_per_minute = {A_MINUTE}\n")


def with_kills(bench: Bench, workers: int, every: float) -> bool:
    """Whether every draft ended once, no answered call was made again, and no limit was exceeded."""
    set_limits(bench)
    bench.queued()
    bench.counts("reset")
    words = ("--concurrency", "2", "--retry-unknown")
    running, chance, kills = [bench.worker(*words) for _ in range(workers)], random.Random(1), 0
    due = time.monotonic() + every
    while set(bench.states()) - {"succeeded", "failed"}:
        time.sleep(0.5)
        if time.monotonic() > due:
            place, due = chance.randrange(workers), time.monotonic() + every
            running[place].kill()
            running[place].wait()
            running[place], kills = bench.worker(*words), kills + 1
    for one in running:
        one.send_signal(signal.SIGTERM)
        ended(one)
    counts, states = bench.counts(), bench.states()
    query = bench.server.run
    drafts = query("SELECT status, count(*) FROM drafts GROUP BY 1", bench.database)
    answered = "SELECT 1 FROM calls WHERE state = 'answered' GROUP BY request_hash HAVING count(*) > 1"
    ((twice,),) = query(f"SELECT count(*) FROM ({answered}) x", bench.database)
    (lost,) = query("SELECT count(*) FROM calls WHERE state = 'unknown'", bench.database)[0]
    print(f"{kills} kills; jobs {states}; drafts {dict(drafts)}; ledger: {twice} answered twice, {lost} unknown")
    print(f"at the provider: {counts}")
    once = sum(count for _, count in drafts) == bench.drafts and states == {"succeeded": bench.drafts}
    paid = twice == 0 and counts["answered_again"] <= lost
    within = counts["peak"] <= LIMIT and counts["most_a_minute"] <= A_MINUTE
    print(f"every draft ended once: {once}; no answered call made again: {paid}; limits held: {within}")
    return once and paid and within


def with_outage(bench: Bench, workers: int, seconds: float) -> bool:
    """Whether all drafts are done once after the server was away."""
    set_limits(bench)
    bench.queued()
    bench.counts("reset")
    running = [bench.worker("--concurrency", "2") for _ in range(workers)]
    while bench.counts()["answered"] < bench.drafts / 3:
        time.sleep(0.1)
    bench.server.stop()
    time.sleep(seconds)
    bench.server.start()
    while set(bench.states()) - {"succeeded", "failed"}:
        time.sleep(0.5)
    for one in running:
        one.send_signal(signal.SIGTERM)
    ends = [ended(one) and one.returncode for one in running]
    counts, states = bench.counts(), bench.states()
    print(f"{seconds:g} s without a server: jobs {states}; at the provider {counts}; workers ended with {ends}")
    print((bench.folder / "workers.log").read_text()[-1500:])
    return states == {"succeeded": bench.drafts}


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drafts", type=int, default=2000)
    parser.add_argument("--latency-ms", type=float, default=200)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--every", type=float, default=5.0)
    parser.add_argument("--outage", type=float, default=0.0)
    given = parser.parse_args(words)
    if given.kill or given.outage:
        given.workers = given.workers[-1:]
    with benches(given) as made:
        if given.kill:
            return not with_kills(made[0], given.workers[0], given.every)
        if given.outage:
            return not with_outage(made[0], given.workers[0], given.outage)
        rates = [throughput(bench, count) for bench, count in zip(made, given.workers, strict=True)]
        print(f"{given.workers[-1]} workers did {rates[-1] / rates[0]:.2f} times what {given.workers[0]} did")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
