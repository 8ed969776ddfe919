"""How the end of a call is recorded in the ledger, and the error for a call that was not made."""

from __future__ import annotations

from ourtake.documents import Usage
from ourtake.errors import PermanentError, ProviderError, TransientError, UnknownCallError
from ourtake.providers.base import Reply
from ourtake.providers.usage import said_of
from ourtake.store.calls import Begun, CallEnd


def answered(reply: Reply, seconds: float, cost: int | None) -> CallEnd:
    """How a call ended that brought an answer. `cost`: in millionths of a US dollar, None if it is not known."""
    return CallEnd(
        state="answered",
        status=reply.status,
        reply=reply.text,
        stop_reason=reply.stop_reason,
        usage=reply.usage,
        request_id=reply.request_id,
        error=said_of(reply.doubt),
        seconds=seconds,
        cost=cost,
    )


def stopped(partial: str, seconds: float) -> CallEnd:
    """How a call ended that was cancelled; `partial`: what had arrived."""
    return CallEnd(
        state="unknown",
        error="Stopped before an answer arrived.",
        reply=partial or None,
        usage=Usage(calls=1),
        seconds=seconds,
    )


def failed(error: ProviderError, partial: str, seconds: float) -> CallEnd:
    """How a call ended that brought no answer; `partial`: what arrived of one."""
    status = error.status if isinstance(error, TransientError | PermanentError) else None
    # No status at all: the connection broke after the request was sent, and what was billed is unknown. A success
    # status with something that is not an answer may have been billed, too. Any other status means that the provider
    # did not answer.
    lost = isinstance(error, TransientError) and status is None
    return CallEnd(
        state="unknown" if lost else "failed",
        error=str(error),
        reply=partial or None,
        usage=Usage(calls=1),
        seconds=seconds,
        cost=None if status in (None, 200) else 0,
    )


def not_made(begun: Begun) -> ProviderError:
    """Why a call that could not be begun was not made: another process makes it, or its outcome is unknown."""
    if begun.held_by:
        return ProviderError(
            f"The same call is being made by {begun.held_by}.", "Wait until it is done, then run this again."
        )
    calls, one = ", ".join(map(str, begun.unknown)), len(begun.unknown) == 1
    which = f"outcome of call {calls} is" if one else f"outcomes of calls {calls} are"
    return UnknownCallError(
        f"The {which} unknown: an earlier run received no answer, and {'it' if one else 'they'} may have been billed.",
        "Add --retry-unknown (to a batch with --resume) to ask again; `ourtake calls list --state unknown` shows all "
        "such calls.",
    )
