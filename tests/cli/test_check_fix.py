"""`ourtake check --fix` and `--diff` through the command: files byte for byte, drafts as new revisions."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from ourtake.documents import Draft
from tests.conftest import Run, without_rights

SOURCE = "source:   {title: T, outlet: 'The Tidewater Post', url: 'https://o.example/1', blurb: b}   # kept\n"
RELATED = (
    "related:\n- {title: Data centre asks for forty megawatts, url: 'https://l.example/1/'}\n"
    "- {title: Who pays when the grid waits, url: 'https://l.example/2/'}\n"
)
TEXT = (
    "---\n# A comment of the desk's.\ntitle:   A headline\n"
    + SOURCE
    + "summary: 'It''s in \"Data centre asks for fifty megawatts\" that\n  we said so.'\n"
    "tags: [ power ,grid]\nown_key: {kept: 1}\n" + RELATED + "---\n\n\n"
    "See [Data centre asks for fifty megawatts](https://l.example/1/ 'a title') and [Who pays when the grid "
    "waits](https://l.example/2/).  \n"
    "More on [the bills](https://l.example/2/), and *more*.\t\n\n\nWho pays?\n\n"
)
MENDED = (
    TEXT.replace('"Data centre asks for fifty', '"Data centre asks for forty')
    .replace("[Data centre asks for fifty", "[Data centre asks for forty")
    .replace("[the bills](https://l.example/2/)", "the bills")
)
FLAGS = ("--select", "LNK003,LNK006")
FORMS = {
    "unix": (lambda text: text.encode()),
    "windows": (lambda text: text.replace("\n", "\r\n").encode()),
    "old mac": (lambda text: text.replace("\n", "\r").encode()),
    "marked": (lambda text: b"\xef\xbb\xbf" + text.encode()),
    "utf-16": (lambda text: text.encode("utf-16")),
    "no line end": (lambda text: text.rstrip("\n").encode()),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_fixed_and_otherwise_kept_byte_for_byte(run: Run, tmp_path: Path, form: str) -> None:
    path = tmp_path / "take.md"
    path.write_bytes(FORMS[form](TEXT))
    path.chmod(0o640)
    done = run("check", "take.md", "--fix", *FLAGS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert path.read_bytes() == FORMS[form](MENDED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640 and os.listdir(tmp_path) == ["take.md"]
    assert "we said" not in done.stdout.partition(": 0 errors")[0]
    assert "  summary: 'It''s in \"Data centre asks for [-fifty-]{+forty+} megawatts\" that" in done.stdout
    assert "fixed LNK003, LNK006" in done.stderr
    again = run("check", "take.md", "--fix", *FLAGS)
    assert "fixed" not in again.stderr and path.read_bytes() == FORMS[form](MENDED)


def test_a_diff_changes_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "take.md"
    path.write_text(TEXT)
    done = run("check", "take.md", "--diff", *FLAGS)
    assert done.returncode == 1 and path.read_text() == TEXT
    assert (
        "More on [-[-]the bills[-](https://l.example/2/)-], and *more*." in done.stdout
        and "take.md: 2 errors found; of " in done.stdout
    )
    done = run("check", "take.md", "--diff", "--fix", "--format", "json", *FLAGS)
    assert (
        path.read_text() == TEXT
        and json.loads(done.stdout)["counts"]["error"] == 2
        and "More on [-[-]the bills" in done.stderr
    )


def test_a_link_stays_where_unlinking_it_would_leave_too_few(run: Run, tmp_path: Path) -> None:
    third = "- {title: The outage ledger, url: 'https://l.example/3/'}\n"
    path = tmp_path / "take.md"
    path.write_text(TEXT.replace(RELATED, RELATED + third))
    done = run("check", "take.md", "--fix", "--select", "LNK")
    assert path.read_text() == MENDED.replace("the bills,", "[the bills](https://l.example/2/),").replace(
        RELATED, RELATED + third
    )
    assert "LNK006" in done.stdout and "fixed LNK003." in done.stderr


def test_a_linked_file_is_fixed_where_it_lies(run: Run, tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text(TEXT)
    (tmp_path / "take.md").symlink_to("real.md")
    assert run("check", "take.md", "--fix", *FLAGS).returncode == 0
    assert (tmp_path / "take.md").is_symlink() and (tmp_path / "real.md").read_text() == MENDED


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "shut"
    folder.mkdir()
    (folder / "take.md").write_text(TEXT)
    folder.chmod(0o500)
    done = without_rights("check", "take.md", "--fix", *FLAGS, folder=folder)
    folder.chmod(0o700)
    assert done.returncode == 2 and "can't be written" in done.stderr and (folder / "take.md").read_text() == TEXT


def test_a_batch_is_not_fixed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text("{}\n")
    assert run("check", "--batch", "t.jsonl", "--fix").returncode == 2


def test_a_draft_gets_a_revision(run: Run, paper: Path) -> None:
    draft = Draft.model_validate_json(run("draft", "sources/01-data-centre-power.md", "--json", folder=paper).stdout)
    revision = draft.standing()
    assert revision is not None
    first = draft.related[0]
    body = revision.take.body + f"\n\nSee [{first.title}]({first.url}) again, and [more of it]({first.url}); what then?"
    spoiled = revision.model_copy(update={"number": 2, "take": revision.take.model_copy(update={"body": body})})
    from ourtake.store import Store

    with Store.open(f"sqlite:///{paper}/ourtake.db") as store:
        import asyncio

        asyncio.run(store.save_draft(draft.model_copy(update={"revisions": (revision, spoiled), "chosen": 2})))
    shown = run("check", draft.id, "--diff", "--select", "LNK006", folder=paper)
    assert f"draft {draft.id} body:11\n  See [-[-]{first.title[:20]}" in shown.stdout
    done = run("check", draft.id, "--fix", "--select", "LNK006", folder=paper)
    assert done.returncode == 0 and "revision 3 is now the current one" in done.stderr
    after = Draft.model_validate_json(run("drafts", "show", draft.id, "--json", folder=paper).stdout)
    newest = after.standing()
    assert newest is not None and (newest.number, newest.by, newest.note) == (3, "ourtake check --fix", "fixed LNK006")
    assert newest.take.body == revision.take.body + f"\n\nSee {first.title} again, and more of it; what then?"
    assert after.revisions[:2] == (revision, spoiled)


@pytest.mark.parametrize("columns", ["", "60"])
def test_changes_are_shown_word_by_word_in_short_lines(run: Run, tmp_path: Path, columns: str) -> None:
    long = "Nobody asked who would pay. " * 30
    text = TEXT.replace("More on [the bills]", f"{long}More on [the bills]").replace("*more*", f"\u4e00{long}")
    (tmp_path / "take.md").write_text(text)
    done = run("check", "take.md", "--diff", *FLAGS, env={"COLUMNS": columns} if columns else {})
    shown = done.stdout.partition("take.md: ")[0]
    assert "the bills[-](https://l.example/2/)-], and" in " ".join(shown.split()) and "\u2026" in shown
    changes = [line for line in shown.splitlines() if line[:2] == "  " and line[2] != " "]
    assert changes and max(map(len, changes)) <= int(columns or 80)
    assert shown.count("Nobody asked") < 12
