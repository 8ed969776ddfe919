"""A store without write permission can be read, and what would write to it says so."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from ourtake.archive.cache_folder import MARK
from ourtake.errors import StoreError
from ourtake.store import old_copy
from tests.cli.conftest import ONE, held, is_refused
from tests.command_server import CommandServer
from tests.conftest import command, without_rights

READERS = {
    "search": ("archive", "search", "grid"),
    "stats": ("archive", "stats"),
    "export": ("archive", "export", "-"),
    "related": ("related", ONE),
    "drafts list": ("drafts", "list"),
    "drafts show": ("drafts", "show", "DRAFT"),
    "draft export": ("export", "DRAFT"),
    "check": ("check", "DRAFT"),
    "calls list": ("calls", "list"),
    "calls cost": ("calls", "cost"),
}


def as_reader(folder: Path, *words: str, home: Path) -> subprocess.CompletedProcess[str]:
    return without_rights(*words, folder=folder, HOME=str(home), XDG_CACHE_HOME="")


@pytest.fixture(scope="module")
def read_as_ever(
    commands: CommandServer, example_draft: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[int, str]]:
    """What each of READERS gives where everything can be written: exit code and standard output."""
    paper = Path(shutil.copytree(example_draft[0], tmp_path_factory.mktemp("written") / "paper"))
    found = {
        name: command(commands, *named(words, example_draft[1]), folder=paper, env={"HOME": str(paper)})
        for name, words in READERS.items()
    }
    return {name: (done.returncode, done.stdout) for name, done in found.items()}


def named(words: tuple[str, ...], draft: str) -> list[str]:
    return [draft if word == "DRAFT" else word for word in words]


@pytest.mark.parametrize(
    ("locked", "readers"),
    [
        ("both, without an index", READERS),
        ("file", ("search", "check")),
        ("folder", ("search", "check")),
        ("both, with no home", ("search", "check")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_store_that_can_only_be_read_is_read(
    own: tuple[Path, str], tmp_path: Path, read_as_ever: dict[str, tuple[int, str]], locked: str, readers: Iterable[str]
) -> None:
    paper, draft = own
    home = tmp_path / "home"
    home.mkdir()
    if locked.startswith("both"):
        shutil.rmtree(paper / "ourtake.index")
    if locked != "folder":
        (paper / "ourtake.db").chmod(0o444)
    if locked != "file":
        for folder in (paper / "ourtake.index", paper):
            if folder.exists():
                folder.chmod(0o555)
    if "no home" in locked:
        home.chmod(0o555)
    before = held(paper)
    try:
        for name in readers:
            done = as_reader(paper, *named(READERS[name], draft), home=home)
            assert (done.returncode, done.stdout) == read_as_ever[name], (name, done.stderr)
        for refused in (("archive", "add", "archive"), ("draft", ONE)):
            done = as_reader(paper, *refused, home=home)
            assert is_refused(done) and "read-only" in done.stderr, done.stderr
        if locked == "folder":
            done = as_reader(paper, "doctor", home=home)
            assert done.returncode == 1 and "it can only be read" in done.stdout and "To do: store" in done.stdout
            backup = tmp_path / "backup.db"
            assert as_reader(paper, "store", "backup", str(backup), home=home).returncode == 0
            assert backup.read_bytes()[:15] == b"SQLite format 3"
        assert held(paper) == before
        assert (
            list((home / ".cache").rglob(MARK))
            if locked in ("folder", "both, without an index")
            else not (home / ".cache").exists()
        )
    finally:
        paper.chmod(0o755)


def test_a_read_only_store_of_an_earlier_version_is_read_from_an_updated_copy(
    own: tuple[Path, str], tmp_path: Path, read_as_ever: dict[str, tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, draft = own
    store = paper / "ourtake.db"
    with contextlib.closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0013'")
        connection.commit()
    before = store.read_bytes()
    store.chmod(0o444)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    for name in ("search", "draft export"):
        done = as_reader(paper, *named(READERS[name], draft), home=tmp_path)
        assert (done.returncode, done.stdout) == read_as_ever[name], done.stderr
        assert "was written by an older ourtake, so an updated copy of it is read" in done.stderr
    assert is_refused(as_reader(paper, "archive", "add", "archive", home=tmp_path))
    assert store.read_bytes() == before and not list(temporary.iterdir())
    monkeypatch.setattr(old_copy, "LARGEST", 1000)
    with pytest.raises(StoreError, match="it is too large to be read from a copy"):
        old_copy.copied(store, store.as_uri())
