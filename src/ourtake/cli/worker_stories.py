"""What a worker does of the stories that watching has queued, in threads of their own: a take takes minutes, and the
store's turns must not wait for a free thread.
"""

from __future__ import annotations

import contextvars
import threading
import time
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.drafting import HeldRun, Spending
from ourtake.cli.watch_draft import story_drafted

if TYPE_CHECKING:
    from ourtake.providers.ledger import Ledger
    from ourtake.watch.taking import Taken


class StoryWork:
    """Drafts stories for one worker. `ledgers`: those in use."""

    def __init__(self, run: HeldRun, spending: Spending, concurrency: int, ledgers: list[Ledger]) -> None:
        self._run, self._spending, self._concurrency = run, spending, concurrency
        self._ledgers = ledgers
        self._threads = lazy.futures.ThreadPoolExecutor(concurrency, "ourtake-story")

    async def draft(self, name: str, models: list[str]) -> Taken:
        """The outcome of a story. Where the job is cancelled, its thread makes no new call. After the last failure the
        story is not queued any more. Raises what story_drafted does.
        """
        stopped = threading.Event()
        begun: list[Ledger] = []

        def keep(ledger: Ledger) -> None:
            begun.append(ledger)
            self._ledgers.append(ledger)
            if stopped.is_set():
                ledger.stopping.set()

        def work() -> Taken:
            try:
                return story_drafted(
                    self._run.store,
                    name,
                    models,
                    retry_unknown=self._spending.retry_unknown,
                    begun=keep,
                    patience=10,  # whoever queued it may be about to note that
                    limit=self._spending.worker,
                )
            finally:
                for ledger in begun:
                    self._ledgers.remove(ledger)

        loop, context = lazy.asyncio.get_running_loop(), contextvars.copy_context()
        try:
            taken: Taken = await loop.run_in_executor(self._threads, context.run, work)
        except lazy.asyncio.CancelledError:
            stopped.set()
            for ledger in begun:
                ledger.stopping.set()
            raise
        except Exception as error:
            if lazy.worker_loop.LAST_TRY.get():
                put_back = lazy.watch_taking.put_back
                await lazy.asyncio.to_thread(put_back, self._run.store, name, str(error), now=time.time())
            raise
        return taken

    async def close(self) -> None:
        """Wait for the threads of jobs that were cancelled: they use the store."""
        await lazy.asyncio.to_thread(self._threads.shutdown)
