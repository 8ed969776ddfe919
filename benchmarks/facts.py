"""How far quotations, numbers, dates and names can be trusted: real prose over its own text, and seeded faults.

    python benchmarks/facts.py DATA [--limit N] [--show CODE]

DATA is a folder of publications, each with archive.jsonl and sources.jsonl. Real prose: each article is a take over its
own text and must give no QUO or FCT error. Clean takes: the baseline writer's, which quote and add nothing. Seeded: one
fault put into such a take or into real prose.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.documents import Finding, Related, Source, Take
from ourtake.providers.base import Brief
from ourtake.providers.baseline import write
from ourtake.text.markdown import links
from ourtake.text.numbers import numbers_in
from ourtake.text.quotations import quotations_in

FAMILIES = ("QUO", "FCT")
NAMES = (
    "Helena Marchetti",
    "the Orlund Institute",
    "Dr Tobias Renwick",
    "Castellane Systems",
    "Port Harrowgate",
    "Quillon Labs",
    "Ingrid Vasterholm",
)
INVENTED = (
    "we have stopped pretending that anybody reads these pages",
    "nobody here would sign such a letter twice",
    "the cheapest answer was always going to be the loudest one",
)


class Trial(NamedTuple):
    """A take with what it is checked against."""

    name: str
    take: Take
    source: Source
    related: tuple[Related, ...]


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def real_prose(folder: Path) -> Iterator[Trial]:
    for row in _rows(folder / "archive.jsonl"):
        text = str(row["text"])
        source = Source.model_validate({**row, "outlet": folder.name, "blurb": text[:300], "text": text})
        yield Trial(str(row["url"]), Take(headline="A headline", summary="", body=text, tags=()), source, ())


def baseline_takes(folder: Path) -> Iterator[Trial]:
    articles = _rows(folder / "archive.jsonl")
    by_tag: dict[str, list[int]] = collections.defaultdict(list)
    for index, row in enumerate(articles):
        for word in set(re.findall(r"[a-z]{6,}", str(row["title"]).lower())):
            by_tag[word].append(index)
    for row in _rows(folder / "sources.jsonl"):
        source = Source.model_validate(row)
        near = [index for word in set(re.findall(r"[a-z]{6,}", source.title.lower())) for index in by_tag[word]]
        picked = [
            articles[index]
            for index, _ in collections.Counter(near).most_common(9)
            if articles[index]["url"] != source.url
        ][:8]
        related = tuple(
            Related.model_validate(
                {"id": str(item["url"]), **item, "handle": f"a{n}", "passage": str(item["text"])[:600]}
            )
            for n, item in enumerate(picked, 1)
        )
        if len(related) >= 3:
            yield Trial(
                str(row["id"]), Take.model_validate(write(Brief(source=source, related=related))), source, related
            )


def findings(trial: Trial) -> list[Finding]:
    report = check(trial.take, CheckContext(trial.source, trial.related))
    return [finding for finding in report.findings if finding.code[:3] in (*FAMILIES, "SUP")]


def seeded(trial: Trial, dice: random.Random) -> Iterator[tuple[str, Trial, int, int]]:
    """Every kind of fault that this take has a place for: the kind, the take with it, and its span in the body."""
    body = trial.take.body
    spans = [span for span in quotations_in(body) if len(span.text.split()) > 5 and "](" not in span.text]

    def put(start: int, end: int, new: str) -> tuple[Trial, int, int]:
        changed = body[:start] + new + body[end:]
        return trial._replace(take=trial.take.model_copy(update={"body": changed})), start, start + len(new)

    if spans:
        span = dice.choice(spans)
        words = span.text.split(" ")
        at = dice.randrange(1, len(words) - 1)
        kind = dice.choice(("dropped", "swapped", "added"))
        changed_words = (
            words[:at] + words[at + 1 :]
            if kind == "dropped"
            else [*words[:at], "hardly", *words[at + (kind == "swapped") :]]
        )
        yield "altered quotation", *put(span.start, span.end, " ".join(changed_words))
        yield "invented quotation", *put(span.start, span.end, dice.choice(INVENTED))
    taken = [(span.start, span.end) for span in quotations_in(body)] + [(link.start, link.end) for link in links(body)]
    numbers = [
        number
        for number in numbers_in(body)
        if number.digits and not any(start <= number.start < end for start, end in taken)
    ]
    numbers = [number for number in numbers if body[max(0, number.start - 2) : number.start] != "\n\n"]
    figures = [number for number in numbers if number.kind != "date"]
    if figures:
        number = dice.choice(figures)
        figure = re.search(r"\d[\d,.]*\d|\d", number.text)
        if figure:
            value = float(figure[0].replace(",", ""))
            other = value + dice.choice((1, 2, 3, 7)) if value < 20 else value * dice.choice((0.6, 1.4, 2, 3))
            new = f"{other:,.0f}" if value == int(value) else f"{other:.1f}"
            yield "changed number", *put(number.start, number.end, number.text.replace(figure[0], new))
    dates = [number for number in numbers if number.kind == "date" and re.search(r"\b(?:19|20)\d\d\b", number.text)]
    if dates:
        number = dice.choice(dates)
        year = re.search(r"\b(?:19|20)\d\d\b", number.text)
        assert year
        new = number.text.replace(year[0], str(int(year[0]) + dice.choice((-7, -4, 3, 6))))
        yield "changed date", *put(number.start, number.end, new)
    ends = [
        match.end()
        for match in re.finditer(r"(?<=[a-z])\.\s(?=[A-Z])", body)
        if not any(s.start <= match.end() <= s.end for s in quotations_in(body))
    ]
    if ends:
        at = dice.choice(ends)
        name = dice.choice(NAMES)
        yield (
            "invented name",
            *put(
                at,
                at,
                dice.choice(
                    (
                        f"The plan was drawn up with {name} last year. ",
                        f"According to {name}, it will not be the last. ",
                    )
                ),
            ),
        )
        figure_text = dice.choice(
            (
                "4,317 households were asked. ",
                "It cost $8.35 million. ",
                "Some 83.7 per cent agreed. ",
                "It took 4,719 hours. ",
            )
        )
        yield "invented number", *put(at, at, figure_text)


WANTED = {
    "altered quotation": ("QUO001", "QUO003"),
    "invented quotation": ("QUO001",),
    "changed number": ("FCT001", "FCT003"),
    "invented number": ("FCT001", "FCT003"),
    "changed date": ("FCT004",),
    "invented name": ("FCT002",),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--show", default="")
    parser.add_argument("--clean", action="store_true", help="seed no faults")
    options = parser.parse_args()
    dice = random.Random(5)
    folders = [folder for folder in sorted(options.data.iterdir()) if (folder / "archive.jsonl").is_file()]
    for name, make in (("real prose", real_prose), ("baseline takes", baseline_takes)):
        trials = [trial for folder in folders for trial in make(folder)]
        dice.shuffle(trials)
        trials = trials[: options.limit or len(trials)]
        counts: collections.Counter[str] = collections.Counter()
        seconds, clean = [], {}
        for trial in trials:
            begun = time.process_time()
            found = findings(trial)
            seconds.append(time.process_time() - begun)
            clean[trial.name] = found
            counts.update(f"{finding.code} {finding.severity}" for finding in found)
            for finding in found:
                if options.show and finding.code.startswith(options.show):
                    text = trial.take.body if finding.field == "body" else trial.take.summary
                    print(
                        f"  {finding.code} {finding.severity} {trial.name}: "
                        f"...{text[max(0, finding.start - 60) : finding.end + 40]!r} :: "
                        f"{finding.message[:120]}"
                    )
        print(
            f"{name}: {len(trials)} takes, findings {dict(counts)}, median {1000 * statistics.median(seconds):.1f} ms "
            f"a take"
        )
        seen: dict[str, list[bool]] = collections.defaultdict(list)
        for trial in () if options.clean else trials:
            for kind, changed, start, end in seeded(trial, dice):
                hit = any(
                    f.code in WANTED[kind] and f.field == "body" and f.start < end + 1 and start <= f.end
                    for f in findings(changed)
                )
                seen[kind].append(hit)
                if not hit and options.show == kind:
                    print(f"  missed {kind} {trial.name}: ...{changed.take.body[max(0, start - 120) : end + 60]!r}")
        for kind, hits in sorted(seen.items()):
            print(f"  {kind}: recall {sum(hits) / len(hits):.3f} of {len(hits)}")


if __name__ == "__main__":
    main()
