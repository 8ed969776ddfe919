"""The example packages, from their wheels, through the command; docs/extending.md shows their code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.evals.test_wrong_uses import suite
from tests.plugins.conftest import EXAMPLES, HERE
from tests.wire.awkward_server import serving
from tests.wire.test_llmock import SOURCE, good_take

KEY = "AIza-test-0123456789abcdef"
DOCS = HERE.parents[1] / "docs" / "extending.md"


def environment(site: Path, port: int, *, key: str = KEY) -> dict[str, str]:
    return {"PYTHONPATH": str(site), "GEMINI_API_KEY": key, "GEMINI_BASE_URL": f"http://127.0.0.1:{port}/v1beta"}


def test_a_model_of_the_package_writes_a_take(run: Run, paper: Path, site: Path) -> None:
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        env = environment(site, port)
        done = run("draft", SOURCE, "--model", "gemini:gemini-2.5-flash", "--json", folder=paper, env=env)
        assert done.returncode == 0 and done.stderr.count("ourtake:") == 0, done.stderr
        assert KEY in server.heads[-1] and server.counts["gemini-2.5-flash"] == 1
    draft = json.loads(done.stdout)
    assert draft["model"] == "gemini:gemini-2.5-flash" and draft["usage"]["output_tokens"] == 50
    calls = json.loads(run("calls", "list", "--json", folder=paper, env=environment(site, port)).stdout)
    # 60 tokens at 0.30 USD, 40 from the cache, and 50 at 2.50 USD a million: the price is that of genai-prices.
    assert [(call["provider"], call["cost_usd"]) for call in calls if call["provider"] == "gemini"] == [
        ("gemini", 0.000145)
    ]


def test_models_shows_it_with_its_package_and_pings_it(run: Run, tmp_path: Path, site: Path) -> None:
    (tmp_path / "ourtake.toml").write_text('[models]\ndefault = ["gemini:bad-key", "gemini:unknown-model"]\n')
    with serving() as (_, port):
        done = run("models", "--ping", "--json", env=environment(site, port))
    assert done.returncode == 0 and done.stderr == "" and KEY not in done.stdout
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    newest = rows["gemini:gemini-2.5-flash"]
    assert (newest["package"], newest["key"], newest["reachable"]) == ("ourtake-gemini", "GEMINI_API_KEY", True)
    assert newest["price"].startswith("0.3 in, 2.5 out") and newest["ping"] == "the model exists"
    assert "refused the key" in rows["gemini:bad-key"]["ping"] and rows["gemini:bad-key"]["reachable"] is False
    assert "has no model unknown-model" in rows["gemini:unknown-model"]["ping"]
    shown = run("models", env={"PYTHONPATH": str(site)}).stdout
    assert "no key; set GEMINI_API_KEY" in shown and "ourtake-gemini" in shown


def test_the_rule_is_shown_and_checked(run: Run, paper: Path, site: Path) -> None:
    env = {"PYTHONPATH": str(site)}
    listed = run("rules", env=env).stdout
    assert any("ACM001" in line and "ourtake-shouting" in line for line in listed.splitlines())
    assert "End the headline without a mark." in run("rules", "ACM001", env=env).stdout
    draft = json.loads(run("draft", SOURCE, "--json", folder=paper, env=env).stdout)
    file = paper / "take.md"
    assert run("export", draft["id"], "-o", str(file), folder=paper, env=env).returncode == 0
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"(?m)^title: .*$", "title: Look! A grid", text, count=1), encoding="utf-8")
    report = json.loads(run("check", str(file), "--format", "json", "--select", "ACM", folder=paper, env=env).stdout)
    assert [(found["code"], found["text"]) for found in report["findings"]] == [("ACM001", "!")]
    ignored = run("check", str(file), "--format", "json", "--ignore", "ACM001", folder=paper, env=env)
    assert "ACM001" not in ignored.stdout
    without = run("check", str(file), "--select", "ACM", folder=paper)
    assert without.returncode == 2 and "ACM" in without.stderr


def test_the_export_format_is_shown_and_written(run: Run, paper: Path, site: Path) -> None:
    env = {"PYTHONPATH": str(site)}
    shown = " ".join(run("export", "--help", env=env).stdout.split())
    assert "outline The headline, and how each paragraph begins. From the package ourtake-outline." in shown
    draft = json.loads(run("draft", SOURCE, "--json", folder=paper).stdout)
    done = run("export", draft["id"], "--to", "outline", folder=paper, env=env)
    take = draft["revisions"][-1]["take"]
    assert done.returncode == 0 and done.stdout.splitlines()[0] == take["headline"]
    assert len(done.stdout.splitlines()) == 1 + take["body"].count("\n\n") + 1
    without = run("export", draft["id"], "--to", "outline", folder=paper)
    assert without.returncode == 2 and "Formats: markdown, html, " in without.stderr


def test_the_metric_is_measured_and_reported(run: Run, tmp_path: Path, site: Path) -> None:
    env = {"PYTHONPATH": str(site)}
    done = run("eval", "run", str(suite(tmp_path)), "-o", "out", env=env)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    row = json.loads((tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8"))
    asked = (row["take"]["summary"] + row["take"]["body"]).count("?")
    assert row["metrics"]["questions"] == asked > 0
    entry = json.loads(run("eval", "report", "out", "--json", env=env).stdout)["entries"][0]
    assert entry["metrics"]["questions"]["value"] == asked
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "question marks in summary and body" in page and "ourtake-questions" in page
    # Without the package, the run can be reported on as before.
    without = run("eval", "report", "out", "--json")
    assert without.returncode == 0 and "questions" not in json.loads(without.stdout)["entries"][0]["metrics"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_docs_show_the_whole_package(name: str) -> None:
    page = DOCS.read_text(encoding="utf-8")
    for file in (f"ourtake_{name}.py", "pyproject.toml"):
        code = (HERE / name / file).read_text(encoding="utf-8")
        assert code.rstrip("\n") in page, f"{name}/{file} differs from docs/extending.md"


def test_a_provider_is_short() -> None:
    assert len((HERE / "gemini" / "ourtake_gemini.py").read_text(encoding="utf-8").splitlines()) < 100
