"""`archive add` is killed at any point, run again, and ends as if it had not been; bad rows by the thousand go to a
file.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.conftest import Run

COUNT = 4000
WORDS = "grid council harbour violin bread archive union warehouse battery newsletter clerk outage".split()


def rows(count: int) -> list[str]:
    chance = random.Random(5)

    def one(n: int) -> dict[str, Any]:
        text = "\n\n".join(" ".join(chance.choices(WORDS, k=12)) + f" {n}." for _ in range(3))
        links = [f"https://x.example/{chance.randrange(count)}"] if n % 4 == 0 else []
        return {
            "id": f"a{n}",
            "url": f"https://x.example/{n}",
            "title": f"{chance.choice(WORDS)} {n}",
            "text": text,
            "links": links,
        } | {"published": f"20{10 + n % 15}-03-04"}

    return [json.dumps(one(n)) + "\n" for n in range(count)]


SOURCE = {
    "title": "The council and the harbour",
    "outlet": "o",
    "url": "https://o.example/1",
    "blurb": "A battery, an outage, bread and a clerk 77.",
    "published": "2024-05-05",
}


def answers(run: Run, folder: Path) -> list[str]:
    (folder / "source.json").write_text(json.dumps(SOURCE))
    commands = [
        ("archive", "search", "warehouse 77", "--json"),
        ("related", "source.json", "--json"),
        ("archive", "stats", "--json"),
        ("archive", "export", "out.jsonl"),
    ]
    found = []
    for command in commands:
        done = run(*command, folder=folder)
        assert done.returncode == 0, done.stderr
        found.append(done.stdout)
    exported = (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    return [*(_ids(text) for text in found[:2]), *found[2:], *sorted(exported)]


def _ids(text: str) -> str:
    """Scores depend on how an index was parted into segments in the last digit; what is found does not."""
    read = json.loads(text)
    return json.dumps(sorted(item["id"] for item in (read if isinstance(read, list) else read["related"])))


def test_killed_at_any_point_it_ends_as_an_unbroken_run(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text("".join(rows(COUNT)), encoding="utf-8")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    begun = time.monotonic()
    assert run("archive", "add", str(file), folder=whole).returncode == 0
    unbroken = time.monotonic() - begun
    chance = random.Random(6)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OURTAKE")}
    killed = 0
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-m", "ourtake", "archive", "add", str(file)],
            cwd=broken,
            env=kept,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(unbroken * chance.uniform(0.2, 1.0))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        if chance.random() < 0.5:
            run("archive", "search", "bread", folder=broken)
    assert killed >= 1
    last = run("archive", "add", str(file), folder=broken)
    assert last.returncode == 0, last.stderr
    assert answers(run, broken) == answers(run, whole)


def test_one_bad_row_in_a_hundred(run: Run, tmp_path: Path) -> None:
    given = rows(3000)
    for n in range(0, 3000, 100):
        given[n] = json.dumps({"id": f"a{n}", "url": f"https://x.example/{n}", "title": "t"}) + "\n"
    (tmp_path / "in.jsonl").write_text("".join(given), encoding="utf-8")
    for counted in ("2970 added, 0 updated, 0 unchanged, 30 skipped", "0 added, 0 updated, 2970 unchanged, 30 skipped"):
        done = run("archive", "add", "in.jsonl")
        shown = done.stdout.splitlines()
        assert done.returncode == 1
        assert shown[0] == counted
        assert len(shown) == 22 and shown[1] == "skipped in.jsonl:1: text: field required."
        assert shown[21] == "and 10 more; all of them are in ourtake.rejects.jsonl"
        written = [
            json.loads(line) for line in (tmp_path / "ourtake.rejects.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        assert [row["where"] for row in written] == [f"in.jsonl:{n + 1}" for n in range(0, 3000, 100)]
        assert {row["reason"] for row in written} == {"text: field required."}


def test_few_rejects_need_no_file_unless_one_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("".join([*rows(3), "{\n"]), encoding="utf-8")
    assert run("archive", "add", "in.jsonl").returncode == 1
    assert not list(tmp_path.glob("*.rejects.jsonl"))
    assert run("archive", "add", "in.jsonl", "--rejects", "bad.jsonl").returncode == 1
    assert json.loads((tmp_path / "bad.jsonl").read_text())["where"] == "in.jsonl:4"
    refused = run("archive", "add", "in.jsonl", "--rejects", "no/such/folder/bad.jsonl")
    assert refused.returncode == 2 and "can't be written" in refused.stderr
