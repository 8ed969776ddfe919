"""How good look-up is: nDCG@10 against the links that a publication's editors made, with and without each group of signals.

    python benchmarks/lookup.py DATA_FOLDER [--learn-defaults]

DATA_FOLDER/NAME/{archive.jsonl, sources.jsonl, qrels.tsv} for two or more publications. Judged on the later 40 % of each publication's sources,
by day, on what `Archive.related` offers, as the commands do. "plain" is tantivy's own BM25 over title and text in the same run. "untuned" uses
weights learned from the other publications alone; "tuned" those that `archive tune --until` learns from the earlier 60 %, starting there.
--learn-defaults prints the weights that all publications together give: those of archive/defaults.py.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ourtake.archive import index as indexing
from ourtake.archive.learn import Question, learned, spread
from ourtake.archive.lookup import Archive
from ourtake.archive.query import field_query, stems
from ourtake.archive.rank import GROUPS, SIGNALS, Weighting
from ourtake.archive.tune import measured, tune
from ourtake.documents import Article, Source, ordinal
from ourtake.store import Store
from ourtake.text.words import canonical_url

JUDGED_FROM = 0.6
PENALTY = 10.0
DEPTH = 10


class Publication(NamedTuple):
    """A publication: its archive, the sources that are judged, what its archive asks (all, and before the judged ones)."""

    name: str
    archive: Archive
    judged: list[Question]
    own: list[Question]
    earlier: list[Question]


def load(folder: Path, scratch: Path) -> Publication:
    store = Store.open(f"sqlite:///{scratch}/{folder.name}.db")
    store.save_articles([Article.model_validate_json(line) for line in (folder / "archive.jsonl").open(encoding="utf-8")])
    archive = Archive(store, scratch / f"{folder.name}.index")
    archive.refresh()
    answers: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.tsv").open(encoding="utf-8"):
        source, article = line.split()
        answers[source].add(article)
    sources = [Source.model_validate_json(line) for line in (folder / "sources.jsonl").open(encoding="utf-8")]
    sources.sort(key=lambda source: (ordinal(source.published), source.id or ""))
    later = [Question(source, frozenset(answers[source.id or ""])) for source in sources[int(len(sources) * JUDGED_FROM) :]]
    own = measured(archive.questions(), archive.signals(), tick=lambda: None)
    cut = ordinal(later[0].source.published)
    return Publication(folder.name, archive, later, own, [question for question in own if ordinal(question.source.published) < cut])


def gain(ranked: list[str], answers: frozenset[str]) -> float:
    ideal = sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(answers))))
    return sum(1 / math.log2(place + 2) for place, name in enumerate(ranked[:DEPTH]) if name in answers) / ideal


def plain(publication: Publication) -> float:
    index = indexing.open_index(publication.archive.folder)
    searcher: Any = index.searcher()
    gains = []
    for question in publication.judged:
        terms = dict.fromkeys(stems(f"{question.source.title} {question.source.blurb}"), 1.0)
        before = indexing.day_number(question.source.published)
        query = field_query(index.schema, terms, [("title", 1.0), ("text", 1.0)], before_day=before)
        found = [searcher.doc(address)["id"][0] for _, address in searcher.search(query, DEPTH + 1).hits]
        own = publication.archive.by_url(canonical_url(question.source.url))
        gains.append(gain([name for name in found if own is None or name != own.id], question.answers))
    return sum(gains) / len(gains)


def quality(publication: Publication, weighting: Weighting) -> float:
    """nDCG@10 of what is offered for the judged sources."""
    publication.archive.weighting = weighting
    gains = []
    for question in publication.judged:
        ranked = [item.id or item.url for item in publication.archive.related(question.source, count=DEPTH)]
        gains.append(gain(ranked, question.answers))
    return sum(gains) / len(gains)


def from_nothing(questions: Sequence[Question]) -> Weighting:
    """Weights learned from these questions alone."""
    import numpy

    vector = learned(questions, numpy.zeros(len(SIGNALS)), penalty=PENALTY, scale=spread(questions))
    return Weighting(weights={name: round(float(weight), 4) for name, weight in zip(SIGNALS, vector, strict=True)})


def main(data: Path, *, defaults: bool) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        publications = [load(folder, Path(scratch)) for folder in sorted(data.iterdir()) if (folder / "archive.jsonl").is_file()]
        if defaults:
            for name, weight in from_nothing([question for publication in publications for question in publication.own]).weights.items():
                print(f'    "{name}": {weight},')
            return
        print("| publication | sources | plain | untuned | tuned | untuned without | tuned without |")
        print("| --- | ---: | ---: | ---: | ---: | --- | --- |")
        for publication in publications:
            others = [question for other in publications if other is not publication for question in other.own]
            print(row(publication, from_nothing(others)), flush=True)


def row(publication: Publication, prior: Weighting) -> str:
    base = plain(publication)
    done = tune(publication.earlier, prior)
    cells = [publication.name, str(len(publication.judged)), f"{base:.3f}"]
    for weighting in (prior, done.weighting):
        found = quality(publication, weighting)
        cells.append(f"{found:.3f} ({found / base:.2f})" + ("" if weighting is prior or done.kept else " defaults kept"))
    for weighting in (prior, done.weighting):
        parts = {group: quality(publication, weighting.switched_off((group,))) / base for group in GROUPS}
        cells.append(", ".join(f"{group} {ratio:.2f}" for group, ratio in parts.items()))
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--learn-defaults"]
    if len(given) != 1 or not Path(given[0]).is_dir():
        raise SystemExit("Name the folder of the look-up data: python benchmarks/lookup.py DATA_FOLDER [--learn-defaults]")
    main(Path(given[0]), defaults="--learn-defaults" in sys.argv)
