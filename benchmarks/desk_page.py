"""How fast the desk in a browser answers with many drafts: the queue, a draft, and the findings of an edit.

    python benchmarks/desk_page.py [--drafts 5000] [--seconds 20] [--rate 20]

Requests are sent in an open loop: each at its time, whether or not those before it were answered. Prints the median and
the 95th percentile in milliseconds of each kind. Ends with 1 if a 95th percentile is over its limit.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from ourtake.documents import Draft
from ourtake.store import Store

SIZE = 40_000
"""Characters of a draft's JSON."""
LIMITS = {"queue": 50.0, "draft": 50.0, "findings of an edit": 100.0}
OURTAKE = [sys.executable, "-m", "ourtake"]


def publication(folder: Path, drafts: int) -> list[str]:
    """The example publication with so many drafts; the ids of some."""
    subprocess.run([*OURTAKE, "init", str(folder)], check=True, capture_output=True)
    subprocess.run([*OURTAKE, "archive", "add", "archive"], cwd=folder, check=True, capture_output=True)
    source = next((folder / "sources").glob("01*"))
    subprocess.run([*OURTAKE, "draft", str(source)], cwd=folder, check=True, capture_output=True)
    with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
        (first,) = store.drafts(1)
        ids = [f"{number:012x}" for number in range(drafts)]
        asyncio.run(copy(store, padded(first), ids))
    return ids


def padded(draft: Draft) -> Draft:
    """The draft with an article long enough to make it SIZE."""
    missing = max(0, SIZE - len(draft.model_dump_json()))
    first = draft.related[0]
    return draft.model_copy(
        update={"related": (first.model_copy(update={"text": first.text + " and so on" * (missing // 10)}),
                            *draft.related[1:])}
    )  # fmt: skip


async def copy(store: Store, draft: Draft, ids: list[str]) -> None:
    """Store the draft under each id, a second apart."""
    for at, name in enumerate(ids):
        made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_790_000_000 + at))
        await store.save_draft(draft.model_copy(update={"id": name, "created": made}))


def ask(address: str, path: str, body: str | None, took: list[float]) -> None:
    """Send a request and note the milliseconds until its last byte."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request("POST" if body else "GET", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")
    took.append((time.perf_counter() - began) * 1000)


def measured(address: str, kind: str, ids: list[str], *, rate: float, seconds: float) -> list[float]:
    """The milliseconds of requests sent at that rate."""
    took: list[float] = []
    threads = []
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        draft = ids[number * 7919 % len(ids)]
        path = {"queue": f"/?from={number * 50 % len(ids)}", "draft": f"/drafts/{draft}"}.get(kind)
        body = None
        if path is None:
            path = f"/drafts/{draft}/check"
            body = json.dumps({"part": "body-0", "text": f"The whole of Maddox Quay used {number} megawatts."})
        threads.append(threading.Thread(target=ask, args=(address, path, body, took)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--drafts", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=20)
    given = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "paper"
        ids = publication(folder, given.drafts)
        command = [*OURTAKE, "serve", "--port", "0", "--as", "Benchmark"]
        server = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        assert server.stderr is not None
        address = next(found[0] for line in server.stderr if (found := re.search(r"http://\S+:\d+", line)))
        for kind, limit in LIMITS.items():
            # An editor types in one paragraph at a time: a pause of 150 ms lies between two checks.
            rate = given.rate if kind != "findings of an edit" else 2
            measured(address, kind, ids, rate=2, seconds=3)
            took = measured(address, kind, ids, rate=rate, seconds=given.seconds)
            high = statistics.quantiles(took, n=20)[-1]
            failed |= high > limit
            print(f"{kind:<20} {len(took):>5} requests  median {statistics.median(took):6.1f} ms  p95 {high:6.1f} ms"
                  f"  (limit {limit:.0f})")  # fmt: skip
        server.terminate()
        server.wait(30)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
