"""What a stranger gets wrong: each is one plain sentence and what to do, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.evals.conftest import SUITE
from tests.evals.made import case, result, run_folder

CASE = {
    "id": "one",
    "source": {"title": "A story", "outlet": "Post", "url": "https://x.example/1", "blurb": "Something happened."},
}


def suite(folder: Path, text: str = "", *, cases: str | None = None) -> Path:
    """A suite with one case over an archive with one article; `text`: lines that come first."""
    (folder / "cases.jsonl").write_text(json.dumps(CASE) + "\n" if cases is None else cases)
    (folder / "archive").mkdir(exist_ok=True)
    (folder / "archive" / "a.md").write_text("---\ntitle: Ours\nurl: https://ours.example/a\n---\n\nOur text.\n")
    path = folder / "suite.toml"
    path.write_text(f'{text}\nname = "mine"\ncases = "cases.jsonl"\narchive = "archive"\nmodels = ["baseline"]\n')
    return path


def lines(*given: object) -> str:
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in given)


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        (lines(CASE, CASE), "cases.jsonl:2: the case one already exists"),
        (lines(CASE, {**CASE, "id": "two"}), "the case two is the same story as one"),
        (lines(CASE, '{"id": "two", "sour'), "cases.jsonl:2 is not JSON"),
        (lines({**CASE, "topics": "x"}), "unknown key topics; did you mean topic?"),
        (lines({**CASE, "id": "../x"}), "id must be letters, digits"),
        (lines({"id": "one"}), "the case one needs either source or source_file"),
        (lines({"id": "one", "source": {"title": "A"}}), "cases.jsonl:1: outlet: Field required."),
        (lines({"id": "one", "source_file": "gone.md"}), "gone.md"),
        (
            lines({**CASE, "related": ["nobody"]}),
            "The case one names the article nobody, which the archive does not have",
        ),
        ("", "has no cases"),
    ],
)
def test_bad_cases(tmp_path: Path, run: Run, cases: str, words: str) -> None:
    done = run("eval", "run", str(suite(tmp_path, cases=cases)), "-o", "out")
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1 and not (tmp_path / "out" / "results.jsonl").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('name = "mine"', ""), "suite.toml: name is missing."),
        (('models = ["baseline"]', 'model = ["baseline"]'), "unknown key model; did you mean models?"),
        (
            ('models = ["baseline"]', 'models = ["basline"]'),
            "There is no model provider 'basline'; did you mean baseline?",
        ),
        (('models = ["baseline"]', 'models = ["openai:x"]'), "openai needs a key."),
        (('models = ["baseline"]', "models = ["), "is not valid TOML"),
        (('models = ["baseline"]', 'models = ["replay:gone"]'), "gone do not exist."),
        (('models = ["baseline"]', 'models = ["baseline", "baseline"]'), "A model is named twice."),
        (('models = ["baseline"]', ""), "names no models."),
        (('archive = "archive"', 'archive = "empty"'), "There are no Markdown files in"),
        (('archive = "archive"', 'archive = "empty.jsonl"'), "empty.jsonl has no articles."),
        (('archive = "archive"', 'archive = "gone"'), "does not exist."),
        (('archive = "archive"', ""), "names no archive, and none of its cases has related articles."),
        (('cases = "cases.jsonl"', 'cases = "gone.jsonl"'), "gone.jsonl does not exist."),
        (('name = "mine"', 'name = "mine"\nrepeats = 0'), "repeats "),
        (('archive = "archive"', 'archive = "archive"\n[gate.bounds.errors]\nmst = 1'), "did you mean most?"),
        (('archive = "archive"', 'archive = "archive"\n[gate.bounds.pases]\nleast = 1'), "Did you mean passes?"),
        (('archive = "archive"', 'archive = "archive"\nprompts = { new = "gone" }'), "The prompts new need a folder"),
        (('archive = "archive"', 'archive = "archive"\n[take]\nclosings = ["line"]'), "did you mean closing?"),
        (('archive = "archive"', 'archive = "archive"\n[take]\nclosing = ["never"]'), "[take] closing.0 should be"),
    ],
)
def test_half_written_suites(tmp_path: Path, run: Run, change: tuple[str, str], words: str) -> None:
    path = suite(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.jsonl").write_text("")
    text = path.read_text()
    # A table has to come last.
    parts = change[1].split("\n[")
    text = text.replace(change[0], parts[0]) + (f"\n[{parts[1]}\n" if len(parts) > 1 else "")
    path.write_text(text)
    done = run("eval", "run", str(path), "-o", "out")
    assert done.returncode == 2 and words in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1 and not (tmp_path / "out" / "results.jsonl").exists()


def test_a_suite_that_is_not_there_and_no_folder(tmp_path: Path, run: Run) -> None:
    done = run("eval", "run", "gone.toml", "-o", "out")
    assert done.returncode == 2 and "The suite gone.toml does not exist." in done.stderr
    done = run("eval", "run", str(suite(tmp_path)))
    assert done.returncode == 2 and "An eval run needs -o DIR." in done.stderr


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, run: Run) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"meow")
    done = run("eval", "run", str(suite(tmp_path)), "-o", "photos")
    assert done.returncode == 2 and "photos is not the folder of an eval run: it has cat.jpg." in done.stderr
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["cat.jpg"]
    done = run("eval", "report", "photos")
    assert done.returncode == 2 and "photos has no eval run." in done.stderr


@pytest.mark.parametrize("name", ["results.jsonl", "report.html", "cases.jsonl", "judgements.jsonl", "eval.db"])
def test_a_file_of_ones_own_with_the_name_of_a_runs_stays(tmp_path: Path, run: Run, name: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text("mine, and not of any run")
    for words in ((), ("--resume",)):
        done = run("eval", "run", str(suite(tmp_path)), "-o", "mine", *words)
        assert done.returncode == 2 and name in done.stderr, done.stderr
    kept = {path.name: path.read_text() for path in (tmp_path / "mine").iterdir()}
    assert kept == {name: "mine, and not of any run"}


def test_another_suites_folder_and_another_run_are_not_mixed(tmp_path: Path, run: Run, smoke: Path) -> None:
    path = str(suite(tmp_path))
    done = run("eval", "run", path, "-o", str(smoke))
    assert done.returncode == 2 and "has a run of the suite smoke." in done.stderr
    done = run("eval", "run", SUITE, "-o", str(smoke), "--resume", "--model", "baseline")
    assert done.returncode == 2 and "can't be resumed: it compares baseline, replay:" in done.stderr
    assert run("eval", "run", path, "-o", "mine").returncode == 0
    suite(tmp_path, cases=lines({**CASE, "topic": "another"}))
    done = run("eval", "run", path, "-o", "mine", "--resume")
    assert done.returncode == 2 and "the cases or prompts have changed since it began" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("results.jsonl", "xx\n", "results.jsonl:1 is not a result."),
        ("cases.jsonl", "xx\n", "cases.jsonl:1 is not a case."),
        ("run.json", "{", "run.json is not the record of an eval run."),
    ],
)
def test_unreadable_files_of_a_run(smoke: Path, run: Run, name: str, text: str, words: str) -> None:
    (smoke / name).write_text(text)
    for command in (("report", str(smoke)), ("compare", str(smoke), str(smoke)), ("gate", str(smoke))):
        done = run("eval", *command)
        assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_imports_of_what_promptfoo_did_not_write(tmp_path: Path, run: Run) -> None:
    (tmp_path / "list.json").write_text("[]")
    for name, words in (("gone.json", "can't be read: No such file"), ("list.json", "is not a result of promptfoo")):
        done = run("eval", "import", name, "-o", "out")
        assert done.returncode == 2 and f"{name} {words}" in done.stderr and not (tmp_path / "out").exists()


def test_a_report_of_a_run_in_progress(tmp_path: Path, run: Run) -> None:
    cases = [case(number, 9) for number in range(9)]
    rows = [result(one, "m", passes=1) for one in cases[:4]]
    run_folder(tmp_path / "out", rows, models=("m",), cases=cases, state="running")
    with (tmp_path / "out" / "results.jsonl").open("a") as file:
        file.write('{"cell": "c5 m de')
    done = run("eval", "report", "out")
    assert done.returncode == 0 and "the run is not complete: 4 of 9 cells are done" in done.stderr
    assert "This run is not complete: 4 of 9 cells" in (tmp_path / "out" / "report.html").read_text()
    run_folder(tmp_path / "new", [], models=("m",), cases=cases, state="running")
    done = run("eval", "report", "new")
    assert done.returncode == 2 and "has no results yet." in done.stderr
    done = run("eval", "report", "out", "--format", "pdf")
    assert done.returncode == 2 and "There is no report format pdf." in done.stderr


def test_cells_without_a_take_are_counted_apart(tmp_path: Path, run: Run) -> None:
    cases = [case(number, 9) for number in range(9)]
    rows = [result(one, "m", passes=1) for one in cases[:6]]
    nothing = dict.fromkeys(("take", "report", "first", "cost_usd"))
    lost: dict[str, Any] = {**nothing, "metrics": {}, "revisions": 0}
    rows += [result(one, "m", passes=0, status="refused", error="No.", **lost) for one in cases[6:]]
    run_folder(tmp_path / "out", rows, models=("m",), cases=cases)
    found = json.loads(run("eval", "report", "out", "--json").stdout)["entries"][0]
    assert found["without_take"] == {"refused": 3} and found["metrics"]["passes_without_repair"]["value"] == 1
    # Three calls of unknown cost: the sum is not known, and is not what is left.
    assert found["cost_usd"] is None and found["known_cost_usd"] == 0.06
    assert found["metrics"]["claims.verified"] is None
    text = run("eval", "report", "out", "--format", "table").stdout
    assert "3 cells without a take (refused)" in text and "the cost of 3 cells is not known" in text
    assert 'errors="3"' in (tmp_path / "out" / "report.xml").read_text()


def test_a_dry_run_leaves_nothing_behind(tmp_path: Path, run: Run) -> None:
    path = str(suite(tmp_path))
    before = sorted(found.name for found in tmp_path.iterdir())
    done = run("eval", "run", path, "--dry-run", "--repeat", "3", "-o", "out")
    assert done.returncode == 0 and "3 cells: 1 case, 1 model" in done.stdout
    assert sorted(found.name for found in tmp_path.iterdir()) == before


def test_a_full_disk_is_one_sentence_and_costs_no_answer(tmp_path: Path, run: Run) -> None:
    path = str(suite(tmp_path, cases=lines(CASE, other_story("two"), other_story("three"))))
    assert run("eval", "run", path, "-o", "out").returncode == 0
    results = tmp_path / "out" / "results.jsonl"
    results.unlink()
    results.symlink_to("/dev/full")
    done = run("eval", "run", path, "-o", "out", "--resume")
    assert done.returncode == 2 and "results.jsonl can't be written: No space left on device." in done.stderr
    assert "Free some disk space" in done.stderr and "Traceback" not in done.stderr
    results.unlink()
    done = run("eval", "run", path, "-o", "out", "--resume")
    assert done.returncode == 0 and len(results.read_text().splitlines()) == 3, done.stderr
    # A judge and a person write to the folder, too.
    for name in ("picks.jsonl", "judgements.jsonl"):
        (tmp_path / "out" / name).symlink_to("/dev/full")
    assert run("eval", "report", "out").returncode == 0


def other_story(name: str) -> dict[str, Any]:
    source = {**CASE["source"], "title": f"Story {name}", "url": f"https://x.example/{name}"}  # type: ignore[dict-item]
    return {"id": name, "source": source}


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        (lines(CASE, {"id": "two", "like": "three", "expect": []}), "the case two is like three, which is not among"),
        (lines(CASE, {"id": "two", "like": "one", "source_file": "x"}), "needs either source or source_file"),
        (lines({**CASE, "preferences": [{"better": {}}]}), "cases.jsonl:1: preferences.0.better.headline is missing."),
    ],
)
def test_bad_cases_with_faults_and_preferences(tmp_path: Path, run: Run, cases: str, words: str) -> None:
    done = run("eval", "run", str(suite(tmp_path, cases=cases)), "-o", "out")
    assert done.returncode == 2 and words in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1 and not (tmp_path / "out" / "results.jsonl").exists()
