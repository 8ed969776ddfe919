"""The ledger's records: a call as it is begun, as it ends, and as it is read back."""

from __future__ import annotations

from typing import Literal

from ourtake.documents import Document, Usage


class CallStart(Document):
    """What is written, and committed, before a call is made."""

    draft_id: str
    provider: str
    model: str
    task: str
    attempt: int
    request_hash: str
    prompt: str


class CallEnd(Document):
    """What is written when it returns; `seconds` is wall-clock time. "unknown": sent, and nobody knows whether it was answered."""

    state: Literal["answered", "failed", "unknown"]
    status: str | None = None
    reply: str | None = None
    stop_reason: str | None = None
    usage: Usage = Usage()
    request_id: str | None = None
    error: str | None = None
    seconds: float = 0.0


class CallRecord(Document):
    """A row of the ledger; state "started" is a call whose end was never written."""

    id: int
    start: CallStart
    state: str
    end: CallEnd | None
    started: str
