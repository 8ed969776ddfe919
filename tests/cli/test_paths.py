"""Nothing of the user's is deleted or replaced: every path option given a path that holds something else."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import pytest
from paid_server import PaidServer

from ourtake.archive.cache_folder import MARK
from tests.cli.conftest import ONE, environment, held, is_refused
from tests.cli.test_full_disk import freed, full_at
from tests.conftest import Run, Start

LOOK_UPS = {
    "search": ("archive", "search", "grid"),
    "reindex": ("archive", "reindex"),
    "add": ("archive", "add", "archive"),
    "related": ("related", ONE),
    "check": ("check", "DRAFT"),
    "draft": ("draft", "sources/02-council-chatbot.md"),
}


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        *((command, "articles") for command in LOOK_UPS),
        *(("search", kind) for kind in ("file", "link", "one of theirs in ours")),
    ],
)
def test_an_index_folder_that_holds_something_else_is_refused_and_stays(
    run: Run, own: tuple[Path, str], command: str, kind: str
) -> None:
    paper, draft = own
    name = {"articles": "archive", "file": "notes.txt", "link": "link", "one of theirs in ours": "ourtake.index"}[kind]
    (paper / "notes.txt").write_text("mine")
    (paper / "link").symlink_to("archive")
    (paper / "ourtake.index" / "notes.txt").write_text("mine")
    before = held(paper)
    done = run(
        *(draft if word == "DRAFT" else word for word in LOOK_UPS[command]), folder=paper, env={"OURTAKE_INDEX": name}
    )
    assert is_refused(done) and name in done.stderr and "--index" in done.stderr, done.stderr
    assert held(paper) == before and (paper / "link").is_symlink()


def test_what_lies_beside_an_index_and_is_named_like_it_stays(run: Run, own: tuple[Path, str]) -> None:
    paper, _ = own
    (paper / ".new-backup1").mkdir()
    (paper / ".new-backup1" / "mine.txt").write_text("mine")
    (paper / ".new.lock").write_text("mine")
    assert run("--index", "new", "archive", "search", "grid", folder=paper).returncode == 0
    assert run("--index", "new", "archive", "reindex", folder=paper).returncode == 0
    assert (paper / ".new-backup1" / "mine.txt").read_text() == "mine" and (paper / ".new.lock").read_text() == "mine"
    assert sorted(path.name for path in paper.iterdir() if path.name.startswith((".new", "new"))) == [
        ".new-backup1",
        ".new.lock",
        "new",
    ]


@pytest.mark.parametrize(
    "kind", ["new", "empty", "made by an earlier version", "of an old format", "a link to an empty one"]
)
def test_a_new_an_empty_and_an_own_index_folder_is_used(run: Run, own: tuple[Path, str], kind: str) -> None:
    paper, _ = own
    name, index = "else", paper / "else"
    if kind == "empty":
        index.mkdir()
    elif kind == "a link to an empty one":
        (paper / "real").mkdir()
        index.symlink_to("real")
    elif kind != "new":
        name, index = "ourtake.index", paper / "ourtake.index"
        (index / MARK).unlink()
        if kind == "of an old format":
            (index / "VERSION").write_text("1 0a1b2c")
    done = run("--index", name, "archive", "search", "grid", folder=paper)
    assert (
        done.returncode == 0 and done.stdout and (kind == "made by an earlier version" or (index / MARK).is_file())
    ), done.stderr
    assert run("--index", name, "archive", "reindex", folder=paper).returncode == 0 and (index / MARK).is_file()
    assert index.is_symlink() == (kind == "a link to an empty one")


OUTPUTS = {
    "draft": ("draft", ONE, "-o", "OUT"),
    "draft --json": ("draft", ONE, "--json", "-o", "OUT"),
    "draft --batch": ("draft", "--batch", "sources.jsonl", "-o", "OUT"),
    "export": ("export", "DRAFT", "-o", "OUT"),
    "archive export": ("archive", "export", "OUT"),
    "archive add": ("archive", "add", "articles.jsonl", "--rejects", "OUT"),
}


def given(command: str, own: tuple[Path, str], out: str) -> list[str]:
    paper, draft = own
    source = json.dumps(
        {"title": "A story", "outlet": "An outlet", "url": "https://o.example/1", "blurb": "Power and the grid."}
    )
    (paper / "sources.jsonl").write_text(f"{source}\n")
    (paper / "articles.jsonl").write_text("{\n")
    return [{"DRAFT": draft, "OUT": out}.get(word, word) for word in OUTPUTS[command]]


@pytest.mark.parametrize("command", OUTPUTS)
def test_an_existing_file_is_replaced_only_with_force(run: Run, own: tuple[Path, str], command: str) -> None:
    paper, _ = own
    words = given(command, own, "mine.txt")
    (paper / "mine.txt").write_text("mine")
    (paper / "mine.txt").chmod(0o640)
    done = run(*words, folder=paper)
    assert is_refused(done) and "--force" in done.stderr and "mine.txt" in done.stderr, done.stderr
    assert (paper / "mine.txt").read_text() == "mine"
    (paper / "link.txt").symlink_to("mine.txt")
    assert (
        is_refused(run(*given(command, own, "link.txt"), folder=paper)) and (paper / "mine.txt").read_text() == "mine"
    )
    forced = run(*given(command, own, "link.txt"), "--force", folder=paper)
    assert forced.returncode in (0, 1) and "mine" != (paper / "mine.txt").read_text() != "", forced.stderr
    assert (paper / "link.txt").is_symlink() and (paper / "mine.txt").stat().st_mode & 0o777 == 0o640
    assert not [path.name for path in paper.iterdir() if path.name.startswith((".mine", ".link"))]


KEPT = ("folder", "store", "store by a link", "store's log", "input", "link to nothing", "no such folder")


@pytest.mark.parametrize(
    ("command", "kind"),
    [*((command, "store") for command in OUTPUTS), ("draft", "input"), ("archive add", "input")]
    + [("draft --batch", kind) for kind in KEPT if kind != "store"]
    + [("archive export", kind) for kind in KEPT if kind != "store"],
)
def test_what_is_never_written_over_stays_even_with_force(
    run: Run, own: tuple[Path, str], command: str, kind: str
) -> None:
    paper, _ = own
    source = {"archive add": "articles.jsonl", "draft": ONE, "draft --json": ONE, "draft --batch": "sources.jsonl"}.get(
        command, "ourtake.db"
    )
    out = {"folder": "archive", "store": "ourtake.db", "store by a link": "hard.db", "input": source}.get(kind, "")
    out = (
        out or {"store's log": "ourtake.db-wal", "link to nothing": "dangling", "no such folder": "no/such/x.md"}[kind]
    )
    os.link(paper / "ourtake.db", paper / "hard.db")
    (paper / "dangling").symlink_to("nothing")
    words = given(command, own, out)
    before = held(paper)
    done = run(*words, "--force", folder=paper)
    assert is_refused(done) and out.split("/")[0] in done.stderr, done.stderr
    assert held(paper) == before and not (paper / "nothing").exists()


@pytest.mark.parametrize("command", ["draft", "draft --json", "draft --batch", "export", "archive export"])
@pytest.mark.parametrize(("out", "where"), [("/dev/stdout", "file"), ("-", "pipe")])
def test_standard_output_can_be_named_and_gets_nothing_else(
    start: Start, own: tuple[Path, str], tmp_path: Path, command: str, out: str, where: str
) -> None:
    paper, _ = own
    target = tmp_path / "taken"
    with target.open("wb") as file:
        done = start(*given(command, own, out), folder=paper, **({"stdout": file.fileno()} if where == "file" else {}))
        printed, errors = done.communicate(timeout=600)
    text = target.read_text() if where == "file" else printed
    assert done.returncode in (0, 1), errors
    if command in ("draft", "export"):
        assert text.startswith("---\n") and "\nReport" not in text
    else:
        rows = [json.loads(text)] if command == "draft --json" else [json.loads(line) for line in text.splitlines()]
        assert rows and all("id" in row for row in rows)


@pytest.mark.parametrize("command", OUTPUTS)
def test_a_named_pipe_is_written_to_and_stays_one(run: Run, own: tuple[Path, str], command: str) -> None:
    paper, _ = own
    os.mkfifo(paper / "pipe")
    taken: list[bytes] = []
    reader = threading.Thread(target=lambda: taken.append((paper / "pipe").read_bytes()), daemon=True)
    reader.start()
    done = run(*given(command, own, "pipe"), folder=paper)
    reader.join(600)
    assert done.returncode in (0, 1) and taken and taken[0] and (paper / "pipe").is_fifo(), done.stderr


@pytest.mark.parametrize("text", ["a note without an end of line", '{"id": "x", "mine": 1}', "a note\n"])
def test_a_file_that_no_batch_wrote_is_not_resumed(run: Run, own: tuple[Path, str], text: str) -> None:
    paper, _ = own
    words = given("draft --batch", own, "mine.txt")
    (paper / "mine.txt").write_text(text)
    done = run(*words, "--resume", folder=paper)
    assert is_refused(done) and "not a draft" in done.stderr and (paper / "mine.txt").read_text() == text


def test_a_resumed_batch_leaves_a_file_beside_it_alone(run: Run, own: tuple[Path, str]) -> None:
    paper, _ = own
    words = given("draft --batch", own, "out.jsonl")
    assert run(*words, folder=paper).returncode in (0, 1)
    whole = (paper / "out.jsonl").read_bytes()
    (paper / "out.jsonl").write_bytes(whole + whole[:40])
    (paper / "out.jsonl.mending").write_text("mine")
    assert run(*words, "--resume", folder=paper).returncode in (0, 1)
    assert (paper / "out.jsonl").read_bytes() == whole and (paper / "out.jsonl.mending").read_text() == "mine"


@pytest.mark.parametrize("kind", ["text", "folder", "pipe", "device", "a file of the user's with the log's name"])
@pytest.mark.parametrize("command", ["search", "add"])
def test_a_store_that_is_not_one_is_refused_and_stays(run: Run, own: tuple[Path, str], kind: str, command: str) -> None:
    paper, _ = own
    place = paper / "mine"
    if kind == "text":
        place.write_text("mine, and not a database at all")
    elif kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "device":
        place = Path("/dev/null")
    else:
        place = paper / "ourtake.db"
        (paper / "ourtake.db-wal").write_text("mine")
    before = held(paper)
    done = run("--store", f"sqlite:///{place}", *LOOK_UPS[command], folder=paper)
    assert is_refused(done) and held(paper) == before, done.stderr


def test_the_list_of_what_was_skipped_replaces_an_earlier_one_and_nothing_else(run: Run, own: tuple[Path, str]) -> None:
    paper, _ = own
    (paper / "bad.jsonl").write_text("{\n" * 30)
    beside = paper / "ourtake.rejects.jsonl"
    for _ in range(2):
        assert run("archive", "add", "bad.jsonl", folder=paper).returncode == 1
        assert len(beside.read_text().splitlines()) == 30
    beside.write_text('{"mine": 1}\n')
    done = run("archive", "add", "bad.jsonl", folder=paper)
    assert is_refused(done) and "--rejects" in done.stderr and beside.read_text() == '{"mine": 1}\n'


@pytest.mark.parametrize("name", ["ourtake.toml", "prompts", "sources"])
def test_init_replaces_nothing(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("nothing")
    done = run("init", ".")
    assert is_refused(done) and [path.name for path in tmp_path.iterdir()] == [name]


def test_a_kept_answer_is_removed_when_the_store_has_it_and_a_file_of_ones_own_is_not(
    run: Run, desk: Path, server: PaidServer, tmp_path: Path
) -> None:
    full_at(desk, "answer")
    (tmp_path / "kept").mkdir()
    run(
        "draft",
        ONE,
        "--model",
        "openai:paid",
        folder=desk,
        env=environment(server) | {"TMPDIR": str(tmp_path / "kept")},
    )
    (file,) = (tmp_path / "kept").iterdir()
    mine = Path(shutil.copy(file, tmp_path / "mine.json"))
    assert run("calls", "recover", str(file), folder=desk).returncode == 2 and file.exists()
    freed(desk)
    done = run("calls", "recover", str(mine), folder=desk)
    assert done.returncode == 0 and mine.exists() and f"{mine} was left as it is." in done.stdout
    # As after a kill between the commit and the removal: the store has the answer, and the file goes.
    again = run("calls", "recover", str(file), folder=desk)
    assert again.returncode == 0 and not file.exists() and f"{file} was removed." in again.stdout
    other = json.loads(mine.read_text())
    other["end"]["reply"] = "another one"
    file.write_text(json.dumps(other))
    refused = run("calls", "recover", str(file), folder=desk)
    assert refused.returncode == 2 and file.exists() and "left as it is" in refused.stderr
