"""The memory of `ourtake check --batch` over stories that are all different: each has a source and articles of its own.

    python benchmarks/memory.py [--stories 1000] [--allowed 250]

Prints the peak of the largest process in MB and the processor time a take. Ends with 1 if the peak is over --allowed.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

RELATED = 8
SENTENCES = 45
"""Of an article: some 5,000 characters."""


def vocabulary(chance: random.Random) -> list[str]:
    """Made-up words that look like English ones."""
    letters = "bcdfglmnprst", "aeiou"
    return ["".join(chance.choice(letters[at % 2]) for at in range(chance.randint(3, 9))) for _ in range(30_000)]


def prose(chance: random.Random, words: list[str], sentences: int) -> str:
    """Paragraphs of five sentences, with names, numbers and dates as articles have them."""
    found = []
    for number in range(sentences):
        row = [chance.choice(words if chance.random() < 0.5 else SMALL) for _ in range(chance.randint(8, 24))]
        row[0] = row[0].capitalize()
        if chance.random() < 0.4:
            row.insert(2, f"{chance.randint(2, 900)}")
        if chance.random() < 0.3:
            row.insert(4, f"{chance.choice(words).capitalize()} {chance.choice(words).capitalize()}")
        if chance.random() < 0.1:
            row.append(f"in March {chance.randint(2015, 2025)}")
        found.append(" ".join(row) + "." + ("\n\n" if number % 5 == 4 else " "))
    return "".join(found).strip()


SMALL = "the of and to a in that for is on with as by from at it was were has had not but they their which said".split()


def story(number: int) -> dict[str, object]:
    """A line of a batch."""
    chance = random.Random(number)
    words = vocabulary(random.Random(number // 100))
    related = [
        {
            "handle": f"a{place}",
            "id": f"{number}-{place}",
            "url": f"https://paper.example/{number}/{place}",
            "title": " ".join(chance.sample(words, 6)).capitalize(),
            "text": prose(chance, words, SENTENCES),
            "published": "2025-02-03",
        }
        for place in range(1, RELATED + 1)
    ]
    body = "\n\n".join(f"{prose(chance, words, 4)} See [{item['title']}]({item['handle']})." for item in related[:4])
    source = {
        "title": " ".join(chance.sample(words, 7)).capitalize(),
        "outlet": "The Elsewhere",
        "url": f"https://elsewhere.example/{number}",
        "blurb": prose(chance, words, 3),
        "published": "2025-06-01",
    }
    take = {"headline": source["title"], "summary": prose(chance, words, 3), "body": body, "tags": ["town"]}
    return {"id": str(number), "take": take, "source": source, "related": related}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument("--allowed", type=float, default=250)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        batch = Path(scratch) / "takes.jsonl"
        with batch.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(story(number)) + "\n" for number in range(asked.stories))
        command = [str(Path(sys.executable).parent / "ourtake"), "check", "--batch", "takes.jsonl", "--format", "json"]
        done = subprocess.run(command, cwd=scratch, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = used.ru_maxrss / 1024
    each = 1000 * (used.ru_utime + used.ru_stime) / asked.stories
    print(
        f"{asked.stories} different stories with {RELATED} articles each: at most {peak:.0f} MB a process, "
        f"{each:.1f} ms of processor a take"
    )
    raise SystemExit(peak > asked.allowed)


if __name__ == "__main__":
    main()
