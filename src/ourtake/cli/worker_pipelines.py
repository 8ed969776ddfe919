"""The pipelines of a worker, which lives for weeks: what it writes and checks with is looked at again every LOOK_AGAIN
seconds, so that it drafts as a command that begins now would.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from ourtake.cli.context import open_archive, settings
from ourtake.cli.drafting import HeldRun, Spending
from ourtake.cli.pipelines import build_pipeline
from ourtake.cli.terminal import say
from ourtake.errors import ConfigError

if TYPE_CHECKING:
    from ourtake.providers.ledger import Ledger
    from ourtake.writing.pipeline import Pipeline

LOOK_AGAIN = 60.0


class _Built:
    """A pipeline, what it was built from, and when it was last looked at."""

    def __init__(self, pipeline: Pipeline, made_of: tuple[str, ...]) -> None:
        self.pipeline, self.made_of = pipeline, made_of
        self.looked = time.monotonic()


class WorkerPipelines:
    """One pipeline for all jobs that ask the same models, with its connections and limits. `ledgers`: those in use."""

    def __init__(self, run: HeldRun, spending: Spending, concurrency: int, ledgers: list[Ledger]) -> None:
        self._run, self._spending, self._concurrency = run, spending, concurrency
        self._ledgers = ledgers
        self._built: dict[tuple[str, ...], _Built] = {}
        self._replaced: list[Pipeline] = []

    def of(self, models: list[str]) -> Pipeline:
        """The pipeline for jobs that ask these models. Raises InputError as build_pipeline does."""
        key = tuple(models)
        built = self._built.get(key)
        if built is None:
            built = self._built[key] = self._new(models)
        elif time.monotonic() - built.looked > LOOK_AGAIN:
            built.looked = time.monotonic()
            built.pipeline.archive.reread_earlier_takes()
            if self._is_old(built):
                say("ourtake: the settings, prompts or the ranking have changed; new drafts are written with them.")
                self._replaced.append(built.pipeline)  # drafts under way still use it
                built = self._built[key] = self._new(models)
        return built.pipeline

    def _new(self, models: list[str]) -> _Built:
        made_of = self._made_of()
        pipeline, ledger = build_pipeline(self._run, models, spending=self._spending, concurrency=self._concurrency)
        # Its jobs have nothing in common but their worker: they count as earlier takes of each other.
        pipeline.archive.leave_out("")
        self._ledgers.append(ledger)
        return _Built(pipeline, made_of)

    def _is_old(self, built: _Built) -> bool:
        try:
            return self._made_of() != built.made_of
        except ConfigError as error:
            # Somebody is in the middle of changing the file.
            say(f"ourtake: {error} Until then, drafts are written with the settings of before.", level="error")
            return False

    def _made_of(self) -> tuple[str, ...]:
        """What a pipeline is built from, apart from models and articles: settings, files beside them, the ranking."""
        given = settings()
        files = [*sorted((given.folder / "prompts").glob("*.jinja")), *map(given.folder.joinpath, given.style.files)]
        ranking = open_archive(self._run.store, meaning=False).weighting.model_dump_json()
        return given.model_dump_json(), ranking, *map(_version, files)

    async def close(self) -> None:
        """Close connections."""
        for pipeline in (*self._replaced, *(built.pipeline for built in self._built.values())):
            await pipeline.close()


def _version(file: Path) -> str:
    """A text that changes with the file."""
    try:
        found = file.stat()
    except OSError:
        return f"{file}: missing"
    return f"{file}: {found.st_mtime_ns} {found.st_size}"
