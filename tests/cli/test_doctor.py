"""`ourtake doctor` in each state that a newcomer passes through."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.conftest import Run


def states(text: str) -> dict[str, str]:
    return {line.split()[0]: line.split()[1] for line in text.splitlines() if len(line.split()) > 2}


def test_before_and_after_the_archive_is_filled(run: Run, tmp_path: Path) -> None:
    bare = run("doctor")
    assert bare.returncode == 1 and states(bare.stdout)["settings"] == "none" and states(bare.stdout)["store"] == "todo"
    assert run("init", "paper").returncode == 0
    assert run("archive", "add", "archive", folder=tmp_path / "paper").returncode == 0
    done = run("doctor", folder=tmp_path / "paper")
    assert (
        done.returncode == 0 and "take.md.jinja" in done.stdout and "Ready" in done.stdout and "--model" in done.stdout
    )
    assert [states(done.stdout)[part] for part in ("settings", "store", "index", "prompts", "default")] == ["ok"] * 5


def test_a_default_model_without_its_key_is_something_to_do(run: Run, paper: Path) -> None:
    (paper / "other.toml").write_text('[models]\ndefault = "anthropic:claude-sonnet-5-5"\n')
    done = run("--config", "other.toml", "doctor", folder=paper)
    assert done.returncode == 1 and states(done.stdout)["default"] == "todo" and "ANTHROPIC_API_KEY" in done.stdout
    assert "other.toml" in done.stdout and done.stderr == ""


def test_a_damaged_store_is_never_called_ready(run: Run, paper: Path) -> None:
    path = paper / "ourtake.db"
    with sqlite3.connect(path) as store:
        page = store.execute("SELECT rootpage FROM sqlite_master WHERE name = 'articles'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * 16384)
        file.write(b"\xff" * 16384)
    done = run("doctor", folder=paper)
    assert done.returncode == 1 and states(done.stdout)["store"] == "todo" and "Ready" not in done.stdout
    copy = run("store", "backup", "spare.db", folder=paper)
    assert copy.returncode == 2 and not (paper / "spare.db").exists()
    for said in (done.stdout, copy.stderr):
        assert f"The store {path} is damaged" in said and f"sqlite3 {path} .recover" in said
