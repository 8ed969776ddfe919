"""Indexes of several machines that follow one store on PostgreSQL while an archive is imported, and the desk meanwhile.

    python benchmarks/followers.py [--articles 50000] [--followers 4]

Each follower is a process with an index of its own that looks for changes every tenth of a second. Printed: how long
after the import's last commit the last of them had applied everything, processor time for each thousand articles, and
the median and 95th percentile of the desk's queue page, asked for five times a second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import generator
from batch import OURTAKE, free_port
from workers import SAFE, ended, running_server

FOLLOWER = """
import sys, time
from pathlib import Path
from ourtake.archive.lookup import Archive
from ourtake.store import Store
store = Store.open(sys.argv[1])
archive = Archive(store, Path(sys.argv[2]))
wanted = int(sys.argv[3])
begun = time.process_time()
print("ready", flush=True)
while True:
    archive.refresh()
    reached = archive._reached
    if reached is not None and reached.number >= wanted:
        print(time.time(), time.process_time() - begun, flush=True)
        break
    time.sleep(0.1)
"""


def watch(port: int, took: list[float], stop: threading.Event) -> None:
    while not stop.is_set():
        begun = time.perf_counter()
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read()
        took.append(1000 * (time.perf_counter() - begun))
        stop.wait(max(0.0, 0.2 - (time.perf_counter() - begun)))


def measured(folder: Path, address: str, given: argparse.Namespace) -> None:
    env = os.environ | {"OURTAKE_STORE": address, "XDG_CACHE_HOME": str(folder / "cache")}
    subprocess.run([OURTAKE, "init", str(folder / "paper")], check=True, capture_output=True)
    add = [OURTAKE, "archive", "add"]
    subprocess.run([*add, "archive"], cwd=folder / "paper", env=env, check=True, capture_output=True)
    drawn = generator.read_sentences(generator.EXAMPLES)
    generator.write(generator.articles(given.articles, drawn_from=drawn), folder / "many.jsonl")
    subprocess.run([OURTAKE, "draft", "sources/" + sorted(os.listdir(folder / "paper/sources"))[0]],
                   cwd=folder / "paper", env=env, capture_output=True)  # fmt: skip
    from ourtake.store import Store

    with Store.open(address) as store:
        wanted = store.position().number + given.articles
    words = [[sys.executable, "-c", FOLLOWER, address, str(folder / f"index{n}"), str(wanted)]
             for n in range(given.followers)]  # fmt: skip
    following = [subprocess.Popen(one, stdout=subprocess.PIPE, text=True, env=env) for one in words]
    for one in following:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
    port, took, stop = free_port(), list[float](), threading.Event()
    desk = subprocess.Popen([OURTAKE, "serve", "--port", str(port), "--as", "Nobody"], cwd=folder / "paper", env=env,
                            stderr=subprocess.PIPE)  # fmt: skip
    assert desk.stderr is not None and desk.stderr.readline()
    watching = threading.Thread(target=watch, args=(port, took, stop), daemon=True)
    watching.start()
    begun = time.time()
    importing = subprocess.Popen([*add, str(folder / "many.jsonl")], cwd=folder / "paper", env=env,
                                 stdout=subprocess.DEVNULL)  # fmt: skip
    last = 0.0
    with Store.open(address) as store:
        while not last:
            last = time.time() if store.position().number >= wanted else 0.0
            time.sleep(0.05)
    spent = ended(importing)
    lines = [one.stdout.readline().split() for one in following if one.stdout is not None]
    reached, cpu = [float(line[0]) for line in lines], [float(line[1]) for line in lines]
    for one in following:
        ended(one)
    stop.set()
    watching.join()
    desk.terminate()
    desk.wait()
    thousands = given.articles / 1000
    print(f"{given.articles} articles committed in {last - begun:.1f} s; {given.followers} followers had them "
          f"{', '.join(f'{one - last:.2f}' for one in sorted(reached))} s after the last commit")  # fmt: skip
    print(f"processor for 1,000 articles: import {1000 * spent / thousands:.0f} ms, "
          f"a follower {1000 * statistics.mean(cpu) / thousands:.0f} ms")  # fmt: skip
    print(f"the desk's queue: {len(took)} requests, median {statistics.median(took):.0f} ms, "
          f"p95 {statistics.quantiles(took, n=20)[-1]:.0f} ms; load {os.getloadavg()[0]:.1f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--followers", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ourtake-") as name, running_server(SAFE) as database:
        measured(Path(name), database.new_database(), given)


if __name__ == "__main__":
    main()
