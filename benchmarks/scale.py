"""A large archive: import, import again, a few more, look-up; beside a bare tantivy index of the same texts in the same
run.

    python benchmarks/scale.py [--articles 1000000] [--sentences FOLDER] [--keep FOLDER]

Sentences are drawn from the example articles, or from the .md and archive.jsonl files of a folder. --keep leaves the
files in a folder and uses an articles.jsonl that is there already. Wall time and peak memory are whole processes'; the
machine's other work disturbs both sides alike. A source's time is taken inside the process of `ourtake related
--batch`, from one line of its output to the next, and tantivy's bare search for the same source stands right before it;
the first source, which opens the files, is left out of both. --again measures look-up only, on what --keep has left.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import generator
import tantivy

from ourtake.archive.query import stems
from ourtake.documents import Source

SOURCES = 200
SHELL_RUNS = 5


class Ran(NamedTuple):
    """A process: wall-clock and processor seconds, peak memory in MB."""

    wall: float
    cpu: float
    peak: float


def bare(articles: Path, folder: Path) -> None:
    """What tantivy alone needs: its own default writer and field settings, nothing checked, nothing stored but the
    id.
    """
    builder = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
    for name in ("title", "text", "tags"):
        builder.add_text_field(name, tokenizer_name="en_stem")
    index = tantivy.Index(
        builder.add_integer_field("day", stored=True, indexed=True, fast=True).build(), path=str(folder)
    )
    writer = index.writer()
    for line in articles.open(encoding="utf-8"):
        article = json.loads(line)
        document = tantivy.Document()
        for name in ("id", "title", "text"):
            document.add_text(name, article[name])
        document.add_text("tags", " ".join(article["tags"]))
        document.add_integer("day", int(article["published"].replace("-", "")))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def ran(*command: str, expected: int = 0) -> Ran:
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != expected:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Ran(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def moment() -> tuple[float, float]:
    """The clock's and this process's processor's milliseconds."""
    return 1000 * time.perf_counter(), 1000 * time.process_time()


class Watch:
    """Stands in for the progress bar of `related --batch`: it is told when a source begins, and then does the bare
    search for it first.
    """

    def __init__(self, search: Callable[[Source], Any], sources: list[Source]) -> None:
        self._search = search
        self._sources = iter(sources)
        self.ours: list[tuple[float, float]] = []
        self.theirs: list[tuple[float, float]] = []
        self._begun: tuple[float, float] | None = None

    def __call__(self, count: int = 1) -> None:
        """A source begins; the one before it is done."""
        ended = moment()
        if self._begun is not None:
            self.ours.append((ended[0] - self._begun[0], ended[1] - self._begun[1]))
        source = next(self._sources, None)
        if source is None:
            return
        first = moment()
        self._search(source)
        self._begun = moment()
        self.theirs.append((self._begun[0] - first[0], self._begun[1] - first[1]))


def watched(folder: Path) -> None:
    """Run `ourtake related --batch` in this process, and write down what each source took and what the bare search for
    it took.
    """
    from ourtake.cli import related
    from ourtake.cli.main import main as ourtake

    sources = [Source.model_validate_json(line) for line in (folder / "sources.jsonl").open(encoding="utf-8")]
    watch = Watch(plain_search(folder / "bare"), sources)

    @contextlib.contextmanager
    def progress(_total: int, _title: str) -> Iterator[Watch]:
        yield watch
        watch()

    vars(related)["progress"] = progress
    sys.argv = [
        "ourtake",
        "--store",
        f"sqlite:///{folder}/paper.db",
        "related",
        "--batch",
        str(folder / "sources.jsonl"),
    ]
    try:
        ourtake()
    finally:
        (folder / "watched.json").write_text(json.dumps([watch.ours[1:], watch.theirs[1:]]), encoding="utf-8")


def plain_search(folder: Path) -> Callable[[Source], Any]:
    index = tantivy.Index.open(str(folder))
    searcher = index.searcher()

    def search(source: Source) -> Any:
        words = dict.fromkeys(stems(f"{source.title} {source.blurb}"))
        terms = [
            tantivy.Query.term_query(index.schema, field, word, index_option="freq")
            for word in words
            for field in ("title", "text")
        ]
        return searcher.search(tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms]), 10).hits

    return search


def say(name: str, value: str, beside: str = "") -> None:
    print(f"| {name} | {value} | {beside} |", flush=True)


def main(count: int, drawn_from: Path, folder: Path) -> None:
    texts = generator.read_sentences(drawn_from)
    articles, more, sources_file = folder / "articles.jsonl", folder / "more.jsonl", folder / "sources.jsonl"
    if not articles.is_file():
        generator.write(generator.articles(count, drawn_from=texts), articles)
    added = [
        row | {"id": f"more-{row['id']}", "url": f"{row['url']}/more"}
        for row in generator.articles(10, drawn_from=texts, seed=3)
    ]
    generator.write(iter(added), more)
    generator.write(generator.sources(SOURCES, drawn_from=texts), sources_file)
    one = folder / "source.json"
    one.write_text(sources_file.read_text(encoding="utf-8").split("\n", 1)[0], encoding="utf-8")
    for old in (*folder.glob("paper.*"), *folder.glob(".paper.*"), folder / "bare"):
        shutil.rmtree(old, ignore_errors=True)
        old.unlink(missing_ok=True)
    (folder / "bare").mkdir()
    ourtake = [sys.executable, "-m", "ourtake", "--store", f"sqlite:///{folder}/paper.db"]

    print(
        f"| {count:,} articles, {articles.stat().st_size / 1e6:,.0f} MB | ourtake | bare tantivy |\n| --- | --- | --- |"
    )
    plain = ran(sys.executable, __file__, "--bare", str(articles), str(folder / "bare"))
    first = ran(*ourtake, "archive", "add", str(articles))
    say(
        "import",
        f"{first.wall:.1f} s ({first.wall / plain.wall:.2f} times), processor {first.cpu:.1f} s "
        f"({first.cpu / plain.cpu:.2f} times)",
        f"{plain.wall:.1f} s, processor {plain.cpu:.1f} s",
    )
    say("peak memory", f"{first.peak:.0f} MB", f"{plain.peak:.0f} MB")
    again = ran(*ourtake, "archive", "add", str(articles))
    say("the same again", f"{again.wall:.1f} s ({again.wall / first.wall:.2f} of the first), {again.peak:.0f} MB")
    few = ran(*ourtake, "archive", "add", str(more))
    say("ten more", f"{few.wall:.1f} s, processor {few.cpu:.1f} s, {few.peak:.0f} MB")
    look_up(folder)


def look_up(folder: Path) -> None:
    ourtake = [sys.executable, "-m", "ourtake", "--store", f"sqlite:///{folder}/paper.db"]
    alone = [ran(*ourtake, "related", str(folder / "source.json")) for _ in range(SHELL_RUNS)]
    wall, cpu = statistics.median(run.wall for run in alone), statistics.median(run.cpu for run in alone)
    say("`related`, a process", f"{wall:.2f} s, processor {cpu:.2f} s, {alone[0].peak:.0f} MB")
    batch = ran(sys.executable, __file__, "--watched", str(folder))
    say(
        f"`related --batch`, {SOURCES} sources, and the bare searches",
        f"{batch.wall:.1f} s, processor {batch.cpu:.1f} s, {batch.peak:.0f} MB",
    )
    ours, theirs = json.loads((folder / "watched.json").read_text(encoding="utf-8"))
    for clock, unit in ((0, "ms"), (1, "ms of processor")):
        for name, part in (("median", 0.5), ("p95", 0.95)):
            own, other = (sorted(taken[clock] for taken in side)[int(part * len(side))] for side in (ours, theirs))
            say(f"a source, {name}", f"{own:.1f} {unit} ({own / other:.1f} times)", f"{other:.1f} {unit}")
    stats = ran(*ourtake, "archive", "stats")
    say("`archive stats`", f"{stats.wall:.1f} s, processor {stats.cpu:.1f} s, {stats.peak:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        bare(Path(sys.argv[2]), Path(sys.argv[3]))
        raise SystemExit(0)
    if sys.argv[1:2] == ["--watched"]:
        watched(Path(sys.argv[2]))
        raise SystemExit(0)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--sentences", type=Path, default=generator.EXAMPLES)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--again", action="store_true")
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    if given.again:
        look_up(given.keep)
        raise SystemExit(0)
    with tempfile.TemporaryDirectory() as scratch:
        main(given.articles, given.sentences, given.keep or Path(scratch))
