"""`ourtake eval pairs` and `eval cases`: what people prefer, and cases from what was reviewed at the desk."""

from __future__ import annotations

import getpass
import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, output
from ourtake.cli.options import Force, RunDir
from ourtake.cli.terminal import emit, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.evals.judgements import Side
    from ourtake.evals.pairs import BlindPair
    from ourtake.publish.output import Output

_KEYS: dict[str, Side] = {"1": "left", "2": "right", "n": "neither"}

cases_app = typer.Typer(help="Make cases for a suite.", no_args_is_help=True, rich_markup_mode=None)


def pairs(
    folder: RunDir,
    person: str = typer.Option(None, "--as", help="Who picks. Default: the name of your account."),
    most: int = typer.Option(None, "-n", min=1, help="Stop after this many pairs."),
) -> None:
    r"""Read pairs of takes blind and pick the better one.

    The writers are hidden and the order is shuffled. 1 picks the first take, 2 the second, n neither. s skips the pair,
    q quits. Picks are kept in DIR/picks.jsonl with a name and a time. The report uses them to rate the writers.

    \b
    Example:
      ourtake eval pairs out --as "Ann Editor"
    """
    run = lazy.eval_results.RunFolder(folder)
    who = person or getpass.getuser()
    left = list(lazy.eval_pairs.pairs_for(run, who))
    if not left:
        done = any(pick.by == who for pick in lazy.eval_pairs.picks_of(run))
        emit(
            f"{who} has picked from every pair."
            if done
            else "The run has no pair: it needs two different takes on the same case."
        )
        return
    made = 0
    for number, shown in enumerate(left[:most], 1):
        _show(shown, number, len(left[:most]))
        key = _answer()
        if key == "q":
            break
        if key != "s":
            lazy.eval_pairs.keep_pick(run, shown, person=who, choice=_KEYS[key])
            made += 1
    emit(f"{count_of(made, 'pick')} by {who} {'is' if made == 1 else 'are'} kept in {folder / 'picks.jsonl'}.")


def _show(shown: BlindPair, number: int, of: int) -> None:
    width = min(96, shutil.get_terminal_size((96, 24)).columns)
    story = f"{shown.source.title} ({shown.source.outlet})\n{shown.source.blurb}"
    emit(f"\n{'=' * width}\nPair {number} of {of}. The story: {_wrapped(story, width)}")
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
    most: int = typer.Option(200, "-n", min=1, help="How many cases to make at most, from the newest stories."),
    force: Force = False,
) -> None:
    r"""Make cases from stories whose takes editors signed.

    A case has the articles that the writer was offered. Its topic is the first tag of the signed take. Check
    the topics: they say which cases are alike. If the editor changed the take, both texts are kept, and `eval judge`
    asks its judges which one is better.

    \b
    Example:
      ourtake eval cases from-reviews -o evals/cases/ours.jsonl
    """
    target = output(out, force=force)
    with open_store() as store:
        lines = list(lazy.eval_reviews.cases_from_reviews(store, most=most))
    if not lines:
        raise InputError("No draft has been signed at the desk yet.", "Approve one with `ourtake review` first.")
    _write(target, lines[::-1], out)


@cases_app.command("from-picks")
def from_picks(
    folder: RunDir,
    out: Path = typer.Option(..., "-o", "--out", help="The .jsonl file for the cases."),
    force: Force = False,
) -> None:
    r"""Make cases from the pairs that people compared.

    A case has the preferred take and the other one. `eval judge` tests its judges on them, against what your editors
    decided.

    \b
    Example:
      ourtake eval cases from-picks out -o evals/cases/picked.jsonl
    """
    target = output(out, force=force)
    run = lazy.eval_results.RunFolder(folder)
    run.record()
    lines = list(lazy.eval_reviews.cases_from_picks(run))
    if not lines:
        raise InputError(f"Nobody has picked a take in {folder} yet.", f"Pick with `ourtake eval pairs {folder}`.")
    _write(target, lines, out)


def _write(target: Output, lines: list[dict[str, Any]], out: Path) -> None:
    target.write("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines))
    known = sum(len(line.get("preferences", ())) for line in lines)
    told = f", with {count_of(known, 'pair')} in which editors prefer one" if known else ""
    emit(f"{count_of(len(lines), 'case')} {'is' if len(lines) == 1 else 'are'} written to {out}{told}.")
