"""OUT.jsonl of a batch: which drafts it already holds, and which have to be drafted again after a kill or a failure.

The file only grows while a batch runs. A batch that is resumed first removes what is not a finished draft: a last line
that a kill cut short, and the lines of failed drafts, which are drafted again. Finished lines stay byte for byte.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ourtake.cli import lazy
from ourtake.errors import InputError
from ourtake.publish.output import replace_file

if TYPE_CHECKING:
    from ourtake.documents import Draft, Source
    from ourtake.store import Store


_BEGINNING = b'{"id":"'
"""How every draft's line begins."""


class Task(NamedTuple):
    """A source, the id of its draft in this run, and its number among sources that a model can't tell apart."""

    source: Source
    draft_id: str
    repetition: int


def tasks_of(sources: Sequence[Source], *, run_id: str, models: Sequence[str]) -> list[Task]:
    """A task for each source; a source that occurs twice in the batch gets two tasks."""
    seen: Counter[str] = Counter()
    tasks = []
    for source, repetition in zip(sources, repetitions_of(sources), strict=True):
        key = _key(source)
        seen[key] += 1
        tasks.append(Task(source, lazy.runs.draft_id(run_id, key, str(seen[key]), *models), repetition))
    return tasks


def repetitions_of(sources: Sequence[Source]) -> list[int]:
    """For each source its number, from 1, among those that differ only in id and address, which a model never sees.

    So two stories get two answers even where their texts are the same, and one story that occurs twice gets one.
    """
    alike: dict[str, dict[str, int]] = {}
    numbers = []
    for source in sources:
        known = alike.setdefault(source.model_dump_json(exclude={"id", "url"}), {})
        numbers.append(known.setdefault(_key(source), len(known) + 1))
    return numbers


def tasks_left(tasks: Sequence[Task], out: Path) -> list[Task]:
    """The tasks that OUT has no finished draft for; unfinished ones are removed from the file.

    A draft is known by its id, one of another run by its source. Raises InputError for a line that is not a draft.
    """
    ids, keys = {task.draft_id for task in tasks}, Counter(_key(task.source) for task in tasks)
    own: set[str] = set()
    others: Counter[str] = Counter()
    dropped: set[int] = set()
    for number, draft in _drafts(out):
        if draft.status not in lazy.pipeline.FINISHED:
            if draft.id in ids or keys[_key(draft.source)]:
                dropped.add(number)
        elif draft.id in ids:
            own.add(draft.id)
        else:
            others[_key(draft.source)] += 1
    _rewrite(out, dropped)
    left = []
    for task in tasks:
        key = _key(task.source)
        if task.draft_id in own:
            continue
        if others[key]:
            others[key] -= 1
        else:
            left.append(task)
    return left


def next_draft_id(draft_id: str, store: Store) -> str:
    """The id under which a draft is made again: its own id, unless the answers under that id gave no take."""
    closed = (*lazy.pipeline.FINISHED, *lazy.pipeline.OPEN)
    while (found := store.draft(draft_id)) is not None and found.status not in closed:
        # Part of the ids of stored drafts, so the word can't change.
        draft_id = lazy.runs.draft_id(draft_id, "fresh")
    return draft_id


def _key(source: Source) -> str:
    return json.dumps([source.id, source.url, source.title])


def _drafts(out: Path) -> Iterator[tuple[int, Draft]]:
    """The drafts that OUT holds, with their line numbers. Raises InputError for a line that is not a draft."""
    if not out.exists():
        return
    with out.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n") and _is_cut_off(line):
                return
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("the line has no end")
                yield number, lazy.documents.Draft.model_validate_json(line)
            except ValueError as error:
                do = "Name the file that an earlier batch wrote."
                raise InputError(f"{out}:{number} is not a draft.", do) from error


def _is_cut_off(line: bytes) -> bool:
    """Whether a last line without an end may be what a kill left of a draft: it begins as every draft's line does."""
    return line.startswith(_BEGINNING) or _BEGINNING.startswith(line)


def _rewrite(out: Path, dropped: set[int]) -> None:
    """Remove those lines, and a cut-off last one, from OUT. A kill leaves the old file or the new one."""
    if not out.exists():
        return
    with out.open("rb") as file:
        file.seek(max(0, out.stat().st_size - 1))
        torn = file.read(1) not in (b"", b"\n")
    if not dropped and not torn:
        return
    with out.open("rb") as old:
        whole = (line for number, line in enumerate(old, 1) if number not in dropped and line.endswith(b"\n"))
        replace_file(out, whole)
