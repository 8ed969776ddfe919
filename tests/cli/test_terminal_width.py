"""What commands print on a terminal of 80 columns: broken between words, nothing cut within one, nothing left out."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import termios
from pathlib import Path

import pytest

from tests.cli.conftest import ONE
from tests.command_server import CommandServer
from tests.conftest import Run

COLUMNS = 80
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_a_terminal(commands: CommandServer, *words: str, folder: Path, columns: int = COLUMNS) -> str:
    """What a command shows on a terminal with so many columns, without colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    unset = ("COLUMNS", "LINES", "NO_COLOR")
    env = {name: value for name, value in os.environ.items() if name not in unset} | {"TERM": "xterm"}
    running = commands.start(words, folder=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so at the end of a terminal's output
            break
        if not piece:
            break
        shown += piece
    running.wait(600)
    os.close(ours)
    # What a progress bar wrote is written over.
    text = COLOURS.sub("", shown.decode()).replace("\r\n", "\n")
    return "\n".join(line.rpartition("\r")[2] for line in text.split("\n"))


def too_long(text: str, columns: int = COLUMNS) -> list[str]:
    """The lines that are longer than the terminal, and not because of a single long word."""
    return [line for line in text.split("\n") if len(line) > columns and len(line.split()) > 1]


WORDS = {
    "drafts list": ("drafts", "list"),
    "drafts show": ("drafts", "show", "DRAFT"),
    "archive search": ("archive", "search", "grid"),
    "archive add": ("archive", "add", "none"),
    "related": ("related", ONE),
    "rules": ("rules",),
    "rules CODE": ("rules", "STR001"),
    "check": ("check", "take.md"),
    "an error": ("check", "no-such-file-whose-name-is-not-short-but-still-one-word.md", "take.md"),
}


@pytest.mark.parametrize("name", WORDS)
def test_nothing_is_wider_than_the_terminal_and_no_word_is_lost(
    commands: CommandServer, run: Run, own: tuple[Path, str], name: str
) -> None:
    paper, draft = own
    (paper / "none").mkdir()
    (paper / "none" / "notes-of-the-meeting-of-the-editors-on-tuesday.rst").write_text("words")
    assert run("export", draft, "-o", "take.md", folder=paper).returncode == 0
    text = (paper / "take.md").read_text()
    (paper / "take.md").write_text(text.replace("council", "county").replace("reports", "claims"))
    words = [draft if word == "DRAFT" else word for word in WORDS[name]]
    done = run(*words, folder=paper)
    shown = on_a_terminal(commands, *words, folder=paper)
    assert too_long(shown) == []
    if name not in ("check", "archive add"):  # excerpts are as wide as the terminal, and an import has a progress bar
        assert shown.split() == (done.stdout + done.stderr).split()
    narrow = on_a_terminal(commands, *words, folder=paper, columns=60)
    assert too_long(narrow, 60) == []


def test_no_word_of_an_excerpt_is_cut(commands: CommandServer, run: Run, own: tuple[Path, str]) -> None:
    paper, draft = own
    assert run("export", draft, "-o", "take.md", folder=paper).returncode == 0
    text = re.sub(r"(?m)^(The story is .*)$", r"\1 It rose to 987,654 tonnes, they say, at a stroke.", taken(paper))
    (paper / "take.md").write_text(text)
    shown = on_a_terminal(commands, "check", "take.md", "--select", "FCT", folder=paper)
    excerpts = re.findall(r"(?m)^ +\d+ \| \u2026?(.*?)\u2026?$", shown)
    assert excerpts and "987,654" in shown
    assert set(" ".join(excerpts).split()) <= set(text.split())


def taken(paper: Path) -> str:
    return (paper / "take.md").read_text()


def test_what_a_program_reads_is_never_broken(commands: CommandServer, own: tuple[Path, str]) -> None:
    paper, draft = own
    shown = on_a_terminal(commands, "export", draft, "--to", "json", folder=paper)
    assert json.loads(shown)["id"] == draft
    shown = on_a_terminal(commands, "check", draft, "--format", "sarif", folder=paper)
    assert json.loads(shown)["version"] == "2.1.0"
    assert re.search(r'(?m)^publication\.voice = ".*"    # ', on_a_terminal(commands, "config", "show", folder=paper))
