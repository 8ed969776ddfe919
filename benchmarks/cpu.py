"""CPU of our own work on a draft: the ledger (both rows of a call, committed) and the checks of a take. Prints
milliseconds; at most 10 are allowed.

The ledger is measured by difference: the same requests through a provider that answers at once, with the ledger around
it and without. All threads are counted (the writing one, too), disk waits are not. All rules run on a sound take of the
example publication; in a batch they do so in another process.

    python benchmarks/cpu.py [CALLS]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from checks_speed import reworded
from paid_server import FIRST, publication

from ourtake.archive.lookup import Archive
from ourtake.archive.rank import DEFAULTS
from ourtake.checks.evidence import DocumentCache
from ourtake.collector import collect_seldom
from ourtake.config import Settings
from ourtake.config_file import load_settings
from ourtake.documents import Draft, Related, Source, Take, Usage
from ourtake.intake.files import read_source
from ourtake.providers.base import OnText, Provider, Reply, Request
from ourtake.providers.ledger import Ledger, RecordedProvider
from ourtake.store import Store
from ourtake.store.calls import Ceiling, Terms
from ourtake.writing.checking import CheckInput, report_of
from ourtake.writing.pipeline import first_request, look_up
from ourtake.writing.prompts import Prompts
from ourtake.writing.reply import parse_take

ALLOWED = 10.0
"""Milliseconds."""
IN_HAND = 20
ROUNDS = 5


class Instant:
    """A provider that answers at once."""

    name = "openai"
    model = "paid"

    def __init__(self, text: str) -> None:
        self._reply = Reply(
            status="complete",
            text=text,
            stop_reason="completed",
            usage=Usage(input_tokens=1200, output_tokens=900, calls=1),
            model="paid",
        )

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """The same answer, always."""
        return self._reply

    async def close(self) -> None:
        """There is nothing to close."""


async def ask_all(provider: Provider, requests: list[Request]) -> None:
    waiting = iter(requests)

    async def worker() -> None:
        for request in waiting:
            await provider.reply(request)

    await asyncio.gather(*(worker() for _ in range(IN_HAND)))


def milliseconds(provider: Provider, requests: list[Request]) -> float:
    """CPU a request."""
    begun = time.process_time()
    asyncio.run(ask_all(provider, requests))
    return 1000 * (time.process_time() - begun) / len(requests)


class Bench(NamedTuple):
    """What is measured with: a publication, a source, a take and the request that it answers."""

    store: Store
    archive: Archive
    settings: Settings
    source: Source
    related: tuple[Related, ...]
    take: Take
    request: Request
    process: int


def bench(store: Store, folder: Path, text: str) -> Bench:
    """The example publication with its first source."""
    given = load_settings(str(folder / "ourtake.toml"))
    source = read_source(str(folder / FIRST))
    archive = Archive(store, folder / "ourtake.index", weighting=DEFAULTS)
    archive.refresh()
    related = look_up(source, archive=archive, settings=given).related
    request = first_request(source, model="paid", archive=archive, prompts=Prompts(given), settings=given)
    return Bench(store, archive, given, source, related, parse_take(text, related), request, store.enroll())


def ledger_cost(found: Bench, text: str, *, count: int, number: int) -> float:
    """A call with the ledger around it, less one without."""
    requests = [
        found.request.model_copy(update={"prompt": f"{found.request.prompt} {number} {n}", "draft_id": f"{number}-{n}"})
        for n in range(count)
    ]
    terms = Terms(ceilings=(Ceiling("run", 10**12), Ceiling("day", 10**12)))
    ledger = Ledger(found.store, found.settings, run_id=f"run{number}", process_id=found.process, terms=terms)
    bare = milliseconds(Instant(text), requests)
    return milliseconds(RecordedProvider(Instant(text), ledger, concurrency=IN_HAND), requests) - bare


def check_cost(found: Bench, *, count: int, number: int) -> float:
    """The checks of a take; other sentences each time, since what is worked out once for one text must not pass for the
    cost of all.
    """
    takes = [reworded(found.take, 1000 * number + n) for n in range(count)]
    documents = DocumentCache()
    begun = time.process_time()
    for take in takes:
        report_of(
            CheckInput(take, found.source, found.related),
            archive=found.archive,
            settings=found.settings,
            documents=documents,
        )
    return 1000 * (time.process_time() - begun) / count


def save_cost(found: Bench, *, count: int, number: int) -> float:
    """A draft into the store."""
    draft = Draft(id="x", status="ready", source=found.source, related=found.related)
    drafts = [draft.model_copy(update={"id": f"d{number}-{n}"}) for n in range(count)]
    begun = time.process_time()
    asyncio.run(save_all(found.store, drafts))
    return 1000 * (time.process_time() - begun) / count


def main(count: int) -> None:
    collect_seldom()  # as the command does
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "paper"
        text = Take.model_validate(publication(folder)).model_dump_json()
        with Store.open(f"sqlite:///{folder}/ourtake.db") as store:
            found = bench(store, folder, text)
            ledger = statistics.median(ledger_cost(found, text, count=count, number=n) for n in range(ROUNDS))
            checks = statistics.median(check_cost(found, count=count // 10, number=n) for n in range(ROUNDS))
            saving = statistics.median(save_cost(found, count=count, number=n) for n in range(ROUNDS))
    whole = ledger + checks + saving
    print(
        f"ledger {ledger:.2f} ms a call under two limits in money, checks {checks:.2f} ms a take, saving {saving:.2f} "
        f"ms a draft"
    )
    print(
        f"a draft of one call: {whole:.2f} ms of CPU, {ALLOWED:g} allowed; of three calls (two repairs): "
        f"{whole + 2 * (ledger + checks):.2f} ms"
    )
    raise SystemExit(whole > ALLOWED)


async def save_all(store: Store, drafts: list[Draft]) -> None:
    waiting = iter(drafts)

    async def worker() -> None:
        for draft in waiting:
            await store.save_draft(draft)

    await asyncio.gather(*(worker() for _ in range(IN_HAND)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
