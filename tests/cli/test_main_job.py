"""The main job through the real command: init, archive add, draft with the baseline, check, export; and bad input."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ourtake.documents import Draft
from ourtake.text.markdown import links
from ourtake.text.quotations import quotations_in
from ourtake.text.words import canonical_url
from tests.conftest import Run, without_rights

GOOD = {
    "title": "A headline",
    "outlet": "An Outlet",
    "url": "https://outlet.example/1",
    "blurb": "Something happened to the grid.",
}


def addresses(folder: Path) -> set[str]:
    found = [
        re.search(r"^url: *(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        for file in (folder / "archive").glob("*.md")
    ]
    return {canonical_url(match[1]) for match in found if match}


@pytest.mark.parametrize("number", range(1, 9))
def test_the_baseline_writes_a_sound_take_on_every_example(run: Run, paper: Path, number: int) -> None:
    source = next((paper / "sources").glob(f"0{number}*.md"))
    done = run("draft", f"sources/{source.name}", "--json", folder=paper)
    assert done.returncode == 0, done.stderr
    draft = Draft.model_validate_json(done.stdout)
    revision = draft.standing()
    assert revision is not None and revision.report.verdict == "pass" and revision.by == "baseline"
    low, high = (500, 750) if number < 7 else (200, 300)
    assert draft.form == ("long" if number < 7 else "short") and low <= revision.report.words["body"] <= high
    linked = [canonical_url(link.target) for link in links(revision.take.body)]
    assert set(linked) <= addresses(paper)
    assert (len(linked) == 0) == (number >= 7)
    assert "baseline" in revision.take.summary
    texts = " ".join(
        " ".join(file.read_text(encoding="utf-8").split()) for file in (*(paper / "archive").glob("*.md"), source)
    )
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", texts)
    for quotation in quotations_in(revision.take.body):
        assert quotation.text in plain


def test_export_check_and_show(run: Run, paper: Path) -> None:
    assert run("draft", "sources/01-data-centre-power.md", folder=paper).returncode == 0
    listed = json.loads(run("drafts", "list", "--json", folder=paper).stdout)
    draft_id = listed[0]["id"]
    assert run("drafts", "show", draft_id, folder=paper).returncode == 0
    assert run("export", draft_id, "--to", "markdown", "-o", "take.md", folder=paper).returncode == 0
    done = run("check", "take.md", draft_id, "--format", "json", folder=paper)
    assert done.returncode == 0
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["pass", "pass"]


def test_a_batch_goes_on_where_it_ended(run: Run, paper: Path) -> None:
    rows = [json.dumps({**GOOD, "id": f"s{n}", "url": f"https://outlet.example/{n}"}) for n in range(6)]
    (paper / "sources.jsonl").write_text("\n".join([*rows[:3], "{broken", *rows[3:]]) + "\n")
    first = run("draft", "--batch", "sources.jsonl", "-o", "out.jsonl", folder=paper)
    assert first.returncode == 1 and "sources.jsonl:4" in first.stderr
    lines = (paper / "out.jsonl").read_text().splitlines()
    assert len(lines) == 6
    # As after a kill: two whole lines and a half one.
    (paper / "out.jsonl").write_text("\n".join([*lines[:2], lines[2][:100]]))
    assert run("draft", "--batch", "sources.jsonl", "-o", "out.jsonl", "--resume", folder=paper).returncode == 1
    ids = [json.loads(line)["source"]["id"] for line in (paper / "out.jsonl").read_text().splitlines()]
    assert sorted(ids) == [f"s{n}" for n in range(6)]
    assert run("draft", "--batch", "sources.jsonl", "-o", "out.jsonl", folder=paper).returncode == 2


BAD_SOURCES = {
    "missing.json": (None, "does not exist"),
    "bad.json": ('{"title": "x",\n "outlet" 1}', "line 2, column 11"),
    "latin.json": ('{"title": "caf\xe9"}'.encode("latin-1"), "position 14"),
    "empty.json": (json.dumps({**GOOD, "blurb": "  "}), "no blurb"),
    "long.json": (json.dumps({**GOOD, "blurb": "x" * 20_001}), "20,000"),
    "headless.json": (json.dumps({**GOOD, "title": ""}), "no headline"),
    "address.json": (json.dumps({**GOOD, "url": "not an address"}), "not a web address"),
    "list.json": ("[]", "not a JSON object"),
    "invisible.json": (json.dumps({**GOOD, "blurb": "\u200b\u00ad \n"}), "no blurb"),
    "outletless.json": (json.dumps({key: text for key, text in GOOD.items() if key != "outlet"}), "no outlet"),
    "nothing.json": (" \n", "is empty"),
    "plain.md": ("A blurb and nothing else.", "no front matter"),
    "front.md": ("---\ntitle: [\n---\nx", "line"),
}


@pytest.mark.parametrize("name", BAD_SOURCES)
def test_a_bad_source_is_one_sentence_and_exit_code_2(run: Run, paper: Path, name: str) -> None:
    content, said = BAD_SOURCES[name]
    if content is not None:
        (paper / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    done = run("draft", name, folder=paper)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and done.stdout == ""
    assert json.loads(run("drafts", "list", "--json", folder=paper).stdout) == []


BAD_CALLS = {
    "a folder": (("draft", "sources"), "is a folder"),
    "unknown provider": (("draft", "sources/01-data-centre-power.md", "--model", "opanai:x"), "did you mean openai"),
    "a model of the baseline": (
        ("draft", "sources/01-data-centre-power.md", "--model", "baseline:x"),
        "Write baseline alone",
    ),
    "no model": (("draft", "sources/01-data-centre-power.md", "--model", "openai"), "gpt-"),
    "no key": (("draft", "sources/01-data-centre-power.md", "--model", "openai:gpt-6.2-sol"), "OPENAI_API_KEY"),
    "no key either": (
        ("draft", "sources/01-data-centre-power.md", "--model", "anthropic:claude-sonnet-5-5"),
        "ANTHROPIC_API_KEY",
    ),
    "unknown rule": (("rules", "LNK0001"), "did you mean LNK001"),
    "unknown draft": (("check", "nothing"), "neither a file nor a draft"),
    "empty archive": (("--store", "sqlite:///other.db", "related", "sources/01-data-centre-power.md"), "no store"),
    "not ours": (("--store", "sqlite:///ourtake.toml", "archive", "stats"), "not an ourtake store"),
    "no folder": (("--store", "sqlite:///nowhere/x.db", "archive", "add", "archive"), "not a folder"),
    "unknown key": (("--config", "odd.toml", "doctor"), "did you mean voice"),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_wrong_use_is_one_sentence_and_exit_code_2(run: Run, paper: Path, name: str) -> None:
    words, said = BAD_CALLS[name]
    (paper / "odd.toml").write_text('[publication]\nvoise = "x"\n')
    done = run(*words, folder=paper)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


def test_an_import_with_bad_lines_imports_the_rest(run: Run, tmp_path: Path) -> None:
    good = {"url": "https://x.example/a", "title": "A", "text": "Some text."}
    lines = [
        json.dumps(good),
        "{no",
        json.dumps({**good, "url": "https://x.example/b"}),
        json.dumps({"url": "https://x.example/c", "title": "C"}),
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n")
    done = run("archive", "add", "a.jsonl")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "2 added, 0 updated, 0 unchanged, 2 skipped"
    assert "a.jsonl:2" in done.stdout and "a.jsonl:4" in done.stdout
    again = run("archive", "add", "a.jsonl")
    assert again.stdout.startswith("0 added, 0 updated, 2 unchanged")


def test_a_report_says_what_to_do(run: Run, paper: Path) -> None:
    assert run("draft", "sources/01-data-centre-power.md", "-o", "take.md", folder=paper).returncode == 0
    text = (paper / "take.md").read_text(encoding="utf-8")
    (paper / "take.md").write_text(re.sub(r"\]\(https://[^)]*\)", "]", text, count=1), encoding="utf-8")
    done = run("check", "take.md", folder=paper)
    assert done.returncode == 1 and "LNK001" in done.stdout and "fix: Link to an article of the archive" in done.stdout
    assert "take.md: 1 error found; of " in done.stdout and "ourtake rules CODE" in done.stdout


def test_a_server_that_is_not_there_is_said(run: Run, paper: Path) -> None:
    with (paper / "ourtake.toml").open("a") as file:
        file.write('[models.local]\nbase_url = "http://127.0.0.1:9/v1"\n')
    done = run("draft", "sources/01-data-centre-power.md", "--model", "local:m", folder=paper)
    assert done.returncode == 3 and "local could not be reached" in done.stderr and done.stdout == ""


def test_help_loads_no_sdk_and_no_database(run: Run, tmp_path: Path) -> None:

    code = (
        "import sys, ourtake.cli.main; print([m for m in ('openai', 'anthropic', 'sqlalchemy', 'tantivy', "
        "'jinja2') "
        "if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize("command", ["draft", "export", "archive"])
def test_a_folder_that_cannot_be_written_is_said_before_anything_is_made(run: Run, paper: Path, command: str) -> None:
    locked = paper / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    if command == "export":
        run("draft", "sources/01-data-centre-power.md", folder=paper)
    before = run("drafts", "list", "--json", folder=paper).stdout
    draft_id = json.loads(before)[0]["id"] if command == "export" else ""
    words = {
        "draft": ("draft", "sources/02-council-chatbot.md", "-o", "locked/x.md"),
        "export": ("export", draft_id, "-o", "locked/x.md"),
        "archive": ("archive", "export", "locked/x.jsonl"),
    }[command]
    done = without_rights(*words, folder=paper)
    assert done.returncode == 2 and "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert list(locked.iterdir()) == [] and run("drafts", "list", "--json", folder=paper).stdout == before


@pytest.mark.parametrize(
    ("number", "some"), [(1, True), (2, True), (3, True), (4, True), (5, True), (6, True), (7, False), (8, False)]
)
def test_an_example_source_has_at_least_three_related_articles_or_none(
    run: Run, paper: Path, number: int, some: bool
) -> None:
    (source,) = (paper / "sources").glob(f"{number:02}-*.md")
    related = json.loads(run("related", str(source), "--json", folder=paper).stdout)["related"]
    assert len(related) >= 3 if some else related == []


@pytest.mark.parametrize(("setting", "some"), [("", True), ('drafting = ["STR", "LNK"]', False)])
def test_a_draft_is_checked_by_the_rules_of_drafting(run: Run, paper: Path, setting: str, some: bool) -> None:
    (paper / "ourtake.toml").write_text((paper / "ourtake.toml").read_text() + f"\n[checks]\n{setting}\n")
    draft = Draft.model_validate_json(run("draft", "sources/01-data-centre-power.md", "--json", folder=paper).stdout)
    revision = draft.standing()
    assert revision is not None and bool(revision.report.sentences) is some
    report = json.loads(run("check", draft.id, "--format", "json", folder=paper).stdout)
    assert report["sentences"] and report["verdict"] == "pass"
