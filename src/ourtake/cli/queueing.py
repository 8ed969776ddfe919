"""What commands hand to workers instead of doing it themselves: `--queue` of `draft`, `archive add` and `check`."""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError, ProviderError
from ourtake.jobs.job import LATER, ORDINARY, URGENT, JobRow, NewJob

if TYPE_CHECKING:
    from ourtake.cli.draft_wishes import Wanted
    from ourtake.documents import Source
    from ourtake.jobs.cluster import Cluster
    from ourtake.store import Store

Result = TypeVar("Result")

_NEWS = {
    "waiting": "A worker will do it as soon as one is free …",
    "running": "A worker is doing it …",
    "stopping": "It is being stopped …",
}
_SHOWN = 5
"""Up to this many jobs are named one by one."""


def require_queue(store: Store) -> None:
    """Raise InputError if the store has no queue, or the package for it is missing."""
    if not store.queue_address:
        what = "Workers need a store on PostgreSQL."
        raise InputError(what, "Set --store postgresql://...; see docs/deploy.md.")
    if importlib.util.find_spec("procrastinate") is None:
        raise InputError("The queue needs the package procrastinate.", "Run pip install 'ourtake[postgres]'.")


def with_queue(store: Store, act: Callable[[Cluster], Awaitable[Result]]) -> Result:
    """What `act` returns, with the store's queue open. Raises InputError if the store has none."""
    require_queue(store)

    async def run() -> Result:
        async with lazy.cluster.opened(store.queue_address) as cluster:
            return await act(cluster)

    return lazy.asyncio.run(run())


def done_by_worker(store: Store, job: NewJob, tell: Callable[[str], None], *, shown: bool = False) -> JobRow | None:
    """What a worker made of a job; None if no worker is alive: then whoever asks does it. `tell` gets a sentence
    each time there is news; with `shown` the job takes `shown`, a name, and its text is told as it grows. Raises
    ProviderError if the job failed.
    """
    if not store.queue_address or importlib.util.find_spec("procrastinate") is None:
        return None

    async def ask(cluster: Cluster) -> JobRow | None:
        if not await cluster.workers():
            return None
        name = f"shown {uuid.uuid4().hex}" if shown else ""
        asked = job._replace(arguments={**job.arguments, "shown": name}) if shown else job
        (number,) = await cluster.submit([asked])
        number = number if number is not None else await cluster.waiting(job)
        if number is None:
            return None
        try:
            return await cluster.finished(number, told=lambda state: tell(_NEWS[state]), shown=name, grown=tell)
        finally:
            if shown:
                try:
                    await cluster.drop_result(name)
                except lazy.cluster.AWAY as error:
                    # What the job came to counts, and it is known.
                    say(f"ourtake: The text that job {number} showed was not removed: {lazy.cluster.reason(error)}.")

    done = with_queue(store, ask)
    if done is not None and done.state != "done":
        raise ProviderError(done.note or f"The job was {done.state}.", f"See `ourtake jobs list`, job {done.id}.")
    return done


def urgent_job(task: str, arguments: dict[str, Any], lock: str, *, like: str = "") -> NewJob:
    """A job that somebody waits for."""
    return NewJob(task, arguments, lock, URGENT, like)


def draft_job(
    story: Source, names: Sequence[str], wanted: Wanted, *, urgent: bool = False, alone: bool = True
) -> tuple[NewJob, str]:
    """The job that writes a draft on a story, and the draft's id. `urgent`: somebody waits for it; `alone`: it is not
    one of many.
    """
    priority = URGENT if urgent else ORDINARY if alone else LATER
    given = story.model_dump(mode="json", exclude_none=True)
    draft_id = lazy.runs.draft_id("queue", story.model_dump_json(), *names, *wanted.parts())
    arguments = {"source": given, "models": list(names), "draft_id": draft_id, "wanted": wanted._asdict()}
    return NewJob("draft", arguments, f"draft {draft_id}", priority), draft_id


def check_known(models: Iterable[str]) -> None:
    """Raise InputError for a model of an unknown provider. The keys are the workers' matter."""
    for name in models:
        if lazy.registry.row_of(name.partition(":")[0], settings()) is None:
            lazy.registry.check_model(name, settings())


def queue_drafts(
    stories: Sequence[Source], models: Sequence[str], wanted: Wanted, *, as_json: bool, provider_batch: bool = False
) -> None:
    """Queue a draft of each story for workers; with `provider_batch` one job, in which a worker has the model's batch
    endpoint write all first takes. Raises InputError for an unknown model, and without a queue.
    """
    check_known(models)
    if not stories:
        if as_json:
            emit_json([])
        return  # what read the stories has said that there are none
    made = [draft_job(story, models, wanted, alone=len(stories) == 1) for story in stories]
    if provider_batch:
        sources = [job.arguments["source"] for job, _ in made]
        name = lazy.runs.draft_id("batch", *(id_ for _, id_ in made))
        arguments = {"sources": sources, "models": list(models), "wanted": wanted._asdict(), "name": name}
        job = NewJob("batch", arguments, f"batch {name}", LATER)
        _submit([job], [""], as_json=as_json)
        return
    _submit([job for job, _ in made], [id_ for _, id_ in made], as_json=as_json)


def queue_imports(
    names: Sequence[str], *, form: str, again: bool, permalink: str, encoding: str, as_json: bool
) -> None:
    """Queue an import for each address, and for each file or folder, which the workers must reach by the same path."""
    places = [name if lazy.files.is_address(name) else str(Path(name).resolve()) for name in names]
    jobs = [
        NewJob(
            "import",
            {"name": place, "form": form, "again": again, "permalink": permalink, "encoding": encoding},
            f"import {place}",
            LATER,
        )
        for place in places
    ]
    _submit(jobs, [""] * len(jobs), as_json=as_json)


def queue_link_checks(draft_ids: Sequence[str], *, max_age: float) -> None:
    """Queue a look behind the links of each draft."""
    jobs = [NewJob("links", {"draft_id": draft_id, "max_age": max_age}, f"links {draft_id}") for draft_id in draft_ids]
    _submit(jobs, list(draft_ids), as_json=False)


def _submit(jobs: Sequence[NewJob], drafts: Sequence[str], *, as_json: bool) -> None:
    """Queue jobs and say so; `drafts`: the draft that each is about, or ""."""
    with open_store(create=True) as store:
        numbers = with_queue(store, lambda cluster: cluster.submit(jobs))
    rows = [
        {"job": number} | ({"draft": draft} if draft else {"task": job.task})
        for number, draft, job in zip(numbers, drafts, jobs, strict=True)
    ]
    if as_json:
        emit_json(rows)
        return
    for row, job in zip(rows, jobs, strict=True) if len(rows) <= _SHOWN else ():
        emit(f"Job {row['job']}: {job.lock}" if row["job"] else f"{job.lock.capitalize()} is already waiting.")
    known = sum(number is None for number in numbers)
    waits = f", {known} waited already" if known else ""
    emit(f"{len(rows) - known} queued{waits}. `ourtake worker` runs them; `ourtake jobs list` shows them.")
