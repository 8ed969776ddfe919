"""`ourtake init` for one's own publication, what `doctor` says of settings and samples, the limits of a rule."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import Run


def publication(folder: Path) -> dict[str, str]:
    found: dict[str, str] = tomllib.loads((folder / "ourtake.toml").read_text(encoding="utf-8"))["publication"]
    return found


def test_an_empty_publication_has_no_samples(run: Run, tmp_path: Path) -> None:
    words = ("init", "own", "--empty", "--name", 'The "Harbour"\nPost', "--url", "https://harbour.example")
    done = run(*words)
    assert done.returncode == 0 and "archive add PATH-OR-URL" in done.stdout
    assert sorted(path.name for path in (tmp_path / "own").iterdir()) == ["ourtake.toml", "prompts"]
    found = publication(tmp_path / "own")
    assert (found["name"], found["url"]) == ('The "Harbour" Post', "https://harbour.example")
    assert "Lantern" not in (tmp_path / "own" / "ourtake.toml").read_text(encoding="utf-8")


def test_an_address_that_is_none_is_refused_before_anything_is_made(run: Run, tmp_path: Path) -> None:
    done = run("init", "own", "--empty", "--url", "harbour")
    assert done.returncode == 2 and "harbour is not a web address." in done.stderr and not (tmp_path / "own").exists()


def test_on_a_terminal_it_asks(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"The Harbour Post\nhttps://harbour.example\n")
    command = [sys.executable, "-m", "ourtake", "init", "own", "--empty"]
    done = subprocess.run(
        command, cwd=tmp_path, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, timeout=600, check=False
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0
    assert publication(tmp_path / "own")["name"] == "The Harbour Post"


def test_ctrl_c_at_a_question_stops_it_as_elsewhere(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    # A shell that starts the tests in the background has signals of the keyboard ignored in all that they start.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "ourtake", "init", "own", "--empty"]
    started = subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, text=True)
    asked = b""
    while b"Name of your publication" not in asked:
        asked += os.read(ours, 1000)
    for _ in range(60):
        # One that comes between the question and the wait for its answer is noticed only with the next.
        started.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            started.wait(10)
            break
    assert started.returncode == 130 and not (tmp_path / "own").exists()
    os.close(ours)
    os.close(theirs)
    started.communicate()


def test_doctor_notices_the_samples(run: Run, paper: Path) -> None:
    done = run("doctor", folder=paper)
    assert done.returncode == 0 and "all articles are samples from `ourtake init`" in done.stdout


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ('[checks]\nselect = ["STR999"]', "STR999"),
        ('[checks.severity]\nXYZ001 = "error"', "XYZ001"),
        ('[checks.per_file_ignores]\n"a/**" = ["QQQ"]', "QQQ"),
        ('[style]\nfiles = ["missing.toml"]', "missing.toml"),
    ],
)
def test_doctor_refuses_the_settings_that_check_refuses(run: Run, paper: Path, more: str, named: str) -> None:
    settings = paper / "ourtake.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + f"\n{more}\n", encoding="utf-8")
    done = run("doctor", folder=paper)
    line = next(line for line in done.stdout.splitlines() if line.startswith("settings"))
    assert done.returncode == 1 and " todo " in line and named in line


def test_a_rule_that_counts_says_both_limits(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ourtake.toml").write_text(
        "[take]\nsummary_words = { low = 30, high = 50, floor = 20, ceiling = 60 }\n", encoding="utf-8"
    )
    done = run("rules", "STR001")
    assert "outside 30 to 50 is a warning, outside 20 to 60 an error ([take] summary_words)" in done.stdout
    assert "Limits here" not in run("rules", "LNK001").stdout


def test_a_terminal_that_knows_ascii_only_is_no_error(run: Run, own: tuple[Path, str]) -> None:
    folder, draft_id = own
    for words in (("drafts", "show", draft_id), ("check", draft_id), ("export", draft_id), ("rules", "LNK017")):
        done = run(*words, folder=folder, env={"PYTHONIOENCODING": "ascii"})
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-500:]


def test_windows_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from ourtake.cli import main

    monkeypatch.setattr(os, "name", "nt")
    with pytest.raises(SystemExit) as left:
        main.main()
    monkeypatch.undo()
    assert left.value.code == 2
    assert capsys.readouterr().err == (
        "ourtake: Windows is not supported. Use the Windows Subsystem for Linux (WSL).\n"
    )
