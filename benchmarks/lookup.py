"""How good look-up is: nDCG@10 against the links that a publication's editors made, with and without each group of
signals.

    python benchmarks/lookup.py DATA_FOLDER [--learn-defaults] [--embeddings local:FOLDER]

DATA_FOLDER/NAME/{archive.jsonl, sources.jsonl, qrels.tsv} for two or more publications. Judged on the later 40 % of
each publication's sources, by day, on what `Archive.related` offers, as the commands do. "plain" is tantivy's own BM25
over title and text in the same run. "untuned" uses weights learned from the other publications alone; "tuned" those
that `archive tune --until` learns from the earlier 60 %, starting there. --embeddings makes vectors with that model and
prints another table, by words alone and with meaning; the untuned weights of both are learned from the other
publications, and "tuned" is `archive tune` in an archive without vectors and in one with them. --learn-defaults prints
the weights that all publications together give: those of archive/defaults.py; with --embeddings those of an archive
with vectors.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ourtake.archive import index as indexing
from ourtake.archive.embed import embed
from ourtake.archive.learn import Question, learned, spread
from ourtake.archive.lookup import Archive
from ourtake.archive.query import field_query, stems
from ourtake.archive.rank import GROUPS, SIGNALS, Weighting
from ourtake.archive.semantic import Meaning
from ourtake.archive.tune import measured, tune
from ourtake.config import Settings
from ourtake.documents import Article, Source
from ourtake.providers.embeddings import build_embedder
from ourtake.store import Store
from ourtake.text.words import canonical_url
from ourtake.values import ordinal

JUDGED_FROM = 0.6
PENALTY = 10.0
DEPTH = 10


class Publication(NamedTuple):
    """A publication: its archive, the sources that are judged, what its archive asks (all, and before the judged
    ones).
    """

    name: str
    archive: Archive
    judged: list[Question]
    own: list[Question]
    earlier: list[Question]


def load(folder: Path, scratch: Path, embeddings: str = "") -> Publication:
    store = Store.open(f"sqlite:///{scratch}/{folder.name}.db")
    store.save_articles(
        [Article.model_validate_json(line) for line in (folder / "archive.jsonl").open(encoding="utf-8")]
    )
    archive = Archive(
        store,
        scratch / f"{folder.name}.index",
        meaning=by_meaning(store, scratch / f"{folder.name}.vectors", embeddings),
    )
    archive.refresh()
    answers: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.tsv").open(encoding="utf-8"):
        source, article = line.split()
        answers[source].add(article)
    sources = [Source.model_validate_json(line) for line in (folder / "sources.jsonl").open(encoding="utf-8")]
    sources.sort(key=lambda source: (ordinal(source.published), source.id or ""))
    later = [
        Question(source, frozenset(answers[source.id or ""])) for source in sources[int(len(sources) * JUDGED_FROM) :]
    ]
    asked = archive.questions()
    archive.expect(question.source for question in [*asked, *later])
    own = measured(asked, archive.signals(), tick=lambda: None)
    cut = ordinal(later[0].source.published)
    return Publication(
        folder.name, archive, later, own, [question for question in own if ordinal(question.source.published) < cut]
    )


def by_meaning(store: Store, folder: Path, embeddings: str) -> Meaning | None:
    if not embeddings:
        return None
    embedder = build_embedder(embeddings, Settings())
    embed(store, embedder)
    return Meaning(store, folder, embeddings, embedder=lambda: embedder, say=print)


def gain(ranked: list[str], answers: frozenset[str]) -> float:
    ideal = sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(answers))))
    return sum(1 / math.log2(place + 2) for place, name in enumerate(ranked[:DEPTH]) if name in answers) / ideal


def plain(publication: Publication) -> float:
    index = indexing.open_index(publication.archive.folder)
    searcher: Any = index.searcher()
    gains = []
    for question in publication.judged:
        terms = dict.fromkeys(stems(f"{question.source.title} {question.source.blurb}"), 1.0)
        before = ordinal(question.source.published)
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


def all_asked(publications: Sequence[Publication], without: Publication | None = None) -> list[Question]:
    """What the archives of all these publications ask, or of all but one."""
    return [question for publication in publications if publication is not without for question in publication.own]


def main(data: Path, *, defaults: bool, embeddings: str) -> None:
    folders = [folder for folder in sorted(data.iterdir()) if (folder / "archive.jsonl").is_file()]
    with tempfile.TemporaryDirectory() as scratch:
        publications = [load(folder, Path(scratch)) for folder in folders]
        meant = [load(folder, Path(scratch), embeddings) for folder in folders] if embeddings else []
        if defaults:
            weighting = from_nothing(all_asked(meant or publications))
            for name in SIGNALS:
                print(f'    "{name}": {weighting.weights[name]},')
        elif embeddings:
            print(
                "| publication | sources | plain | untuned by words | untuned with meaning | tuned by words | tuned "
                "with meaning |"
            )
            print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
            for words, both in zip(publications, meant, strict=True):
                starts = (from_nothing(all_asked(publications, words)), from_nothing(all_asked(meant, both)))
                print(meant_row(words, both, *starts), flush=True)
        else:
            print("| publication | sources | plain | untuned | tuned | untuned without | tuned without |")
            print("| --- | ---: | ---: | ---: | ---: | --- | --- |")
            for publication in publications:
                print(row(publication, from_nothing(all_asked(publications, publication))), flush=True)


def meant_row(words: Publication, both: Publication, prior: Weighting, start: Weighting) -> str:
    base = plain(words)
    cells = [words.name, str(len(words.judged)), f"{base:.3f}"]
    tuned = (tune(words.earlier, prior).weighting, tune(both.earlier, start).weighting)
    for publication, weighting in ((words, prior), (both, start), (words, tuned[0]), (both, tuned[1])):
        found = quality(publication, weighting)
        cells.append(f"{found:.4f} ({found / base:.2f})")
    return "| " + " | ".join(cells) + " |"


def row(publication: Publication, prior: Weighting) -> str:
    base = plain(publication)
    done = tune(publication.earlier, prior)
    cells = [publication.name, str(len(publication.judged)), f"{base:.3f}"]
    for weighting in (prior, done.weighting):
        found = quality(publication, weighting)
        cells.append(
            f"{found:.3f} ({found / base:.2f})" + ("" if weighting is prior or done.kept else " defaults kept")
        )
    for weighting in (prior, done.weighting):
        parts = {
            group: quality(publication, weighting.switched_off((group,))) / base
            for group in GROUPS
            if group != "meaning"
        }
        cells.append(", ".join(f"{group} {ratio:.2f}" for group, ratio in parts.items()))
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="nDCG@10 of look-up on publications whose editors' links are known.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--learn-defaults", action="store_true")
    parser.add_argument("--embeddings", default="")
    given = parser.parse_args()
    main(given.data, defaults=given.learn_defaults, embeddings=given.embeddings)
