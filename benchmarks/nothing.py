"""How often look-up says "nothing related": on sources of the publication itself, and on sources of another one.

    python benchmarks/nothing.py DATA_FOLDER [--learn] [--embeddings local:FOLDER]

DATA_FOLDER/NAME/{archive.jsonl, sources.jsonl} for two or more publications, SOURCES drawn from each. The example
archive of this project and its sources are one more. --learn prints the weights of archive/offer.py that tell own from
foreign best; --embeddings makes vectors with that model and looks up by meaning too, and --learn then prints the weight
of closeness, those of words held.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from markdown_files import read_folder

from ourtake.archive.embed import embed
from ourtake.archive.lookup import Archive
from ourtake.archive.offer import CLOSE_FROM, RELATED, RELATED_FROM, related_scores
from ourtake.archive.semantic import Meaning
from ourtake.config import Lookup, Settings
from ourtake.documents import Article, Source
from ourtake.intake.files import read_source
from ourtake.providers.embeddings import build_embedder
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
    return Case(
        name,
        own,
        {column: found.columns[column][best] if found.ids else numpy.zeros(1) for column in (*RELATED, "closeness")},
    )


def cases(data: Path, scratch: Path, embeddings: str) -> list[Case]:
    archives: dict[str, Archive] = {}
    sources: dict[str, list[Source]] = {}
    for folder in sorted(folder for folder in data.iterdir() if (folder / "archive.jsonl").is_file()):
        articles = map(Article.model_validate_json, (folder / "archive.jsonl").open(encoding="utf-8"))
        archives[folder.name] = filled(scratch / folder.name, articles, embeddings)
        found = [Source.model_validate_json(line) for line in (folder / "sources.jsonl").open(encoding="utf-8")]
        random.Random(3).shuffle(found)
        sources[folder.name] = found[:SOURCES]
    examples = Path(__file__).parent.parent / "examples"
    own = [read_source(str(file)) for file in sorted((examples / "sources").glob("*.md"))]
    rows = []
    for name, archive in archives.items():
        for other, given in sources.items():
            rows += [looked_up(archive, source, name=name, own=name == other) for source in given]
    read = read_folder(examples / "archive", site="https://paper.example")
    example = filled(scratch / "examples", (found for found in read if isinstance(found, Article)), embeddings)
    rows += [looked_up(example, source, name="examples", own=True) for source in own]
    for given in sources.values():
        rows += [
            looked_up(example, source.model_copy(update={"published": LATE}), name="examples", own=False)
            for source in given
        ]
    return rows


def filled(place: Path, articles: Any, embeddings: str) -> Archive:
    store = Store.open(f"sqlite:///{place}.db")
    store.save_articles(list(articles))
    meaning = None
    if embeddings:
        embedder = build_embedder(embeddings, Settings())
        embed(store, embedder)
        meaning = Meaning(store, place.with_suffix(".vectors"), embeddings, embedder=lambda: embedder, say=print)
    archive = Archive(store, place.with_suffix(".index"), meaning=meaning)
    archive.refresh()
    return archive


def learned(rows: list[Case]) -> tuple[dict[str, float], float]:
    """A logistic regression with weights of at least 0 on each source's best article, which is chosen again with the
    weights of the last round.
    """
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


def learned_closeness(rows: list[Case]) -> float:
    """The weight of what closeness is over CLOSE_FROM that tells own from foreign best articles best (least log loss),
    those of words held.
    """
    import numpy

    wanted = numpy.array([float(row.own) for row in rows])
    points = [RELATED_FROM + sum(part * row.columns[name] for name, part in RELATED.items()) for row in rows]
    over = [numpy.maximum(0, row.columns["closeness"] - CLOSE_FROM) for row in rows]
    losses = {}
    for weight in numpy.arange(0, 20.25, 0.25):
        best = numpy.array([(words + weight * more).max() for words, more in zip(points, over, strict=True)])
        losses[float(weight)] = float(numpy.logaddexp(0, numpy.where(wanted, -best, best)).sum())
    return min(losses, key=lambda weight: losses[weight])


def main(data: Path, *, learn: bool, embeddings: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        rows = cases(data, Path(scratch), embeddings)
    trial = [row for row in rows if row.archive != "examples"]
    if learn:
        print(*((learned_closeness(trial),) if embeddings else learned(trial)))
    print(
        "| archive | its own sources: nothing related | other publications' sources: nothing related |\n| --- | ---: | "
        "---: |"
    )
    for name in dict.fromkeys(row.archive for row in rows):
        cells = []
        for own in (True, False):
            scores = [max(related_scores(row.columns)) for row in rows if row.archive == name and row.own == own]
            cells.append(f"{sum(score < Lookup().threshold for score in scores)} of {len(scores)}")
        print(f"| {name} | {cells[0]} | {cells[1]} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How often look-up says that nothing is related.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--learn", action="store_true")
    parser.add_argument("--embeddings", default="")
    given = parser.parse_args()
    main(given.data, learn=given.learn, embeddings=given.embeddings)
