"""What one call costs under each lasting fault, in requests and seconds, for each provider.

    python benchmarks/lasting_faults.py

The requests go over real sockets, and the waits between tries are the real ones. Exit code 1 when a fault costs more
requests than it may, or a call outlives its deadline by more than a second.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

LASTING = {
    "429": 4,
    "500": 4,
    "502-html": 4,
    "503": 4,
    "504": 4,
    "408": 4,
    "529": 4,
    "error-event": 4,
    "nothing": 4,
    "broken-event": 4,
    "html": 4,
    "null": 4,
    "drop-before": 4,
    "drop-after": 4,
    "429-too-long": 1,
    "quota": 1,
    "402": 1,
    "no-access": 1,
    "bad-key": 1,
    "unknown-model": 1,
    "context-overflow": 1,
    "bad-request": 1,
    "redirect": 1,
    "huge": 1,
    "silence": 4,
    "drip": 4,
    "pings": 4,
}
"""The fault, and the most requests that it may cost."""
STREAMED = ("pings", "error-event", "broken-event")
DEADLINE = 10.0


async def lasting(provider: str, fault: str, port: int, counts: dict[str, int]) -> tuple[int, float]:
    from tests.providers.conformance import request_for

    from ourtake.config import CompatibleServer, Models, Settings
    from ourtake.errors import ProviderError
    from ourtake.providers.registry import ProviderFactory

    server = CompatibleServer(base_url=f"http://127.0.0.1:{port}/v1")
    settings = Settings(models=Models(servers={"compatible": server}, deadline_seconds=DEADLINE))
    line = ProviderFactory(settings).line([f"{provider}:{fault}"])
    before, begun = counts[fault], time.perf_counter()
    try:
        await line.reply(request_for(fault), on_text=(lambda _: None) if fault in STREAMED else None)
        raise SystemExit(f"{provider} took {fault} for an answer")
    except ProviderError:
        return counts[fault] - before, time.perf_counter() - begun
    finally:
        await line.close()


def main() -> None:
    from tests.providers.conformance import WIRED, environment
    from tests.wire.awkward_server import serving

    good, rows = True, []
    for provider in WIRED:
        with serving() as (awkward, port):
            os.environ.update(environment(port))

            async def every(
                provider: str = provider, port: int = port, counts: Any = awkward.counts
            ) -> list[tuple[int, float]]:
                return await asyncio.gather(*(lasting(provider, fault, port, counts) for fault in LASTING))

            for (fault, most), (requests, seconds) in zip(LASTING.items(), asyncio.run(every()), strict=True):
                good = good and requests <= most and seconds <= DEADLINE + 1
                rows.append((requests, seconds))
                print(f"{provider:<11} {fault:<17} {requests} requests (at most {most}), {seconds:5.1f} s")
    print(
        f"most requests {max(count for count, _ in rows)}; longest {max(taken for _, taken in rows):.2f} s with a "
        f"deadline of {DEADLINE:g} s"
    )
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
