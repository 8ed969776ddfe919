"""Feeds that are polled, and which process may poll each host.

A host belongs to one process at a time, so that two watchers together never send it more requests than one would. The
hosts of a dead process are free again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from ourtake.store import processes
from ourtake.store.dialect import parts, upsert
from ourtake.store.tables import watch_feeds, watch_hosts

CLOCK_SLIP = 60.0
"""Seconds. A poll that lies further in the future was written before the clock was set back."""


class FeedRow(NamedTuple):
    """A feed or sitemap. `status`: new, ok, unchanged, failed or gone. `digest`: of the last answer's bytes. `moved`:
    where it is permanently redirected to. `polled`: the last poll, `read`: the last one that was answered; 0 for none.
    `next`: the next poll. `fresh`: the new stories of the last poll, `stories`: of all. Times are seconds since 1970.
    """

    url: str
    kind: str
    host: str
    status: str = "new"
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    moved: str = ""
    error: str = ""
    polled: float = 0.0
    read: float = 0.0
    next: float = 0.0
    failures: int = 0
    fresh: int = 0
    stories: int = 0


class HostTurn(NamedTuple):
    """A host that this process may ask, when it was asked last, and its feeds that are due."""

    host: str
    asked: float
    feeds: tuple[FeedRow, ...]


def keep(connection: Connection, rows: Sequence[FeedRow]) -> None:
    """Insert the feeds that are missing."""
    if rows:
        values = [row._asdict() for row in rows]
        connection.execute(upsert(connection, watch_feeds).on_conflict_do_nothing(), values)


def listed(connection: Connection) -> list[FeedRow]:
    """All feeds that were ever polled, by address."""
    rows = connection.execute(select(watch_feeds).order_by(watch_feeds.c.url)).mappings()
    return [FeedRow(**row) for row in rows]


def is_due(row: FeedRow, now: float) -> bool:
    """Whether a feed is to be polled."""
    return row.status != "gone" and (row.next <= now or row.polled > now + CLOCK_SLIP)


def claim(connection: Connection, urls: Collection[str], *, now: float, process_id: int) -> list[HostTurn]:
    """Take the hosts of the feeds that are due, except hosts that another living process has."""
    hosts: dict[str, list[FeedRow]] = {}
    for row in listed(connection):
        if row.url in urls and is_due(row, now):
            hosts.setdefault(row.host, []).append(row)
    asked = take_hosts(connection, hosts, process_id=process_id)
    return [HostTurn(host, asked[host], tuple(feeds)) for host, feeds in hosts.items() if host in asked]


def take_hosts(connection: Connection, hosts: Collection[str], *, process_id: int) -> dict[str, float]:
    """Take hosts. Returns those that this process now has, each with the time of its last request."""
    known = {row.host: row for row in connection.execute(select(watch_hosts))}
    holders = {row.process_id for row in known.values()} - {0, process_id}
    alive = {holder for holder in holders if processes.is_alive(connection, holder)}
    free = [host for host in hosts if host not in known or known[host].process_id not in alive]
    new = [{"host": host, "process_id": process_id, "asked": 0.0} for host in free if host not in known]
    if new:
        connection.execute(insert(watch_hosts), new)
    for part in parts([host for host in free if host in known]):
        connection.execute(update(watch_hosts).where(watch_hosts.c.host.in_(part)).values(process_id=process_id))
    return {host: known[host].asked if host in known else 0.0 for host in free}


def release(connection: Connection, hosts: Collection[str], *, asked: float, process_id: int) -> None:
    """Give hosts back that this process has asked."""
    for host in hosts:
        mine = (watch_hosts.c.host == host) & (watch_hosts.c.process_id == process_id)
        connection.execute(update(watch_hosts).where(mine).values(process_id=0, asked=asked))


def save(connection: Connection, row: FeedRow) -> None:
    """Save what a poll found."""
    connection.execute(update(watch_feeds).where(watch_feeds.c.url == row.url).values(**row._asdict()))


def poll_again(connection: Connection, url: str) -> bool:
    """Have a feed polled in the next round, even if it is gone. Returns whether there is such a feed."""
    values = {"next": 0.0, "status": "new", "failures": 0, "error": "", "etag": "", "last_modified": "", "digest": ""}
    statement = update(watch_feeds).where(watch_feeds.c.url == url).values(values)
    return connection.execute(statement).rowcount > 0
