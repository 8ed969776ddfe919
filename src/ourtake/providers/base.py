"""What a provider is: its protocol (a request in, a reply out), and its row in the table of registry.py.

A failure to get an answer is an error (errors.TransientError, errors.PermanentError). An answer that is not a whole
reply is not an error: it is a Reply whose status says so, with the text that arrived, since it was paid for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

from ourtake.config import CompatibleServer, Publication, TakeShape
from ourtake.documents import Document, Related, Source, Usage
from ourtake.errors import AnswerError
from ourtake.text.thoughts import spoken

OnText = Callable[[str], None]
"""Receives an answer's text piece by piece; an empty piece says that the text starts over, as after a broken
connection.
"""

OnHeaders = Callable[[Mapping[str, str]], None]
"""Receives the headers of each answer."""

ReplyStatus = Literal["complete", "cut-off", "refused", "filtered", "empty", "invalid"]
"""refused: the model itself declined, in words; filtered: the provider's content filter stopped it."""


class Brief(Document):
    """The story itself, for a writer that is not a model."""

    source: Source
    related: tuple[Related, ...] = ()
    shape: TakeShape = TakeShape()
    publication: Publication = Publication()


Task = Literal["take", "plan", "reread", "repair", "headlines", "judge", "verify"]


class Request(Document):
    """One thing to ask: `system` stays the same for a publication, `prompt` is this story; the answer is JSON of
    `json_schema`.

    `repetition` tells apart requests that are alike and must be asked each on its own, as an eval's repeats.
    `repair_round` counts the repairs of one take from 1: a second one with the same words hopes for another answer.
    `temperature` and `effort` (of reasoning) are wishes: a model that takes no such parameter is asked without it.
    `shared`: this many characters of the prompt come first in every request about this story, so that a provider can
    keep them; such requests have one schema, since providers put it before everything else.
    """

    task: Task
    model: str
    system: str
    prompt: str
    json_schema: dict[str, Any]
    max_output_tokens: int
    brief: Brief
    draft_id: str = ""
    repetition: int = 1
    repair_round: int = 0
    shared: int = 0
    temperature: float | None = None
    effort: str | None = None

    @property
    def form(self) -> str:
        """The name of the schema, which a provider keeps with it: the same for all requests that share their texts."""
        return "story" if self.shared else self.task


class Reply(Document):
    """What came back: "complete" only with the provider's own mark of a whole answer. `by` and `notes`: see
    fallback.py; `doubt`: why the provider's count of tokens was not used (usage.py).
    """

    status: ReplyStatus
    text: str
    stop_reason: str | None
    usage: Usage
    doubt: str = ""
    model: str
    request_id: str | None = None
    by: str = ""
    notes: tuple[str, ...] = ()


class Provider(Protocol):
    """Anything that answers requests; `name` as in ourtake.toml, `model` as the provider calls it."""

    name: str
    model: str

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """The answer. on_text receives its text piece by piece where the provider can stream."""

    async def close(self) -> None:
        """Close connections."""


FREE = ("baseline", "replay")
"""The writers that are not models: they cost nothing, and as they may have changed, their answers are never reused."""

NO_CREDIT = (
    r"insufficient_quota|billing_(?:error|hard_limit|not_active)|credit balance|exceeded your current quota|"
    r"insufficient (?:credits|balance)"
)
OPENAI_LIMITS, ANTHROPIC_LIMITS = "x-ratelimit-{part}-{kind}", "anthropic-ratelimit-{kind}-{part}"
BAD_KEY = r"invalid_api_key|incorrect api key|authentication_error"


class Listing(NamedTuple):
    """Where a provider lists its models: `path` below the base address. In its JSON, `items` is the list, and in each
    entry `name` is the model and `context` its context window in tokens. `entry`: path/MODEL returns one entry.
    """

    path: str = "/models"
    items: str = "data"
    name: str = "id"
    context: str = "max_input_tokens"
    entry: bool = True


class ProviderRow(NamedTuple):
    """All that is known of one provider before it is asked.

    `build` is "module:attribute", called with a Connection, and imported when the provider is first used.
    `batches` is the same for a BatchClient, called with the provider. `key` and `address_variable` are environment
    variables; `takes` are the optional parts of a request that its models may take (see parameters.py);
    `prices` is its id at genai-prices; `rate_limits` are patterns of its rate-limit headers, with {kind} for requests
    or tokens and {part} for limit, remaining or reset; `bad_key` and `no_credit` are regular expressions that its
    error messages match; `package` is the outside package that the row comes from.
    """

    name: str
    build: str
    key: str = ""
    address: str = ""
    address_variable: str = ""
    newest: str = ""
    takes: tuple[str, ...] = ("temperature",)
    structured_output: str = "schema"
    batches: str = ""
    prices: str = ""
    rate_limits: tuple[str, ...] = (OPENAI_LIMITS,)
    bad_key: str = BAD_KEY
    no_credit: str = NO_CREDIT
    models: Listing | None = Listing()
    package: str = ""


class ProviderInfo(NamedTuple):
    """Who is asked: the provider, its model, the name of its key, its address, and how its errors say that the key is
    wrong or the account is empty.
    """

    provider: str
    model: str
    key_name: str
    base_url: str = ""
    bad_key: str = BAD_KEY
    no_credit: str = NO_CREDIT


class Connection(NamedTuple):
    """What a provider is built with. `server`: the table [models.NAME] of a compatible server."""

    info: ProviderInfo
    key: str = ""
    takes: tuple[str, ...] = ()
    on_headers: OnHeaders | None = None
    server: CompatibleServer | None = None


def name_of(provider: Provider) -> str:
    """A provider as people write it: provider:model, or baseline."""
    return provider.name if provider.name == "baseline" else f"{provider.name}:{provider.model}"


WINDOW_FULL = frozenset({"model_context_window_exceeded", "context_length", "context_length_exceeded", "model_length"})
"""The stop reasons of a reply that the model's context window ended."""


def window_full(stop: str | None) -> bool:
    """Whether the model's context window ended a reply: more room can't be given."""
    return (stop or "").lower() in WINDOW_FULL


_NOT_WHOLE: dict[str, tuple[str, str]] = {
    "cut-off": (
        "The model's reply was cut off before its end.",
        "Raise max_output_tokens in [models], or choose another model.",
    ),
    "refused": (
        "The model refused to write this take",
        "Choose another model, ask again with --fresh, or write it by hand.",
    ),
    "filtered": (
        "The provider's content filter stopped this take.",
        "Choose another provider, ask again with --fresh, or write it by hand.",
    ),
    "empty": ("The model's reply was empty.", "Ask again with --fresh, or choose another model."),
    "invalid": ("The model's reply is not a take.", "Ask again with --fresh, or choose another model."),
}


def require_whole(reply: Reply) -> None:
    """Raise AnswerError with a sentence of its own for a reply that is not complete; a refusal is shown in the model's
    words.
    """
    if reply.status == "complete":
        return
    what, do = _NOT_WHOLE[reply.status]
    if reply.status == "refused":
        words = " ".join(spoken(reply.text).text.split())
        what += f": {words[:200]}" if words else "."
    elif reply.status == "invalid" and reply.stop_reason:
        what = f"The model's reply is not a take; the provider ended it with {reply.stop_reason[:60]!r}."
    elif window_full(reply.stop_reason):
        do = "Choose a model with a larger context window, or offer fewer articles (offered in [lookup])."
    elif reply.status == "cut-off" and reply.stop_reason is None:
        do = "Ask again with --fresh, or choose another model."  # the connection ended it, not a limit
    raise AnswerError(what, do, status=reply.status)
