"""A server on loopback that answers as real ones do that are not quite like the APIs that they copy.

The model's name picks the oddity: a row of ODD, which says what must come of it, too. It speaks chat completions,
Responses and Messages through the words of awkward_server.py.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.wire.awkward_server import pieces, whole
from tests.wire.oddities import THOUGHTS, UNFINISHED
from tests.wire.other_apis import has_effort, has_system, other_api, other_events, room_of

Payload = dict[str, Any]
THOUGHT = "First the mill, then the council. I weigh both."


class Asked(NamedTuple):
    """A request: its path, its body, whether it is the model's first, and the take that a good answer holds."""

    path: str
    body: Payload
    first: bool
    take: str

    @property
    def streamed(self) -> bool:
        return bool(self.body.get("stream"))


class Answer(NamedTuple):
    """What is sent: a status, a body and headers; `kind`: the content type, "" for none."""

    body: bytes
    status: int = 200
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Odd(NamedTuple):
    """A behaviour: the provider that is asked, its answer, the exit code and the requests that must come of it, and
    what is said on standard error.
    """

    provider: str
    answer: Callable[[Asked], Answer]
    code: int = 0
    requests: int = 1
    said: str = ""
    stream: bool = False


def as_json(value: object, status: int = 200, **headers: str) -> Answer:
    return Answer(json.dumps(value).encode(), status, headers=tuple(headers.items()))


def good(asked: Asked, text: str | None = None, **more: Any) -> Answer:
    """A whole answer, or its stream."""
    said = asked.take if text is None else text
    if asked.streamed:
        return streamed(asked)
    return as_json(whole(asked.path, "good", said) | more)


def streamed(
    asked: Asked,
    *,
    end: str = "\n",
    before: str = "",
    between: str = "",
    kind: str = "text/event-stream",
    last: str = "",
) -> Answer:
    texts = [f"data: {json.dumps(event)}{end}{end}" for event in pieces(asked.path, "good", asked.take)]
    middle = len(texts) // 2
    body = "".join([before, *texts[:middle], between, *texts[middle:], last])
    return Answer(body.encode(), kind=kind)


def chat(message: Callable[[str], Payload], stop: object = "stop") -> Callable[[Asked], Answer]:
    """An answer whose message, as chat completions write it, holds the take somewhere; see other_apis.py for the same
    answer in the words of the other APIs.
    """

    def answer(asked: Asked) -> Answer:
        spoken = message(asked.take)
        if not asked.path.endswith("/chat/completions"):
            return (
                as_json(other_api(asked.path, spoken, stop))
                if not asked.streamed
                else _in_one_event(asked, spoken, stop)
            )
        good_one = whole(asked.path, "good", "")
        first = {"index": 0, "finish_reason": stop}
        if not asked.streamed:
            return as_json(good_one | {"choices": [first | {"message": spoken}]})
        events = [{"choices": [first | {"delta": spoken}]}, {"choices": [], "usage": good_one["usage"]}]
        return Answer("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode(), kind="text/event-stream")

    return answer


def _in_one_event(asked: Asked, spoken: Payload, stop: object) -> Answer:
    events = other_events(asked.path, spoken, stop)
    return Answer("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode(), kind="text/event-stream")


def ended(stop: object, text: str | None = None) -> Callable[[Asked], Answer]:
    return lambda asked: chat(lambda take: {"content": take if text is None else text}, stop)(asked)


def wrapped(change: Callable[[Payload], object]) -> Callable[[Asked], Answer]:
    return lambda asked: good(asked, json.dumps(change(json.loads(asked.take))))


def within(text: str) -> Callable[[Asked], Answer]:
    """An answer in the middle of a text, in place of %s."""
    return lambda asked: good(asked, text.replace("%s", asked.take))


def refusing(
    refused: Callable[[Payload], bool], status: int, body: Callable[[Payload], object]
) -> Callable[[Asked], Answer]:
    """A server that refuses a request which holds something."""
    return lambda asked: as_json(body(asked.body), status) if refused(asked.body) else good(asked)


def says(message: str) -> Callable[[Payload], object]:
    return lambda _: {"error": {"message": message, "type": "invalid_request_error"}}


def too_much(words: str, room: int) -> Callable[[Asked], Answer]:
    """A window of 8,000 tokens, of which the prompt takes all but `room`; `words` with {asked}, {prompt}, {total}."""

    def error(body: Payload) -> object:
        asked, prompt = room_of(body), 8000 - room
        return {"error": {"message": words.format(asked=asked, prompt=prompt, total=asked + prompt), "code": 400}}

    return refusing(lambda body: room_of(body) > room, 400, error)


def once(first: Answer) -> Callable[[Asked], Answer]:
    return lambda asked: first if asked.first else good(asked)


CALL = {"index": 0, "id": "t", "type": "function"}
USED = {"prompt_tokens": 100, "completion_tokens": 50, "prompt_cache_hit_tokens": 80, "prompt_cache_miss_tokens": 20}
QUOTA = "You exceeded your current quota, please check your plan and billing details."
_UNKNOWN = {"error": {"message": "Provider returned error", "code": 429, "metadata": {"raw": "busy upstream"}}}

ODD: dict[str, Odd] = {
    # Where the answer stands.
    "in-parts": Odd(
        "local",
        chat(lambda take: {"content": [{"type": "thinking", "thinking": THOUGHT}, {"type": "text", "text": take}]}),
    ),
    "in-parts-streamed": Odd("local", chat(lambda take: {"content": [{"type": "text", "text": take}]}), stream=True),
    "in-reasoning": Odd("local", chat(lambda take: {"content": None, "reasoning_content": take})),
    "in-reasoning-streamed": Odd("local", chat(lambda take: {"content": "", "reasoning": take}), stream=True),
    "only-reasoning": Odd(
        "local", chat(lambda _: {"content": None, "reasoning_content": THOUGHT}), 3, said="reply was empty"
    ),
    "in-tool-call": Odd(
        "local",
        chat(lambda take: {"content": None, "tool_calls": [CALL | {"function": {"arguments": take}}]}, "tool_calls"),
    ),
    "in-tool-call-streamed": Odd(
        "local", chat(lambda take: {"tool_calls": [CALL | {"function": {"arguments": take}}]}, "stop"), stream=True
    ),
    "in-tool-use": Odd(
        "anthropic",
        lambda asked: good(
            asked,
            stop_reason="tool_use",
            content=[{"type": "text", "text": "Here it is:"}, {"type": "tool_use", "input": json.loads(asked.take)}],
        ),
    ),
    "in-function-call": Odd(
        "openai", lambda asked: good(asked, output=[{"type": "function_call", "arguments": asked.take}])
    ),
    "an-object": Odd("local", chat(lambda take: {"content": json.loads(take)})),
    "an-older-api": Odd(
        "local", lambda asked: as_json({"choices": [{"index": 0, "text": asked.take, "finish_reason": "stop"}]})
    ),
    # How it ends.
    **{
        f"ended-{number}": Odd("local", ended(stop))
        for number, stop in enumerate(["STOP", "eos", "end_turn", "NULL", "no_such_reason", None])
    },
    "ended-streamed": Odd("local", lambda asked: good(asked), stream=True),
    "ended-unknown-half": Odd("local", ended("no_such_reason", '{"headline": "Half'), 3, said="no_such_reason"),
    "ended-room": Odd("local", ended("MAX_TOKENS", '{"headline": "Half'), 3, 2, said="cut off"),
    "ended-window": Odd("local", ended("model_context_window_exceeded", '{"headline": "Half'), 3, said="cut off"),
    "ended-error": Odd("local", ended("error", '{"headline": "Half'), 3, 2, said="ended its reply with 'error'"),
    # What is refused by name.
    "no-effort": Odd(
        "local",
        refusing(has_effort, 400, says("'reasoning_effort' is not supported with this model.")),
        requests=2,
    ),
    "no-effort-listed": Odd(
        "local",
        refusing(
            has_effort,
            422,
            lambda _: {"detail": [{"type": "extra_forbidden", "loc": ["body", "reasoning_effort"], "msg": "Extra"}]},
        ),
        requests=2,
    ),
    "no-output-config": Odd(
        "anthropic",
        refusing(lambda body: "output_config" in body, 400, says("output_config: Extra inputs are not permitted")),
        requests=3,
    ),
    "no-system": Odd("local", refusing(has_system, 400, says("System role not supported")), requests=2),
    "no-system-template": Odd(
        "local", refusing(has_system, 400, says("Error rendering prompt: the role system is unknown")), requests=2
    ),
    "no-system-500": Odd("local", refusing(has_system, 500, says("Internal Server Error")), requests=4),
    "window-1": Odd(
        "local",
        too_much(
            "'max_tokens' is too large: {asked}. This model's maximum context length is 8000 tokens and your request "
            "has {prompt} input tokens ({asked} > 8000 - {prompt}).",
            3000,
        ),
        requests=2,
    ),
    "window-2": Odd(
        "local",
        too_much(
            "This model's maximum context length is 8000 tokens. However, you requested {total} tokens ({prompt} in "
            "the messages, {asked} in the completion).",
            3000,
        ),
        requests=2,
    ),
    "window-3": Odd(
        "anthropic",
        too_much("input length and `max_tokens` exceed context limit: {prompt} + {asked} > 8000", 3000),
        requests=2,
    ),
    "window-4": Odd(
        "local", too_much("context length is 8000: {prompt} + {asked} is too much", 90), 3, said="too long"
    ),
    # How it is streamed.
    "stream-plain": Odd("local", lambda asked: streamed(asked, kind="text/plain"), stream=True),
    "stream-json": Odd("openai", lambda asked: streamed(asked, kind="application/json"), stream=True),
    "stream-untyped": Odd("anthropic", lambda asked: streamed(asked, kind=""), stream=True),
    "stream-upper": Odd("local", lambda asked: streamed(asked, kind="Text/Event-Stream"), stream=True),
    "stream-bom": Odd("openai", lambda asked: streamed(asked, before="\ufeff"), stream=True),
    "stream-cr": Odd("local", lambda asked: streamed(asked, end="\r"), stream=True),
    "stream-crlf": Odd("anthropic", lambda asked: streamed(asked, end="\r\n"), stream=True),
    "stream-empty": Odd("local", lambda asked: streamed(asked, between="data:\n\ndata: \n\n"), stream=True),
    "stream-comment": Odd("openai", lambda asked: streamed(asked, before="data: : PROCESSING\n\n"), stream=True),
    "stream-fields": Odd(
        "anthropic", lambda asked: streamed(asked, before="retry: 5\nfoo: bar\n\n", between="x\n\n"), stream=True
    ),
    "stream-no-line-end": Odd("local", lambda asked: streamed(asked, last="data: [DONE]"), stream=True),
    # How the take is wrapped.
    "wrapped": Odd("local", wrapped(lambda take: {"take": take})),
    "wrapped-list": Odd("openai", wrapped(lambda take: [take])),
    "wrapped-text": Odd("anthropic", wrapped(json.dumps)),
    "tags-text": Odd("local", wrapped(lambda take: take | {"tags": ", ".join(take["tags"])})),
    "paragraphs": Odd("local", wrapped(lambda take: take | {"body": take["body"].split("\n\n")})),
    "line-ends": Odd("local", lambda asked: good(asked, asked.take.replace("\\n", "\n"))),
    # Thoughts in its text.
    **{f"thoughts-{name}": Odd("local", within(text)) for name, text in THOUGHTS.items()},
    **{
        f"thoughts-{name}": Odd("local", within(text), 3, 2, said="ends within the model's thoughts")
        for name, text in UNFINISHED.items()
    },
    # Errors.
    "200-is-429": Odd("local", once(as_json(_UNKNOWN)), requests=2),
    "200-is-429-for-ever": Odd("local", lambda _: as_json(_UNKNOWN), 3, 4, said="answered 429"),
    "choice-is-502": Odd(
        "local", once(as_json({"choices": [{"message": {"content": "{"}, "error": {"code": 502}}]})), requests=2
    ),
    "wait-in-details": Odd(
        "local",
        once(as_json([{"error": {"code": 429, "message": QUOTA, "details": [{"retryDelay": "0.1s"}]}}], 429)),
        requests=2,
    ),
    "wait-in-words": Odd(
        "openai", once(as_json({"error": {"message": f"{QUOTA} Please try again in 120ms."}}, 429)), requests=2
    ),
    "no-wait": Odd("local", lambda _: as_json({"error": {"message": QUOTA}}, 429), 3, said="no credit"),
    "no-path": Odd(
        "openai",
        lambda _: as_json({"error": {"message": "Unknown endpoint /responses"}}, 404),
        3,
        said="Unknown endpoint",
    ),
    "hidden": Odd(
        "local", lambda _: as_json({"error": {"message": "odd\u200b\u202e \x1b[31mred"}}, 400), 3, said="odd red"
    ),
    "cached": Odd("local", lambda asked: good(asked, usage=USED)),
}


class Server(ThreadingHTTPServer):
    """Counts the requests of each model and keeps their paths."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, take: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.take = take
        self.counts: Counter[str] = Counter()
        self.paths: list[str] = []
        self.bodies: list[Payload] = []
        self.cut: set[str] = set()
        """Models whose answers end in the middle."""
        self.delay = 0.0
        """Seconds before an answer."""
        self.under_way = self.peak = 0
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        model = str(body["model"])
        with self.server.lock:
            self.server.counts[model] += 1
            self.server.paths.append(self.path)
            self.server.bodies.append(body)
            first = self.server.counts[model] == 1
            self.server.under_way += 1
            self.server.peak = max(self.server.peak, self.server.under_way)
        time.sleep(self.server.delay)
        with self.server.lock:
            self.server.under_way -= 1
        asked = Asked(self.path, body, first, self.server.take)
        if self.path.startswith("/v1/"):
            answer = ODD[model].answer(asked) if model in ODD else good(asked)
        else:
            answer = as_json({"error": {"message": f"Invalid URL (POST {self.path})"}}, 404)
        if model in self.server.cut:
            answer = answer._replace(body=answer.body[: len(answer.body) // 2])
        self.send_response(answer.status)
        for name, value in (("content-type", answer.kind), *answer.headers):
            if value:
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)


@contextmanager
def odd_server(take: str, tls: ssl.SSLContext | None = None) -> Iterator[tuple[Server, int]]:
    """The server and its port, in a thread of this process; over https where there is a context for it."""
    server = Server(take)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server, server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
