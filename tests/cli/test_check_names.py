"""`ourtake check` on folders, standard input and beginnings of ids; counts, exit codes and ignores by file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run

TITLE = "A Retired Postman's Ledger of Every Power Cut Since 1987]"


@pytest.fixture
def takes(run: Run, own: tuple[Path, str]) -> Path:
    """A folder with a sound take, one with two errors that can be fixed, and a file that is not a take."""
    folder, draft_id = own
    takes = folder / "takes"
    (takes / "deep").mkdir(parents=True)
    assert run("export", draft_id, "-o", "takes/sound.md", folder=folder).returncode == 0
    text = (takes / "sound.md").read_text(encoding="utf-8")
    assert TITLE in text
    faulty = text.replace(TITLE, TITLE.replace("1987", "...")).replace("title: 'What", "title: 'Wh\u200bat")
    (takes / "deep" / "faulty.md").write_text(faulty, encoding="utf-8")
    for name in ("README.md", "deep/notes.md", "deep/plan.md"):
        (takes / name).write_text("# Takes\n", encoding="utf-8")
    (takes / "story.md").write_text("---\ntitle: A story\n---\nWords.\n", encoding="utf-8")
    return takes


def test_a_folder_is_every_take_below_it(run: Run, takes: Path) -> None:
    done = run("check", "takes", "--format", "json", folder=takes.parent)
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["takes/deep/faulty.md", "takes/sound.md"]
    assert done.stderr.splitlines() == [
        "ourtake: Not checked: takes/README.md has no front matter. The same is true of 2 other files.",
        "ourtake: Not checked: takes/story.md: the front matter lacks title or source.",
    ]
    (takes / "empty").mkdir()
    done = run("check", "takes/empty", folder=takes.parent)
    assert done.returncode == 2 and "takes/empty contains no takes." in done.stderr


def test_findings_are_in_the_files_order_and_fixable_ones_marked(run: Run, takes: Path) -> None:
    lines = run("check", "takes/deep/faulty.md", folder=takes.parent).stdout.splitlines()
    heads = [line for line in lines if line.startswith("takes/deep/faulty.md:") and line.split(":")[1].isdigit()]
    numbers = [int(line.split(":")[1]) for line in heads]
    assert numbers == sorted(numbers)
    assert [line.split(": ")[1] for line in heads if ": [*] " in line] == [
        "error SAF002 hidden-characters",
        "error LNK003 title-mismatch",
    ]
    assert "[*] 2 findings can be fixed with --fix." in lines


def test_standard_input(run: Run, takes: Path) -> None:
    text = (takes / "deep" / "faulty.md").read_text(encoding="utf-8")
    done = run("check", "-", folder=takes.parent, stdin=text)
    assert done.returncode == 1 and "standard input: 2 errors found" in done.stdout
    done = run("check", "-", "--diff", folder=takes.parent, stdin=text)
    assert "[-Wh<U+200B>at-]{+What+}" in done.stdout
    assert run("check", "-", "--fix", folder=takes.parent, stdin=text).returncode == 2
    done = run("check", "-", folder=takes.parent, stdin="no take")
    assert done.returncode == 2 and "standard input has no front matter" in done.stderr


def test_counts_and_exit_codes(run: Run, takes: Path) -> None:
    done = run("check", "takes", "--statistics", "--select", "SAF,LNK003", folder=takes.parent)
    assert done.returncode == 1
    assert done.stdout.splitlines() == ["     1  LNK003  [*] title-mismatch", "     1  SAF002  [*] hidden-characters"]
    assert run("check", "takes", "--exit-zero", folder=takes.parent).returncode == 0
    assert run("check", "takes", "--statistics", "--fix", folder=takes.parent).returncode == 2
    done = run("check", "takes/sound.md", "--statistics", "--select", "SAF", folder=takes.parent)
    assert (done.returncode, done.stdout) == (0, "No findings.\n")


@pytest.mark.parametrize(
    ("pattern", "ignored"),
    [
        ("takes/**", True),
        ("**/faulty.md", True),
        ("takes/deep/*.md", True),
        ("takes/*.md", False),
        ("faulty.md", False),
    ],
)
def test_rules_are_ignored_by_file(run: Run, takes: Path, pattern: str, ignored: bool) -> None:
    settings = takes.parent / "ourtake.toml"
    more = f'\n[checks.per_file_ignores]\n"{pattern}" = ["SAF", "LNK003"]\n'
    settings.write_text(settings.read_text(encoding="utf-8") + more, encoding="utf-8")
    # The patterns count from the settings' folder, wherever the command runs.
    done = run("check", "faulty.md", "--select", "SAF,LNK003", folder=takes / "deep")
    assert done.returncode == (0 if ignored else 1), done.stdout


def test_an_id_may_be_cut_short(run: Run, own: tuple[Path, str]) -> None:
    folder, draft_id = own
    for words in (["check"], ["drafts", "show"], ["export", "--to", "json"]):
        whole, short = (run(*words, name, folder=folder) for name in (draft_id, draft_id[:3]))
        assert whole.returncode == 0 and whole.stdout == short.stdout
    done = run("drafts", "show", "zz", folder=folder)
    assert done.returncode == 2 and "No draft has the id zz." in done.stderr
