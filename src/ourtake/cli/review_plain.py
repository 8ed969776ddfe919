"""`ourtake review --plain`: lines only, never redrawn: for screen readers, pipes and dumb terminals.

A command is one letter and a line end, with what belongs to it after a blank ("s the mayor confirmed it").
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.context import known_secrets
from ourtake.cli.review_loop import Reviewer, editor_of
from ourtake.cli.review_text import claim_lines, draft_lines, finding_lines, place_name, proposal_lines, queue_line
from ourtake.cli.terminal import emit, say
from ourtake.errors import OurtakeError

if TYPE_CHECKING:
    from ourtake.review.session import Desk
    from ourtake.web.service import Rewrite

HELP = """\
j next, k back, d the whole draft, i findings, t claims, p proposal, h history, ? this help, q quit
findings: f fix, s REASON let stand, e edit (in $EDITOR), r NOTE rewrite,
l link to the next offered article
e 3 edits paragraph 3; e body, e headline, e summary and e tags edit these
claims: y right, n wrong, w SOURCE right according to a source that you type in, o look again to change a decision
proposal: a accept the piece, x drop it, ok finish, no drop the whole proposal
u undo, K WHAT YOU KNOW about the subject, then A YOUR NAME to sign"""


def review_plain(
    desk: Desk,
    draft_id: str | None,
    *,
    by: str,
    contact: str,
    lines: Iterator[str],
    rewrite: Rewrite | None = None,
) -> None:
    """The queue, or one draft, driven by lines of commands until they end or say q."""
    if draft_id is None:
        draft_id = _chosen(desk, lines)
    if draft_id is None:
        return
    reviewer = Reviewer(desk.open(draft_id), by, rewrite)
    for line in draft_lines(reviewer.view):
        emit(line)
    _show(reviewer)
    _prompt("? for help")
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        if word == "q":
            break
        reviewer.touched()
        try:
            told = _obeyed(reviewer, word, rest.strip(), contact)
        except OurtakeError as error:
            told = known_secrets().masked(str(error))
        if told:
            emit(told)
        _prompt()
    reviewer.leave()


def _chosen(desk: Desk, lines: Iterator[str]) -> str | None:
    rows = desk.queue()
    for number, row in enumerate(rows, 1):
        emit(f"{number:>3}  {queue_line(row)}")
    if not rows:
        say("No drafts yet. Write one with `ourtake draft SOURCE`.")
        return None
    _prompt("the number or id of a draft, or q")
    given = next(lines, "q").strip()
    if given in ("", "q"):
        return None
    return rows[int(given) - 1].draft_id if given.isdecimal() and 1 <= int(given) <= len(rows) else given


def _prompt(words: str = "") -> None:
    """Ask for a line, on a terminal only: what a pipe reads holds no prompts."""
    if sys.stdin.isatty():
        print(f"{words}> ", end="", file=sys.stderr, flush=True)


def _obeyed(reviewer: Reviewer, word: str, rest: str, contact: str) -> str:
    """Do what a command says; what to tell the editor."""
    if word in ("j", "k", ""):
        reviewer.move(-1 if word == "k" else 1)
        _show(reviewer)
        return ""
    if word in _MODES:
        told = reviewer.turn_to(_MODES[word])  # type: ignore[arg-type]
        if not told:
            _show(reviewer)
        return told
    if word == "s":
        return reviewer.let_stand(rest)
    if word == "w":
        return reviewer.decide("source", rest)
    if word == "e":
        return reviewer.edit_outside(editor_of(), rest)
    if word == "r":
        return _rewritten(reviewer, rest)
    if word == "K":
        reviewer.knowledge = rest
        return f"What you know about the subject: {rest or 'nothing yet'}. Sign with A {reviewer.by}"
    if word == "A":
        if " ".join(rest.split()) != reviewer.by:
            return f"Type your name after A to sign: A {reviewer.by}"
        return reviewer.approve(reviewer.knowledge, contact)
    simple = _SIMPLE.get(word)
    return simple(reviewer) if simple is not None else f"There is no command {word}. ? lists them."


def _rewritten(reviewer: Reviewer, note: str) -> str:
    """Have the block under the cursor rewritten; the proposal is printed once it is whole."""
    write = reviewer.order(note)
    emit(f"Writing {place_name(*reviewer.place())} ...")
    told = reviewer.ordered(write(lambda text: None))
    _show(reviewer)
    return told


_MODES = {"i": "findings", "t": "claims", "p": "proposal"}
_SIMPLE: dict[str, Callable[[Reviewer], str]] = {
    "f": Reviewer.fix,
    "l": Reviewer.next_link,
    "u": Reviewer.undo,
    "o": Reviewer.look_again,
    "y": lambda reviewer: reviewer.decide("right"),
    "n": lambda reviewer: reviewer.decide("wrong") + " Edit it with e.",
    "a": lambda reviewer: reviewer.piece("take"),
    "x": lambda reviewer: reviewer.piece("drop"),
    "ok": Reviewer.finish,
    "no": Reviewer.discard,
    "d": lambda reviewer: "\n".join(draft_lines(reviewer.view)),
    "h": lambda reviewer: "\n".join(map(lazy.wording.act_line, reviewer.session.history())),
    "?": lambda reviewer: HELP,
}


def _show(reviewer: Reviewer) -> None:
    """Print what is under the cursor; a claim is then shown with its evidence, and can be decided."""
    number, count, lines = reviewer.index + 1, reviewer.count, [""]
    if reviewer.finding is not None:
        lines += finding_lines(reviewer.finding, reviewer.view, number=number, count=count)
    elif reviewer.claim is not None:
        lines += claim_lines(reviewer.claim, reviewer.view, number=number, count=count)
    elif reviewer.mode == "proposal" and reviewer.proposal is not None:
        lines += proposal_lines(reviewer.proposal, at=reviewer.index)
    else:
        lines.append(f"No {reviewer.mode}.")
    for line in lines:
        emit(line)
    reviewer.show_evidence()
