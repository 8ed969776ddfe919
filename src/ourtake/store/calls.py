"""The ledger's records: a call as it is begun, as it ends, and as it is read back. Money is in millionths of a US
dollar.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ourtake.documents import Document, Usage

BATCH = "batch"
"""The task of a row that sets money aside for a whole batch of a provider's batch endpoint."""


class CallStart(Document):
    """What is written, and committed, before a call is made. `reserved`: the most it may cost; None if no price is
    known.
    """

    draft_id: str
    run_id: str = ""
    provider: str
    model: str
    task: str
    request_hash: str
    repetition: int = 1
    prompt: str
    max_output_tokens: int = 0
    reserved: int | None = None


class CallEnd(Document):
    """What is written when a call returns; `seconds` is wall-clock time.

    "unknown": it was sent, and nobody knows whether it was answered. `cost` None: unknown; against a limit it counts as
    what was reserved.
    """

    state: Literal["answered", "failed", "unknown"]
    status: str | None = None
    reply: str | None = None
    stop_reason: str | None = None
    usage: Usage = Usage()
    request_id: str | None = None
    error: str | None = None
    seconds: float = 0.0
    cost: int | None = None


class CallRecord(Document):
    """A row of the ledger. "started": the call is under way. `attempt` counts the calls with one hash, from 1."""

    id: int
    start: CallStart
    attempt: int
    state: str
    end: CallEnd | None
    started: str


class Ceiling(NamedTuple):
    """A limit of the user's: what a draft, a run or a day (UTC) may cost, or a day's calls to the provider, or the
    model (provider:model), of that name; or all calls of the process that enrolled with the number in `name`.
    """

    scope: Literal["draft", "run", "day", "provider", "process"]
    limit: int
    name: str = ""

    def concerns(self, provider: str, model: str) -> bool:
        """Whether calls to this model count."""
        return self.scope != "provider" or self.name in (provider, f"{provider}:{model}")


class Terms(NamedTuple):
    """How a run uses what is in the ledger.

    `fresh`: no answers of other drafts are used. `retry_unknown`: calls of unknown outcome are repeated. `remember`
    False: the writer is free and may have changed, so its answers are never reused.
    """

    fresh: bool = False
    retry_unknown: bool = False
    ceilings: tuple[Ceiling, ...] = ()
    remember: bool = True


class Bill(NamedTuple):
    """The run that a call belongs to, and the limits in money that it is made under."""

    run_id: str
    ceilings: tuple[Ceiling, ...]


class Over(NamedTuple):
    """A limit that a call could exceed.

    `spent`: what is spent or reserved already; `pending`: how much of that is reserved for calls under way; `needed`:
    what the call may cost; `boundless`: the number of earlier calls whose cost has no known bound.
    """

    ceiling: Ceiling
    spent: int
    pending: int
    needed: int
    boundless: int = 0

    def may_pass(self) -> bool:
        """Whether there may be room once the calls under way have returned what they don't use."""
        return not self.boundless and self.spent - self.pending + self.needed <= self.ceiling.limit


class Begun(NamedTuple):
    """The result of beginning a call: its number when it may be made now, else the one reason why not.

    With a number, `unknown` are the earlier calls of unknown outcome that it repeats. `held_by`: who is making it.
    """

    call_id: int | None = None
    answered: CallRecord | None = None
    held_by: str = ""
    unknown: tuple[int, ...] = ()
    over: Over | None = None


class CostRow(Document):
    """A line of `ourtake calls cost`, in millionths of a US dollar.

    `cost`: the sum of what is known. `unpriced`: answered calls without a price. `uncounted`: answered calls without a
    count of tokens. `at_most`: what these and calls of unknown outcome may have cost; None if that is unknown.
    """

    name: str
    calls: int
    answered: int
    failed: int
    unknown: int
    under_way: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost: int
    unpriced: int
    uncounted: int
    at_most: int | None
