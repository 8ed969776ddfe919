"""Files as they should not be: one sentence, the right exit code, never a traceback; and findings that point into the
text as it was given.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourtake.checks.base import CheckContext
from ourtake.checks.offsets import given_report
from ourtake.checks.registry import check
from ourtake.documents import Source, Take
from ourtake.errors import InputError
from ourtake.intake.files import parse_source
from ourtake.values import iso_date
from tests.conftest import Run

STORY = {"title": "A story", "outlet": "An outlet", "url": "https://o.example/1", "blurb": "Power and the grid."}
FRONT = "---\ntitle: A story\noutlet: An outlet\nurl: https://o.example/1\n{}\n---\nPower and the grid."
NESTED = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)
)
REFUSED = {
    "a number without end": json.dumps(STORY)[:-1] + ', "n": ' + "9" * 5000 + "}",
    "deep in a value": json.dumps(STORY)[:-1] + ', "n": ' + "[" * 300 + "]" * 300 + "}",
    "deep": "[" * 100_000,
    "references that multiply": FRONT.format(NESTED),
    "a reference to itself": FRONT.format("x: &x [*x]"),
    "deep yaml": FRONT.format("x: " + "[" * 5000),
    "no such day": FRONT.format("published: 2025-02-30"),
    "an invisible blurb": json.dumps({**STORY, "blurb": "\u200b\u00a0\u2060"}),
    "a blurb of controls": json.dumps({**STORY, "blurb": "\x01\x02"}),
    "no such port": json.dumps({**STORY, "url": "https://o.example:99999999/x"}),
    "an invisible host": json.dumps({**STORY, "url": "https://o\u200b.example/"}),
    "an address that ends an attribute": json.dumps({**STORY, "url": 'https://o.example/"><script>'}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_source_that_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        parse_source(REFUSED[name], "story")


TAKEN = [
    json.dumps({**STORY, "title": "A\ud800 story", "more": {"\ud800": ["\udfff"]}}),
    FRONT.format("when: 2025-01-02\nset: !!set {a, b}"),
    FRONT.format("more: [1, .inf]").replace("title: A story", "title: 1984"),
]


@pytest.mark.parametrize("text", TAKEN, ids=range(len(TAKEN)))
def test_a_source_that_is_taken_can_be_stored(text: str) -> None:
    assert parse_source(text, "story").model_dump_json()


def test_a_day_without_utc_is_no_date() -> None:
    assert iso_date("0001-01-01T00:00:00+14:00") is None and iso_date("2025-01-01T00:00:00+14:00")


def test_the_command_says_it_in_one_sentence(run: Run, paper: Path) -> None:
    for name in ("a number without end", "references that multiply"):
        done = run("draft", "-", folder=paper, stdin=REFUSED[name])
        assert done.returncode == 2 and done.stderr.startswith("ourtake: ") and done.stderr.count("\n") == 1, (
            done.stderr
        )


def test_an_archive_keeps_its_good_articles(run: Run, paper: Path) -> None:
    folder = paper / "posts"
    folder.mkdir()
    (folder / "bomb.md").write_text(f"---\ntitle: T\n{NESTED}\n---\nText")
    (folder / "deep.md").write_text("+++\nx = " + "[" * 5000 + "\n+++\nText")
    (folder / "1984.md").write_text("---\ntitle: 1984\n---\nText")
    done = run("archive", "add", "posts", folder=paper)
    assert done.returncode == 1 and "1 added" in done.stdout and "2 skipped" in done.stdout and done.stderr == ""
    assert run("archive", "search", "power\udcff", folder=paper).returncode == 0


SETTINGS = {
    "none": "[models]\ndefault = []",
    "url": '[models.x]\nbase_url = "nowhere"',
    "deep": "x = " + "[" * 5000,
    "query": '[models.x]\nbase_url = "https://o.example/v1?key=secret-0123456789"',
}


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_settings_that_can_not_be_followed(run: Run, paper: Path, text: str) -> None:
    (paper / "bad.toml").write_text(text)
    done = run("--config", "bad.toml", "drafts", "list", folder=paper)
    assert (
        done.returncode == 2
        and "bad.toml" in done.stderr
        and "Traceback" not in done.stderr
        and "secret" not in done.stderr
    )


def test_a_schema_that_nobody_wrote_is_refused(run: Run, paper: Path) -> None:
    import sqlite3

    with sqlite3.connect(paper / "ourtake.db") as store:
        store.execute("UPDATE alembic_version SET version_num = 'x'")
    done = run("drafts", "list", folder=paper)
    assert done.returncode == 2 and "schema" in done.stderr and "Traceback" not in done.stderr


def test_findings_point_into_the_take_as_it_was_given(run: Run, paper: Path) -> None:
    body = "One\x00 [lost] word.\r\n\r\nTwo \u2014 \U0001f600 [gone\x07 too].\r\n"
    row: dict[str, Any] = {
        "take": {"headline": "A\r\nB", "summary": "S.", "body": body, "tags": ["a"]},
        "source": STORY,
    }
    (paper / "t.jsonl").write_text(json.dumps(row))
    done = run("check", "--batch", "t.jsonl", "--format", "json", folder=paper)
    findings = json.loads(done.stdout)["findings"]
    assert [item["text"] for item in findings if item["code"] == "LNK001"] == ["[lost]", "[gone\x07 too]"]
    for item in findings:
        text = ", ".join(row["take"]["tags"]) if item["field"] == "tags" else row["take"][item["field"]]
        assert text[item["start"] : item["end"]] == item["text"]


DIRTY = st.text(
    alphabet=st.one_of(st.sampled_from(list('[]() \r\n\x00\x1b\ud800."a\U0001f600')), st.characters()), max_size=60
)


@settings(max_examples=60)
@given(DIRTY, DIRTY)
def test_offsets_hold_on_any_text(summary: str, body: str) -> None:
    given_take = {"headline": "H", "summary": summary, "body": body, "tags": ["a", "b"]}
    report = check(Take.model_validate(given_take), CheckContext(Source.model_validate(STORY)))
    for item in given_report(report, given_take).findings:
        text = ", ".join(given_take["tags"]) if item.field == "tags" else str(given_take[item.field])
        assert text[item.start : item.end] == item.text


def test_a_take_that_the_store_can_not_keep_is_printed(run: Run, paper: Path) -> None:
    import sqlite3

    with sqlite3.connect(paper / "ourtake.db") as store:
        store.execute(
            "CREATE TRIGGER full BEFORE INSERT ON drafts BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        )
    done = run("draft", "sources/01-data-centre-power.md", folder=paper)
    assert done.returncode == 2 and "disk is full" in done.stderr and "Traceback" not in done.stderr
    assert "Our take" in done.stdout


@pytest.mark.parametrize(
    "words",
    [("draft", "-o", "out.jsonl"), ("draft", "--dry-run"), ("draft", "--queue"), ("check",), ("related",)],
    ids=" ".join,
)
@pytest.mark.parametrize("text", ["", "\n"], ids=["empty", "blank"])
def test_an_empty_batch_is_done_and_said_to_be_empty(run: Run, paper: Path, words: tuple[str, ...], text: str) -> None:
    (paper / "none.jsonl").write_text(text, encoding="utf-8")
    done = run(*words, "--batch", "none.jsonl", folder=paper)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("none.jsonl is empty: there is nothing to do.") == 1


@pytest.mark.parametrize("command", ["draft", "related"])
def test_one_broken_line_reads_well(run: Run, paper: Path, command: str) -> None:
    (paper / "bad.jsonl").write_text("not JSON\n", encoding="utf-8")
    more = ("-o", "out.jsonl") if command == "draft" else ()
    done = run(command, "--batch", "bad.jsonl", *more, folder=paper)
    assert done.returncode == 2 and "The only line of bad.jsonl is not a source. Write one a line" in done.stderr


def test_a_batch_without_a_source_is_not_called_done(run: Run, paper: Path) -> None:
    (paper / "broken.jsonl").write_text('{"title": "T"}\nnot JSON\n', encoding="utf-8")
    for more in (("-o", "out.jsonl"), ("--dry-run",)):
        broken = run("draft", "--batch", "broken.jsonl", *more, folder=paper)
        assert broken.returncode == 2 and "None of the 2 lines of broken.jsonl is a source. Write" in broken.stderr
        assert "broken.jsonl:1: " in broken.stderr and "broken.jsonl:2: " in broken.stderr
    assert not (paper / "out.jsonl").exists()


def test_a_default_that_is_not_a_model_is_named_with_its_place(run: Run, paper: Path) -> None:
    file = paper / "ourtake.toml"
    text = file.read_text(encoding="utf-8").replace('default = "baseline"', 'default = "openai"')
    file.write_text(text, encoding="utf-8")
    done = run("draft", "sources/01-data-centre-power.md", folder=paper)
    assert done.returncode == 2
    assert 'ourtake.toml: models.default: "openai" is not a model; write provider:model, such as "' in done.stderr
    file.write_text(text.replace('"openai"', '"opnai:x"'), encoding="utf-8")
    unknown = run("draft", "sources/01-data-centre-power.md", folder=paper)
    assert unknown.returncode == 2 and "did you mean openai?" in unknown.stderr
    assert "It is in [models] default of ourtake.toml." in unknown.stderr
