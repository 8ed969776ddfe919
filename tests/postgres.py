"""A PostgreSQL server of the tests' own on a loopback port, run by another user where the tests are run by root."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

FAST = "fsync=off full_page_writes=off shared_buffers=16MB max_connections=60"
"""No test cuts the power; what is committed must outlive the server all the same."""


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; None where there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


class Server:
    """A running server. `new_database` makes an empty one; `stop` and `start` are a network cut."""

    def __init__(self, bin_: Path, folder: Path, user: str, settings: str = FAST) -> None:
        self._bin, self.folder, self._user = bin_, folder, user
        self._databases = 0
        self._as_user("initdb", "-D", str(folder), "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        # Not earlier: another suite on this machine must not get the port in the meantime.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        options = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={folder}",
            *settings.split(),
        ]
        (folder / "postgresql.auto.conf").write_text(
            "".join(f"{name} = '{value}'\n" for name, _, value in (option.partition("=") for option in options))
        )

    def _as_user(self, program: str, *words: str) -> None:
        command = [str(self._bin / program), *words]
        if self._user:
            command = ["runuser", "-u", self._user, "--", *command]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        self._as_user("pg_ctl", "-D", str(self.folder), "-l", str(self.folder / "log"), "-w", "start")

    def stop(self) -> None:
        self._as_user("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")

    def address(self, database: str, user: str = "owner") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres") -> list[Any]:
        """The rows of a statement, outside of a transaction."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            found = connection.execute(statement)
            return list(found.fetchall()) if found.description else []

    def new_database(self, template: str = "template0") -> str:
        """The address of a new database: a copy of another, to which nobody is connected."""
        self._databases += 1
        name = f"paper_{self._databases}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.address(name)


@contextmanager
def server(settings: str = FAST) -> Iterator[Server]:
    """A server in a temporary folder, which is removed with it."""
    bin_ = programs()
    assert bin_ is not None
    user = "postgres" if os.geteuid() == 0 else ""
    # pytest's own folders are closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="ourtake-postgres-", dir="/tmp"))
    if user:
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    found = Server(bin_, folder, user, settings)
    found.start()
    try:
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)
