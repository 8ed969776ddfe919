"""A story over the example publication, in this process: its store and archive, and a provider that is a script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ourtake.archive.lookup import Archive
from ourtake.config import Settings
from ourtake.documents import Source, Usage
from ourtake.intake.files import read_source
from ourtake.providers.base import OnText, Reply, ReplyStatus, Request
from ourtake.providers.baseline import write
from ourtake.providers.ledger import Ledger, RecordedProvider
from ourtake.store import Store
from ourtake.writing.pipeline import Pipeline, look_up
from ourtake.writing.prompts import Prompts

FIRST = "sources/01-data-centre-power.md"
USED = Usage(input_tokens=100, output_tokens=200, calls=1)


def said(content: object, status: ReplyStatus = "complete") -> Reply:
    """An answer, written for these tests."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Reply(status=status, text=text, stop_reason="stop", usage=USED, model="m")


class Script:
    """A provider that gives these answers and raises these errors in turn, and keeps what it was asked. One that ends
    with an error stays down.
    """

    name = "scripted"
    model = "m"

    def __init__(self, *answers: Reply | Exception) -> None:
        self.asked: list[Request] = []
        self._answers: Sequence[Reply | Exception] = answers

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        self.asked.append(request)
        down = len(self.asked) > len(self._answers) and isinstance(self._answers[-1], Exception)
        answer = self._answers[-1 if down else len(self.asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        if on_text is not None:
            on_text(answer.text)
        return answer

    async def close(self) -> None:
        """There is nothing to close."""


class Story(NamedTuple):
    """A source, what its pipeline is made of, and a sound take on it in handles."""

    source: Source
    pipeline: Pipeline
    ledger: Ledger
    take: dict[str, Any]

    def told(self, script: Script) -> Pipeline:
        """The pipeline with a script for its provider, whose calls the ledger records."""
        return self.pipeline._replace(provider=RecordedProvider(script, self.ledger))

    def faulty(self, more: str = " See [a study of ours](a77).") -> dict[str, Any]:
        """The take with a link in its second paragraph that leads nowhere."""
        parts = self.take["body"].split("\n\n")
        return self.take | {"body": "\n\n".join([parts[0], parts[1] + more, *parts[2:]])}

    def second(self) -> str:
        """The second paragraph of the sound take."""
        return str(self.take["body"].split("\n\n")[1])


@contextmanager
def story(paper: Path, settings: Settings | None = None, *, full: bool = False) -> Iterator[Story]:
    """The story over a copy of the example publication; `full`: planned and read again, not written in one call."""
    settings = settings or Settings()
    take = settings.take.model_copy(update={"process": "full" if full else "quick"})
    settings = settings.model_copy(update={"take": take})
    source = read_source(str(paper / FIRST))
    with Store.open(f"sqlite:///{paper}/ourtake.db") as store:
        archive = Archive(store, paper / "ourtake.index")
        archive.refresh()
        brief = look_up(source, archive=archive, settings=settings)
        ledger = Ledger(store, settings, run_id="run", process_id=store.enroll())
        pipeline = Pipeline(store, archive, Script(), Prompts(settings), settings, run="run")
        yield Story(source, pipeline, ledger, write(brief))
