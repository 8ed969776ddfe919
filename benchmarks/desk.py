"""The desk under load: many editors on few drafts, and kill -9 during saves.

`python benchmarks/desk.py` takes a minute and a half. It ends with exit code 1 where a word was lost or a chain broke.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import multiprocessing.connection
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from ourtake.config import Settings
from ourtake.documents import Draft, Revision, Source, Take
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk, Session
from ourtake.store import Store
from ourtake.store.acts import broken_at

PARAGRAPHS = [f"This is what paragraph {number} said at first. The bridge is late." for number in range(5)]
SOURCE = Source(title="Bridge", outlet="Post", url="https://post.example/bridge", blurb="The bridge is late.")


def filled(address: str, count: int) -> list[str]:
    """A store with so many drafts; their ids."""
    ids = [f"draft{number}" for number in range(count)]
    take = Take(headline="Bridge", summary="Late.", body="\n\n".join(PARAGRAPHS), tags=("bridge",))
    with Store.open(address) as store:
        for name in ids:
            draft = Draft(id=name, status="ready", source=SOURCE, created="2026-01-01T00:00:00+00:00")
            report = rechecker(Settings(), None)(draft, take, ())
            revision = Revision(number=1, take=take, by="model", report=report, created=draft.created)
            asyncio.run(store.save_draft(draft.model_copy(update={"revisions": (revision,)})))
    return ids


def edited(session: Session, by: str, token: str, chance: random.Random, *, thinks: float = 0.0) -> str:
    """Add a word to a paragraph of the draft as this editor sees it; what became of it."""
    view = session.view()
    blocks = [block for block in view.blocks if block.field == "body"]
    block = chance.choice(blocks)
    time.sleep(thinks)
    return session.edit("body", block.index, f"{block.text} {token}", base=view.revision.number, by=by).status


def _editor(desk: Desk, ids: list[str], by: str, until: float, told: list[tuple[str, str, str, float]]) -> None:
    chance = random.Random(by)
    number = 0
    while time.monotonic() < until:
        number += 1
        token, name = f"{by}x{number}", chance.choice(ids)
        began = time.monotonic()
        status = edited(desk.open(name), by, token, chance, thinks=0.02)
        told.append((name, token, status, time.monotonic() - began - 0.02))


def _process(
    address: str, ids: list[str], names: list[str], seconds: float, pipe: multiprocessing.connection.Connection
) -> None:
    with Store.open(address, create=False) as store:
        desk = Desk(store, rechecker(Settings(), None))
        told: list[tuple[str, str, str, float]] = []
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=_editor, args=(desk, ids, name, until, told)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        pipe.send(told)


def lost(address: str, told: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """The tokens that are in no draft's text and no waiting proposal, and the drafts with a broken chain."""
    gone: list[str] = []
    broken: list[str] = []
    with Store.open(address, create=False) as store:
        desk = Desk(store, rechecker(Settings(), None))
        for name in sorted({name for name, _ in told}):
            session = desk.open(name)
            view = session.view()
            words = set(view.take.body.split()) | {word for one in view.proposals for word in one.text.split()}
            gone += [token for draft, token in told if draft == name and token not in words]
            broken += [name] if broken_at(session.history()) is not None else []
    return gone, broken


def many_editors(folder: Path, *, editors: int, drafts: int, processes: int, seconds: float) -> bool:
    """The same on a new SQLite store in a folder."""
    address = f"sqlite:///{folder / 'editors.db'}"
    return many_editors_at(address, editors=editors, drafts=drafts, processes=processes, seconds=seconds)


def many_editors_at(address: str, *, editors: int, drafts: int, processes: int, seconds: float) -> bool:
    """Editors in several processes add words to the same drafts; whether none was lost."""
    ids = filled(address, drafts)
    running, pipes = [], []
    for number in range(processes):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        names = [f"e{editor}" for editor in range(number, editors, processes)]
        process = multiprocessing.Process(target=_process, args=(address, ids, names, seconds, theirs))
        process.start()
        running.append(process)
        pipes.append(ours)
    told = [row for pipe in pipes for row in pipe.recv()]
    for process in running:
        process.join()
    gone, broken = lost(address, [(name, token) for name, token, _, _ in told])
    counts = Counter(status for _, _, status, _ in told)
    times = sorted(seconds for *_, seconds in told)
    print(
        f"{editors} editors in {processes} processes on {drafts} drafts for {seconds:.0f} s: {len(told)} edits "
        f"({counts['saved']} saved, {counts['both']} got both texts), {len(gone)} words lost, "
        f"{len(broken)} chains broken; a save took {statistics.median(times) * 1000:.0f} ms (median), "
        f"{times[int(len(times) * 0.95)] * 1000:.0f} ms (p95)"
    )
    return not gone and not broken


def _saves(address: str) -> None:
    """What the process that is killed does: save and say so, without end."""
    with Store.open(address, create=False) as store:
        desk, chance = Desk(store, rechecker(Settings(), None)), random.Random()
        number = 0
        while True:
            number += 1
            token = f"k{os.getpid()}x{number}"
            edited(desk.open("draft0"), "Ann", token, chance)
            print(token, flush=True)


def kills(folder: Path, *, times: int) -> bool:
    """Kill a process that saves, again and again; whether everything that it acknowledged is there."""
    address = f"sqlite:///{folder / 'kills.db'}"
    filled(address, 1)
    chance = random.Random(7)
    told: list[tuple[str, str]] = []
    for _ in range(times):
        process = subprocess.Popen(
            [sys.executable, __file__, "--saves", address], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert process.stdout is not None
        for _ in range(chance.randint(1, 4)):
            told.append(("draft0", process.stdout.readline().strip()))
        time.sleep(chance.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        told += [("draft0", line.strip()) for line in process.stdout if line.endswith("\n")]
        process.wait()
        process.stdout.close()
    gone, broken = lost(address, told)
    print(
        f"kill -9 {times} times during saves: {len(told)} saves acknowledged, {len(gone)} of them lost, "
        f"{len(broken)} chains broken"
    )
    return not gone and not broken


def main() -> None:
    """Run both."""
    options = argparse.ArgumentParser()
    options.add_argument("--saves")
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--editors", type=int, default=20)
    options.add_argument("--drafts", type=int, default=5)
    options.add_argument("--kills", type=int, default=50)
    given = options.parse_args()
    if given.saves:
        _saves(given.saves)
    with tempfile.TemporaryDirectory() as name:
        held = [
            many_editors(Path(name), editors=given.editors, drafts=given.drafts, processes=2, seconds=given.seconds),
            kills(Path(name), times=given.kills),
        ]
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
