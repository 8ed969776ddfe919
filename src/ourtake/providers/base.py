"""The protocol of a provider: a request in, a reply out; and what it raises.

A failure to get an answer is an error (errors.TransientError, errors.PermanentError). An answer that is not a whole
reply is no error here: it is a Reply whose status says so, with what arrived, since it was paid for and is evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol

from ourtake.config import Publication, TakeShape
from ourtake.documents import Document, Related, Source, Usage
from ourtake.errors import AnswerError
from ourtake.text.thoughts import spoken

OnText = Callable[[str], None]
"""Receives an answer's text piece by piece; an empty piece says that what follows begins anew, as after a broken
connection.
"""

ReplyStatus = Literal["complete", "cut-off", "refused", "filtered", "empty", "invalid"]
"""refused: the model itself declined, in words; filtered: the provider's content filter stopped it."""


class Brief(Document):
    """The story itself, for a writer that is not a model."""

    source: Source
    related: tuple[Related, ...] = ()
    shape: TakeShape = TakeShape()
    publication: Publication = Publication()


class Request(Document):
    """One thing to ask: `system` stays the same for a publication, `prompt` is this story; the answer is JSON of
    `json_schema`.

    `repetition` tells apart requests that are alike and must be asked each on its own, as an eval's repeats.
    `repair_round` counts the repairs of one take from 1: a second one with the same words hopes for another answer.
    `temperature` and `effort` (of reasoning) are wishes: a model that takes no such parameter is asked without it.
    """

    task: Literal["take", "repair", "support"]
    model: str
    system: str
    prompt: str
    json_schema: dict[str, Any]
    max_output_tokens: int
    brief: Brief
    draft_id: str = ""
    repetition: int = 1
    repair_round: int = 0
    temperature: float | None = None
    effort: str | None = None


class Reply(Document):
    """What came back: "complete" only with the provider's own mark of a whole answer. `by` and `notes`: see
    fallback.py; `doubt`: why the provider's count of tokens was not taken (usage.py).
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


def name_of(provider: Provider) -> str:
    """A provider as people write it: provider:model, or baseline."""
    return provider.name if provider.name == "baseline" else f"{provider.name}:{provider.model}"


_NOT_WHOLE: dict[str, tuple[str, str]] = {
    "cut-off": (
        "The model's reply was cut off before its end.",
        "Raise max_output_tokens in [models], or choose another model.",
    ),
    "refused": (
        "The model refused to write this take",
        "Choose another model, ask anew with --fresh, or write it by hand.",
    ),
    "filtered": (
        "The provider's content filter stopped this take.",
        "Choose another provider, ask anew with --fresh, or write it by hand.",
    ),
    "empty": ("The model's reply was empty.", "Ask anew with --fresh, or choose another model."),
    "invalid": ("The model's reply is not a take.", "Ask anew with --fresh, or choose another model."),
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
    raise AnswerError(what, do, status=reply.status)
