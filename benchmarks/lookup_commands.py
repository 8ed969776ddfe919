"""Look-up as its users reach it: the commands, each a process, from an empty folder; nDCG@10 beside plain tantivy's in
the same run.

    python benchmarks/lookup_commands.py DATA_FOLDER [--scorer score_lookup.py]

DATA_FOLDER/NAME/{archive.jsonl, sources.jsonl, qrels.tsv}. For each publication: `archive add`, `related --batch` with
the shipped weights, `archive tune --until` the day of the first judged source, `related --batch` again. Judged are the
later 40 % of the sources, by day. Plain tantivy's results are written in the same form. What scores is a program that
is given RESULTS and QRELS and prints JSON with "ndcg10"; without one, this file's own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import lookup

from ourtake.archive import index as indexing
from ourtake.archive.query import field_query, stems
from ourtake.documents import Source
from ourtake.store import Store
from ourtake.text.words import canonical_url
from ourtake.values import ordinal

COUNT = "10"


def ourtake(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "ourtake", "--store", f"sqlite:///{folder}/paper.db", *arguments]
    print(
        "$ ourtake",
        *("FOLDER".join(argument.split(str(folder))) for argument in arguments),
        file=sys.stderr,
        flush=True,
    )
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder).stdout


def judged(data: Path, folder: Path) -> list[Source]:
    """The later sources, by day, written to the folder with the lines of qrels.tsv that are about them."""
    lines = [line for line in (data / "sources.jsonl").read_text(encoding="utf-8").split("\n") if line.strip()]
    rows = sorted(
        ((Source.model_validate_json(line), line) for line in lines),
        key=lambda row: (ordinal(row[0].published), row[0].id or ""),
    )
    later = rows[int(len(rows) * lookup.JUDGED_FROM) :]
    (folder / "sources.jsonl").write_text("".join(f"{line}\n" for _, line in later), encoding="utf-8")
    names = {source.id for source, _ in later}
    wanted = [line for line in (data / "qrels.tsv").open(encoding="utf-8") if line.split()[0] in names]
    (folder / "qrels.tsv").write_text("".join(wanted), encoding="utf-8")
    return [source for source, _ in later]


def plain(folder: Path, sources: list[Source]) -> str:
    """What tantivy alone finds: all words in title and text, published before the source, not the source itself."""
    index = indexing.open_index(folder / "paper.index")
    searcher = index.searcher()
    lines = []
    with Store.open(f"sqlite:///{folder}/paper.db", create=False) as store:
        for source in sources:
            own = store.article(canonical_url(source.url))
            words = dict.fromkeys(stems(f"{source.title} {source.blurb}"), 1.0)
            query = field_query(
                index.schema, words, [("title", 1.0), ("text", 1.0)], before_day=ordinal(source.published)
            )
            found = [searcher.doc(address)["id"][0] for _, address in searcher.search(query, int(COUNT) + 1).hits]
            rows = [{"id": name} for name in found if own is None or name != own.id]
            lines.append(json.dumps({"id": source.id, "related": rows[: int(COUNT)]}))
    return "".join(f"{line}\n" for line in lines)


def score(results: str, folder: Path, scorer: Path | None) -> float:
    (folder / "results.jsonl").write_text(results, encoding="utf-8")
    if scorer is not None:
        command = [sys.executable, str(scorer), str(folder / "results.jsonl"), str(folder / "qrels.tsv")]
        return float(
            json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)["ndcg10"]
        )
    answers: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.tsv").open(encoding="utf-8"):
        source, article = line.split()
        answers[source].add(article)
    ranked = {row["id"]: [hit["id"] for hit in row["related"]] for row in map(json.loads, results.splitlines())}
    return sum(lookup.gain(ranked.get(name, []), frozenset(wanted)) for name, wanted in answers.items()) / len(answers)


def row(data: Path, folder: Path, scorer: Path | None) -> str:
    sources = judged(data, folder)
    ourtake(folder, "archive", "add", str(data / "archive.jsonl"))
    batch = ("related", "--batch", str(folder / "sources.jsonl"), "-k", COUNT)
    shipped = score(ourtake(folder, *batch), folder, scorer)
    until = (sources[0].published or "")[:10]
    ourtake(folder, "archive", "tune", "--until", until)
    tuned = score(ourtake(folder, *batch), folder, scorer)
    base = score(plain(folder, sources), folder, scorer)
    return (
        f"| {data.name} | {len(sources)} | {until} | {base:.4f} | {shipped:.4f} ({shipped / base:.3f}) | "
        f"{tuned:.4f} ({tuned / base:.3f}) |"
    )


def main(data: Path, scorer: Path | None) -> None:
    print(
        "| publication | sources | tuned until | plain tantivy | shipped weights | tuned |\n| --- | ---: | --- | ---: |"
        " ---: | ---: |"
    )
    for publication in sorted(data.iterdir()):
        if (publication / "archive.jsonl").is_file():
            with tempfile.TemporaryDirectory() as scratch:
                print(row(publication.resolve(), Path(scratch), scorer), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--scorer", type=Path)
    given = parser.parse_args()
    main(given.data, given.scorer)
