"""How often look-up says "nothing related": on sources of the publication itself, and on sources of another one.

    python benchmarks/nothing.py DATA_FOLDER [--learn]

DATA_FOLDER/NAME/{archive.jsonl, sources.jsonl} for two or more publications, SOURCES drawn from each. The example archive of this project and
its sources are one more. --learn prints the weights of archive/offer.py that tell own from foreign best.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from ourtake.archive.lookup import Archive
from ourtake.archive.offer import RELATED, related_scores
from ourtake.config import Lookup
from ourtake.documents import Article, Source
from ourtake.intake.files import read_source
from ourtake.intake.markdown_folder import markdown_article
from ourtake.store import Store

SOURCES, DEPTH, ROUNDS = 150, 10, 15
LATE = "2026-10-01"
"""The day that every source has in the example archive, whose articles are newer than the others' sources."""


class Case(NamedTuple):
    """A source looked up in an archive: whether it is the archive's own, and the columns of its DEPTH best articles."""

    archive: str
    own: bool
    columns: dict[str, Any]


def looked_up(archive: Archive, source: Source, *, name: str, own: bool) -> Case:
    import numpy

    found = archive.signals().of(source)
    best = numpy.argsort(-(found.values @ archive.weighting.vector()), kind="stable")[:DEPTH]
    return Case(name, own, {column: found.columns[column][best] if found.ids else numpy.zeros(1) for column in RELATED})


def cases(data: Path, scratch: Path) -> list[Case]:
    archives: dict[str, Archive] = {}
    sources: dict[str, list[Source]] = {}
    for folder in sorted(folder for folder in data.iterdir() if (folder / "archive.jsonl").is_file()):
        archives[folder.name] = filled(scratch / folder.name, map(Article.model_validate_json, (folder / "archive.jsonl").open(encoding="utf-8")))
        found = [Source.model_validate_json(line) for line in (folder / "sources.jsonl").open(encoding="utf-8")]
        random.Random(3).shuffle(found)
        sources[folder.name] = found[:SOURCES]
    examples = Path(__file__).parent.parent / "examples"
    own = [read_source(str(file)) for file in sorted((examples / "sources").glob("*.md"))]
    rows = []
    for name, archive in archives.items():
        for other, given in sources.items():
            rows += [looked_up(archive, source, name=name, own=name == other) for source in given]
    files = sorted((examples / "archive").glob("*.md"))
    read = (markdown_article(file.read_text(encoding="utf-8"), file=file, site="https://paper.example") for file in files)
    example = filled(scratch / "examples", (found for found in read if isinstance(found, Article)))
    rows += [looked_up(example, source, name="examples", own=True) for source in own]
    for given in sources.values():
        rows += [looked_up(example, source.model_copy(update={"published": LATE}), name="examples", own=False) for source in given]
    return rows


def filled(place: Path, articles: Any) -> Archive:
    store = Store.open(f"sqlite:///{place}.db")
    store.save_articles(list(articles))
    archive = Archive(store, place.with_suffix(".index"))
    archive.refresh()
    return archive


def learned(rows: list[Case]) -> tuple[dict[str, float], float]:
    """A logistic regression with weights of at least 0 on each source's best article, which is chosen anew with the weights of the last round."""
    import numpy

    tables = [numpy.stack([row.columns[name] for name in RELATED], axis=1) for row in rows]
    wanted = numpy.array([float(row.own) for row in rows])
    weights, start = numpy.ones(len(RELATED)), -1.0
    for _ in range(ROUNDS):
        best = numpy.column_stack([[table[numpy.argmax(table @ weights)] for table in tables], numpy.ones(len(rows))])
        vector = numpy.append(weights, start)
        for _ in range(ROUNDS):
            likely = 1 / (1 + numpy.exp(-(best @ vector)))
            slope = best.T @ (likely - wanted) + numpy.append(vector[:-1], 0)
            bend = (best * (likely * (1 - likely))[:, None]).T @ best + numpy.eye(len(vector))
            vector = vector - numpy.linalg.solve(bend, slope)
        weights, start = numpy.maximum(vector[:-1], 0), float(vector[-1])
    return dict(zip(RELATED, weights.round(2).tolist(), strict=True)), round(start, 2)


def main(data: Path, *, learn: bool) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        rows = cases(data, Path(scratch))
    if learn:
        print(*learned([row for row in rows if row.archive != "examples"]))
    print("| archive | own sources: nothing | foreign sources: nothing |\n| --- | ---: | ---: |")
    for name in dict.fromkeys(row.archive for row in rows):
        cells = []
        for own in (True, False):
            scores = [max(related_scores(row.columns)) for row in rows if row.archive == name and row.own == own]
            cells.append(f"{sum(score < Lookup().threshold for score in scores)} of {len(scores)}")
        print(f"| {name} | {cells[0]} | {cells[1]} |")


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--learn"]
    if len(given) != 1 or not Path(given[0]).is_dir():
        raise SystemExit("Name the folder of the look-up data: python benchmarks/nothing.py DATA_FOLDER [--learn]")
    main(Path(given[0]), learn="--learn" in sys.argv)
