"""The desk by commands: plain review, signing, history, and verify, each as a process over a real store."""

from __future__ import annotations

import asyncio
import base64
import http.server
import json
import os
import re
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ourtake.config import Settings
from ourtake.documents import Draft as Record
from ourtake.documents import FieldName
from ourtake.publish.piece import makers_of
from ourtake.review.envelope import sealed
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk
from ourtake.store import Store
from tests.cli.conftest import is_refused
from tests.cli.test_verdict_words import PRINTED
from tests.command_server import CommandServer
from tests.conftest import Run, command

ANN = {"OURTAKE_EDITOR": "Ann Reed"}
Draft = tuple[Path, str]


def decided(run: Run, own: Draft, env: dict[str, str] = ANN) -> subprocess.CompletedProcess[str]:
    """Decide every claim in plain mode, as somebody does who agrees with all of them, one after the other."""
    folder, draft = own
    refused = run("approve", draft, "--json", folder=folder, env=env)
    count = len(json.loads(refused.stdout)["open"])
    done = run("review", draft, folder=folder, env=env, stdin="t\n" + "y\nj\n" * count)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="session")
def signed_once(example_draft: Draft, commands: CommandServer, tmp_path_factory: pytest.TempPathFactory) -> Draft:
    folder = Path(shutil.copytree(example_draft[0], tmp_path_factory.mktemp("signed") / "paper"))
    draft = example_draft[1]

    def run(*words: str, **given: object) -> subprocess.CompletedProcess[str]:
        return command(commands, *words, **given)  # type: ignore[arg-type]

    decided(run, (folder, draft))
    done = run("approve", draft, "--knowledge", "Covers energy", folder=folder, env=ANN)
    assert done.returncode == 0, done.stderr
    assert "approved since" in done.stdout and "0 to decide" in done.stdout
    assert run("export", draft, "-o", "take.md", folder=folder).returncode == 0
    return folder, draft


@pytest.fixture
def signed(signed_once: Draft, tmp_path: Path) -> Draft:
    """A draft that Ann Reed signed, exported with its record beside it as take.md."""
    return Path(shutil.copytree(signed_once[0], tmp_path / "signed")), signed_once[1]


def verify(run: Run, own: Draft, *more: str) -> tuple[int, dict[str, object]]:
    done = run("verify", "take.md", "--json", *more, folder=own[0])
    return done.returncode, json.loads(done.stdout) if done.stdout else {}


def test_nobody_is_guessed(run: Run, own: Draft) -> None:
    folder, draft = own
    for words in (("review", draft), ("approve", draft), ("reject", draft), ("kill", draft)):
        done = run(*words, folder=folder, env={"USER": "somebody", "LOGNAME": "somebody"})
        assert is_refused(done) and "who you are" in done.stderr
    settings = (folder / "ourtake.toml").read_text()
    (folder / "ourtake.toml").write_text(f'{settings}\n[review]\neditor = "From The File"\n')
    assert "rejected" in run("reject", draft[:6], folder=folder).stdout
    acts = json.loads(run("drafts", "history", draft, "--json", folder=folder).stdout)["acts"]
    assert [act["by"] for act in acts] == ["From The File"]


def test_approving_lists_what_is_open_and_changes_nothing(run: Run, own: Draft) -> None:
    folder, draft = own
    done = run("approve", draft, "--as", "Ann Reed", folder=folder)
    assert done.returncode == 2 and "claims to decide" in done.stderr
    assert done.stderr.count("Not decided") >= 10
    assert json.loads(run("drafts", "history", draft, "--json", folder=folder).stdout)["acts"] == []


def test_a_key_held_down_decides_one_row(run: Run, own: Draft) -> None:
    folder, draft = own
    done = run("review", draft, folder=folder, env=ANN, stdin="t\n" + "y\n" * 20)
    assert done.stdout.count("Decided: right.") == 1
    assert done.stdout.count("only while its evidence is shown") == 19


def test_a_signed_export_verifies_and_one_changed_digit_does_not(run: Run, signed: Draft) -> None:
    folder, _ = signed
    code, found = verify(run, signed)
    assert (code, found["result"], found["chain"]) == (0, "exact", "whole")
    text = (folder / "take.md").read_text()
    (folder / "take.md").write_text(text.replace("“", '"').replace("”", '"'))
    code, found = verify(run, signed)
    assert (code, found["result"]) == (0, "same words")
    (folder / "take.md").write_text(text.replace("number 288", "number 289"))
    code, found = verify(run, signed)
    assert (code, found["result"]) == (1, "different")
    assert "288" in str(found["difference"]) and "289" in str(found["difference"])
    (folder / "take.md").write_text(text.replace("/2025/12/who-pays-when", "/2025/12/who-plays-when"))
    assert verify(run, signed)[0] == 1
    key = Path(os.environ["HOME"]) / ".config/ourtake/desk.key"
    assert key.stat().st_mode & 0o777 == 0o600 and b"PRIVATE" not in (folder / "ourtake.db").read_bytes()


@pytest.mark.parametrize("form", ["html", "json", "jsonld", "ninjs", "wordpress", "ghost"])
def test_every_export_verifies_and_one_changed_word_does_not(run: Run, signed: Draft, form: str) -> None:
    folder, draft = signed
    assert run("export", draft, "--to", form, "-o", "out", folder=folder, env=ANN).returncode == 0
    done = run("verify", "out", folder=folder)
    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "exact"), done.stdout
    text = (folder / "out").read_text()
    assert "number 288 of the 412" in text
    (folder / "out").write_text(text.replace("number 288 of the 412", "number 288 of the 421"))
    done = run("verify", "out", folder=folder)
    assert (done.returncode, done.stdout.partition(":")[0]) == (1, "different")


def test_a_published_page_is_found_by_its_address(run: Run, signed: Draft) -> None:
    folder, draft = signed
    assert run("export", draft, "--to", "html", "-o", "page.html", folder=folder).returncode == 0
    page = (folder / "page.html").read_text()
    pages = {
        "/take": page.replace("'", "’").replace("“", "&#8220;"),
        "/changed": page.replace("of the 412", "of the 421"),
    }

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_port}"
        settings = folder / "ourtake.toml"
        settings.write_text(f'{settings.read_text()}\n[intake]\nallow_hosts = ["{host}"]\n')
        assert is_refused(run("verify", f"http://{host}/take", folder=folder))
        with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
            desk = Desk(store, lambda draft, take, handles: None)  # type: ignore[arg-type,return-value]
            desk.open(draft).published(by="Ann Reed", where="site", url=f"http://{host}/take")
        done = run("verify", f"http://{host}/take", "--json", folder=folder)
        assert done.returncode == 0 and json.loads(done.stdout)["result"] == "same words", done.stderr
        done = run("verify", f"http://{host}/changed", "--record", "page.html.intoto.json", folder=folder)
        assert done.returncode == 1 and done.stdout.startswith("different") and "421" in done.stdout
        server.shutdown()


def test_another_key_a_changed_record_and_a_cut_chain_are_refused(run: Run, signed: Draft, tmp_path: Path) -> None:
    folder, draft = signed
    other = {"XDG_CONFIG_HOME": str(tmp_path / "other")}
    assert is_refused(run("verify", "take.md", folder=folder, env=other))
    home = Path(os.environ["HOME"]) / ".config/ourtake/desk.pub"
    assert run("verify", "take.md", "--key", str(home), folder=folder, env=other).returncode == 0
    record = folder / "take.md.intoto.json"
    whole = json.loads(record.read_text())
    foreign = run("verify", "take.md", "--key", "A" * 43 + "=", folder=folder)
    assert foreign.returncode == 1 and "another key" in foreign.stderr
    payload = base64.b64decode(whole["payload"]).replace(b"Ann Reed", b"Ben Holt")
    record.write_text(json.dumps(whole | {"payload": base64.b64encode(payload).decode()}))
    changed = run("verify", "take.md", folder=folder)
    assert changed.returncode == 1 and "changed after it was signed" in changed.stderr
    record.write_text(json.dumps(whole))
    database = sqlite3.connect(folder / "ourtake.db")
    last = database.execute("SELECT max(number) FROM acts WHERE draft_id = ?", (draft,)).fetchone()[0]
    database.execute("DELETE FROM acts WHERE draft_id = ? AND number = ?", (draft, last))
    database.commit()
    cut = run("verify", "take.md", folder=folder)
    assert cut.returncode == 1 and "cut" in cut.stderr
    document = database.execute("SELECT document FROM acts WHERE number = 2").fetchone()[0]
    database.execute("UPDATE acts SET document = ? WHERE number = 2", (document.replace("Ann Reed", "Ben Holt"),))
    database.commit()
    assert "act 2 does not follow" in run("verify", "take.md", folder=folder).stderr
    assert run("drafts", "history", draft, folder=folder).returncode == 1


def test_after_a_sign_off_every_place_counts_the_claims_alike(run: Run, signed: Draft) -> None:
    folder, draft = signed
    said = {
        words: re.findall(r"of \d+ claims [\w ,]+? opinion", " ".join(run(*words, folder=folder).stdout.split()))
        for words in (tuple(draft if word == "ID" else word for word in row) for row in PRINTED)
    }
    assert {line for found in said.values() for line in found} == {said["drafts", "list"][0]}, said
    assert " 0 not checked" in said["drafts", "list"][0]
    assert all(found for words, found in said.items() if words[0] != "export" or "markdown" in words)
    (listed,) = json.loads(run("drafts", "list", "--json", folder=folder).stdout)
    checked = json.loads(run("check", draft, "--format", "json", folder=folder).stdout)
    assert listed["claim_counts"] == checked["claim_counts"] and listed["claim_counts"]["not-checked"] == 0
    with closing(sqlite3.connect(folder / "ourtake.db")) as store, store:
        store.execute("DELETE FROM revisions")
    done = run("drafts", "list", folder=folder)
    assert done.returncode == 0 and draft in done.stdout, "a draft without a take is listed with the others"


def test_a_fix_stores_no_decision_and_undoing_them_all_opens_every_claim_again(run: Run, own: Draft) -> None:
    folder, name = own

    def stored() -> Record:
        return Record.model_validate_json(run("drafts", "show", name, "--json", folder=folder).stdout)

    def undecided() -> set[str]:
        refused = json.loads(run("approve", name, "--json", folder=folder, env=ANN).stdout)
        return {row["id"] for row in refused["open"] if row["kind"] == "claim"}

    before = undecided()
    run("review", name, folder=folder, env=ANN, stdin="t\n" + "y\nj\n" * 4)
    draft = stored()
    revision, first = draft.revisions[-1], draft.related[0]
    body = f"{revision.take.body}\n\nSee [{first.title}]({first.url}) again, and [more of it]({first.url})."
    take = revision.take.model_copy(update={"body": body})
    linked = revision.model_copy(update={"number": revision.number + 1, "take": take})
    changed = {"revisions": (*draft.revisions, linked), "chosen": linked.number}
    with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
        asyncio.run(store.save_draft(draft.model_copy(update=changed)))
    fixed = run("check", name, "--fix", "--format", "json", folder=folder)
    assert "fixed LNK006" in fixed.stderr
    assert [claim["by"] for claim in json.loads(fixed.stdout)["claims"]].count("person") == 4
    draft = stored()
    assert draft.revisions[-1].by == "ourtake check --fix"
    assert {claim.by for one in draft.revisions for claim in one.report.claims} <= {"code", "model"}
    assert len(before - undecided()) == 4
    with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
        session = Desk(store, rechecker(Settings(), None)).open(name)
        for _ in range(4):
            session.undo(by="Ann Reed")
    assert undecided() >= before


def test_the_page_of_a_killed_take_is_not_called_exact_alone(run: Run, signed: Draft) -> None:
    folder, draft = signed
    shown = run("drafts", "show", draft, folder=folder).stdout
    assert "At the desk: approved since " in shown and "; 0 to decide." in shown
    done = run("kill", draft, "--reason", "The document was forged", folder=folder, env=ANN)
    assert done.returncode == 0, done.stderr
    code, found = verify(run, signed)
    assert code == 0 and str(found["notes"][0]).startswith("The draft was killed on 20")  # type: ignore[index]
    assert "by Ann Reed: this sign-off no longer applies." in str(found["notes"])
    assert run("reopen", draft, folder=folder, env=ANN).returncode == 0
    assert "The draft was reopened on " in str(verify(run, signed)[1]["notes"])


def test_a_change_after_the_approval_reopens_and_the_old_record_says_so(run: Run, signed: Draft) -> None:
    folder, draft = signed
    script = "edit.py"
    (folder / script).write_text(
        "import sys, pathlib\np = pathlib.Path(sys.argv[1])\np.write_text(p.read_text().replace('story', 'tale', 1))\n"
    )
    editor = {"EDITOR": f"python3 {folder / script}"}
    done = run("review", draft, folder=folder, env=ANN | editor, stdin="t\nj\nj\nj\ne\n")
    assert "Saved." in done.stdout, done.stdout
    shown = json.loads(run("drafts", "show", draft, "--json", folder=folder).stdout)
    assert shown["review"]["state"] == "reopened" and shown["review"]["seal"] is None
    assert run("export", draft, "-o", "new.md", folder=folder).returncode == 0
    assert not (folder / "new.md.intoto.json").exists()
    new = run("verify", "new.md", "--record", "take.md.intoto.json", "--json", folder=folder)
    assert new.returncode == 1 and json.loads(new.stdout)["result"] == "different"
    code, found = verify(run, signed)
    assert code == 0 and "changed after this sign-off" in str(found["notes"])
    parts = json.loads(run("drafts", "diff", draft, "--json", folder=folder).stdout)["changes"][0]["parts"]
    assert [part["text"] for part in parts if part["kind"] != "same"] == ["story", "tale"]


def test_an_export_tells_readers_what_a_person_decided(run: Run, signed: Draft) -> None:
    folder, draft = signed
    assert "0 not checked" in (folder / "take.md").read_text()
    machine = json.loads(run("drafts", "show", draft[:7], "--json", folder=folder).stdout)["revisions"][0]["report"]
    assert machine["claim_counts"]["not-checked"] > 5
    assert "approved since" in run("drafts", "list", folder=folder).stdout


def test_a_published_take_becomes_a_draft_and_is_removed_again(run: Run, signed: Draft) -> None:
    folder, draft = signed
    done = run("drafts", "add", "take.md", "--json", folder=folder, env=ANN)
    assert done.returncode == 0, done.stderr
    added = json.loads(done.stdout)["id"]
    shown = json.loads(run("drafts", "show", added, "--json", folder=folder).stdout)
    assert shown["review"]["state"] == "in_review" and shown["review"]["by"] == "Ann Reed"
    assert shown["revisions"][0]["by"] == "baseline"
    assert run("export", added, "-o", "again.md", folder=folder).returncode == 0
    assert not (folder / "again.md.intoto.json").exists()
    assert is_refused(run("drafts", "remove", draft, folder=folder))
    assert run("drafts", "remove", added, folder=folder).returncode == 0
    assert is_refused(run("drafts", "show", added, folder=folder))
    assert is_refused(run("drafts", "history", added, folder=folder))
    assert verify(run, signed)[0] == 0


@pytest.mark.parametrize(
    "said, by, told",
    [
        ({"written_by": "openai:gpt-6"}, "openai:gpt-6", ("openai:gpt-6", None)),
        ({"written_by": "openai:gpt-6", "edited_by": "Bo"}, "openai:gpt-6 and Bo", ("openai:gpt-6", "Bo")),
        # As an export of an older version may have it: a program and a person in one text.
        ({"written_by": "openai:gpt-6 and Bo"}, "openai:gpt-6 and Bo", ("openai:gpt-6", "Bo")),
        ({"written_by": "a program without a name"}, "a program without a name", ("a program without a name", None)),
        ({}, "Ann Reed", ("Ann Reed", None)),
    ],
)
def test_an_added_take_keeps_its_makers_and_its_label(
    run: Run, tmp_path: Path, said: dict[str, str], by: str, told: tuple[str, str | None]
) -> None:
    source = {"title": "T", "outlet": "The Post", "url": "https://o.example/1", "blurb": "b"}
    front = {"title": "A headline", "source": source, "summary": "s", "disclosure": said}
    (tmp_path / "model.md").write_text(f"---\n{yaml.safe_dump(front)}---\n\nWho pays?\n")
    done = run("drafts", "add", "model.md", "--as", "Ann Reed", "--json")
    assert done.returncode == 0, done.stderr
    added = json.loads(done.stdout)["id"]
    stored = json.loads(run("export", added, "--to", "json").stdout)
    assert stored["revisions"][0]["by"] == by and stored["review"]["by"] == "Ann Reed"
    out = yaml.safe_load(run("export", added, "--to", "markdown").stdout.split("---\n")[1])
    assert (out["disclosure"]["written_by"], out["disclosure"].get("edited_by")) == told
    assert out.get("label", "").startswith("AI-generated text.") == bool(said)
    assert stored["model"] == (told[0] if said else "")
    listed = run("drafts", "list").stdout.splitlines()[0]
    assert f"  {stored['model'] or 'a person'}  " in listed


def test_a_short_take_that_is_added_stays_a_short_one(run: Run, tmp_path: Path) -> None:
    source = {"title": "T", "outlet": "The Post", "url": "https://o.example/1", "blurb": "b"}
    front = {"title": "A headline", "source": source, "summary": "s", "form": "short"}
    (tmp_path / "short.md").write_text(f"---\n{yaml.safe_dump(front)}---\n\n{'Who pays for it? ' * 30}\n")
    added = json.loads(run("drafts", "add", "short.md", "--as", "Ann Reed", "--json").stdout)
    assert json.loads(run("drafts", "show", added["id"], "--json").stdout)["form"] == "short"


def test_two_surnames_are_one_person_in_the_record_and_in_what_is_exported(run: Run, tmp_path: Path) -> None:
    source = {"title": "T", "outlet": "The Post", "url": "https://o.example/1", "blurb": "b"}
    said = {"written_by": "Smith and Lee"}
    front = {"title": "A headline", "source": source, "summary": "s", "disclosure": said}
    (tmp_path / "theirs.md").write_text(f"---\n{yaml.safe_dump(front)}---\n\nWho pays?\n")
    for file in ("theirs.md", "again.md"):  # what was exported says the same when it is added
        added = json.loads(run("drafts", "add", file, "--as", "Ann Reed", "--json").stdout)["id"]
        revision = json.loads(run("export", added, "--to", "json").stdout)["revisions"][0]
        assert (revision["by"], revision["makers"]) == ("Smith and Lee", ["Smith and Lee"])
        stored = Record.model_validate_json(run("export", added, "--to", "json").stdout)
        assert makers_of(stored).people == ("Smith and Lee",)
        assert run("export", added, "--to", "markdown", "-o", "again.md", "--force").returncode == 0
        disclosure = yaml.safe_load((tmp_path / "again.md").read_text().split("---\n")[1])["disclosure"]
        assert (disclosure["written_by"], disclosure["makers"]) == ("Smith and Lee", ["Smith and Lee"])
    # An older record has no list.
    older = stored.revisions[0].model_copy(update={"by": "openai:gpt-6 and Bo", "makers": ()})
    assert "makers" not in older.model_dump() and older.names() == ("openai:gpt-6", "Bo")


def test_a_failing_or_emptying_editor_changes_nothing(run: Run, own: Draft) -> None:
    folder, draft = own
    for editor, told in (("false", "ended with 1"), ("truncate -s 0", "empty file"), ("no-such-editor", "can't be")):
        done = run("review", draft, folder=folder, env=ANN | {"EDITOR": editor}, stdin="t\ne\n")
        assert told in done.stdout and "nothing is changed" in done.stdout
    assert len(json.loads(run("drafts", "show", draft, "--json", folder=folder).stdout)["revisions"]) == 1


def test_a_record_holds_what_was_seen_and_done(run: Run, signed: Draft) -> None:
    folder, draft = signed
    envelope = json.loads((folder / "take.md.intoto.json").read_text())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    told = statement["predicate"]
    assert statement["subject"][0]["name"] == f"{draft}/1" and told["responsible"][0]["knowledge"] == "Covers energy"
    decided_claims = [one for one in told["claims"] if one["decision"]]
    assert len(decided_claims) >= 10 and sum(one["decision"]["blind"] for one in decided_claims) == 1
    assert all(one["evidence"][0]["text"] for one in decided_claims if one["machine"]["status"] == "verified")
    assert told["acts"]["count"] == len(told["acts"]["listed"]) and told["acts"]["listed"][-1]["kind"] == "approved"
    assert told["people"]["words"] == {"person": 0, "model": 0, "code": told["people"]["words"]["code"]}
    assert told["people"]["words"]["code"] > 300 and told["models"][0]["model"].startswith("baseline")
    assert [one["target"] for one in told["links"]] and "own clock" in told["clock"]


def test_a_record_that_another_key_sealed_proves_nothing(run: Run, signed: Draft) -> None:
    folder, _ = signed
    record = folder / "take.md.intoto.json"
    statement = json.loads(base64.b64decode(json.loads(record.read_text())["payload"]))
    forged, _ = sealed(statement, Ed25519PrivateKey.generate())
    record.write_text(forged)
    done = run("verify", "take.md", "--json", folder=folder)
    assert (done.returncode, json.loads(done.stdout)["result"]) == (1, "bad seal")
    assert "another key" in done.stderr


@pytest.mark.parametrize("field", ["headline", "summary", "body", "tags"])
def test_a_changed_word_in_any_field_reopens_and_verify_says_which(run: Run, signed: Draft, field: FieldName) -> None:
    folder, draft = signed
    with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
        session = Desk(store, rechecker(Settings(), None)).open(draft)
        view = session.view()
        block = next(one for one in view.blocks if one.field == field)
        first, _, rest = block.text.partition(" ")
        session.edit(field, block.index, f"{first}s {rest}", base=view.revision.number, by="Ben Holt")
        assert session.view().state == "reopened"
    assert run("export", draft, "-o", "new.md", folder=folder).returncode == 0
    done = run("verify", "new.md", "--record", "take.md.intoto.json", "--json", folder=folder)
    found = json.loads(done.stdout)
    assert (done.returncode, found["result"]) == (1, "different")
    assert found["difference"]["where"].startswith(field)
    assert not (folder / "new.md.intoto.json").exists()


def test_an_article_corrected_after_the_approval_lists_the_take_and_not_the_record(run: Run, signed: Draft) -> None:
    folder, draft = signed
    with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
        known = store.draft(draft)
    standing = known.standing() if known is not None else None
    assert known is not None and standing is not None
    linked = next(item for item in known.related if item.url in standing.take.body)
    named = f"url: {linked.url}\n"
    path = next(one for one in (folder / "archive").iterdir() if named in one.read_text(encoding="utf-8"))
    before = record_of(folder / "take.md.intoto.json")
    words = next(
        passage["text"]
        for claim in before["claims"]
        for passage in claim["evidence"]
        if passage["document"] == linked.id and passage["field"] == "text" and len(passage["text"]) > 30
    )
    assert run("drafts", "outdated", folder=folder).stdout.count(draft) == 0
    text = path.read_text(encoding="utf-8")
    assert words in text
    path.write_text(text.replace(words, "This sentence was wrong and has been corrected."), encoding="utf-8")
    assert "1 updated" in run("archive", "add", "archive", folder=folder).stdout
    listed = run("drafts", "outdated", folder=folder).stdout
    assert draft in listed and linked.url in listed and "no longer says" in listed
    assert run("export", draft, "-o", "later.md", folder=folder).returncode == 0
    after = record_of(folder / "later.md.intoto.json")
    assert after == before and words in json.dumps(after, ensure_ascii=False)
    assert verify(run, signed)[0] == 0


def record_of(path: Path) -> dict[str, Any]:
    """What a record states."""
    predicate: dict[str, Any] = json.loads(base64.b64decode(json.loads(path.read_text())["payload"]))["predicate"]
    return predicate


def test_a_sign_off_without_knowledge_of_the_subject_says_so(run: Run, own: Draft) -> None:
    folder, draft = own
    decided(run, own)
    done = run("approve", draft, folder=folder, env=ANN)
    assert done.returncode == 0
    assert "does not say what Ann Reed knows about the subject" in done.stderr
    run("export", draft, "-o", "take.md", folder=folder)
    assert "does not say what Ann Reed knows" in run("verify", "take.md", folder=folder).stderr


def test_the_plain_review_signs_only_with_knowledge(run: Run, own: Draft) -> None:
    folder, draft = own
    decided(run, own)
    done = run("review", draft, folder=folder, env=ANN, stdin="A Ann Reed\nK Covers energy since 2015\nA Ann Reed\n")
    assert "say what you know about the subject" in done.stdout and "Signed by Ann Reed" in done.stdout
    run("export", draft, "-o", "take.md", folder=folder)
    assert record_of(folder / "take.md.intoto.json")["responsible"][0]["knowledge"] == "Covers energy since 2015"


def test_init_makes_a_key_once_and_works_without_one(run: Run, tmp_path: Path) -> None:
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    done = run("init", "paper", folder=tmp_path, env=home)
    key = tmp_path / "config" / "ourtake" / "desk.key"
    assert done.returncode == 0 and key.stat().st_mode & 0o777 == 0o600 and str(key.with_suffix(".pub")) in done.stderr
    made = key.read_bytes()
    again = run("init", "another", folder=tmp_path, env=home)
    assert again.returncode == 0 and "key" not in again.stderr and key.read_bytes() == made
    (tmp_path / "file").write_text("")
    done = run("init", "third", folder=tmp_path, env={"XDG_CONFIG_HOME": str(tmp_path / "file")})
    assert done.returncode == 0 and "no signing key has been created yet" in done.stderr


def test_where_four_eyes_are_required_two_people_sign_and_the_record_names_both(run: Run, own: Draft) -> None:
    folder, draft = own
    settings = folder / "ourtake.toml"
    settings.write_text(f"{settings.read_text()}\n[review]\nfour_eyes = true\n")
    decided(run, own)
    first = run("approve", draft, "--knowledge", "Energy", folder=folder, env=ANN)
    assert first.returncode == 0 and "A second person has to sign it as well." in first.stderr
    assert run("export", draft, "-o", "early.md", folder=folder).returncode == 0
    assert not (folder / "early.md.intoto.json").exists()
    again = run("approve", draft, "--knowledge", "Energy", folder=folder, env=ANN)
    assert is_refused(again) and "Ann Reed has already signed this text" in again.stderr
    second = run("approve", draft, "--knowledge", "Law", "--as", "Ben Holt", folder=folder)
    assert second.returncode == 0 and "approved since" in second.stdout, second.stderr
    run("export", draft, "-o", "take.md", folder=folder)
    named = [(one["by"], one["knowledge"]) for one in record_of(folder / "take.md.intoto.json")["responsible"]]
    assert named == [("Ann Reed", "Energy"), ("Ben Holt", "Law")]
    assert "what Ann Reed on" in run("verify", "take.md", folder=folder).stdout
