"""`ourtake review` on real terminals: a dumb one, one without colour, a narrow one, and with editors that go wrong."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from pathlib import Path

import pytest

from ourtake.store import Store

Draft = tuple[Path, str]
ESCAPE = "\x1b"
# Colours of a terminal: 30 to 49 and 90 to 107, and what begins with 38; or 48;.
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;0-9]*m")
WAIT = 600.0


class Terminal:
    """A process on a pseudo-terminal of some size."""

    def __init__(self, *words: str, folder: Path, columns: int, rows: int = 24, **env: str) -> None:
        self.text = ""
        self.pid, self._end = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            command = [sys.executable, "-m", "ourtake", *words]
            given = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
            os.execve(sys.executable, command, given | {"OURTAKE_EDITOR": "Ann Reed"} | env)
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._end, keys.encode())

    def until(self, words: str) -> str:
        """Read until these words were printed, without what only moves the cursor; the text since the start."""
        end = time.monotonic() + WAIT
        while words not in plain(self.text):
            assert time.monotonic() < end, f"{words!r} was not printed: {self.text[-3000:]!r}"
            if not self._read():
                assert words in plain(self.text), f"it ended without {words!r}: {self.text[-3000:]!r}"
        return self.text

    def ended(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        os.close(self._end)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self) -> bool:
        if not select.select([self._end], [], [], WAIT)[0]:
            raise AssertionError(f"nothing was printed for a minute: {self.text[-2000:]!r}")
        try:
            given = os.read(self._end, 65536)
        except OSError:  # what Linux says when the other end is closed
            return False
        self.text += given.decode("utf-8", "replace")
        return bool(given)


def plain(text: str) -> str:
    """What was printed, without escape sequences."""
    return re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*(?:\x07|\x1b\\)|\x1b[PX^_].*?\x1b\\|\x1b.", "", text)


def revisions(own: Draft) -> int:
    with Store.open(f"sqlite:///{own[0] / 'ourtake.db'}") as store:
        draft = store.draft(own[1])
    assert draft is not None
    return len(draft.revisions)


def test_a_dumb_terminal_gets_lines_and_no_escapes(own: Draft) -> None:
    terminal = Terminal("review", own[1], folder=own[0], columns=60, TERM="dumb")
    terminal.until("? for help>")
    terminal.press("t\n")
    terminal.until("Claim 1 of")
    terminal.press("y\n")
    terminal.until("Decided: right.")
    terminal.press("q\n")
    assert terminal.ended() == 0
    assert ESCAPE not in terminal.text


def test_no_colour_where_none_is_wanted(own: Draft) -> None:
    terminal = Terminal("review", own[1], folder=own[0], columns=60, TERM="xterm-256color", NO_COLOR="1")
    terminal.until("? lists the keys")
    terminal.press("t")
    terminal.until("Claim 1 of")
    terminal.press("qq")
    assert terminal.ended() == 0
    assert COLOUR.search(terminal.text) is None
    # The same program does use colours where it may.
    coloured = Terminal("review", own[1], folder=own[0], columns=60, TERM="xterm-256color")
    coloured.until("? lists the keys")
    coloured.press("qq")
    assert coloured.ended() == 0 and COLOUR.search(coloured.text) is not None


@pytest.mark.parametrize("columns", [60, 80])
def test_a_narrow_terminal_decides_a_claim(own: Draft, columns: int) -> None:
    terminal = Terminal("review", own[1], folder=own[0], columns=columns, TERM="xterm-256color")
    terminal.until("? lists the keys")
    terminal.press("t")
    terminal.until("Claim 1 of")
    for _ in range(10):  # to the end of the evidence, a page each time
        terminal.press(" ")
        time.sleep(0.3)
    terminal.press("y")
    terminal.until("Decided: right.")
    terminal.press("qq")
    assert terminal.ended() == 0
    with Store.open(f"sqlite:///{own[0] / 'ourtake.db'}") as store:
        assert [act.kind for act in store.desk.acts(own[1])].count("decided") == 1


@pytest.mark.parametrize("editor", ["false", "truncate -s 0", "no-such-editor"])
def test_an_editor_that_fails_or_empties_the_file_changes_nothing_on_the_screen(own: Draft, editor: str) -> None:
    terminal = Terminal("review", own[1], folder=own[0], columns=80, TERM="xterm-256color", EDITOR=editor, VISUAL="")
    terminal.until("? lists the keys")
    terminal.press("e")
    terminal.until("nothing is changed")
    terminal.press("qq")
    assert terminal.ended() == 0
    assert revisions(own) == 1
