"""Polls 1,000 feeds of made-up hosts on loopback with `ourtake watch --once`, twice: everything is new, nothing is.

    python benchmarks/watch.py [--feeds 1000] [--hosts 850] [--latency 0.3]

Each host is an address of 127.0.0.0/8, so that the server can count its requests; some have several feeds. Prints how
long the polls took from the first request to the last, how long the whole command took, its processor time, and the
most requests that any host got within a second.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import datetime
import email.utils
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

OLD, FRESH = 18, 2
"""Entries of a feed that are too old on the first poll, and those that are not."""


class Outlets:
    """A server for all hosts. `requests`: when each host was asked, in seconds of the monotonic clock."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.requests: dict[str, list[float]] = collections.defaultdict(list)
        self.statuses: collections.Counter[int] = collections.Counter()
        self.port = 0
        self._started = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._started.wait()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._answer, "0.0.0.0", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        async with server:
            await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                host, path = headers["host"], lines[0].split()[1]
                self.requests[host].append(time.monotonic())
                await asyncio.sleep(random.Random(f"{host}{path}").uniform(0, 2 * self.latency))
                status, body = 200, feed(host, path)
                if headers.get("if-none-match") == '"one"':
                    status, body = 304, b""
                self.statuses[status] += 1
                given = f'HTTP/1.1 {status} OK\r\nETag: "one"\r\nContent-Type: application/rss+xml\r\n'
                length = "" if status == 304 else f"Content-Length: {len(body)}\r\n"
                writer.write(f"{given}{length}\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def most_a_second(self) -> int:
        """The most requests that a host got within any second."""
        most = 0
        for moments in self.requests.values():
            most = max(most, *(sum(one <= other < one + 1 for other in moments) for one in moments))
        return most

    def span(self) -> float:
        """Seconds from the first request to the last."""
        moments = [moment for host in self.requests.values() for moment in host]
        return max(moments) - min(moments)


def feed(host: str, path: str) -> bytes:
    """A feed whose stories have made-up words, the same each time."""
    words = random.Random(f"{host}{path}")
    vocabulary = [f"{words.choice('bcdfglmnprst')}{words.choice('aeiou')}{words.getrandbits(24):x}" for _ in range(400)]
    now, items = datetime.datetime.now(datetime.UTC), []
    for number in range(OLD + FRESH):
        when = now - datetime.timedelta(days=30 if number >= FRESH else 0)
        title, blurb = " ".join(words.choices(vocabulary, k=9)), " ".join(words.choices(vocabulary, k=40))
        items.append(
            f"<item><title>{title}</title><link>http://{host}{path}/{number}</link><description>{blurb}</description>"
            f"<pubDate>{email.utils.format_datetime(when)}</pubDate></item>"
        )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{"".join(items)}</channel></rss>'.encode()


def publication(folder: Path, port: int, feeds: int, hosts: int) -> None:
    """The example publication, watching so many feeds."""
    ourtake(folder.parent, "init", str(folder))
    ourtake(folder, "archive", "add", "archive")
    names = [f"127.{1 + n // 62_500}.{n // 250 % 250}.{1 + n % 250}:{port}" for n in range(hosts)]
    rows = [
        f'[[watch.feeds]]\nurl = "http://{names[n % hosts]}/feed/{n}"\noutlet = "Outlet {n}"\n' for n in range(feeds)
    ]
    allowed = ", ".join(f'"{name}"' for name in names)
    text = f"\n[intake]\nallow_hosts = [{allowed}]\n\n[watch]\nevery_minutes = 0.001\npages = false\n\n{''.join(rows)}"
    with (folder / "ourtake.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def ourtake(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ourtake", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=850)
    parser.add_argument("--latency", type=float, default=0.3, help="mean seconds of an answer")
    given = parser.parse_args()
    print(f"{given.feeds} feeds of {given.hosts} hosts, {given.latency} s an answer; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as temporary:
        outlets = Outlets(given.latency)
        paper = Path(temporary) / "paper"
        publication(paper, outlets.port, given.feeds, given.hosts)
        for what in ("all new", "not changed"):
            outlets.requests.clear()
            outlets.statuses.clear()
            before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            said = ourtake(paper, "watch", "--once").splitlines()[-1]
            seconds, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            count = sum(len(moments) for moments in outlets.requests.values())
            print(f"{what}: {said}")
            print(
                f"  {count} requests in {outlets.span():.1f} s, the command {seconds:.1f} s, processor {spent:.1f} s; "
                f"at most {outlets.most_a_second()} request(s) a second to a host; answers {dict(outlets.statuses)}"
            )


if __name__ == "__main__":
    main()
