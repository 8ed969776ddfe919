"""`ourtake approve`, `reject`, `kill`, `correct`, `reopen`: what a named person decides about a whole draft."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store
from ourtake.cli.options import DraftId, Json, Person
from ourtake.cli.review_desk import acting, key_ring, open_desk, reader_contact
from ourtake.cli.terminal import ask, emit, emit_json, say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ourtake.review.session import Session
    from ourtake.review.views import DraftView

Knowledge = Annotated[
    str,
    typer.Option(
        "--knowledge", help="What you know about the subject, in your own words. On a terminal you are asked."
    ),
]
Contact = Annotated[
    str, typer.Option("--contact", help="How readers can reach the person responsible. Default: [review] contact.")
]
Label = Annotated[bool, typer.Option("--label", help="Keep the label that tells readers that a model wrote it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


def approve(
    draft_id: DraftId,
    person: Person = None,
    knowledge: Knowledge = "",
    contact: Contact = "",
    label: Label = False,
    as_json: Json = False,
) -> None:
    r"""Sign a draft whose claims have all been decided. If something is still open, it is listed; the exit code is 2.

    \b
    Example:
      ourtake approve 3f2a --as "Ann Reed" \
          --knowledge "Has covered energy since 2015"
    """
    by, reached, knowledge = acting(person), reader_contact(contact), _knowledge(knowledge)
    _signed(
        draft_id,
        lambda session: session.approve(by=by, knowledge=knowledge, contact=reached, label=label),
        as_json=as_json,
    )


def correct(
    draft_id: DraftId,
    note: Annotated[str, typer.Option("--note", help="What was corrected, for readers.")],
    person: Person = None,
    knowledge: Knowledge = "",
    contact: Contact = "",
    label: Label = False,
    as_json: Json = False,
) -> None:
    r"""Sign a corrected take again. The note tells readers what was corrected.

    \b
    Example:
      ourtake correct 3f2a --as "Ann Reed" \
          --note "The plant opens in 2031, not in 2030."
    """
    by, reached, knowledge = acting(person), reader_contact(contact), _knowledge(knowledge)
    _signed(
        draft_id,
        lambda session: session.correct(note, by=by, knowledge=knowledge, contact=reached, label=label),
        as_json=as_json,
    )


def reject(draft_id: DraftId, person: Person = None, reason: Reason = "", as_json: Json = False) -> None:
    r"""Reject a draft.

    \b
    Example:
      ourtake reject 3f2a --as "Ann Reed" --reason "The story was withdrawn"
    """
    by = acting(person)
    _show(_done(draft_id, lambda session: session.reject(by=by, reason=reason)), as_json=as_json)


def kill(draft_id: DraftId, person: Person = None, reason: Reason = "", as_json: Json = False) -> None:
    r"""Withdraw a take. Every later export of it says so.

    \b
    Example:
      ourtake kill 3f2a --as "Ann Reed" --reason "The document was forged"
    """
    by = acting(person)
    _show(_done(draft_id, lambda session: session.kill(by=by, reason=reason)), as_json=as_json)


def reopen(draft_id: DraftId, person: Person = None, reason: Reason = "", as_json: Json = False) -> None:
    r"""Reopen a draft that was signed, rejected or killed. Its sign-off no longer counts.

    \b
    Example:
      ourtake reopen 3f2a --as "Ann Reed" --reason "The source was corrected"
    """
    by = acting(person)
    _show(_done(draft_id, lambda session: session.reopen(by=by, reason=reason)), as_json=as_json)


def _knowledge(given: str) -> str:
    """What is known of the subject: asked for where somebody is there to answer."""
    if given.strip() or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return given.strip()
    return ask("What you know about the subject", default="").strip()


def _signed(draft_id: str, sign: Callable[[Session], DraftView], *, as_json: bool) -> None:
    first = not key_ring().public_path.exists()
    try:
        view = _done(draft_id, sign)
    except lazy.steps.NotReady as refused:
        if as_json:
            emit_json({"approved": False, "open": [one.model_dump(mode="json") for one in refused.blockers]})
        for one in refused.blockers:
            say(f"{one.kind:<8}  {one.id:<16}  {one.text}")
        raise InputError(refused.what, refused.do) from None
    _show(view, as_json=as_json)
    if view.signed_once:
        say("A second person has to sign it as well.")
    signature = view.standing.signatures[-1]
    if not signature.knowledge:
        say(
            f"The record does not say what {signature.by} knows about the subject. The law asks for a person with "
            "knowledge of it. Add it with --knowledge."
        )
    if not signature.contact:
        say(
            "The record does not say how readers can reach the person responsible. Use --contact, or set [review] "
            "contact."
        )
    if first and key_ring().public_path.exists():
        path = key_ring().public_path
        say(f"A signing key was created for this computer. Give the public part to those who verify records: {path}")


def _done(draft_id: str, act: Callable[[Session], DraftView]) -> DraftView:
    with open_store() as store:
        return act(open_desk(store).open(draft_id))


def _show(view: DraftView, *, as_json: bool) -> None:
    draft = view.draft
    if as_json:
        review = draft.review.model_dump(mode="json") if draft.review else None
        emit_json({"id": draft.id, "revision": view.revision.number, "review": review, "claim_counts": view.counts})
    else:
        emit(f"Draft {draft.id}, revision {view.revision.number}: {lazy.wording.state_line(view)}")
