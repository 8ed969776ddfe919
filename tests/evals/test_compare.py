"""compare and gate, as commands over made-up runs."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from ourtake.evals.results import RunFolder
from tests.conftest import Run
from tests.evals.made import case, result, run_folder

CASES = [case(number, 12) for number in range(60)]


def made(path: Path, rates: dict[str, float], *, seed: int = 1, suite: dict[str, object] | None = None) -> RunFolder:
    """A run in which each model passes with its rate."""
    chance = random.Random(seed)
    rows = [
        result(one, model, passes=float(passes), codes=() if passes else ("FCT001",))
        for one in CASES
        for model, rate in rates.items()
        for passes in [chance.random() < rate]
    ]
    return run_folder(path, rows, models=tuple(rates), cases=CASES, suite=suite)


def test_compare_names_what_changed_and_for_which_cases(tmp_path: Path, run: Run) -> None:
    made(tmp_path / "a", {"m": 0.95})
    made(tmp_path / "b", {"m": 0.4}, seed=2)
    done = run("eval", "compare", "a", "b")
    assert done.returncode == 0 and "less, worse (p below 0.001)" in done.stdout
    assert "no errors found (claims unchecked) in A, needs repair (claims unchecked) in B (+1 FCT001)" in done.stdout
    found = json.loads(run("eval", "compare", "a", "b", "--json").stdout)[0]
    headline = found["metrics"][0]
    assert headline["metric"] == "passes_without_repair" and headline["high"] < 0 and headline["clusters"] == 12
    same = run("eval", "compare", "a", "a")
    assert "No case changed." in same.stdout and "are the same in both" in same.stdout


def test_a_small_difference_is_not_called_one(tmp_path: Path, run: Run) -> None:
    made(tmp_path / "a", {"m": 0.80, "n": 0.82})
    done = run("eval", "compare", "a", "a", "--first", "m", "--second", "n")
    assert "no difference shown; could have shown" in done.stdout


def test_cases_whose_story_changed_are_left_out(tmp_path: Path, run: Run) -> None:
    made(tmp_path / "a", {"m": 1})
    other = made(tmp_path / "b", {"m": 1})
    lines = (other.path / "cases.jsonl").read_text().replace('Story 7"', 'Another story"')
    (other.path / "cases.jsonl").write_text(lines)
    assert "59 cases in common; 1 are left out" in run("eval", "compare", "a", "b").stdout


GATE: dict[str, object] = {"gate": {"bounds": {"passes_without_repair": {"least": 0.6, "may_worsen": 0.1}}}}


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        (0.95, 0.97, 0, "holds"),
        (0.95, 0.20, 1, "fell"),
        (0.75, 0.68, 5, "can't be decided"),
    ],
)
def test_the_gate_holds_falls_or_says_that_it_cannot_tell(
    tmp_path: Path, run: Run, before: float, after: float, code: int, words: str
) -> None:
    made(tmp_path / "old", {"m": before})
    made(tmp_path / "new", {"m": after}, seed=3, suite=GATE)
    done = run("eval", "gate", "new", "--against", "old")
    assert done.returncode == code and words in done.stdout, done.stdout
    found = json.loads(run("eval", "gate", "new", "--against", "old", "--json").stdout)
    assert found["exit_code"] == code and len(found["demands"]) == 3


def test_one_new_invalid_link_fails_whatever_the_rest_says(tmp_path: Path, run: Run) -> None:
    rows = [result(one, "m", passes=1) for one in CASES]
    run_folder(tmp_path / "old", rows, models=("m",), cases=CASES)
    rows[4] = result(CASES[4], "m", passes=0, codes=("LNK002",))
    run_folder(tmp_path / "new", rows, models=("m",), cases=CASES)
    done = run("eval", "gate", "new", "--against", "old")
    assert done.returncode == 1 and "LNK002 in c4" in done.stdout
    # Where it was there before, it is not new.
    assert run("eval", "gate", "new", "--against", "new").returncode == 0


def test_the_gate_decides_nothing_without_data(tmp_path: Path, run: Run) -> None:
    few = [case(number, 4) for number in range(12)]
    run_folder(tmp_path / "few", [result(one, "m", passes=1) for one in few], models=("m",), cases=few, suite=GATE)
    done = run("eval", "gate", "few")
    assert done.returncode == 5 and "There is no earlier run" in done.stdout and "at least 8 topics" in done.stdout
    rows = [result(one, "m", passes=1) for one in CASES[:30]]
    run_folder(tmp_path / "half", rows, models=("m",), cases=CASES, state="running")
    done = run("eval", "gate", "half")
    assert done.returncode == 5 and "30 of 60 cells" in done.stdout
    rows = [result(one, "m", passes=1) for one in CASES[1:]]
    rows.append(result(CASES[0], "m", passes=0, status="failed", take=None, report=None, first=None, metrics={}))
    run_folder(tmp_path / "hole", rows, models=("m",), cases=CASES)
    done = run("eval", "gate", "hole")
    assert done.returncode == 5 and "Some cells have no take (1 failed)" in done.stdout


def test_wrong_uses_of_the_gate(tmp_path: Path, run: Run) -> None:
    rows = [result(one, "m", passes=1) for one in CASES]
    suite: dict[str, object] = {"gate": {"bounds": {"pases": {"least": 1}}}}
    run_folder(tmp_path / "a", rows, models=("m",), cases=CASES, suite=suite)
    done = run("eval", "gate", "a")
    assert done.returncode == 2 and "names the metric pases" in done.stderr and "Did you mean passes?" in done.stderr
    done = run("eval", "gate", "nothing")
    assert done.returncode == 2 and "has no eval run" in done.stderr


def test_a_plan_from_a_run(tmp_path: Path, run: Run) -> None:
    made(tmp_path / "a", {"m": 0.8, "n": 0.7})
    few = json.loads(run("eval", "plan", "--difference", "0.3", "--from", "a", "--json").stdout)
    many = json.loads(run("eval", "plan", "--difference", "0.1", "--from", "a", "--json").stdout)
    assert 0.4 < few["spread"] < 0.8 and many["cases"] > 5 * few["cases"] and many["detectable"] <= 0.1
