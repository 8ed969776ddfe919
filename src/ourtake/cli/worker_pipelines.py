"""The pipelines of a worker, which lives for weeks: what it writes and checks with is looked at again every LOOK_AGAIN
seconds, so that it drafts as a command that begins now would.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.cli.context import open_archive, settings
from ourtake.cli.drafting import HeldRun, Spending
from ourtake.cli.pipelines import build_pipeline
from ourtake.cli.terminal import say
from ourtake.errors import InputError

if TYPE_CHECKING:
    from ourtake.providers.ledger import Ledger
    from ourtake.writing.pipeline import Pipeline

LOOK_AGAIN = 60.0


class _Built:
    """A pipeline, its ledger, what it was built from, when it was last looked at, the number of jobs that use it, and
    what was said of newer settings that it was kept in spite of.
    """

    def __init__(self, pipeline: Pipeline, ledger: Ledger, made_of: tuple[str, ...]) -> None:
        self.pipeline, self.ledger, self.made_of = pipeline, ledger, made_of
        self.looked = time.monotonic()
        self.users = 0
        self.said = ""


class WorkerPipelines:
    """One pipeline for all jobs that ask the same models, with its connections and limits. `ledgers`: those in use."""

    def __init__(self, run: HeldRun, spending: Spending, concurrency: int, ledgers: list[Ledger]) -> None:
        self._run, self._spending, self._concurrency = run, spending, concurrency
        self._ledgers = ledgers
        self._built: dict[tuple[str, ...], _Built] = {}
        self._replaced: list[_Built] = []

    @asynccontextmanager
    async def using(self, models: list[str]) -> AsyncIterator[Pipeline]:
        """The pipeline for a job that asks these models. One that was replaced is closed after its last job. Raises
        InputError as build_pipeline does.
        """
        built = self._of(models)
        built.users += 1
        try:
            yield built.pipeline
        finally:
            built.users -= 1
            for unused in [one for one in self._replaced if not one.users]:
                self._replaced.remove(unused)
                self._ledgers.remove(unused.ledger)
                await unused.pipeline.close()

    def _of(self, models: list[str]) -> _Built:
        key = tuple(models)
        built = self._built.get(key)
        if built is None:
            built = self._built[key] = self._new(models)
        elif time.monotonic() - built.looked > LOOK_AGAIN:
            built.looked = time.monotonic()
            built.pipeline.archive.reread_earlier_takes()
            newer = self._newer(built, models)
            if newer is not None:
                say("ourtake: the settings, prompts or the ranking have changed; new drafts are written with them.")
                self._replaced.append(built)  # drafts under way still use it
                built = self._built[key] = newer
        return built

    def _new(self, models: list[str]) -> _Built:
        made_of = self._made_of()
        pipeline, ledger = build_pipeline(self._run, models, spending=self._spending, concurrency=self._concurrency)
        # Its jobs have nothing in common but their worker: they count as earlier takes of each other.
        pipeline.archive.leave_out("")
        self._ledgers.append(ledger)
        return _Built(pipeline, ledger, made_of)

    def _newer(self, built: _Built, models: list[str]) -> _Built | None:
        """What takes its place; None if nothing has changed, or nothing can be built from what has."""
        try:
            if self._made_of() != built.made_of:
                return self._new(models)
            built.said = ""
        except InputError as error:
            # Somebody is in the middle of changing the file, or has made a mistake.
            if built.said != str(error):
                say(f"ourtake: {error} Until then, drafts are written with the previous settings.", level="error")
            built.said = str(error)
        return None

    def _made_of(self) -> tuple[str, ...]:
        """What a pipeline is built from, apart from models and articles: settings, files beside them, the ranking."""
        given = settings()
        files = [*sorted((given.folder / "prompts").glob("*.jinja")), *map(given.folder.joinpath, given.style.files)]
        ranking = open_archive(self._run.store, meaning=False).weighting.model_dump_json()
        return given.model_dump_json(), ranking, *map(_version, files)

    async def close(self) -> None:
        """Close connections."""
        for built in (*self._replaced, *self._built.values()):
            await built.pipeline.close()


def _version(file: Path) -> str:
    """A text that changes with the file."""
    try:
        found = file.stat()
    except OSError:
        return f"{file}: missing"
    return f"{file}: {found.st_mtime_ns} {found.st_size}"
