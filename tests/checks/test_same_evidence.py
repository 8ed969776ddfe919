"""A report is the same on every run, whatever order Python's hashes give the words of a sentence."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.conftest import Run

WORDS = [
    first + last
    for first in ("bar", "cor", "fen", "gal", "hul", "mor", "pen", "tam")
    for last in ("dock", "loft", "mint", "pond", "quay", "rake", "vane")
]
SENTENCES = 30


def documents(chance: random.Random) -> tuple[str, str]:
    """A text in which two sentences share equally much with a third, in words of unlike weight, and that third
    sentence.
    """
    picked = chance.sample(WORDS, 12)
    one, two = picked[:6], picked[6:]
    # Words of either sentence stand in as many others as its partner's: what the two hold of the third is the same sum.
    others = [
        f"Here {word} was."
        for place, pair in enumerate(zip(one, two, strict=True))
        for word in pair
        for _ in range(place)
    ]
    return " ".join(
        [f"{' '.join(one).capitalize()}.", f"{' '.join(two).capitalize()}.", *others]
    ), f"{' '.join(picked).capitalize()}."


def test_evidence_is_the_same_on_every_run(run: Run, tmp_path: Path) -> None:
    chance = random.Random(5)
    lines = []
    for number in range(SENTENCES):
        text, sentence = documents(chance)
        take = {"headline": "A headline", "summary": "", "body": sentence, "tags": []}
        source = {
            "id": f"s{number}",
            "title": "A story",
            "outlet": "The Post",
            "url": "https://post.example/1",
            "blurb": "Told.",
            "text": text,
        }
        lines.append(json.dumps({"take": take, "source": source}))
    (tmp_path / "takes.jsonl").write_text("\n".join(lines), encoding="utf-8")
    said = [
        run("check", "--batch", "takes.jsonl", "--format", "json", env={"PYTHONHASHSEED": seed}).stdout
        for seed in "012"
    ]
    assert len(said[0].splitlines()) == SENTENCES
    # The first of two passages that are equally good, by its place in the document.
    evidence = [json.loads(line)["sentences"][0]["evidence"][0] for line in said[0].splitlines()]
    assert {row["start"] for row in evidence} == {0}
    assert said[1] == said[0] and said[2] == said[0]
