"""OUT.jsonl of a batch: which drafts it holds already, and what a kill or a failure left in it that has to be drafted
again.

The file only grows while a batch runs. A batch that is resumed first takes out what is no finished draft: a last line
that a kill cut short, and the lines of drafts that failed and are now drafted again; whole lines stay byte for byte.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ourtake.errors import InputError
from ourtake.publish.output import replace_file

if TYPE_CHECKING:
    from ourtake.documents import Draft, Source
    from ourtake.store import Store


_BEGINNING = b'{"id":"'
"""How the line of every draft begins."""


class Task(NamedTuple):
    """A source, the id of its draft in this run, and its number among sources that a model can't tell apart."""

    source: Source
    draft_id: str
    repetition: int


def tasks_of(sources: Sequence[Source], *, run_id: str, models: Sequence[str]) -> list[Task]:
    """A task a source; a source that stands in the batch twice is two."""
    from ourtake.store.runs import draft_id

    seen: Counter[str] = Counter()
    tasks = []
    for source, repetition in zip(sources, repetitions_of(sources), strict=True):
        key = _key(source)
        seen[key] += 1
        tasks.append(Task(source, draft_id(run_id, key, str(seen[key]), *models), repetition))
    return tasks


def repetitions_of(sources: Sequence[Source]) -> list[int]:
    """For each source its number, from 1, among those that are alike but for id and address, which a model never sees.

    Two stories get two answers, then, even where their texts are the same; one story that stands in the batch twice
    gets one.
    """
    alike: dict[str, dict[str, int]] = {}
    numbers = []
    for source in sources:
        known = alike.setdefault(source.model_dump_json(exclude={"id", "url"}), {})
        numbers.append(known.setdefault(_key(source), len(known) + 1))
    return numbers


def tasks_left(tasks: Sequence[Task], out: Path) -> list[Task]:
    """The tasks that OUT has no finished draft for; the file is mended on the way.

    A draft is known by its id, one of another run by its source. Raises InputError for a line that is no draft.
    """
    from ourtake.writing.pipeline import FINISHED

    ids, keys = {task.draft_id for task in tasks}, Counter(_key(task.source) for task in tasks)
    own: set[str] = set()
    others: Counter[str] = Counter()
    dropped: set[int] = set()
    for number, draft in _drafts(out):
        if draft.status not in FINISHED:
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


def anew(draft_id: str, store: Store) -> str:
    """The id under which a draft is asked for afresh: its own, as long as no answer of that id came to be no take."""
    from ourtake.store.runs import draft_id as next_id
    from ourtake.writing.pipeline import FINISHED, OPEN

    while (found := store.draft(draft_id)) is not None and found.status not in (*FINISHED, *OPEN):
        draft_id = next_id(draft_id, "anew")
    return draft_id


def _key(source: Source) -> str:
    return json.dumps([source.id, source.url, source.title])


def _drafts(out: Path) -> Iterator[tuple[int, Draft]]:
    from ourtake.documents import Draft

    if not out.exists():
        return
    with out.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                if not _is_cut_off(line):
                    raise InputError(f"{out}:{number} is not a draft.", "Name the file that an earlier batch wrote.")
                return
            try:
                yield number, Draft.model_validate_json(line)
            except ValueError as error:
                raise InputError(
                    f"{out}:{number} is not a draft.", "Name the file that an earlier batch wrote."
                ) from error


def _is_cut_off(line: bytes) -> bool:
    """Whether a last line without an end can be what a kill left of a draft's: it begins as each of them does."""
    return line.startswith(_BEGINNING) or _BEGINNING.startswith(line)


def _rewrite(out: Path, dropped: set[int]) -> None:
    """OUT without those lines and without a cut-off last one; put in its place whole, so that a kill leaves the old
    file or the new one.
    """
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
