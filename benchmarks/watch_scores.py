"""Which share of stories reach which score of `ourtake watch`: a publication's own stories, and another one's.

    python benchmarks/watch_scores.py DATA_FOLDER

DATA_FOLDER has a folder for each publication, with archive.jsonl and sources.jsonl (docs/lookup.md). The stories are
dated after everything, so that all of an archive may be found. Prints the rows of the table in docs/watch.md.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from ourtake.archive.lookup import Archive
from ourtake.config import Settings
from ourtake.documents import Article, Source
from ourtake.store import Store
from ourtake.watch.weighing import score_of

THRESHOLDS = (0.33, 0.4, 0.5, 0.6, 0.7)
STORIES = 120


def opened(folder: Path, temporary: Path) -> Archive:
    """A publication's archive in a store of its own."""
    store = Store.open(f"sqlite:///{temporary / folder.name}.db")
    lines = (folder / "archive.jsonl").read_text(encoding="utf-8").splitlines()
    store.save_articles([Article.model_validate_json(line) for line in lines])
    return Archive(store, temporary / f"{folder.name}.index")


def stories(folder: Path) -> list[Source]:
    """Some of a publication's stories, always the same."""
    rows = [json.loads(line) for line in (folder / "sources.jsonl").read_text(encoding="utf-8").splitlines()]
    random.Random(1).shuffle(rows)
    return [Source.model_validate({**row, "published": "2100-01-01"}) for row in rows[:STORIES]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    folders = sorted(path.parent for path in parser.parse_args().data.glob("*/sources.jsonl"))
    if len(folders) < 2:
        sys.exit("There are not two publications.")
    look, needed = Settings().lookup, Settings().take.links.low
    print("| archive | stories |", " | ".join(map(str, THRESHOLDS)), "|")
    with tempfile.TemporaryDirectory() as temporary:
        for own in folders:
            archive = opened(own, Path(temporary))
            archive.refresh()
            for whose in folders:
                found = [archive.related(one, count=look.offered, threshold=look.threshold) for one in stories(whose)]
                scores = [score_of(related, needed) for related in found]
                shares = [sum(score >= least for score in scores) / len(scores) for least in THRESHOLDS]
                print(f"| {own.name} | {whose.name} |", " | ".join(f"{share:.2f}" for share in shares), "|")


if __name__ == "__main__":
    main()
