"""The pre-commit hooks and the GitHub action do what they say: their own commands are run."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "source: {title: T, outlet: O, url: 'https://o.example/1', blurb: b}\n"
TAKE = f"---\ntitle: A headline\n{SOURCE}summary: A summary.\ntags: [a]\n---\n\nSee [lost one]?\n"


def hooks() -> list[dict[str, Any]]:
    found = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("number", range(2))
def test_a_hook_checks_the_files_that_it_is_given(run: Run, tmp_path: Path, number: int) -> None:
    (tmp_path / "one.md").write_text(TAKE)
    (tmp_path / "two.md").write_text(TAKE.replace("[lost one]", "nothing"))
    hook = hooks()[number]
    words = shlex.split(hook["entry"])
    assert words[0] == "ourtake" and hook["language"] == "python" and hook["types"] == ["markdown"]
    done = run(*words[1:], "one.md", "two.md")
    assert done.returncode == 1 and "one.md:8:5: error LNK001" in done.stdout
    assert re.search(r"^two\.md: \d errors? found; of 3 claims 0 verified, ", done.stdout, re.MULTILINE)


def action(tmp_path: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """The action's last step, as a runner would run it."""
    definition = yaml.safe_load((ROOT / "action.yml").read_text())
    step = definition["runs"]["steps"][-1]
    inputs = {name: row.get("default", "") for name, row in definition["inputs"].items()} | given
    names = {name: re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", text) for name, text in step["env"].items()}
    env = {name: inputs[match[1]] for name, match in names.items() if match}
    assert len(env) == len(step["env"]) and "${{" not in step["run"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OURTAKE")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", step["run"]],
        cwd=tmp_path,
        env={**kept, **env, "PATH": path},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_the_action_annotates_and_writes_sarif(tmp_path: Path) -> None:
    (tmp_path / "posts" / "deep").mkdir(parents=True)
    (tmp_path / "posts" / "deep" / "a take, $(touch here).md").write_text(TAKE)
    (tmp_path / "posts" / "two.md").write_text(TAKE)
    done = action(tmp_path, files="posts/**/*.md\n", select="LNK001", sarif="out.sarif")
    assert done.returncode == 1, done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith("::notice title=ourtake::")]
    assert [line.split(",title")[0] for line in lines] == [
        "::error file=posts/deep/a take%2C $(touch here).md,line=8,col=5,endLine=8,endColumn=14",
        "::error file=posts/two.md,line=8,col=5,endLine=8,endColumn=14",
    ]
    log = json.loads((tmp_path / "out.sarif").read_text())
    assert len(log["runs"][0]["results"]) == 2 and not (tmp_path / "here").exists()


def test_the_action_passes_and_refuses(tmp_path: Path) -> None:
    (tmp_path / "take.md").write_text(TAKE)
    assert action(tmp_path, files="take.md", select="LNK002").returncode == 0
    done = action(tmp_path, files="  none/*.md  ")
    assert done.returncode == 2 and "No file matches none/*.md." in done.stdout
    assert action(tmp_path, files="").returncode == 2
    assert action(tmp_path, files="take.md", select="LNK999", sarif="x.sarif").returncode == 2
