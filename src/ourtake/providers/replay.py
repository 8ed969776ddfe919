"""Replies from files, `replay:FOLDER`: written by hand for tests and suites, and labelled so. No model, no key.

FOLDER has one file a story, named after the source's id: ID.json is the reply to the first request, as a model would
write it (headline, summary, body, tags; links to handles); ID.2.json the one to its second repeat, where that is to
differ; ID.plan.json the plan, without which the take is written in one call; ID.reread.json the second reading;
ID.repair1.json and ID.repair2.json the repairs, ID.reread1.json and ID.reread2.json what is read again after them.

`replay:FILE.jsonl` has all of them in one file, one JSON object a line: {"id": "ID.json without the ending", "take"},
or {"id", "of", "field", "old", "new"} for the take of an earlier line with one passage replaced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ourtake.documents import Usage
from ourtake.errors import InputError, PermanentError, UnableError
from ourtake.providers.base import Connection, OnText, Reply, Request
from ourtake.text.counts import count_of

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Replay:
    """Hand-written replies as a provider."""

    name = "replay"

    def __init__(self, connection: Connection) -> None:
        """Raises InputError if there is no such folder or file, or a line of the file can't be used."""
        self.model = connection.info.model
        path = Path(self.model)
        if not path.exists():
            do = "Name a folder with a file ID.json for each story, or a .jsonl file."
            raise InputError(f"The replies {self.model} do not exist.", do)
        self._read: Callable[[str], str | None] = read_lines(path).get if path.is_file() else _Folder(path).get

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """The text of the story's reply. Raises PermanentError if there is none, UnableError for a plan."""
        story = request.brief.source.id or ""
        names = [f"{story}.{request.repetition}", story]
        if request.task != "take":
            names = [f"{story}.{request.task}{request.repair_round or ''}"]
        text = next((found for name in names if (found := self._read(name)) is not None), None)
        if text is None:
            what = {"take": "reply", "reread": "second reading"}.get(request.task, request.task)
            missing = UnableError if request.task == "plan" else PermanentError
            raise missing(f"{self.model} has no {what} for the story {story or 'without an id'}.", "Write one.")
        if on_text is not None:
            on_text("")
            on_text(text)
        return Reply(status="complete", text=text, stop_reason="end", usage=Usage(calls=1), model=self.model)

    async def close(self) -> None:
        """There is nothing to close."""


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, name: str) -> str | None:
        """The text of NAME.json. Raises PermanentError if it is not JSON."""
        path = self._path / f"{name}.json"
        if not _SAFE.fullmatch(name) or not path.is_file():
            return None
        try:
            text = path.read_text(encoding="utf-8")
            json.loads(text)
        except ValueError as error:
            raise PermanentError(f"{path} is not JSON.", "Fix that file.") from error
        return text


def read_lines(path: Path) -> dict[str, str]:
    """The replies of a file, by name. Raises InputError that names the line."""
    takes: dict[str, dict[str, Any]] = {}
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                takes[row["id"]] = row["take"] if "take" in row else _changed(takes[row["of"]], row)
            except (ValueError, KeyError, TypeError) as error:
                do = "See docs/evals.md for what a line holds."
                raise InputError(f"{path}:{number} is not a reply ({error}).", do) from error
    return {name: json.dumps(take, ensure_ascii=False) for name, take in takes.items()}


def _changed(take: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """A take with one passage replaced. Raises ValueError if the take does not have it exactly once."""
    field, old = row["field"], row["old"]
    text = ", ".join(take["tags"]) if field == "tags" else take[field]
    if text.count(old) != 1:
        raise ValueError(f"{field} of {row['of']} has “{old[:40]}” {count_of(text.count(old), 'time')}")
    changed = text.replace(old, row["new"])
    return {**take, field: changed.split(", ") if field == "tags" else changed}
