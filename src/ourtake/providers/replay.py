"""Replies from files, `replay:FOLDER`: written by hand for tests and suites, and labelled so. No model, no key.

FOLDER has one file a story, named after the source's id: ID.json is the reply to the first request, as a model would
write it (headline, summary, body, tags; links to handles); ID.2.json the one to its second repeat, where that is to
differ; ID.repair1.json and ID.repair2.json those to repairs.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from ourtake.documents import Usage
from ourtake.errors import InputError, PermanentError
from ourtake.providers.base import Connection, OnText, Reply, Request

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Replay:
    """Hand-written replies as a provider."""

    name = "replay"

    def __init__(self, connection: Connection) -> None:
        """Raises InputError where the folder does not exist."""
        self.model = connection.info.model
        self._folder = Path(self.model)
        if not self._folder.is_dir():
            raise InputError(
                f"The folder of replies {self.model} does not exist.",
                "Name a folder with a file ID.json for each story.",
            )

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """The text of the story's file. Raises PermanentError where there is none."""
        story = request.brief.source.id or ""
        path = self._file(story, request)
        try:
            text = path.read_text(encoding="utf-8") if path is not None else None
            if text is not None:
                json.loads(text)
        except ValueError as error:
            raise PermanentError(f"{path} is not JSON.", "Fix that file.") from error
        if text is None:
            what = "repair" if request.task == "repair" else "reply"
            raise PermanentError(f"{self.model} has no {what} for the story {story or 'without an id'}.", "Write one.")
        if on_text is not None:
            on_text("")
            on_text(text)
        return Reply(status="complete", text=text, stop_reason="end", usage=Usage(calls=1), model=self.model)

    def _file(self, story: str, request: Request) -> Path | None:
        if not _SAFE.fullmatch(story):
            return None
        names = [f"{story}.repair{request.repair_round}.json"]
        if request.task != "repair":
            names = [f"{story}.{request.repetition}.json", f"{story}.json"]
        return next((self._folder / name for name in names if (self._folder / name).is_file()), None)

    async def close(self) -> None:
        """There is nothing to close."""
