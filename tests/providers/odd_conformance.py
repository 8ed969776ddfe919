"""Each provider against what servers do that is not quite what their APIs say: the second table of docs/providers.md.

The behaviours are those of tests/wire/odd_answers.py, in the words of each provider's API. What comes of a reply is
what `ourtake draft` makes of it: parsed as a take.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import NamedTuple

from ourtake.config import CompatibleServer, Models, Settings
from ourtake.errors import AnswerError, PermanentError, ProviderError, TransientError
from ourtake.providers.base import require_whole
from ourtake.providers.rate import RateLimiter
from ourtake.providers.registry import build_provider
from ourtake.providers.retry import RetryingProvider
from ourtake.writing.reply import parse_take
from tests.providers.conformance import WIRED, cell_of, environment, no_wait, request_for
from tests.wire.awkward_server import REPLY
from tests.wire.odd_answers import ODD, Server, odd_server

BEGIN, END = "<!-- second table: make conformance -->", "<!-- end of the second table -->"


class OddRow(NamedTuple):
    """A behaviour: the server's name for it, and in words. `only`: the providers whose API has it."""

    name: str
    words: str
    only: tuple[str, ...] = WIRED


CHAT = ("compatible",)
ROWS = (
    OddRow("in-parts", "the answer in parts, thoughts among them"),
    OddRow("in-parts-streamed", "the same, streamed"),
    OddRow("in-tool-call", "the answer as the arguments of a tool call"),
    OddRow("in-tool-call-streamed", "the same, streamed"),
    OddRow("in-reasoning", "the answer where its thoughts belong (reasoning_content)", CHAT),
    OddRow("only-reasoning", "thoughts and no answer"),
    OddRow("an-object", "the answer as an object, not a text", CHAT),
    OddRow("an-older-api", "the answer in an older API's text", CHAT),
    OddRow("ended-3", "a whole reply that ends with NULL"),
    OddRow("ended-4", "a whole reply that ends with an unknown word"),
    OddRow("ended-unknown-half", "half a reply that ends with an unknown word"),
    OddRow("ended-room", "half a reply that ends with MAX_TOKENS"),
    OddRow("ended-window", "half a reply that ends because the context window is full"),
    OddRow("no-effort", "effort refused by name"),
    OddRow("no-effort-listed", "the same with a 422 that lists fields"),
    OddRow("no-output-config", "output_config refused by name", ("anthropic",)),
    OddRow("no-system", "a system message refused by name", CHAT),
    OddRow("no-system-500", "a 500 to every system message", CHAT),
    OddRow("window-1", "the room asked for is too large for the window (vLLM's words)"),
    OddRow("window-2", "the same in OpenAI's words"),
    OddRow("window-3", "the same in Anthropic's words"),
    OddRow("window-4", "hardly any room is left in the window"),
    *(
        OddRow(f"stream-{name}", f"a stream {words}")
        for name, words in {
            "plain": "as text/plain",
            "json": "as application/json",
            "untyped": "without a content type",
            "upper": "with its type in capitals",
            "bom": "with a byte order mark",
            "cr": "whose lines end with CR",
            "crlf": "whose lines end with CR LF",
            "empty": "with empty data",
            "comment": "with a comment as data",
            "fields": "with unknown fields",
            "no-line-end": "whose last line has no end",
        }.items()
    ),
    OddRow("wrapped", "the take inside another object"),
    OddRow("wrapped-list", "the take in a list"),
    OddRow("wrapped-text", "the take as a JSON text"),
    OddRow("tags-text", "tags as one text"),
    OddRow("paragraphs", "the body as a list of paragraphs"),
    OddRow("line-ends", "raw line ends inside the JSON"),
    OddRow("thoughts-tag", "thoughts before the answer, in `<think>`"),
    OddRow("thoughts-upper", "the same in `<THINK>`"),
    OddRow("thoughts-bracket", "the same in `[THINK]`"),
    OddRow("thoughts-no-opening", "the same with only the closing tag"),
    OddRow("thoughts-two", "two blocks of thoughts"),
    OddRow("thoughts-channels", "thoughts in a channel of their own (harmony)"),
    OddRow("thoughts-long", "thoughts of 88,000 characters"),
    OddRow("thoughts-open", "thoughts without an end, JSON among them"),
    OddRow("thoughts-open-bracket", "the same in `[THINK]`"),
    OddRow("thoughts-open-channel", "the same in a channel"),
    OddRow("200-is-429", "a 200 that holds a 429, once"),
    OddRow("200-is-429-for-ever", "a 200 that holds a 429, for ever"),
    OddRow("choice-is-502", "a choice that holds a 502, once", CHAT),
    OddRow("wait-in-details", "429 with a short retryDelay, once"),
    OddRow("wait-in-words", "429 with a short wait in its words, once"),
    OddRow("no-wait", "429 for an empty account, without a wait"),
    OddRow("no-path", "404 for the address"),
)


async def run(provider: str, row: OddRow, server: Server, port: int) -> str:
    """What comes of one request, and how many it took."""
    server.counts[row.name] = 0
    settings = Settings(models=Models(servers={"compatible": CompatibleServer(base_url=f"http://127.0.0.1:{port}/v1")}))
    retrying = RetryingProvider(
        build_provider(f"{provider}:{row.name}", settings),
        tries=4,
        deadline_seconds=120.0,
        limiter=RateLimiter(sleep=no_wait),
        sleep=no_wait,
    )
    request = request_for(row.name).model_copy(update={"effort": "low", "max_output_tokens": 6000})
    try:
        reply = await retrying.reply(request, on_text=(lambda _: None) if ODD[row.name].stream else None)
        require_whole(reply)
        parse_take(reply.text, ())
        kind = "a take"
    except TransientError as error:
        kind = "unknown" if error.status is None else f"transient {error.status}"
    except PermanentError as error:
        kind = f"permanent {error.status}"
    except AnswerError as error:
        kind = error.status
    except ProviderError:
        kind = "deadline"
    finally:
        await retrying.close()
    return cell_of(kind, server.counts[row.name])


async def table(server: Server, port: int) -> str:
    """The table, in Markdown."""
    lines = ["| the server's behaviour | " + " | ".join(WIRED) + " |", "|---|" + "---|" * len(WIRED)]
    for row in ROWS:
        cells = [await run(one, row, server, port) if one in row.only else "not in its API" for one in WIRED]
        lines.append(f"| {row.words} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def made(server: Server, port: int) -> str:
    """The table between its marks, as docs/providers.md has it."""
    return f"{BEGIN}\n{asyncio.run(table(server, port))}\n{END}"


def main(path: str) -> None:
    """Write the table into a page, between its marks."""
    with odd_server(REPLY) as (server, port):
        os.environ.update(environment(port))
        text = made(server, port)
    page = Path(path).read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    Path(path).write_text(f"{before}{text}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
