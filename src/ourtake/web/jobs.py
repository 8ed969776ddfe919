"""What a model writes for a page: in a thread of its own, with a text that grows and can be watched.

A job does not hang on the page that asked for it: who closes the tab finds what it came to when they return.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
import traceback
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Literal

from starlette.responses import StreamingResponse

from ourtake.errors import InputError, OurtakeError
from ourtake.web.service import Tell

KEPT_SECONDS = 600
"""How long a finished job can still be watched, for example by a page that lost its connection."""
MOST_JOBS = 20
"""Jobs under way at one time."""

Event = Literal["text", "done", "failed"]


class Job:
    """One job. `about`: the draft that it works on. `text`: what there is. `end`: its last event, once it is over."""

    def __init__(self, about: str) -> None:
        self.about = about
        self.text = ""
        self.end: tuple[Event, str] | None = None
        self.ended = 0.0
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    def tell(self, text: str) -> None:
        """There is more of the text. For the job's thread."""
        self.text = text
        self._wake()

    def finish(self, event: Event, data: str) -> None:
        """It is over. For the job's thread."""
        self.end, self.ended = (event, data), time.monotonic()
        self._wake()

    def _wake(self) -> None:
        def wake() -> None:
            self._changed.set()
            self._changed = asyncio.Event()

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(wake)

    async def events(self) -> AsyncIterator[tuple[Event, str]]:
        """The text each time it has grown, then the end."""
        shown = None
        while True:
            changed, text, end = self._changed, self.text, self.end
            if text != shown:
                shown = text
                yield "text", text
            if end is not None:
                yield end
                return
            await changed.wait()


class Jobs:
    """The jobs of a server."""

    def __init__(self, mask: Callable[[str], str] = str) -> None:
        self._mask = mask
        self._jobs: dict[str, Job] = {}

    def start(self, about: str, work: Callable[[Tell], str]) -> str:
        """Start a job and return its id. What `work` returns is the data of its last event. To be called in the loop.

        Raises InputError where too many are under way.
        """
        now = time.monotonic()
        self._jobs = {
            name: job for name, job in self._jobs.items() if job.end is None or now - job.ended < KEPT_SECONDS
        }
        if sum(job.end is None for job in self._jobs.values()) >= MOST_JOBS:
            raise InputError(f"{MOST_JOBS} texts are being written.", "Wait until one is done.")
        name, job = uuid.uuid4().hex, Job(about)
        self._jobs[name] = job
        # A daemon: Ctrl-C ends the server though a model has not answered; the ledger knows about the call.
        threading.Thread(target=self._run, args=(job, work), name=f"ourtake-job-{name[:6]}", daemon=True).start()
        return name

    def _run(self, job: Job, work: Callable[[Tell], str]) -> None:
        try:
            job.finish("done", work(job.tell))
        except OurtakeError as error:
            job.finish("failed", self._mask(str(error)))
        except Exception:
            traceback.print_exc()
            job.finish("failed", "Writing failed inside ourtake; the server's log has more.")

    def find(self, about: str, name: str) -> Job:
        """The job of that id. Raises InputError if there is none."""
        job = self._jobs.get(name)
        if job is None or job.about != about:
            raise InputError("That is not being written here.", "Ask for it again.")
        return job


def streamed(job: Job, allowed: Callable[[], bool]) -> StreamingResponse:
    """The events of a job as server-sent events; they end when the person who watches is no longer `allowed` to."""

    async def sent() -> AsyncIterator[str]:
        async for event, data in job.events():
            if not allowed():
                return
            yield f"event: {event}\ndata: {json.dumps(data)}\n\n"

    return StreamingResponse(sent(), media_type="text/event-stream", headers={"cache-control": "no-store"})
