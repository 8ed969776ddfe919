"""Processes that use a store: a row for each that makes calls, so that others can find out whether it is still alive.

On the same machine a process is identified by its number and start time, so that a number used again by another program
is not mistaken for it. On other machines a process counts as alive while its last heartbeat is younger than LEASE
seconds.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

from sqlalchemy import Connection, Select, insert, select, update

from ourtake.store.tables import processes

LEASE = 120.0
"""Seconds."""
BEAT = 30.0
"""Seconds between two heartbeats."""


def enroll(connection: Connection) -> int:
    """Insert a row for this process. Returns its number."""
    values = {"host": socket.gethostname(), "pid": os.getpid(), "born": birth(os.getpid()) or "", "beat": time.time()}
    key = connection.execute(insert(processes).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def rows_of(process_id: int) -> Select[tuple[int]]:
    """The numbers under which the process of that row enrolled, then and later: it may work on several runs."""
    own, mine = processes.alias(), processes.c
    same = (mine.host == own.c.host) & (mine.pid == own.c.pid) & (mine.born == own.c.born)
    return select(mine.id).join(own, same).where(own.c.id == process_id, mine.id >= process_id)


def beat(connection: Connection, process_id: int) -> None:
    """Record that the process is alive."""
    connection.execute(update(processes).where(processes.c.id == process_id).values(beat=time.time()))


def is_alive(connection: Connection, process_id: int | None) -> bool:
    """Whether the process of that row is still alive, as far as can be known here; False for None, of old calls."""
    row = connection.execute(select(processes).where(processes.c.id == process_id)).first()
    if row is None:
        return False
    if row.host == socket.gethostname() and row.born:
        return birth(row.pid) == str(row.born)
    return time.time() - float(row.beat) < LEASE


def kept_its_marks(connection: Connection, process_id: int | None) -> bool:
    """Whether what that process wrote to a file without waiting for the disk is there.

    That is so when it ran on this machine, and the machine has been up since.
    """
    row = connection.execute(select(processes).where(processes.c.id == process_id)).first()
    boot = _boot()
    return (
        row is not None
        and boot is not None
        and row.host == socket.gethostname()
        and str(row.born).split(" ")[0] == boot
    )


def name(connection: Connection, process_id: int | None) -> str:
    """The process in words, for messages."""
    row = connection.execute(select(processes).where(processes.c.id == process_id)).first()
    return "another process" if row is None else f"process {row.pid} on {row.host}"


def birth(pid: int) -> str | None:
    """A text that identifies the process with that number; None if there is none, or it is a zombie."""
    boot = _boot()
    if boot is not None:
        try:
            # The name in brackets may contain anything, even brackets. The first field after it is the state, the
            # twentieth the start time.
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{boot} {fields[19]}"
    done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def _boot() -> str | None:
    """A text that identifies this boot of the machine; None if the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
