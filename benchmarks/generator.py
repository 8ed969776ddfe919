"""Made-up archives of any size: articles whose sentences are drawn from real ones. The same seed makes the same
file.
"""

from __future__ import annotations

import datetime
import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences

EXAMPLES = Path(__file__).parent.parent / "examples" / "archive"
FIRST_DAY = datetime.date(2016, 1, 1)
DAYS = 3650
LEAST_WORDS, MOST_WORDS = 150, 300
LINKING = 0.2
"""The part of the articles that link to earlier ones, one to three each."""


def read_sentences(folder: Path) -> list[str]:
    """Every sentence of 5 to 40 words in the folder's .md files and the `text` of its .jsonl files."""
    texts = [file.read_text(encoding="utf-8").split("\n---\n", 1)[-1] for file in sorted(folder.rglob("*.md"))]
    for file in sorted(folder.rglob("archive.jsonl")):
        texts += [json.loads(line)["text"] for line in file.open(encoding="utf-8")]
    found = [" ".join(span.text.split()) for text in texts for span in sentences(visible(text))]
    return sorted({sentence for sentence in found if 5 <= len(sentence.split()) <= 40})


def articles(count: int, *, drawn_from: list[str], seed: int = 1) -> Iterator[dict[str, Any]]:
    """Articles of 150 to 300 words in paragraphs of three sentences, over ten years, oldest first."""
    chance = random.Random(seed)
    lengths = [len(sentence.split()) for sentence in drawn_from]
    tags = sorted(
        {
            word.strip(".,:;()\"'").lower()
            for sentence in drawn_from[:2000]
            for word in sentence.split()
            if len(word) > 7
        }
    )
    for number in range(count):
        wanted, chosen, total = chance.randint(LEAST_WORDS, MOST_WORDS - 40), [], 0
        while total < wanted:
            place = int(chance.random() * len(drawn_from))
            chosen.append(drawn_from[place])
            total += lengths[place]
        paragraphs = [" ".join(chosen[first : first + 3]) for first in range(0, len(chosen), 3)]
        linked = (
            [int(chance.random() * number) for _ in range(chance.randint(1, 3))]
            if number and chance.random() < LINKING
            else []
        )
        yield {
            "id": f"made-{number:07d}",
            "url": address(number),
            "title": " ".join(drawn_from[int(chance.random() * len(drawn_from))].split()[:9]).rstrip(".,:;"),
            "published": (FIRST_DAY + datetime.timedelta(days=number * DAYS // count)).isoformat(),
            "tags": chance.sample(tags, 3),
            "text": "\n\n".join(paragraphs),
            "links": [address(target) for target in dict.fromkeys(linked)],
        }


def address(number: int) -> str:
    """The address of the article of that number."""
    return f"https://paper.example/{number // 1000}/{number}"


def sources(count: int, *, drawn_from: list[str], seed: int = 2) -> Iterator[dict[str, Any]]:
    """Sources of a headline and two sentences each; half of them of the last year, the others of any day after the
    first year.
    """
    chance = random.Random(seed)
    for number in range(count):
        day = chance.randint(DAYS - 365, DAYS) if number % 2 else chance.randint(365, DAYS)
        yield {
            "id": f"source-{number}",
            "url": f"https://other.example/{number}",
            "outlet": "The Other",
            "title": " ".join(chance.choice(drawn_from).split()[:10]),
            "published": (FIRST_DAY + datetime.timedelta(days=day)).isoformat(),
            "blurb": " ".join(chance.sample(drawn_from, 2)),
        }


def write(rows: Iterator[dict[str, Any]], file: Path) -> None:
    """One JSON object a line."""
    with file.open("w", encoding="utf-8") as out:
        for group in itertools.batched(rows, 1000) if hasattr(itertools, "batched") else ([row] for row in rows):
            out.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in group))
