"""`--log json`: every message on standard error is an object, whoever wrote it, and has no secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run


def lines(error: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in error.splitlines()]


@pytest.mark.parametrize(("words", "env"), [(("--log", "json"), {}), ((), {"OURTAKE_LOG": "json"})])
def test_an_error_is_one_object(run: Run, tmp_path: Path, words: tuple[str, ...], env: dict[str, str]) -> None:
    done = run(*words, "check", "nowhere.md", folder=tmp_path, env=env)
    assert done.returncode == 2 and done.stdout == ""
    (line,) = lines(done.stderr)
    assert line["level"] == "error" and line["kind"] == "InputError"
    assert str(line["message"]).startswith("nowhere.md is neither") and str(line["time"]).endswith("+00:00")


def test_messages_and_results_are_kept_apart(run: Run, paper: Path) -> None:
    done = run("--log", "json", "draft", "sources/01-data-centre-power.md", folder=paper)
    assert done.returncode in (0, 1)
    assert "Our take" in done.stdout or done.stdout
    assert all(line["level"] == "info" for line in lines(done.stderr))


def test_a_secret_is_masked_in_its_json_form_too(run: Run, tmp_path: Path) -> None:
    secret = 'pa"ss\\word-that-is-long'
    address = f"postgresql://paper:{secret}@127.0.0.1:1/paper"
    done = run("--store", address, "--log", "json", "store", "migrate", folder=tmp_path)
    assert done.returncode == 2 and "word-that-is-long" not in done.stderr
    assert lines(done.stderr)[0]["level"] == "error"


def test_a_traceback_is_one_object(run: Run, tmp_path: Path) -> None:
    done = run("--debug", "--log", "json", "check", "nowhere.md", folder=tmp_path)
    (line,) = lines(done.stderr)
    assert line["level"] == "error" and str(line["message"]).startswith("Traceback") and "InputError" in str(line)


def test_another_form_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("--log", "xml", "rules", folder=tmp_path)
    assert done.returncode == 2 and "xml is not a message format. Use one of these: text, json." in done.stderr
