"""How well LNK008 tells the links that editors made from links to somewhere else.

    python benchmarks/link_relevance.py DATA_FOLDER [--links FOLDER] [--pass 0.955] [--each 2]

DATA_FOLDER holds NAME/archive.jsonl: articles with "links" to articles of the same archive. An editor's link has to
pass; the same sentence, pointing at a random other article, has to fail. --links FOLDER holds NAME.jsonl with the
links' real places: {"from", "to", "paragraph", "start", "end", "anchor"}. Without it (plain text has lost them) they
are guessed: the sentence of the linking article that has the rarest words of the target's title, and of that sentence
the stretch where they stand together. With --links it is also said how often such a guess hits the real sentence; about
half of the guesses don't, and what passes there says little of LNK008.

Cross-judged: the threshold that lets --pass of one publication's links through is applied to the other.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ourtake.archive.lookup import SAMPLE
from ourtake.checks.links.relevance import ABOVE, LEAST_SHARE, names_title, zones
from ourtake.checks.term_weights import Background, above_others, background, share, terms, view, weighed
from ourtake.text.markdown import Span, paragraphs
from ourtake.text.sentences import sentences
from ourtake.text.tokens import find_words, tokenize

MOST_LINKS = 500
ALWAYS = 99.0


class Place(NamedTuple):
    """A link in its paragraph."""

    source: str
    target: str
    paragraph: str
    start: int
    end: int
    anchor: str


class Scores(NamedTuple):
    """Scores of editors' links and of random ones, with the archive's sample and without."""

    real: list[float]
    other: list[float]
    real_alone: list[float]
    other_alone: list[float]


def guessed(rows: dict[str, dict[str, str]], links: list[tuple[str, str]]) -> list[Place]:
    holding = Counter(word for row in rows.values() for word in set(terms(row["text"])))
    found = []
    for source, target in links:
        wanted = (
            {word: math.log(len(rows) / (holding[word] + 0.5)) for word in terms(rows[target]["title"])}
            if target in rows
            else {}
        )
        spans = [(block.text, span) for block in paragraphs(rows[source]["text"]) for span in sentences(block.text)]
        if not wanted or not spans:
            continue
        text, span = max(spans, key=lambda pair: sum(wanted.get(word, 0.0) for word in set(terms(pair[1].text))))
        start, end = _stretch(span.text, frozenset(wanted))
        found.append(Place(source, target, text, span.start + start, span.start + end, span.text[start:end]))
    return found


def _stretch(sentence: str, wanted: frozenset[str]) -> tuple[int, int]:
    """Where most of these words stand with few others between them; the end of the sentence where there are none."""
    within = tokenize(sentence)
    places = [number for number, word in enumerate(within.words) if not wanted.isdisjoint(terms(word))]
    pairs = [(one, two) for index, one in enumerate(places) for two in places[index:]]
    best = max(
        pairs,
        key=lambda pair: 1.4 * sum(pair[0] <= place <= pair[1] for place in places) - 0.4 * (pair[1] - pair[0] + 1),
        default=None,
    )
    return within.span(*best) if best else (len(sentence), len(sentence))


def hits(rows: dict[str, dict[str, str]], real: list[Place]) -> float:
    """The share of links whose guessed sentence has the real link's words."""
    known = [place for place in real if place.source in rows]
    places = {
        (place.source, place.target): place
        for place in guessed(rows, [(place.source, place.target) for place in known])
    }
    both = [(place, places.get((place.source, place.target))) for place in known]
    return sum(guess is not None and _said(place, guess) for place, guess in both) / max(1, len(both))


def _said(place: Place, guess: Place) -> bool:
    sentence = next(span.text for span in sentences(guess.paragraph) if span.start <= guess.start <= span.end)
    return find_words(tokenize(place.anchor).words, tokenize(sentence)) is not None


def measured(folder: Path, links_file: Path | None, each: int) -> Scores:
    rows = {
        row["url"]: row for row in map(json.loads, (folder / "archive.jsonl").read_text(encoding="utf-8").splitlines())
    }
    choice = random.Random(f"5 {folder.name}")
    if links_file is not None:
        given = [json.loads(line) for line in links_file.read_text(encoding="utf-8").splitlines()]
        places = [
            Place(row["from"], row["to"], row["paragraph"], row["start"], row["end"], row["anchor"])
            for row in given
            if row["to"] in rows
        ]
        print(f"{folder.name}: {hits(rows, places):.2f} of guesses would name the real sentence")
    else:
        places = guessed(rows, [(row["url"], target) for row in rows.values() for target in row.get("links") or []])
    choice.shuffle(places)
    names = sorted(rows)
    sample = names[:: max(1, len(names) // SAMPLE)][:SAMPLE]
    ground = background(tuple((rows[name]["title"], rows[name]["text"]) for name in sample))
    assert ground is not None
    scores = Scores([], [], [], [])
    for place in places[:MOST_LINKS]:
        _add(
            scores.real,
            scores.real_alone,
            place,
            rows[place.target],
            story=rows[place.source]["title"],
            ground=ground,
            real=links_file is not None,
        )
        others = [name for name in choice.sample(names, each + 2) if name not in (place.target, place.source)][:each]
        for name in others:
            _add(
                scores.other,
                scores.other_alone,
                place,
                rows[name],
                story=rows[place.source]["title"],
                ground=ground,
                real=links_file is not None,
            )
    return scores


def _add(
    scores: list[float],
    alone: list[float],
    place: Place,
    article: dict[str, str],
    *,
    story: str,
    ground: Background,
    real: bool,
) -> None:
    paragraph = Span(0, len(place.paragraph), place.paragraph)
    around = zones(place.paragraph, paragraph, place.start, place.end, anchor=place.anchor, story=story)
    # Words guessed by the title would pass by themselves.
    named = real and names_title(place.anchor, article["title"])
    held = view(f"{article['title']}\n\n{article['text']}", article["title"])
    scores.append(ALWAYS if named else above_others(weighed(around, ground), held, ground))
    alone.append(ALWAYS if named else share(weighed(around[:4], None), held))


def part(scores: list[float], threshold: float) -> float:
    return sum(score >= threshold for score in scores) / len(scores)


def line(name: str, real: list[float], other: list[float], threshold: float) -> str:
    return (
        f"{name:<44} threshold {threshold:.3f}: editors' links pass {part(real, threshold):.3f}, random ones fail "
        f"{1 - part(other, threshold):.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--links", type=Path)
    parser.add_argument("--pass", dest="wanted", type=float, default=0.955)
    parser.add_argument("--each", type=int, default=2)
    asked = parser.parse_args()
    folders = sorted(path.parent for path in asked.data.glob("*/archive.jsonl"))
    found = {
        folder.name: measured(folder, asked.links / f"{folder.name}.jsonl" if asked.links else None, asked.each)
        for folder in folders
    }
    for name, scores in found.items():
        print(line(f"{name}, as shipped, with an archive", scores.real, scores.other, ABOVE))
        print(line(f"{name}, as shipped, without one", scores.real_alone, scores.other_alone, LEAST_SHARE))
        for other, theirs in found.items():
            if other != name:
                threshold = sorted(theirs.real)[int((1 - asked.wanted) * len(theirs.real))]
                print(line(f"{name}, threshold from {other}", scores.real, scores.other, threshold))


if __name__ == "__main__":
    main()
