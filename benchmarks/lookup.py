"""How good look-up is: nDCG@10 against the links that a publication's editors made, with and without each group of signals.

    python benchmarks/lookup.py DATA_FOLDER      DATA_FOLDER/NAME/{archive.jsonl, sources.jsonl, qrels.tsv} for two or more publications

Judged on the later 40 % of each publication's sources, by day. "plain" is tantivy's own BM25 over title and text in the same run. "untuned"
uses weights learned from the other publications alone; "tuned" those that `archive tune --until` learns from the earlier 60 %, starting there.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from ourtake.archive import index as indexing
from ourtake.archive.graph import ordinal
from ourtake.archive.lookup import Archive
from ourtake.archive.query import field_query, stems
from ourtake.archive.rank import GROUPS, Weighting
from ourtake.archive.tune import Question, learned, measured, quality, tune
from ourtake.documents import Article, Source
from ourtake.store import Store
from ourtake.text.words import canonical_url

JUDGED_FROM = 0.6
FROM_NOTHING = Weighting(weights={})
PENALTY = 3.0


class Publication(NamedTuple):
    """A publication's questions: those of its sources that are judged, and those that its archive asks (all, and before the judged ones)."""

    name: str
    judged: list[Question]
    plain: float
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
    signals = archive.signals()
    own = measured(archive.questions(), signals, tick=lambda: None)
    cut = ordinal(later[0].source.published)
    earlier = [question for question in own if ordinal(question.source.published) < cut]
    plain = sum(plain_gain(archive, question) for question in later) / len(later)
    return Publication(folder.name, measured(later, signals, tick=lambda: None), plain, own, earlier)


def plain_gain(archive: Archive, question: Question) -> float:
    index = indexing.open_index(archive.folder)
    searcher: Any = index.searcher()
    terms = dict.fromkeys(stems(f"{question.source.title} {question.source.blurb}"), 1.0)
    before = indexing.day_number(question.source.published)
    query = field_query(index.schema, terms, [("title", 1.0), ("text", 1.0)], before_day=before)
    found = [searcher.doc(address)["id"][0] for _, address in searcher.search(query, 11).hits]
    own = archive.by_url(canonical_url(question.source.url))
    ranked = [name for name in found if own is None or name != own.id][:10]
    ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(question.answers))))
    return sum(1 / math.log2(place + 2) for place, name in enumerate(ranked) if name in question.answers) / ideal


def main(data: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        publications = [load(folder, Path(scratch)) for folder in sorted(data.iterdir()) if (folder / "archive.jsonl").is_file()]
    print("| publication | sources | plain | untuned | tuned | without |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for publication in publications:
        others = [question for other in publications if other is not publication for question in other.own]
        prior = learned(others, FROM_NOTHING, PENALTY)
        weighting = tune(publication.earlier, prior).weighting
        untuned, tuned = quality(publication.judged, prior).ndcg, quality(publication.judged, weighting).ndcg
        parts = {group: quality(publication.judged, weighting.switched_off((group,))).ndcg / publication.plain for group in GROUPS}
        without = ", ".join(f"{group} {ratio:.2f}" for group, ratio in parts.items())
        plain = publication.plain
        row = [
            publication.name,
            len(publication.judged),
            f"{plain:.3f}",
            f"{untuned:.3f} ({untuned / plain:.2f})",
            f"{tuned:.3f} ({tuned / plain:.2f})",
        ]
        print("| " + " | ".join(map(str, row)) + f" | {without} |")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        raise SystemExit("Name the folder of the look-up data: python benchmarks/lookup.py DATA_FOLDER")
    main(Path(sys.argv[1]))
