"""`ourtake eval pairs` and `eval cases`: what people prefer, and cases from what was reviewed at the desk."""

from __future__ import annotations

import datetime
import getpass
import json
import random
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, output
from ourtake.cli.terminal import emit, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.documents import Draft
    from ourtake.evals.results import CellResult, RunFolder
    from ourtake.store import Store

_KEYS = {"1": "left", "2": "right", "n": "neither"}
_REVIEWED = ("approved", "published", "corrected", "changed_outside")

cases_app = typer.Typer(help="Make cases for a suite.", no_args_is_help=True, rich_markup_mode=None)


class _Shown(NamedTuple):
    """A pair as it is shown: names of the entries, and their blinded texts."""

    case: str
    topic: str
    repeat: int
    story: str
    left: str
    right: str
    texts: tuple[str, str]
    longer: int


def pairs(
    folder: Path = typer.Argument(..., help="The folder of a run.", metavar="DIR"),
    person: str = typer.Option(None, "--as", help="Who picks. Default: the name of your account."),
    most: int = typer.Option(None, "-n", min=1, help="Stop after so many pairs."),
) -> None:
    r"""Read pairs of takes blind and pick the better one.

    The writers are hidden and the sides are shuffled. 1 picks the first, 2 the second, n neither, s skips the pair, q
    ends. Picks are kept in DIR/picks.jsonl, with who picked and when, and rate the writers in the report.

    \b
    Example:
      ourtake eval pairs out --as "Ann Editor"
    """
    run = lazy.eval_results.RunFolder(folder)
    who = person or getpass.getuser()
    done = {_question(pick) for pick in run.lines("picks.jsonl") if pick.get("by") == who}
    left = [
        shown
        for shown in _pairs(run, who)
        if (shown.case, shown.repeat, *sorted((shown.left, shown.right))) not in done
    ]
    if not left:
        emit(f"{who} has picked from every pair." if done else "The run has no pair: it needs two takes on a case.")
        return
    made = 0
    with (folder / "picks.jsonl").open("ab", buffering=0) as file:
        for number, shown in enumerate(left[:most], 1):
            _show(shown, number, len(left[:most]))
            key = _answer()
            if key == "q":
                break
            if key == "s":
                continue
            when = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
            pick = lazy.eval_judgements.Pick(
                by=who, when=when, case=shown.case, topic=shown.topic, repeat=shown.repeat, left=shown.left,
                right=shown.right, choice=_KEYS[key], longer=shown.longer,
            )  # fmt: skip
            file.write(f"{pick.model_dump_json()}\n".encode())
            made += 1
    emit(f"{count_of(made, 'pick')} by {who} {'is' if made == 1 else 'are'} kept in {folder / 'picks.jsonl'}.")


def _question(pick: dict[str, object]) -> tuple[object, ...]:
    return (pick.get("case"), pick.get("repeat"), *sorted((str(pick.get("left")), str(pick.get("right")))))


def _pairs(run: RunFolder, who: str) -> Iterator[_Shown]:
    """The pairs of a run, in an order and with sides of this person's own."""
    stories = run.cases()
    models = run.record().models
    by_case: dict[tuple[str, int], list[CellResult]] = {}
    for row in run.rows():
        if row.done and row.take is not None:
            by_case.setdefault((row.case, row.repeat), []).append(row)
    chance = random.Random(who)
    found = []
    for (case, repeat), rows in by_case.items():
        for place, one in enumerate(rows):
            for other in rows[place + 1 :]:
                sides = [one, other] if chance.random() < 0.5 else [other, one]
                found.append((case, repeat, sides))
    chance.shuffle(found)
    for case, repeat, sides in found:
        left, right = (lazy.eval_summary.Entry(side.model, side.prompt).name for side in sides)
        texts = tuple(lazy.eval_blind.blinded(side.take, models) for side in sides if side.take)
        longer = len(texts[0].split()) - len(texts[1].split())
        source = stories[case].source
        story = f"{source.title} ({source.outlet})\n{source.blurb}"
        yield _Shown(case, stories[case].topic, repeat, story, left, right, (texts[0], texts[1]), longer)


def _show(shown: _Shown, number: int, of: int) -> None:
    width = min(96, shutil.get_terminal_size((96, 24)).columns)
    emit(f"\n{'=' * width}\nPair {number} of {of}. The story: {_wrapped(shown.story, width)}")
    for name, text in zip(("1", "2"), shown.texts, strict=True):
        emit(f"\n{f' {name} '.center(width, '-')}\n{_wrapped(text, width)}")


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.fill(part, width) for part in text.split("\n"))


def _answer() -> str:
    while True:
        print("\nBetter: 1, 2, n (neither), s (skip), q (end)? ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        key = line.strip().casefold()
        if not line:
            return "q"
        if key in (*_KEYS, "s", "q"):
            return key
        say("ourtake: type 1, 2, n, s or q.")


@cases_app.command("from-reviews")
def from_reviews(
    out: Path = typer.Option(..., "-o", "--out", help="The .jsonl file for the cases."),
    most: int = typer.Option(200, "-n", min=1, help="How many, the newest."),
    force: bool = typer.Option(False, "--force", help="Replace the file if it exists."),
) -> None:
    r"""Make cases of the stories that editors signed at the desk, with the articles that their writer was offered.

    The topic of a case is the first tag of the take that was signed. Look over it: it says which cases are alike.

    \b
    Example:
      ourtake eval cases from-reviews -o evals/cases/ours.jsonl
    """
    target = output(out, force=force)
    with open_store() as store:
        lines = [_case_of(draft, store) for draft in store.drafts(limit=most) if _is_reviewed(draft)]
    if not lines:
        raise InputError("No draft was signed at the desk yet.", "Approve some with `ourtake review` first.")
    unique = {line["source"]["url"]: line for line in reversed(lines)}
    target.write("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in unique.values()))
    emit(f"{count_of(len(unique), 'case is', 'cases are')} written to {out}.")


def _is_reviewed(draft: Draft) -> bool:
    return draft.review is not None and draft.review.state in _REVIEWED


def _case_of(draft: Draft, store: Store) -> dict[str, Any]:
    standing = draft.standing()
    tags: Sequence[str] = standing.take.tags if standing is not None else ()
    articles = store.articles_of([item.id for item in draft.related])
    related = [
        articles[item.id].model_dump(mode="json", exclude_defaults=True)
        for item in draft.related
        if item.id in articles
    ]
    source = draft.source.model_dump(mode="json", exclude_none=True, exclude={"id"})
    return {"id": draft.id, "topic": tags[0] if tags else draft.source.outlet, "source": source, "related": related}
