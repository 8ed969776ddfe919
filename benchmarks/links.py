"""Live link checks beside linkchecker (PyPI package LinkChecker) on one local site of 300 pages with 20 faults: what
each says, what it costs.

Both look at every link of one page: ourtake without a pause between requests, linkchecker with ten threads and 10,000
requests a second allowed. How long each waits on purpose differs, so CPU seconds of both processes are printed beside
the clock. No page answers 429 or 503: what is compared is finding, not patience. Run: pip install LinkChecker, then
python benchmarks/links.py.
"""

from __future__ import annotations

import collections
import csv
import io
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGES = 300
Cost = tuple[float, float]
LATENCY = 0.01
"""Seconds that the server thinks before it answers."""

FAULTS = {
    "404": 5,
    "410": 2,
    "403": 2,
    "500": 3,
    "drops": 1,
    "redirect": 2,
    "to home": 1,
    "soft 404": 2,
    "changed": 2,
}
TEXT = (
    "The council met on Monday and heard what the regulator had found in the accounts of the company; the minutes run "
    "to forty pages. " * 12
)


def kinds() -> list[str]:
    """The kind of each page: faults spread evenly, the rest fine."""
    found = ["fine"] * PAGES
    faults = [kind for kind, count in FAULTS.items() for _ in range(count)]
    for number, kind in enumerate(faults):
        found[number * (PAGES // len(faults)) + 7] = kind
    return found


@contextmanager
def site() -> Iterator[int]:
    kind_of = kinds()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: two of them wait for each other for 40 ms

        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def answer(self, *, with_body: bool) -> None:
            time.sleep(LATENCY)
            name = self.path.strip("/")
            number = int(name) if name.isdigit() and int(name) < PAGES else None
            kind = (
                kind_of[number]
                if number is not None
                else "home"
                if not name
                else "list"
                if name == "list"
                else "moved"
                if name.startswith("new")
                else "404"
            )
            if kind == "drops":
                self.close_connection = True
                return
            status = int(kind) if kind.isdigit() else 302 if kind in ("redirect", "to home") else 200
            title = {"soft 404": "Page not found", "changed": "Casino bonuses", "home": "The Paper"}.get(
                kind, f"Story number {name.removeprefix('new')}"
            )
            body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{name} {TEXT}</p></body></html>"
            if kind == "list":
                body = (
                    "<html><body>"
                    + " ".join(f'<a href="/{n}">Story number {n}</a>' for n in range(PAGES))
                    + "</body></html>"
                )
            data = body.encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/" if kind == "to home" else f"/new{name}")
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if with_body:
                self.wfile.write(data)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """A client may go away."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


def measured(command: list[str], folder: Path) -> tuple[subprocess.CompletedProcess[str], Cost]:
    """What a process said, and its seconds on the clock and of CPU."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, (time.perf_counter() - begun, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def ours(port: int, folder: Path) -> tuple[dict[int, str], Cost]:
    (folder / "ourtake.toml").write_text(
        f'[intake]\nallow_hosts = ["127.0.0.1:{port}"]\nseconds_between_requests = 0\ntimeout_seconds = 10\n',
        encoding="utf-8",
    )
    rows = [{"title": f"Story number {n}", "url": f"http://127.0.0.1:{port}/{n}"} for n in range(PAGES)]
    links = " ".join(f"[Story number {n}](http://127.0.0.1:{port}/{n})" for n in range(PAGES))
    related = "".join(f"- {json.dumps(row)}\n" for row in rows)
    front = (
        f"title: h\nsource: {{title: T, outlet: O, url: 'https://o.example/1', blurb: b}}\nsummary: "
        f"s\nrelated:\n{related}"
    )
    (folder / "take.md").write_text(f"---\n{front}---\n\n{links}\n", encoding="utf-8")
    command = [
        str(Path(sys.executable).parent / "ourtake"),
        "check",
        "take.md",
        "--online",
        "--format",
        "json",
        "--select",
        "LNK012,LNK013,LNK014,LNK015",
    ]
    done, seconds = measured(command, folder)
    report = json.loads(done.stdout)
    found = dict.fromkeys(range(PAGES), "ok")
    said = {"LNK012": "dead", "LNK013": "redirected", "LNK014": "changed", "LNK015": "could not check"}
    for finding in report["findings"]:
        number = int(finding["text"].split("number ")[1].split("]")[0])
        found[number] = said[finding["code"]]
    return found, seconds


def theirs(port: int, folder: Path) -> tuple[dict[int, str], Cost]:
    (folder / "linkcheckerrc").write_text(
        "[checking]\nmaxrequestspersecond=10000\nthreads=10\ntimeout=10\n", encoding="utf-8"
    )
    program = str(Path(sys.executable).parent / "linkchecker")
    command = [
        program,
        "-f",
        "linkcheckerrc",
        "-r",
        "1",
        "-v",
        "--no-status",
        "-o",
        "csv",
        f"http://127.0.0.1:{port}/list",
    ]
    done, seconds = measured(command, folder)
    rows = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    found = dict.fromkeys(range(PAGES), "not looked at")
    for row in csv.DictReader(io.StringIO("\n".join(rows)), delimiter=";"):
        name = row["urlname"].strip("/").rsplit("/", 1)[-1]
        if name.isdigit():
            valid = row["valid"] == "True"
            found[int(name)] = (
                "error"
                if not valid
                else "redirected"
                if "redirect" in row["infostring"].lower() + row["warningstring"].lower()
                else "ok"
            )
    return found, seconds


def main() -> None:
    with site() as port, tempfile.TemporaryDirectory() as name:
        own, own_cost = ours(port, Path(name))
        other, other_cost = theirs(port, Path(name))
    table: dict[str, collections.Counter[tuple[str, str]]] = collections.defaultdict(collections.Counter)
    for number, kind in enumerate(kinds()):
        table[kind][own[number], other[number]] += 1
    print(f"{'what the page is':<18} {'pages':>5}  ourtake / linkchecker")
    for kind, verdicts in table.items():
        print(
            f"{kind:<18} {verdicts.total():>5}  "
            + ", ".join(f"{a} / {b} ({n})" for (a, b), n in verdicts.most_common())
        )
    sure = [n for n, kind in enumerate(kinds()) if kind in ("fine", "404", "410", "redirect")]
    same = sum(
        (own[n], other[n]) in {("ok", "ok"), ("dead", "error"), ("redirected", "redirected"), ("redirected", "ok")}
        for n in sure
    )
    print(f"agreement where an answer leaves no doubt (fine, 404, 410, redirect): {same} of {len(sure)}")
    for who, (clock, cpu) in (("ourtake", own_cost), ("linkchecker", other_cost)):
        print(f"{who:<12} {clock:.2f} s on the clock, {cpu:.2f} s of CPU")
    print(
        f"ourtake / linkchecker: {own_cost[0] / other_cost[0]:.2f} on the clock, {own_cost[1] / other_cost[1]:.2f} of "
        f"CPU"
    )


if __name__ == "__main__":
    main()
