"""The report's figures computed again by other packages, and what is said without them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ourtake.evals import statistics
from ourtake.evals.audit import audit
from ourtake.evals.summary import summarise
from tests.conftest import Run
from tests.evals.test_compare import made


def test_every_figure_agrees(tmp_path: Path, run: Run) -> None:
    made(tmp_path / "out", {"a": 0.9, "b": 0.6, "c": 0.6})
    done = run("eval", "report", "out", "--audit")
    assert done.returncode == 0 and "all agree to six digits" in done.stdout, done.stdout + done.stderr
    found = audit(summarise(made(tmp_path / "out", {"a": 0.9, "b": 0.6, "c": 0.6})))
    assert found.figures >= 36 and not found.differing


def test_a_wrong_figure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made(tmp_path / "out", {"a": 0.9, "b": 0.6})
    right = statistics.clustered_se
    monkeypatch.setattr(statistics, "clustered_se", lambda values, clusters: 1.01 * right(values, clusters))
    found = audit(summarise(folder))
    assert any(one.startswith("passes_without_repair of b against a, low is ") for one in found.differing)
