"""`ourtake draft --batch`: many sources, a fixed number under way, one Draft a line as each is done."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.cli.common import emit, open_store, progress, say
from ourtake.cli.draft import build_corridor, check_writable
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.documents import Draft, Source


def draft_batch(batch: Path, out: Path | None, *, model: list[str], concurrency: int, resume: bool) -> int:
    """Draft every source of a JSONL file. Returns the exit code: 3 when a provider failed, 1 when errors are left open or lines were bad."""
    from ourtake.intake.files import read_sources

    if out is None:
        raise InputError("A batch needs -o OUT.jsonl.", "Name the file for the drafts.")
    check_writable(out)
    if out.exists() and out.stat().st_size and not resume:
        raise InputError(f"{out} holds something already.", "Add --resume to go on with it, or name another file.")
    rows = list(read_sources(batch))
    bad = [(line, found) for line, found in rows if isinstance(found, InputError)]
    for line, problem in bad:
        say(f"{batch}:{line}: {problem}")
    done = _finished(out) if resume else set()
    sources = [found for _, found in rows if not isinstance(found, InputError) and _key(found) not in done]
    with open_store() as store:
        corridor = build_corridor(store, model, concurrency=concurrency)
        corridor.archive.expect(sources)
        drafts = asyncio.run(_run(sources, corridor, out=out, concurrency=concurrency))
    failed = [draft for draft in drafts if draft.status not in ("ready", "needs-work")]
    for sentence in sorted({draft.error or draft.status for draft in failed} | {note for draft in drafts for note in draft.notes}):
        say(f"ourtake: {sentence}")
    ready = sum(draft.status == "ready" for draft in drafts)
    open_errors = len(drafts) - ready - len(failed)
    emit(f"{len(drafts)} drafts: {ready} ready, {open_errors} with open errors, {len(failed)} failed; {len(done)} were done before.")
    if failed:
        return 4 if all(draft.status == "limit" for draft in failed) else 3
    return 1 if bad or ready < len(drafts) else 0


async def _run(sources: list[Source], corridor: object, *, out: Path, concurrency: int) -> list[Draft]:
    from ourtake.jobs.local import run_many
    from ourtake.writing.pipeline import Corridor, write_draft

    assert isinstance(corridor, Corridor)
    drafts = []
    try:
        with out.open("a", encoding="utf-8") as file, progress(len(sources), "Drafting") as bar:
            # Twice as many drafts in hand as calls under way: see providers/ledger.py.
            async for draft in run_many(sources, lambda source: write_draft(source, corridor), concurrency=2 * concurrency):
                # Flushed line by line: a killed run keeps every draft that was finished.
                file.write(draft.model_dump_json() + "\n")
                file.flush()
                drafts.append(draft)
                bar.advance()
    finally:
        await corridor.provider.close()
    return drafts


def _key(source: Source) -> str:
    return json.dumps([source.id, source.url, source.title])


def _finished(out: Path) -> set[str]:
    """The sources that OUT has a take for; a last line that a kill cut short is dropped from the file, whole lines stay."""
    from ourtake.documents import Draft

    if not out.exists():
        return set()
    whole = out.read_bytes()
    if whole and not whole.endswith(b"\n"):
        out.write_bytes(whole[: whole.rfind(b"\n") + 1])
    found = set()
    for number, line in enumerate(out.read_text(encoding="utf-8").splitlines(), 1):
        try:
            draft = Draft.model_validate_json(line)
        except ValueError as error:
            raise InputError(f"{out}:{number} is not a draft.", "Name the file that an earlier batch wrote.") from error
        if draft.standing() is not None:
            found.add(_key(draft.source))
    return found
