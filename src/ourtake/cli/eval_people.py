"""`ourtake eval pairs` and `eval cases`: what people prefer, and cases from what was reviewed at the desk."""

from __future__ import annotations

import getpass
import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, output
from ourtake.cli.terminal import emit, say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Draft
    from ourtake.evals.pairs import BlindPair, Choice
    from ourtake.store import Store

_KEYS: dict[str, Choice] = {"1": "left", "2": "right", "n": "neither"}
_REVIEWED = ("approved", "published", "corrected", "changed_outside")

cases_app = typer.Typer(help="Make cases for a suite.", no_args_is_help=True, rich_markup_mode=None)


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
    book = lazy.eval_pairs.PairBook(folder)
    who = person or getpass.getuser()
    waiting = book.waiting(who)
    if not waiting:
        nothing = "The run has no pair: it needs two takes on a case."
        emit(f"{who} has picked from every pair." if book.pairs(who) else nothing)
        return
    made = 0
    for number, pair in enumerate(waiting[:most], 1):
        _show(pair, number, len(waiting[:most]))
        key = _answer()
        if key == "q":
            break
        if key == "s":
            continue
        book.keep(pair.id, _KEYS[key], by=who)
        made += 1
    emit(f"{made} picks by {who} are kept in {folder / 'picks.jsonl'}.")


def _show(pair: BlindPair, number: int, of: int) -> None:
    width, source = min(96, shutil.get_terminal_size((96, 24)).columns), pair.case.source
    story = f"{source.title} ({source.outlet})\n{source.blurb}"
    emit(f"\n{'=' * width}\nPair {number} of {of}. The story: {_wrapped(story, width)}")
    for name, text in zip(("1", "2"), pair.texts, strict=True):
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
    emit(f"{len(unique)} cases are written to {out}.")


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
