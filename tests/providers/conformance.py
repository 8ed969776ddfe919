"""Each provider against each behaviour of tests/wire/awkward_server.py: what came of it, in a word, and how many
requests it cost.

    python -m tests.providers.conformance [FILE]

prints the table of docs/providers.md, or writes it there between its marks

The waits between tries are left out here (benchmarks/faults.py keeps them); the requests go over real sockets through
the real SDKs.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ourtake.config import CompatibleServer, Models, Settings
from ourtake.documents import Source, Usage
from ourtake.errors import AnswerError, PermanentError, ProviderError, TransientError
from ourtake.providers.base import Brief, Request
from ourtake.providers.rate import RateLimiter
from ourtake.providers.registry import ROWS, build_provider
from ourtake.providers.retry import RetryingProvider
from tests.wire.awkward_server import Awkward, serving

WIRED = (*(name for name, row in ROWS.items() if row.key), "compatible")
"""The providers of the table that are asked over the network, and a server of [models.compatible]."""
DEADLINE = {"drip": 3.0, "pings": 3.0, "silence": 3.0}
"""Seconds, where nothing else ends a call; 120 elsewhere."""
SOURCE = Source(
    title="A mill reopens",
    outlet="The Example",
    url="https://example.org/mill",
    blurb="The mill opens again in May, the council says.",
)
SCHEMA = {
    "type": "object",
    "properties": {"headline": {"type": "string"}},
    "required": ["headline"],
    "additionalProperties": False,
}


class Behaviour(NamedTuple):
    """What a server does (the awkward server's name for it), in words, and what must come of it."""

    name: str
    words: str
    outcome: str
    requests: int
    stream: bool = False
    also: tuple[str, ...] = ()


BEHAVIOURS = (
    Behaviour("good", "a good reply", "complete", 1),
    Behaviour("good", "a good reply, streamed", "complete", 1, stream=True),
    Behaviour("cut-off", "a reply cut off by its token limit", "cut-off", 1),
    Behaviour("cut-off", "the same, streamed", "cut-off", 1, stream=True),
    Behaviour("refusal", "a refusal", "refused", 1),
    Behaviour("refusal", "the same, streamed", "refused", 1, stream=True),
    Behaviour("content-filter", "stopped by the content filter", "filtered", 1, also=("refused",)),
    Behaviour("filter-error", "refused by the content filter with a 400", "filtered", 1),
    Behaviour("empty", "an empty reply", "empty", 1),
    Behaviour("malformed", "a body that is broken JSON", "transient 200", 2),
    Behaviour("html", "a page of HTML with status 200", "transient 200", 2),
    Behaviour("html", "the same where a stream was asked for", "transient 200", 2, stream=True),
    Behaviour("nothing", "nothing at all with status 200", "transient 200", 2),
    Behaviour("null", "null with status 200", "transient 200", 2),
    Behaviour("error-200", "an error with status 200", "transient 200", 2),
    Behaviour("429", "429 without Retry-After, for ever", "transient 429", 4),
    Behaviour("once-429", "429 once", "complete", 2),
    Behaviour("once-429-retry-after", "429 once, with Retry-After: 1", "complete", 2),
    Behaviour("429-too-long", "429 with Retry-After: 3600", "transient 429", 1),
    Behaviour("500", "500 for ever", "transient 500", 4),
    Behaviour("once-500", "500 once", "complete", 2),
    Behaviour("502-html", "502 with a page of HTML, for ever", "transient 502", 4),
    Behaviour("503", "503 for ever", "transient 503", 4),
    Behaviour("504", "504 for ever", "transient 504", 4),
    Behaviour("408", "408 for ever", "transient 408", 4),
    Behaviour("529", "529 for ever", "transient 529", 4),
    Behaviour("once-error-event", "an error event in a stream, once", "complete", 2, stream=True),
    Behaviour("error-event", "an error event in a stream, for ever", "transient 529", 4, stream=True),
    Behaviour("quota", "quota used up (429)", "permanent 429", 1),
    Behaviour("credit", "no credit left (400)", "permanent 400", 1),
    Behaviour("402", "payment required (402)", "permanent 402", 1),
    Behaviour("no-access", "a key without access (403)", "permanent 403", 1),
    Behaviour("bad-key", "a bad key", "permanent 401", 1),
    Behaviour("unknown-model", "an unknown model", "permanent 404", 1),
    Behaviour("context-overflow", "a prompt that is too long", "permanent 400", 1),
    Behaviour("bad-request", "a bad request", "permanent 400", 1),
    Behaviour("drop-before", "dropped before the first byte, for ever", "unknown", 2),
    Behaviour("once-drop-before", "dropped before the first byte, once", "complete", 2),
    Behaviour("drop-after", "dropped within the answer", "unknown", 2),
    Behaviour("drop-after", "dropped within a stream", "unknown", 2, stream=True),
    Behaviour("early-end", "a stream that ends without its mark", "cut-off", 1, stream=True),
    Behaviour("broken-event", "a stream with a broken event", "transient 200", 2, stream=True),
    Behaviour("redirect", "a redirect to another host", "permanent 307", 1),
    Behaviour("huge", "an answer of 50 MB", "permanent None", 1),
    Behaviour("compressed", "an answer in brotli", "permanent None", 1),
    Behaviour("gzip", "an answer in gzip", "complete", 1),
    Behaviour("cut-gzip", "an answer in gzip that is cut off", "unknown", 2),
    Behaviour("silence", "no byte for ever", "deadline", 1),
    Behaviour("drip", "an answer that drips for ever", "deadline", 1),
    Behaviour("pings", "a stream of pings for ever", "deadline", 1, stream=True),
    Behaviour("no-temperature", "a model that takes no temperature", "complete", 2, also=("complete, 1",)),
)


class Outcome(NamedTuple):
    """What came of a request: a reply's status or an error's kind; the requests that the server counted; the reply's
    usage; the error's words.
    """

    kind: str
    requests: int
    usage: Usage = Usage()
    said: str = ""
    text: str = ""
    heard: str = ""
    notes: tuple[str, ...] = ()


def request_for(model: str) -> Request:
    return Request(
        task="take",
        model=model,
        system="You write takes.",
        prompt="Write one.",
        json_schema=SCHEMA,
        max_output_tokens=500,
        brief=Brief(source=SOURCE),
        temperature=0.2,
    )


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)


async def run(provider: str, behaviour: Behaviour, awkward: Awkward, port: int) -> Outcome:
    """One request of a provider to a model of this behaviour."""
    server = CompatibleServer(base_url=f"http://127.0.0.1:{port}/v1")
    settings = Settings(models=Models(servers={"compatible": server}))
    before = awkward.counts[behaviour.name]
    spec = provider if provider == "baseline" else f"{provider}:{behaviour.name}"
    if behaviour.name.startswith("once-"):
        awkward.counts[behaviour.name] = before = 0
    heard: list[str] = []
    bare = build_provider(spec, settings)
    retrying = RetryingProvider(
        bare,
        tries=4,
        deadline_seconds=DEADLINE.get(behaviour.name, 120.0),
        limiter=RateLimiter(sleep=no_wait),
        sleep=no_wait,
    )
    try:
        reply = await retrying.reply(request_for(behaviour.name), on_text=heard.append if behaviour.stream else None)
        found = Outcome(reply.status, 0, reply.usage, text=reply.text, notes=reply.notes)
    except TransientError as error:
        found = Outcome("unknown" if error.status is None else f"transient {error.status}", 0, said=str(error))
    except PermanentError as error:
        found = Outcome(f"permanent {error.status}", 0, said=str(error))
    except AnswerError as error:
        found = Outcome(error.status, 0, said=str(error))
    except ProviderError as error:
        found = Outcome("deadline", 0, said=str(error))
    finally:
        await retrying.close()
    return found._replace(requests=awkward.counts[behaviour.name] - before, heard="".join(heard))


def environment(port: int) -> dict[str, str]:
    """A key for each provider of the table, and its address on this port with the path of its real one."""
    rows = [row for row in ROWS.values() if row.key]
    addresses = {row.address_variable: f"http://127.0.0.1:{port}{urlsplit(row.address).path}" for row in rows}
    return {row.key: "test" for row in rows} | addresses


async def table(awkward: Awkward, port: int) -> str:
    lines = ["| the server's behaviour | " + " | ".join(WIRED) + " |", "|---|" + "---|" * len(WIRED)]
    for behaviour in BEHAVIOURS:
        found = [await run(provider, behaviour, awkward, port) for provider in WIRED]
        lines.append(
            f"| {behaviour.words} | " + " | ".join(cell_of(outcome.kind, outcome.requests) for outcome in found) + " |"
        )
    return "\n".join(lines)


_WORDS = {"transient": "given up", "permanent": "error at once"}


def cell_of(outcome: str, requests: int) -> str:
    """What came of a behaviour, as the tables of docs/providers.md say it."""
    kind, _, status = outcome.partition(" ")
    words = {"unknown": "given up, may be billed", "deadline": "ended by the deadline", "a": "a take"}.get(
        kind, _WORDS.get(kind, kind)
    )
    code = "" if status in ("", "None", "take") else f" ({'no answer' if status == '200' else status})"
    return f"{words}{code}, {requests} request{'s' * (requests != 1)}"


BEGIN, END = "<!-- table: make conformance -->", "<!-- end of table -->"


def main(path: str | None) -> None:
    with serving() as (awkward, port):
        os.environ.update(environment(port))
        made = asyncio.run(table(awkward, port))
    if path is None:
        print(made)
        return
    page = Path(path).read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    Path(path).write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
