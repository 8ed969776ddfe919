"""`ourtake verify`: whether a file or page is what somebody signed."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings, store_is_missing
from ourtake.cli.options import Json
from ourtake.cli.review_desk import RECORD_SUFFIX as SUFFIX
from ourtake.cli.review_desk import key_ring
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import BadSeal, InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from ourtake.review.verify import Verified
    from ourtake.store.desk import Filed


def verify(
    target: str = typer.Argument(..., help="The text: a file or a page's address.", metavar="FILE|URL"),
    record: Path = typer.Option(None, "--record", help=f"The record. Default: beside the file, as FILE{SUFFIX}."),
    key: str = typer.Option(
        None, "--key", help="The publication's public key: a file, or base64. Default: this computer's own."
    ),
    as_json: Json = False,
) -> None:
    r"""Compare a published text with the record of its sign-off.

    The answer is exact, same words, or different. Exit codes: 0 exact or same words, 1 different or an invalid record,
    2 incorrect use.

    \b
    Examples:
      ourtake verify take.md
      ourtake verify https://paper.example/take --record r.json
    """
    trusted = _trusted(key)
    text, base = _read(target)
    envelope = _record(target, record)
    try:
        filed = _filed(lazy.envelope.opened(envelope, trusted)["predicate"]["draft"])
        found = lazy.verify.verify(
            text,
            envelope,
            trusted,
            chain=None if filed is None else filed.acts,
            draft=None if filed is None else filed.draft,
            base=base,
        )
    except BadSeal as error:
        if as_json:
            emit_json({"result": "bad seal", "reason": error.what})
        raise
    _show(target, found, as_json=as_json)
    if found.result == "different":
        sys.exit(1)


def _trusted(key: str | None) -> dict[str, Ed25519PublicKey]:
    if key is None:
        known = key_ring().public()
        if not known:
            do = "Give the publication's with --key, or in [review] public_keys."
            raise InputError("There is no public key to verify with.", do)
        return known
    path = Path(key)
    given = lazy.files.read_text(path) if path.is_file() else key
    public = lazy.review_keys.read_public(given, f"--key {key if path.is_file() else '...'}")
    return {lazy.review_keys.key_id(public): public}


def _read(target: str) -> tuple[str, str]:
    """The text of a file or page, and the page's address."""
    if not lazy.files.is_address(target):
        return lazy.files.read_text(Path(target)), ""
    with contextlib.closing(lazy.polite.polite_fetcher(settings().intake)) as fetcher:
        fetched = fetcher.get(target)
    return lazy.encoding.decoded(fetched.body, fetched.content_type), fetched.url


def _record(target: str, record: Path | None) -> str:
    if record is not None:
        return lazy.files.read_text(record)
    if not lazy.files.is_address(target):
        beside = Path(f"{target}{SUFFIX}")
        if beside.is_file():
            return lazy.files.read_text(beside)
        raise InputError(f"There is no record {beside}.", "Name it with --record.")
    if not store_is_missing():
        with open_store() as store:
            known = store.desk.published_at(target)
            seal = store.desk.seal(known) if known is not None else None
        if seal is not None:
            return seal
    raise InputError("No draft is known to have been published at this address.", "Name the record with --record.")


def _filed(draft_id: str) -> Filed | None:
    """The draft of a record, where the store in use has it."""
    if store_is_missing():
        return None
    with open_store() as store:
        return store.desk.filed(draft_id)


def _show(target: str, found: Verified, *, as_json: bool) -> None:
    if as_json:
        emit_json(found.model_dump(mode="json"))
        return
    who = " and ".join(f"{name} on {at[:16].replace('T', ' ')}" for name, at in found.signed)
    named = f"{target} and what {who} signed (draft {found.draft}, revision {found.revision})"
    if found.result == "different":
        assert found.difference is not None
        emit(f"different: {named}.")
        emit(f"  {found.difference.where}")
        emit(f"  signed: {found.difference.signed}")
        emit(f"  found:  {found.difference.found or '(nothing)'}")
    else:
        typography = "; only typography differs" if found.result == "same words" else ""
        emit(f"{found.result}: {named}{typography}.")
    compared = "compared with the store" if found.chain == "whole" else "not compared with a store"
    say(f"The record counts {count_of(found.acts, 'act')}, {compared}.")
    for note in found.notes:
        say(note)
