"""kill -9 in the paid window of a batch: what is lost, what is paid twice, what is listed.

    python benchmarks/kills.py [--kills 100] [--drafts 100] [--concurrency 10] [--latency-ms 150] [--points all|none]
                               [--postgres]

An unbroken run of the batch comes first; its outputs and its paid window (from the first request to the last answer)
are the measure. Then the same batch is killed: at moments spread over that window, and at each deterministic point
(store/failpoints.py in the process; "sent" and "billed" at the server), and each time gone on with by --resume
--retry-unknown. The server keeps its own account (paid_server.py).

An answered call made again is a request that the ledger of the killed run held an answer to, and that the server saw
again afterwards. "Not asked" are the calls listed as unknown that the server never saw; "not sent" those whose rows
were written ahead, which the ledger must tell apart. Outputs are compared without ids, times and notes; the notes may
differ by nothing but the sentence that an unknown call was made again. With --postgres each trial has a store of its
own on a PostgreSQL server that is started for it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from paid_server import OURTAKE, PaidServer, Plan, key_of, publication, sources_file

from ourtake.providers.ledger import AGAIN
from ourtake.store import Store

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.postgres import Server
from tests.postgres import server as running_server

POINTS = (
    "row-written",
    "before-call",
    "after-receiving",
    "before-commit",
    "after-commit",
    "before-draft",
    "after-draft",
)
AT_SERVER = ("sent", "billed")
SOONER, EARLIEST = 0.8, 0.05
"""What a moment is shortened by, and the shortest in seconds."""
STORE = "store-address"
"""The file in a trial's folder that names its store, where that is not ourtake.db."""
IGNORED = ("id", "created", "run", "notes")


def address_of(folder: Path) -> str:
    """The store of a trial."""
    file = folder / STORE
    return file.read_text() if file.exists() else f"sqlite:///{folder}/ourtake.db"


def environment_of(folder: Path) -> dict[str, str]:
    """The environment of a trial's commands."""
    return os.environ | {"OURTAKE_STORE": address_of(folder), "XDG_CACHE_HOME": str(folder / "cache")}


class Batch(NamedTuple):
    """A publication to copy for each trial, and the server that all trials ask. `postgres`: where each has a store."""

    origin: Path
    server: PaidServer
    concurrency: int
    postgres: Server | None = None

    def copied(self, folder: Path) -> None:
        """The publication in a new folder, with a store of its own."""
        shutil.copytree(self.origin, folder)
        if self.postgres is not None:
            made_from = (self.origin / STORE).read_text().rpartition("/")[2]
            (folder / STORE).write_text(self.postgres.new_database(made_from))

    def command(self, *flags: str) -> list[str]:
        """The batch as it is called."""
        words = ["draft", "--batch", "sources.jsonl", "--model", "openai:paid", "--concurrency", str(self.concurrency)]
        return [OURTAKE, *words, *flags, "-o", "out.jsonl"]

    def start(self, folder: Path, *flags: str, kill_at: str = "") -> subprocess.Popen[str]:
        """A process that drafts in the folder; `kill_at` as in store/failpoints.py."""
        environment = self.server.environment() | environment_of(folder) | {"OURTAKE_KILL_AT": kill_at}
        return subprocess.Popen(
            self.command(*flags), cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


class Trial(NamedTuple):
    """What one kill did. `landed`: calls that were under way in the ledger when the process died; `unsent`: rows
    written ahead of their place; `unasked`: calls listed as unknown that the server never saw; `unlisted`: what it saw,
    and is neither answered nor listed.
    """

    name: str
    killed: bool
    landed: int
    unsent: int
    listed: int
    unasked: int
    unlisted: int
    lost: int
    paid_again: int
    equal: bool


def outputs(folder: Path) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The drafts by source, without what may differ; and their notes."""
    drafts, notes = {}, {}
    lines = (folder / "out.jsonl").read_text().splitlines()
    for line in lines:
        draft = json.loads(line)
        for revision in draft["revisions"]:
            revision.pop("created")
        name = draft["source"]["id"]
        notes[name] = draft["notes"]
        drafts[name] = {key: value for key, value in draft.items() if key not in IGNORED}
    if len(drafts) != len(lines):
        raise SystemExit(f"{folder}/out.jsonl holds a draft twice")
    return drafts, notes


def ledger_keys(folder: Path, state: str) -> Counter[str]:
    """The requests in that state, named as the server names them."""
    with Store.open(address_of(folder)) as store:
        return Counter(
            key_of(call.start.prompt, call.start.max_output_tokens)
            for call in store.calls(state=state)
            if call.start.provider == "openai"
        )


def under_way(folder: Path) -> tuple[int, int]:
    """How many calls stood as begun when the process died, those that were sent and those that were not."""
    with Store.open(address_of(folder)) as store:
        begun = [call for call in store.calls(state="started") if call.start.provider == "openai"]
        with store.reading() as connection:
            unsent = sum(store.marks.never_sent(connection, call.id, call.start.request_hash) for call in begun)
    return len(begun) - unsent, unsent


def listed(folder: Path) -> int:
    """The unknown calls that the command lists."""
    command = [OURTAKE, "calls", "list", "--state", "unknown", "-n", "100000", "--json"]
    done = subprocess.run(command, cwd=folder, env=environment_of(folder), check=True, capture_output=True, text=True)
    return len(json.loads(done.stdout))


def trial(
    batch: Batch, folder: Path, name: str, *, whole: dict[str, Any], after: float | None = None, kill_at: str = ""
) -> Trial:
    """One kill and the run that goes on; `after` seconds from the first request, or at a point."""
    batch.copied(folder)
    server = batch.server
    server.billed.clear()
    server.arrived = 0
    process = batch.start(folder, kill_at=kill_at if kill_at.partition(":")[0] in POINTS else "")
    server.client = process.pid
    if kill_at.partition(":")[0] in AT_SERVER:
        server.plan = Plan(kill_at.partition(":")[0], int(kill_at.partition(":")[2]))
    if after is not None:
        while not server.billed and process.poll() is None:
            time.sleep(0.002)
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
    process.communicate()
    server.plan = Plan()
    killed = process.returncode == -signal.SIGKILL
    time.sleep(0.3)  # what the server had begun to answer is in its account by now
    (landed, unsent), before = under_way(folder), len(server.billed)
    found_listed = listed(folder)
    answered, unknown, seen = (
        ledger_keys(folder, "answered"),
        ledger_keys(folder, "unknown"),
        Counter(row.key for row in server.billed),
    )
    done = batch.start(folder, "--resume", "--retry-unknown")
    _, errors = done.communicate()
    if done.returncode not in (0, 1):
        raise SystemExit(f"{name}: the resumed run ended with {done.returncode}: {errors[-2000:]}")
    again = Counter(row.key for row in server.billed[before:])
    drafts, notes = outputs(folder)
    equal = drafts == whole and all(set(said) <= {AGAIN} for said in notes.values())
    found = Trial(
        name,
        killed,
        landed,
        unsent,
        min(found_listed, listed(folder)),
        (unknown - seen).total(),
        (seen - answered - unknown).total(),
        len(whole.keys() - drafts.keys()),
        (again & answered).total(),
        equal,
    )
    shutil.rmtree(folder)
    counts = f"{found.landed:>9} {found.unsent:>8} {found.listed:>7} {found.unasked:>9} {found.unlisted:>8}"
    columns = f"{found.killed!s:<7} {counts} {found.lost:>5} {found.paid_again:>11}  {found.equal}"
    print(f"{found.name:<22} {columns}", flush=True)
    return found


def within_the_window(batch: Batch, folder: Path, after: float, *, whole: dict[str, Any]) -> Trial:
    """A kill at that moment; earlier, where this run of the batch was quicker than the unbroken one and had ended by
    then.
    """
    found = trial(batch, folder, f"at {after:.3f} s", whole=whole, after=after)
    while not found.killed and after > EARLIEST:
        after *= SOONER
        found = trial(batch, folder, f"at {after:.3f} s", whole=whole, after=after)
    return found


def unbroken(batch: Batch, folder: Path) -> tuple[dict[str, Any], float]:
    """The outputs of a run that nobody disturbs, and its paid window in seconds; its costs must be the server's."""
    batch.copied(folder)
    done = batch.start(folder)
    _, errors = done.communicate()
    if done.returncode not in (0, 1):
        raise SystemExit(f"the unbroken run ended with {done.returncode}: {errors[-2000:]}")
    window = batch.server.billed[-1].moment - batch.server.billed[0].moment
    command = [OURTAKE, "calls", "cost", "--by", "model", "--json"]
    costs = subprocess.run(command, cwd=folder, env=environment_of(folder), check=True, capture_output=True, text=True)
    rows = json.loads(costs.stdout)["rows"]
    own = next(row for row in rows if row["name"] == "openai:paid")
    server = batch.server
    told = f"{len(server.billed)} calls, {server.dollars():.6f} USD at the server"
    print(f"unbroken: {own['calls']} calls, {own['cost_usd']:.6f} USD in the ledger; {told}")
    if own["calls"] != len(server.billed) or abs(own["cost_usd"] - server.dollars()) > 1e-9:
        raise SystemExit("the ledger and the server don't agree")
    return outputs(folder)[0], window


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--drafts", type=int, default=100)
    parser.add_argument("--concurrency", type=int, default=10)
    parser.add_argument("--latency-ms", type=float, default=150)
    parser.add_argument("--points", choices=("all", "none"), default="all")
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        origin = Path(scratch) / "paper"
        take = publication(origin)
        sources_file(origin, given.drafts)
        server = PaidServer(take, latency=given.latency_ms / 1000)
        postgres = stack.enter_context(running_server()) if given.postgres else None
        if postgres is not None:
            address = postgres.new_database()
            subprocess.run([OURTAKE, "store", "copy", address_of(origin), address], check=True, capture_output=True)
            (origin / STORE).write_text(address)
        batch = Batch(origin, server, given.concurrency, postgres)
        whole, window = unbroken(batch, Path(scratch) / "unbroken")
        counts = f"{'under way':>9} {'not sent':>8} {'listed':>7} {'not asked':>9} {'unlisted':>8}"
        print(f"{'kill':<22} {'killed':<7} {counts} {'lost':>5} {'paid again':>11}  equal")
        moments = [window * (n + 0.5) / given.kills for n in range(given.kills)] if given.kills else []
        trials = [within_the_window(batch, Path(scratch) / "trial", after, whole=whole) for after in moments]
        middle = max(1, min(17, given.drafts // 2))
        for point in (*POINTS, *AT_SERVER) if given.points == "all" else ():
            trials.append(
                trial(batch, Path(scratch) / "trial", f"{point}:{middle}", whole=whole, kill_at=f"{point}:{middle}")
            )
        server.close()
    raise SystemExit(report(trials, window, drafts=given.drafts))


def report(trials: list[Trial], window: float, *, drafts: int) -> int:
    """Print the sums; 1 when anything is not as it must be."""
    killed = [row for row in trials if row.killed]
    sums = {
        "trials": len(trials),
        "killed": len(killed),
        "kills_between_start_and_commit": sum(row.landed > 0 for row in killed),
        "calls_under_way": sum(row.landed for row in killed),
        "unknown_calls_listed": sum(row.listed for row in trials),
        "listed_that_the_server_never_saw": sum(row.unasked for row in trials),
        "seen_by_the_server_and_not_listed": sum(row.unlisted for row in trials),
        "rows_written_ahead_and_not_sent": sum(row.unsent for row in trials),
        "drafts_lost": sum(row.lost for row in trials),
        "answered_calls_made_again": sum(row.paid_again for row in trials),
        "outputs_equal": sum(row.equal for row in trials),
        "drafts": drafts,
        "window_seconds": round(window, 2),
    }
    print(json.dumps(sums))
    nothing = ("drafts_lost", "answered_calls_made_again", "seen_by_the_server_and_not_listed")
    good = not any(sums[name] for name in nothing) and all(row.equal and row.listed == row.landed for row in trials)
    return 0 if good else 1


if __name__ == "__main__":
    main()
