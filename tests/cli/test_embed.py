"""`archive embed` and lookup by meaning as commands, against a server of hashed vectors on loopback."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ourtake.archive.rank import DEFAULTS, DEFAULTS_WITH_MEANING
from ourtake.store import Store
from tests.conftest import Run, Start
from tests.hashed_embeddings import HashedServer, hashed_server

TOML = '\n[models.mine]\nbase_url = "{address}"\napi_key_env = "{key}"\n\n[lookup]\nembeddings = "mine:hashed"\n'
SOURCE = {
    "id": "s",
    "title": "Records of the council",
    "outlet": "The Post",
    "url": "https://post.example/1",
    "blurb": "A council keeps records.",
}


@pytest.fixture
def server() -> Iterator[HashedServer]:
    with hashed_server() as running:
        yield running


@pytest.fixture
def desk(paper: Path, server: HashedServer) -> Path:
    """The example publication with embeddings switched on, none made yet."""
    write_settings(paper, server.address)
    (paper / "story.json").write_text(json.dumps(SOURCE), encoding="utf-8")
    return paper


def write_settings(folder: Path, address: str, key: str = "") -> None:
    (folder / "ourtake.toml").write_text(TOML.format(address=address, key=key).lstrip(), encoding="utf-8")


def articles_sent(server: HashedServer) -> int:
    """Texts sent, less those by which the model is recognised."""
    return sum(len(texts) for texts in server.texts if "froze over" not in texts[0])


def test_every_article_is_sent_once_and_only_what_changed_again(run: Run, desk: Path, server: HashedServer) -> None:
    done = run("archive", "embed", folder=desk)
    assert (done.returncode, done.stdout) == (0, "24 articles have a new vector of mine:hashed; none is left.\n")
    assert articles_sent(server) == 24
    assert run("archive", "embed", folder=desk).stdout.startswith("0 articles have a new vector")
    assert articles_sent(server) == 24
    article = {
        "id": "new",
        "url": "https://paper.example/new",
        "title": "New",
        "text": "A new text.",
        "published": "2026-01-01",
    }
    for change in ({}, {"tags": ["other"]}, {"text": "Another text."}):
        (desk / "new.jsonl").write_text(json.dumps(article | change) + "\n", encoding="utf-8")
        done = run("archive", "add", "new.jsonl", folder=desk)
        assert done.returncode == 0, done.stderr
    # Added, then changed in its tags alone, then in its text.
    assert articles_sent(server) == 26


def test_weights_that_were_learned_without_meaning_are_told_of(run: Run, desk: Path, server: HashedServer) -> None:
    with Store.open(f"sqlite:///{desk}/ourtake.db", create=False) as store:
        store.save_ranking(DEFAULTS.model_dump_json())
    assert "archive tune" in run("archive", "embed", folder=desk).stdout
    with Store.open(f"sqlite:///{desk}/ourtake.db", create=False) as store:
        store.save_ranking(DEFAULTS_WITH_MEANING.model_dump_json())
    assert "archive tune" not in run("archive", "embed", folder=desk).stdout


def test_a_run_that_failed_goes_on_where_it_was(run: Run, desk: Path, server: HashedServer) -> None:
    rows = [
        {"url": f"https://paper.example/{n}", "title": f"Piece {n}", "text": f"Text number {n}."} for n in range(80)
    ]
    (desk / "more.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    server.faults = [None, None, *[{"status": 500}] * 4]
    done = run("archive", "add", "more.jsonl", folder=desk)
    assert done.returncode == 0
    assert "80 added" in done.stdout
    assert "the articles are imported, but without vectors: mine failed with status 500" in done.stderr
    assert (
        run("archive", "embed", folder=desk).stdout == "72 articles have a new vector of mine:hashed; none is left.\n"
    )
    sent = [text for texts in server.texts for text in texts]
    stored = sqlite3.connect(desk / "ourtake.db").execute("SELECT count(*) FROM vectors").fetchone()
    assert stored == (104,)
    # The group that failed was tried four times and sent a fifth time; no other text was sent twice.
    assert sorted({sent.count(text) for text in sent if "froze over" not in text}) == [1, 5]


def test_a_killed_run_keeps_what_was_answered(run: Run, start: Start, desk: Path, server: HashedServer) -> None:
    rows = [
        {"url": f"https://paper.example/{n}", "title": f"Piece {n}", "text": f"Text number {n}."} for n in range(80)
    ]
    (desk / "more.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    server.faults = [{"status": 401}]
    assert run("archive", "add", "more.jsonl", folder=desk).returncode == 0
    asked, hold = threading.Event(), threading.Event()

    def wait(_: object) -> None:
        asked.set()
        hold.wait(600)

    server.faults = [None, None, {"change": wait}]
    process = start("archive", "embed", folder=desk)
    assert asked.wait(600)
    process.kill()
    process.wait()
    hold.set()
    before = {text for texts in server.texts[:-1] for text in texts}
    assert (
        run("archive", "embed", folder=desk).stdout == "72 articles have a new vector of mine:hashed; none is left.\n"
    )
    again = [text for texts in server.texts[-4:] for text in texts if "froze over" not in text]
    assert len(again) == 72 and not before & set(again)


def test_look_up_uses_meaning_and_works_without_it(run: Run, desk: Path, server: HashedServer) -> None:
    plain = run("related", "story.json", "--json", folder=desk)
    assert "no article has a vector of mine:hashed yet. Run `ourtake archive embed`." in plain.stderr
    assert len(plain.stderr.splitlines()) == 1
    assert run("archive", "embed", folder=desk).returncode == 0
    found = run("related", "story.json", "--json", "--explain", folder=desk)
    assert (found.returncode, found.stderr) == (0, "")
    assert all(row["signals"]["meaning"] != 0 for row in json.loads(found.stdout)["related"])
    (desk / "two.jsonl").write_text(
        json.dumps(SOURCE) + "\n" + json.dumps(SOURCE | {"id": "t", "title": "Another"}) + "\n", encoding="utf-8"
    )
    server.faults = [{"status": 401}] * 9
    asked = len(server.texts)
    down = run("related", "--batch", "two.jsonl", folder=desk)
    assert down.returncode == 0
    assert [len(json.loads(line)["related"]) > 0 for line in down.stdout.splitlines()] == [True, True]
    assert down.stderr.count("lookup uses words alone: mine refused the key") == 1
    assert len(server.texts) == asked + 1
    write_settings(desk, "http://127.0.0.1:9/v1")
    gone = run("related", "story.json", "--json", folder=desk)
    assert gone.stdout == plain.stdout
    assert "lookup uses words alone: mine could not be reached" in gone.stderr


@pytest.mark.parametrize("change", ["salt", "dimension"])
def test_another_model_behind_the_name_is_never_mixed_in(
    run: Run, desk: Path, server: HashedServer, change: str
) -> None:
    assert (
        run("archive", "embed", "--limit", "10", folder=desk).stdout
        == "10 articles have a new vector of mine:hashed; 14 are left.\n"
    )
    if change == "salt":
        server.salt = "x"
    else:
        server.dimension = 32
    for command in (("archive", "embed"), ("related", "story.json")):
        done = run(*command, folder=desk)
        assert "the model behind mine:hashed has changed" in done.stderr.replace("The", "the")
        assert "Run `ourtake archive embed --rebuild`" in done.stderr
        assert done.returncode == (2 if command[0] == "archive" else 0)
    assert (
        run("archive", "embed", "--rebuild", folder=desk).stdout
        == "24 articles have a new vector of mine:hashed; none is left.\n"
    )
    assert run("related", "story.json", folder=desk).stderr == ""


def test_a_model_of_another_name_is_said_and_its_vectors_can_be_removed(
    run: Run, desk: Path, server: HashedServer
) -> None:
    run("archive", "embed", folder=desk)
    (desk / "ourtake.toml").write_text(
        (desk / "ourtake.toml").read_text(encoding="utf-8").replace("mine:hashed", "mine:other"), encoding="utf-8"
    )
    assert (
        "its vectors are mine:hashed's, and [lookup] embeddings is mine:other"
        in run("related", "story.json", folder=desk).stderr
    )
    assert (
        run("archive", "embed", "--forget", "mine:hashed", folder=desk).stdout == "Removed 24 vectors of mine:hashed.\n"
    )
    assert run("archive", "embed", "--forget", "mine:hashed", folder=desk).returncode == 2


def test_a_long_run_that_may_cost_money_needs_a_yes(run: Run, desk: Path, server: HashedServer) -> None:
    rows = [
        {"url": f"https://paper.example/{n}", "title": f"Piece {n}", "text": f"Text number {n}. " * 500}
        for n in range(60)
    ]
    (desk / "more.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    write_settings(desk, server.address, key="MY_KEY")
    key = {"MY_KEY": "sk-this-is-nobodys-key"}
    added = run("archive", "add", "more.jsonl", folder=desk, env=key)
    assert added.returncode == 0
    assert "84 articles, about " in added.stderr
    refused = run("archive", "embed", folder=desk, env=key)
    assert refused.returncode == 2
    assert "84 articles, about " in refused.stderr
    assert server.texts == []
    assert "Set the environment variable MY_KEY" in run("archive", "embed", folder=desk).stderr
    assert run("archive", "embed", "--limit", "5", folder=desk, env=key).stdout.startswith("5 articles")
    assert run("archive", "embed", "--yes", folder=desk, env=key).stdout.startswith("79 articles")


def test_without_a_model_the_command_says_what_to_write(run: Run, paper: Path) -> None:
    done = run("archive", "embed", folder=paper)
    assert done.returncode == 2
    assert "[lookup]" in done.stderr


def test_a_limit_in_money_stops_it_and_a_day_later_it_goes_on(run: Run, desk: Path, server: HashedServer) -> None:
    write_settings(desk, server.address, key="MY_KEY")
    key = {"MY_KEY": "sk-this-is-nobodys-key"}
    settings = (desk / "ourtake.toml").read_text(encoding="utf-8")
    (desk / "ourtake.toml").write_text(settings + "\n[budget]\nusd_per_day = 0.05\n", encoding="utf-8")
    unpriced = run("archive", "embed", folder=desk, env=key)
    assert unpriced.returncode == 2
    assert "The price of mine:hashed is not known" in unpriced.stderr
    priced = settings + '\n[prices."mine:hashed"]\ninput = 1\noutput = 0\n\n[budget]\nusd_per_day = '
    (desk / "ourtake.toml").write_text(priced + "0.005\n", encoding="utf-8")
    stopped = run("archive", "embed", folder=desk, env=key)
    assert stopped.returncode == 4
    assert "The limit of 0.005 USD for a day (UTC) could be exceeded" in stopped.stderr
    # The sentences by which the model is recognised cost little; the articles were not sent.
    assert articles_sent(server) == 0
    (desk / "ourtake.toml").write_text(priced + "1\n", encoding="utf-8")
    assert run("archive", "embed", folder=desk, env=key).stdout.startswith("24 articles")
    # The server tells a token for each character, and a token costs a millionth of a dollar.
    cost, models = sqlite3.connect(desk / "ourtake.db").execute("SELECT sum(cost), max(model) FROM calls").fetchone()
    assert (cost, models) == (sum(len(text) for texts in server.texts for text in texts), "hashed")
    assert "mine:hashed" in run("calls", "cost", "--by", "model", folder=desk).stdout


def test_the_vector_of_a_source_is_on_the_bill_of_its_run(run: Run, desk: Path, server: HashedServer) -> None:
    write_settings(desk, server.address, key="MY_KEY")
    key = {"MY_KEY": "sk-this-is-nobodys-key"}
    settings = (desk / "ourtake.toml").read_text(encoding="utf-8")
    (desk / "ourtake.toml").write_text(settings + '\n[prices."mine:hashed"]\ninput = 1\noutput = 0\n', encoding="utf-8")
    assert run("archive", "embed", folder=desk, env=key).returncode == 0
    asked = len(server.texts)
    words = ("draft", "story.json", "--model", "baseline", "--json")
    poor = run(*words, "--max-cost", "0.0005", folder=desk, env=key)
    assert poor.returncode in (0, 1) and len(server.texts) == asked
    assert "lookup uses words alone: The limit of 0.0005 USD for a run could be exceeded" in poor.stderr
    rich = run(*words, "--max-cost", "0.01", folder=desk, env=key)
    assert rich.returncode in (0, 1) and "words alone" not in rich.stderr and len(server.texts) == asked + 1
    last = [row for row in json.loads(run("calls", "list", "--json", folder=desk).stdout) if row["provider"] == "mine"][
        -1
    ]
    assert last["run_id"] == json.loads(rich.stdout)["run"] and last["cost_usd"] > 0


def test_an_article_that_only_meaning_finds_is_offered(run: Run, desk: Path, server: HashedServer) -> None:
    server.same = {
        "ferries": "boats",
        "collided": "crashed",
        "harbour": "port",
        "yesterday": "lately",
        "twice": "again",
    }
    article = {"id": "new", "url": "https://paper.example/new", "title": "Boats crashed", "published": "2026-01-01"}
    article["text"] = "Boats crashed port lately again."
    (desk / "new.jsonl").write_text(json.dumps(article) + "\n", encoding="utf-8")
    assert run("archive", "add", "new.jsonl", folder=desk).returncode == 0
    source = SOURCE | {
        "title": "Ferries collided",
        "blurb": "Ferries collided harbour yesterday twice.",
        "published": "2026-02-01",
    }
    (desk / "story.json").write_text(json.dumps(source), encoding="utf-8")
    assert run("archive", "embed", folder=desk).returncode == 0
    found = json.loads(run("related", "story.json", "--json", folder=desk).stdout)["related"]
    assert found[0]["id"] == "new"
    write_settings(desk, "http://127.0.0.1:9/v1")
    assert "new" not in [
        row["id"] for row in json.loads(run("related", "story.json", "--json", folder=desk).stdout)["related"]
    ]
    asked = len(server.texts)
    write_settings(desk, server.address)
    assert run("draft", "story.json", "--dry-run", folder=desk).returncode == 0
    assert len(server.texts) == asked
