"""The workflow that docs/evals.md names: its commands run as they are written, over the smoke suite without a key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.evals.conftest import ROOT


def test_the_steps_run_one_after_the_other(tmp_path: Path) -> None:
    job = yaml.safe_load((ROOT / "evals" / "github-action.yml").read_text())["jobs"]["compare"]
    steps = [
        step["run"] for step in job["steps"] if "ourtake eval" in step.get("run", "") or "mkdir" in step.get("run", "")
    ]
    assert len(steps) == 6
    for side in ("before", "after"):
        for folder in ("evals", "examples"):
            shutil.copytree(ROOT / folder, tmp_path / side / folder)
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SUITE": "evals/suites/smoke.toml",
        "MODEL": "baseline",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    said = ""
    for step in steps:
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", step], cwd=tmp_path, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
        said += done.stdout
    summary = (tmp_path / "summary.md").read_text()
    assert (
        "### smoke" in summary
        and "| baseline (the built-in writer, not a model) |" in summary
        and "No case changed." in summary
    )
    assert "holds" in said and (tmp_path / "runs" / "after" / "report.html").is_file()
