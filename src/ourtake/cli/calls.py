"""`ourtake calls`: the ledger of model calls, their cost, and those whose outcome is unknown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings
from ourtake.cli.options import Json
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.store import Store
    from ourtake.store.calls import CallRecord, CostRow

app = typer.Typer(
    help="Show the calls to models, with answers and costs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
STATES = ("started", "answered", "failed", "unknown")
_SHORT = 70
"""How many characters of a reason the list shows. `calls show` has all of it."""
GROUPS = ("day", "model", "draft", "run")


@app.command("list")
def list_calls(
    state: str = typer.Option(None, "--state", help="started, answered, failed or unknown."),
    draft: str = typer.Option(None, "--draft", help="Only the calls of this draft."),
    run: str = typer.Option(None, "--run", help="Only the calls of this run."),
    last: int = typer.Option(50, "-n", min=1, help="How many calls to list at most."),
    as_json: Json = False,
) -> None:
    r"""List the newest calls, oldest first.

    \b
    Examples:
      ourtake calls list -n 10
      ourtake calls list --state unknown
    """
    if state is not None and state not in STATES:
        raise InputError(f"There is no state {state}.", f"Use one of these: {', '.join(STATES)}.")
    with open_store() as store:
        _reap_orphans(store)
        found = store.calls(draft, run_id=run, state=state, last=last)
    if as_json:
        emit_json([_row(call) for call in found])
        return
    for call in found:
        start, end = call.start, call.end
        tokens = (
            f"{end.usage.input_tokens} in, {end.usage.output_tokens} out" if end and call.state == "answered" else ""
        )
        name = start.provider if start.provider == "baseline" else f"{start.provider}:{start.model}"
        what = f"{call.id:>6}  {call.started[:19]}  {call.state:<8}  {name:<28}  {start.task:<6}  {start.draft_id:<12}"
        emit(f"{what}  {tokens:<20}  {_cost(call)}{_why(call)}")
    if not found:
        say("No call matches.")


@app.command("show")
def show(
    call_id: int = typer.Argument(..., help="The number of the call, as in `calls list`.", metavar="NUMBER"),
    as_json: Json = False,
) -> None:
    r"""Show one call: what was asked, what came back, and what it cost.

    \b
    Example:
      ourtake calls show 12
    """
    with open_store() as store:
        _reap_orphans(store)
        call = store.call(call_id)
    if call is None:
        raise InputError(f"There is no call {call_id}.", "See `ourtake calls list`.")
    row = _row(call)
    if as_json:
        emit_json(row | {"prompt": call.start.prompt, "reply": call.end.reply if call.end else None})
        return
    for name, value in row.items():
        if value is not None or name == "cost_usd":
            emit(f"{name:<18} {'unknown' if value is None else value}")
    emit(f"\nPrompt\n\n{call.start.prompt}\n\nReply\n\n{(call.end and call.end.reply) or 'none'}")


@app.command("cost")
def cost(
    by: str = typer.Option("day", "--by", help="Group by day (UTC), model, draft or run."),
    as_json: Json = False,
) -> None:
    r"""Show what the calls cost.

    A call whose price is not known is listed as unknown, never as free. If the price became known later, it is used.

    \b
    Examples:
      ourtake calls cost
      ourtake calls cost --by model --json
    """
    if by not in GROUPS:
        raise InputError(f"Costs can't be summed by {by}.", f"Choose {', '.join(GROUPS)}.")
    with open_store() as store:
        _reap_orphans(store)
        if not store.only_read:
            store.price_calls(lazy.pricing.cost_by(settings()))
        rows = store.costs(by)
    total = _total(rows)
    if as_json:
        emit_json({"by": by, "rows": [_sums(row) for row in rows], "total": _sums(total)})
        return
    emit(
        f"{by:<30} {'calls':>7} {'answered':>9} {'failed':>7} {'unknown':>8} {'tokens in':>12} {'cached':>10} "
        f"{'tokens out':>11}  cost"
    )
    for row in [*rows, total]:
        counts = (
            f"{row.calls:>7} {row.answered:>9} {row.failed:>7} {row.unknown:>8} {row.input_tokens:>12,} "
            f"{row.cached_tokens:>10,}"
        )
        emit(f"{row.name:<30} {counts} {row.output_tokens:>11,}  {_amount(row)}")


@app.command("recover")
def recover(file: Path = typer.Argument(..., help="The file that the error message named.")) -> None:
    r"""Store an answer that could not be stored when it arrived.

    The error message named the file that holds the answer. The file is removed once the store has the answer. A copy
    under another name is left alone.

    \b
    Example:
      ourtake calls recover /tmp/ourtake-call-12-x.json
    """
    kept = lazy.rescue.read_rescued(file)
    with open_store() as store:
        call = store.call(kept.call)
        if call is None or call.start.request_hash != kept.request_hash:
            raise InputError(f"{file} belongs to another store.", "Name its store with --store.")
        if call.state != "answered":
            lazy.asyncio.run(store.finish_call(kept.call, kept.end))
        elif call.end is None or call.end.reply != kept.end.reply:
            do = f"There is nothing to do; {file} was left as it is."
            raise InputError(f"Call {kept.call} already has a different answer.", do)
    # Only now: the answer is committed, so the file is not needed any more.
    left = lazy.rescue.remove_rescued(file, kept)
    emit(f"Call {kept.call} has its answer; draft again, or resume the batch with --resume, to use it. {left}")


def _reap_orphans(store: Store) -> None:
    """Write down how the calls of dead processes ended; a read-only store shows them as they were."""
    if store.only_read:
        say("ourtake: the store is read-only, so calls are shown as they were last written down.")
    else:
        store.reap_orphans()


def _row(call: CallRecord) -> dict[str, Any]:
    start, end = call.start, call.end
    usage = end.usage.model_dump(exclude={"calls"}) if end else {}
    ended = {
        "status": end and end.status,
        "cost_usd": None if end is None or end.cost is None else end.cost / 1_000_000,
        "at_most_usd": None if start.reserved is None else start.reserved / 1_000_000,
        "seconds": end and round(end.seconds, 3),
        "request_id": end and end.request_id,
        "stop_reason": end and end.stop_reason,
        "error": end and end.error,
    }
    begun = start.model_dump(
        include={"draft_id", "run_id", "provider", "model", "task", "request_hash", "repetition", "max_output_tokens"}
    )
    return {
        "id": call.id,
        "state": call.state,
        "started": call.started,
        "attempt": call.attempt,
        **begun,
        **usage,
        **ended,
    }


def _cost(call: CallRecord) -> str:
    if call.end is not None and call.end.cost is not None:
        return lazy.pricing.in_words(call.end.cost)
    most = call.start.reserved
    return "unknown" if most is None else f"unknown, at most {lazy.pricing.in_words(most)}"


def _why(call: CallRecord) -> str:
    """In short, why the call brought no reply or has no count of tokens."""
    end = call.end
    if end is None:
        return ""
    reason = end.error or (end.status if end.status != "complete" or call.state != "answered" else "") or ""
    if not reason:
        return ""
    return f"  {reason if len(reason) <= _SHORT else reason[: _SHORT - 1] + '…'}"


def _total(rows: list[CostRow]) -> CostRow:
    names = "calls answered failed unknown under_way input_tokens output_tokens cached_tokens cost unpriced uncounted"
    sums = {name: sum(getattr(row, name) for row in rows) for name in names.split()}
    bounds = [row.at_most for row in rows]
    at_most = None if None in bounds else sum(bound or 0 for bound in bounds)
    return lazy.calls.CostRow(name="total", **sums, at_most=at_most)


def _sums(row: CostRow) -> dict[str, Any]:
    """A row for programs. `cost_usd` is None when an answer has no price or no count of tokens; `known_usd` is the sum
    of what is known.
    """
    counts = row.model_dump(exclude={"cost", "at_most"})
    known = row.cost / 1_000_000
    at_most = None if row.at_most is None else row.at_most / 1_000_000
    return counts | {
        "cost_usd": None if row.unpriced or row.uncounted else known,
        "known_usd": known,
        "unknown_at_most_usd": at_most,
    }


def _amount(row: CostRow) -> str:
    parts = [lazy.pricing.in_words(row.cost)] if row.cost or not row.unpriced else []
    if row.unpriced:
        parts.append(f"unknown for {count_of(row.unpriced, 'answered call')} without a price")
    if row.at_most is None:
        parts.append("unknown for calls that may have been billed, without a price")
    elif row.at_most:
        parts.append(f"at most {lazy.pricing.in_words(row.at_most)} for calls that may have been billed")
    return " + ".join(parts)
