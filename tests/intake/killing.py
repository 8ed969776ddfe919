"""An import killed (SIGKILL) at seeded points and run again until it ends: is each article there once, was a page
fetched again for nothing?

    python -m tests.intake.killing --pages 500 --kills 10 --kind sitemap

The points are requests, chosen at random, with up to 30 ms more, so that kills land while pages are fetched, read,
saved and committed.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.intake.site import Answer, Site, article_page, serving, sitemap


class Outcome(NamedTuple):
    """`again` counts pages that were fetched more than once, `wrongly` those of them whose group was committed
    before.
    """

    articles: int
    distinct: int
    kills: int
    again: int
    wrongly: int
    last: str


def prepare(site: Site, folder: Path, *, pages: int, kind: str) -> str:
    """Lay out the site and its settings; the address to import."""
    for number in range(pages):
        text = (
            f"Story {number} tells of the substation that nobody wanted, and <a href='/p/{number // 2}'>an earlier "
            f"one</a> says what it costs."
        )
        site.pages[f"/p/{number}"] = Answer(
            article_page(text, title=f"Story number {number}").encode(), headers={"Content-Type": "text/html"}
        )
    addresses = [f"{site.url}/p/{number}" for number in range(pages)]
    site.xml("/sitemap.xml", sitemap(*addresses))
    entries = "".join(
        f"<entry><title>Story {a}</title><link href='{a}'/><summary>In short ...</summary></entry>" for a in addresses
    )
    site.xml("/feed", f"<feed xmlns='http://www.w3.org/2005/Atom'><title>P</title>{entries}</feed>")
    (folder / "ourtake.toml").write_text(site.settings, encoding="utf-8")
    return site.url + ("/sitemap.xml" if kind == "sitemap" else "/feed")


def committed(folder: Path) -> set[str]:
    """The paths of the pages that the store says were read."""
    import sqlite3

    if not (folder / "ourtake.db").exists():
        return set()
    with closing(sqlite3.connect(folder / "ourtake.db")) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'fetched'").fetchone():
            return set()
        return {
            "/p/" + row[0].rsplit("/", 1)[-1]
            for row in connection.execute("SELECT url FROM fetched")
            if "/p/" in row[0]
        }


def run_killed(folder: Path, *, pages: int, kills: int, seed: int, kind: str) -> Outcome:
    """The import, killed `kills` times and then left alone."""
    chance = random.Random(seed)
    points = sorted(chance.sample(range(5, pages - 5), kills))
    with serving() as site:
        words = [sys.executable, "-m", "ourtake", "archive", "add", prepare(site, folder, pages=pages, kind=kind)]
        hits, wrongly, killed = Counter[str](), 0, 0
        for point in points:
            before = committed(folder)
            reached = threading.Event()

            def watch(
                path: str, point: int = point, reached: threading.Event = reached, before: set[str] = before
            ) -> None:
                nonlocal wrongly
                if path.startswith("/p/"):
                    hits[path] += 1
                    wrongly += path in before
                    if int(path[3:]) >= point:
                        reached.set()

            site.watch = watch
            process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if not reached.wait(600):
                raise AssertionError("the import did not get as far as the kill")
            time.sleep(chance.uniform(0, 0.03))
            process.kill()
            killed += process.wait() == -9
        before = committed(folder)
        site.watch = lambda path: watch(path, pages + 1, threading.Event(), before)
        last = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    from ourtake.store import Store

    with Store.open(f"sqlite:///{folder}/ourtake.db", create=False) as store:
        urls = [article.url for article in store.articles()]
    return Outcome(
        len(urls), len(set(urls)), killed, sum(count > 1 for count in hits.values()), wrongly, last.stdout.strip()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=["sitemap", "feed"], default="sitemap")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run_killed(Path(folder), pages=given.pages, kills=given.kills, seed=given.seed, kind=given.kind)
    print(
        f"{given.kind} of {given.pages}, killed {found.kills} times: {found.articles} articles, {found.distinct} "
        f"distinct addresses"
    )
    print(
        f"{found.again} pages fetched more than once, {found.wrongly} of them although their group was committed; last "
        f"run: {found.last}"
    )


if __name__ == "__main__":
    main()
