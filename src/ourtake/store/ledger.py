"""The ledger in SQL: begin a call where it may be made, end it, read it back, add it up. Each function runs inside one
transaction.

`begin` decides and writes under the store's one write lock, so that no two coroutines, and no two processes, can both
find room below a limit or both make the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, insert, select, update

from ourtake.documents import Usage
from ourtake.store import processes
from ourtake.store.calls import BATCH, Begun, CallEnd, CallRecord, CallStart, Ceiling, CostRow, Over, Terms
from ourtake.store.dialect import parts
from ourtake.store.sent_marks import Marks
from ourtake.store.tables import calls
from ourtake.values import utc_now

GONE = "The process ended before an answer was written down."
NOT_SENT = "The process ended before it was sent."
GROUPS = ("day", "model", "draft", "run")
_STATES = {"answered": "answered", "failed": "failed", "unknown": "unknown", "started": "under_way"}
_TOKENS = ("input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens")

# Made once: putting a statement together costs more than running it, and these run for every call.
_SAME = (
    select(calls.c.id, calls.c.state, calls.c.draft_id, calls.c.process_id)
    .where(calls.c.request_hash == bindparam("hashed"))
    .order_by(calls.c.id)
)
_BEGIN = insert(calls)
_FINISH = update(calls).where(calls.c.id == bindparam("of_call"))

# A cost below zero, of a time when an impossible count of tokens was believed, is not known: no row can lower a sum.
_COST = case((calls.c.cost >= 0, calls.c.cost))
_SPENT = select(*(calls.c[name] for name in _TOKENS), calls.c.batch, _COST.label("cost"), calls.c.state).where(
    calls.c.draft_id == bindparam("of_draft")
)

_SECONDS = select(func.sum(calls.c.seconds)).where(calls.c.draft_id == bindparam("of_draft"))


def begin(connection: Connection, start: CallStart, *, process_id: int, terms: Terms, marks: Marks) -> Begun:
    """A row for the call when it may be made; else the answer that is there, or who is making it, or why it is not to
    be made.
    """
    rows = connection.execute(_SAME, {"hashed": start.request_hash}).all()
    unknown: list[int] = []
    if rows and terms.remember:
        own = [row for row in rows if row.draft_id == start.draft_id]
        answered = [row for row in (rows if not terms.fresh else ()) if row.state == "answered"]
        answered = [row for row in own if row.state == "answered"] or answered
        if answered:
            return Begun(answered=one(connection, answered[-1].id))
        under_way = [row for row in rows if row.state == "started" and row.process_id != process_id]
        for row in under_way:
            if processes.is_alive(connection, row.process_id):
                return Begun(held_by=processes.name(connection, row.process_id))
        unsent = _lose(connection, [_Orphan(row.id, row.process_id, start.request_hash) for row in under_way], marks)
        unknown = _unknown([row for row in (own if terms.fresh else rows) if row.id not in unsent], start, process_id)
        if unknown and not terms.retry_unknown:
            return Begun(unknown=tuple(unknown))
    over = _over(connection, start, terms.ceilings, marks)
    if over is not None:
        return Begun(over=over)
    values = start.model_dump() | {
        "attempt": len(rows) + 1,
        "state": "started",
        "started": utc_now("milliseconds"),
        "process_id": process_id,
    }
    key = connection.execute(_BEGIN, values).inserted_primary_key
    assert key is not None
    # Before the commit: no row that others can see is without its mark.
    marks.written(connection, int(key[0]), start.request_hash)
    return Begun(call_id=int(key[0]), unknown=tuple(unknown))


def _unknown(rows: Sequence[Any], start: CallStart, process_id: int) -> list[int]:
    # The layer that asks again may do so once for a connection that broke in its own hands; what an earlier process
    # lost waits for a word.
    theirs = [row for row in rows if row.process_id != process_id or row.draft_id != start.draft_id]
    return [row.id for row in theirs if row.state in ("unknown", "started")]


def _over(connection: Connection, start: CallStart, ceilings: Sequence[Ceiling], marks: Marks) -> Over | None:
    needed = start.reserved or 0
    for ceiling in ceilings:
        if not ceiling.concerns(start.provider, start.model):
            continue
        scope = _scope(ceiling, start)
        spent, boundless = set_aside(connection, scope) if needed else (0, 0)
        if needed and (boundless or spent + needed > ceiling.limit):
            reap_orphans(connection, marks)  # a process that died gives nothing back
            # What a batch has set aside may come back tomorrow: nobody waits for that.
            soon = (calls.c.state == "started") & (calls.c.task != BATCH)
            return Over(
                ceiling, spent, pending=set_aside(connection, scope & soon)[0], needed=needed, boundless=boundless
            )
    return None


def over_draft(connection: Connection, ceiling: Ceiling, *, draft_id: str, needed: int) -> Over | None:
    """Whether this much more could exceed the limit of a draft."""
    spent, boundless = set_aside(connection, calls.c.draft_id == draft_id)
    over = boundless or spent + needed > ceiling.limit
    return Over(ceiling, spent, pending=0, needed=needed, boundless=boundless) if over else None


def _scope(ceiling: Ceiling, start: CallStart) -> ColumnElement[bool]:
    if ceiling.scope == "draft":
        return calls.c.draft_id == start.draft_id
    if ceiling.scope == "run":
        return calls.c.run_id == start.run_id
    if ceiling.scope == "process":
        return calls.c.process_id.in_(processes.rows_of(int(ceiling.name)))
    today = calls.c.started >= utc_now("milliseconds")[:10]
    if ceiling.scope == "day":
        return today
    provider, _, model = ceiling.name.partition(":")
    theirs = today & (calls.c.provider == provider)
    return theirs & (calls.c.model == model) if model else theirs


def set_aside(connection: Connection, scope: ColumnElement[bool]) -> tuple[int, int]:
    """What calls cost, those under way or of unknown outcome at what was reserved for them, in millionths of a US
    dollar; and how many there are of which neither is known, since their model had no price.
    """
    known = func.coalesce(_COST, calls.c.reserved)
    row = connection.execute(
        select(func.coalesce(func.sum(known), 0), func.count() - func.count(known)).where(scope)
    ).one()
    return int(row[0]), int(row[1])


def price(connection: Connection, price_of: Callable[[str, str, Usage], int | None]) -> int:
    """Give answered calls without a cost the one that is known now; how many got one."""
    wanted = (
        _COST.is_(None),
        calls.c.started > "",
        calls.c.state == "answered",
    )  # `started`: the index that holds costs is used
    columns = (calls.c.id, calls.c.provider, calls.c.model, calls.c.batch, *(calls.c[name] for name in _TOKENS))
    found = {
        row.id: price_of(row.provider, row.model, _usage(row))
        for row in connection.execute(select(*columns).where(*wanted)).all()
    }
    known = [{"of_call": call, "cost": cost} for call, cost in found.items() if cost is not None]
    if known:
        connection.execute(_FINISH, known)
    return len(known)


def _usage(row: Any) -> Usage:
    return Usage(**{name: getattr(row, name) or 0 for name in _TOKENS}, batch=bool(row.batch), calls=1)


def finish(connection: Connection, call_id: int, end: CallEnd) -> None:
    """Write down how a call ended."""
    values: dict[str, Any] = end.model_dump(exclude={"usage"}) | end.usage.model_dump(exclude={"calls"})
    connection.execute(_FINISH, values | {"of_call": call_id})


def reap_orphans(connection: Connection, marks: Marks) -> int:
    """Calls that were under way in a process that is gone become "unknown", those that it had not sent yet "failed";
    how many of both.
    """
    rows = connection.execute(
        select(calls.c.id, calls.c.process_id, calls.c.request_hash).where(calls.c.state == "started")
    ).all()
    dead = {owner for owner in {row.process_id for row in rows} if not processes.is_alive(connection, owner)}
    lost = [_Orphan(row.id, row.process_id, row.request_hash) for row in rows if row.process_id in dead]
    _lose(connection, lost, marks)
    return len(lost)


class _Orphan(NamedTuple):
    """A call that was under way when its process ended."""

    id: int
    process_id: int | None
    request_hash: str


def _lose(connection: Connection, orphans: Sequence[_Orphan], marks: Marks) -> set[int]:
    """Write down how they ended. Returns those that were certainly never sent."""
    believed = {owner for owner in {orphan.process_id for orphan in orphans} if marks.kept(connection, owner)}
    unsent = {
        orphan.id
        for orphan in orphans
        if orphan.process_id in believed and marks.never_sent(connection, orphan.id, orphan.request_hash)
    }
    for ids, values in (
        ({orphan.id for orphan in orphans} - unsent, {"state": "unknown", "error": GONE}),
        (unsent, {"state": "failed", "error": NOT_SENT, "cost": 0}),
    ):
        if ids:
            connection.execute(update(calls).where(calls.c.id.in_(ids)).values(**values))
    return unsent


def one(connection: Connection, call_id: int) -> CallRecord | None:
    """The call of that number."""
    row = connection.execute(select(calls).where(calls.c.id == call_id)).mappings().first()
    return None if row is None else _record(dict(row))


def listed(
    connection: Connection,
    *,
    draft_id: str | None = None,
    run_id: str | None = None,
    state: str | None = None,
    last: int | None = None,
) -> list[CallRecord]:
    """The calls in the order in which they were begun; with `last`, the newest of them."""
    statement = select(calls)
    for column, value in ((calls.c.draft_id, draft_id), (calls.c.run_id, run_id), (calls.c.state, state)):
        statement = statement if value is None else statement.where(column == value)
    rows = connection.execute(statement.order_by(calls.c.id.desc()).limit(last)).mappings()
    return [_record(dict(row)) for row in rows][::-1]


def hashes_in(
    connection: Connection, hashes: Sequence[str], *, states: Sequence[str], draft_id: str | None = None
) -> set[str]:
    """Which of these requests have a call in one of the states; with `draft_id`, one that was made for that draft."""
    found: set[str] = set()
    for part in parts(hashes):
        wanted = calls.c.request_hash.in_(part) & calls.c.state.in_(states)
        if draft_id is not None:
            wanted &= calls.c.draft_id == draft_id
        found |= set(connection.execute(select(calls.c.request_hash).where(wanted)).scalars())
    return found


def spent_on(connection: Connection, draft_id: str) -> tuple[Usage, int | None]:
    """What a draft's own answered calls used, and cost in millionths of a US dollar: None when one of them has no
    price, or when none was answered and some may have been billed.
    """
    made = connection.execute(_SPENT, {"of_draft": draft_id}).all()
    rows = [row for row in made if row.state == "answered"]
    usage = Usage()
    for row in rows:
        usage = usage.plus(_usage(row))
    costs_of = [row.cost for row in rows or made]
    return usage, None if None in costs_of else sum(costs_of)


def seconds_on(connection: Connection, draft_id: str) -> float:
    """How long a draft's own calls took that have ended."""
    return float(connection.execute(_SECONDS, {"of_draft": draft_id}).scalar() or 0)


def costs(connection: Connection, group: str) -> list[CostRow]:
    """Sums by day (UTC), model, draft or run, in the order of their first call."""
    names = {
        "day": func.substr(calls.c.started, 1, 10),
        "model": case((calls.c.provider == "baseline", "baseline"), else_=calls.c.provider + ":" + calls.c.model),
        "draft": calls.c.draft_id,
        "run": calls.c.run_id,
    }

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    # What an answer without a count of its tokens cost is not known, but for the most.
    open_cost = _COST.is_(None) & (calls.c.state.in_(("unknown", "started", "failed")) | calls.c.reserved.is_not(None))
    sums = [
        func.count().label("calls"),
        *(count(calls.c.state == state).label(label) for state, label in _STATES.items()),
        *(
            func.coalesce(func.sum(calls.c[name]), 0).label(name)
            for name in ("input_tokens", "output_tokens", "cached_tokens")
        ),
        func.coalesce(func.sum(_COST), 0).label("cost"),
        count((calls.c.state == "answered") & _COST.is_(None) & calls.c.reserved.is_(None)).label("unpriced"),
        count((calls.c.state == "answered") & _COST.is_(None) & calls.c.reserved.is_not(None)).label("uncounted"),
        func.sum(case((open_cost, calls.c.reserved), else_=0)).label("reserved"),
        count(open_cost & calls.c.reserved.is_(None)).label("boundless"),
    ]
    statement = select(names[group].label("name"), *sums).group_by(names[group]).order_by(func.min(calls.c.id))
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    at_most = [None if row.pop("boundless") else row["reserved"] or 0 for row in rows]
    return [
        CostRow(**{name: row[name] for name in row if name != "reserved"}, at_most=most)
        for row, most in zip(rows, at_most, strict=True)
    ]


def _record(row: dict[str, Any]) -> CallRecord:
    start = CallStart(**{name: row[name] for name in CallStart.model_fields})
    end = None
    if row["state"] != "started":
        usage = Usage(**{name: row[name] or 0 for name in Usage.model_fields if name != "calls"}, calls=1)
        names = CallEnd.model_fields.keys() - {"usage", "seconds", "cost"}
        cost = row["cost"] if row["cost"] is not None and row["cost"] >= 0 else None
        end = CallEnd(**{name: row[name] for name in names}, seconds=row["seconds"] or 0, usage=usage, cost=cost)
    return CallRecord(
        id=row["id"], start=start, attempt=row["attempt"], state=row["state"], end=end, started=row["started"]
    )
