"""What an editor asks for around a draft, as commands, with the replies that were written by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ourtake.config import Settings
from ourtake.documents import Revision
from ourtake.intake.files import read_source
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk
from ourtake.store import Store
from tests.conftest import Run
from tests.writing.test_full_process import BY_HAND, CHATBOT


@pytest.fixture
def desk(paper: Path) -> Path:
    """The example publication in which takes are planned, and a story whose id the replies have."""
    text = (paper / "ourtake.toml").read_text(encoding="utf-8")
    (paper / "ourtake.toml").write_text(text.replace('process = "quick"', 'process = "full"'), encoding="utf-8")
    source = read_source(str(paper / "sources" / "02-council-chatbot.md")).model_copy(update={"id": CHATBOT})
    (paper / "story.json").write_text(source.model_dump_json(), encoding="utf-8")
    shutil.copytree(BY_HAND, paper / "replies")
    return paper


MODEL = ("--model", "replay:replies")


def test_a_draft_has_a_plan_handles_and_headlines(run: Run, desk: Path) -> None:
    done = run("draft", "story.json", *MODEL, "--headlines", "5", "--stream", "--json", folder=desk)
    assert done.returncode == 0, done.stderr
    draft: dict[str, Any] = json.loads(done.stdout)
    steps = ["1. planning", "2. writing", "3. reading it again", "4. repairing", "5. reading again"]
    places = [done.stderr.index(f"[{steps[0]}")]
    for step in steps[1:]:
        places.append(done.stderr.index(f"[{step}", places[-1] + 1))
    assert places == sorted(places)
    assert draft["plan"]["chosen"] == 1 and draft["shape"] and draft["closing"]
    assert draft["revisions"][1]["handles"] and draft["revisions"][1]["read_by"] == "replay:replies"
    doubts = [bool(option["doubt"]) for option in draft["headlines"]]
    assert doubts == [False, False, True] and "oversell" in draft["headlines"][2]["doubt"]
    shown = run("drafts", "show", draft["id"], "--json", folder=desk)
    assert json.loads(shown.stdout)["headlines"] == draft["headlines"]


def test_angles_are_shown_and_one_is_drafted_until_they_are_stale(run: Run, desk: Path) -> None:
    early = run("draft", "story.json", *MODEL, "--angle", "2", folder=desk)
    assert early.returncode == 2 and "stale" in early.stderr and "ourtake angles" in early.stderr
    shown = run("angles", "story.json", *MODEL, folder=desk)
    assert shown.returncode == 0 and "2. No council should sign" in shown.stdout and "f14" in shown.stdout
    plan = json.loads(run("angles", "story.json", *MODEL, "--json", folder=desk).stdout)
    assert len(plan["angles"]) == 3 and plan["facts"][0]["text"] and plan["related"][0]["handle"] == "a1"
    done = run("draft", "story.json", *MODEL, "--angle", "2", "--json", folder=desk)
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)["plan"]["chosen"] == 2
    (desk / "prompts" / "plan.md.jinja").write_text("Plan it.", encoding="utf-8")
    late = run("draft", "story.json", *MODEL, "--angle", "3", folder=desk)
    assert late.returncode == 2 and "stale" in late.stderr


def test_an_angle_brings_its_plan_where_takes_are_written_in_one_call(run: Run, desk: Path) -> None:
    text = (desk / "ourtake.toml").read_text(encoding="utf-8")
    (desk / "ourtake.toml").write_text(text.replace('process = "full"', 'process = "quick"'), encoding="utf-8")
    done = run("draft", "story.json", *MODEL, "--angle", "Publish the transcripts.", "--json", folder=desk)
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)["plan"]["facts"]
    refused = run("draft", "story.json", "--model", "baseline", "--angle", "Publish them.", folder=desk)
    assert refused.returncode == 2 and "makes no plans" in refused.stderr


def test_a_paragraph_is_rewritten_and_read_again(run: Run, desk: Path) -> None:
    draft = json.loads(run("draft", "story.json", *MODEL, "--json", folder=desk).stdout)
    words = ("rewrite", draft["id"], "--paragraph", "1", "--note", "drier", *MODEL)
    done = run(*words, "--json", folder=desk)
    assert done.returncode == 0, done.stderr
    after = json.loads(done.stdout)
    old, new = draft["revisions"][1]["take"]["body"], after["revisions"][2]["take"]["body"]
    assert new.startswith("There is a case") and new.split("\n\n")[1:] == old.split("\n\n")[1:]
    assert after["chosen"] == 3 and after["revisions"][2]["note"] == "asked for: drier"
    assert after["revisions"][2]["read_by"] and after["revisions"][2]["handles"]
    assert run("rewrite", draft["id"], "--paragraph", "9", "--note", "drier", *MODEL, folder=desk).returncode == 2
    assert run("rewrite", draft["id"], "--note", " ", *MODEL, folder=desk).returncode == 2
    refused = run("rewrite", draft["id"], "--note", "drier", "--model", "baseline", folder=desk)
    assert refused.returncode == 2 and "can't rewrite" in refused.stderr


def test_a_draft_at_the_desk_gets_proposals_and_keeps_its_text(run: Run, desk: Path) -> None:
    draft = json.loads(run("draft", "story.json", *MODEL, "--json", folder=desk).stdout)
    acts = run("reject", draft["id"], "--as", "Ann Reed", folder=desk)
    assert acts.returncode == 0 and run("reopen", draft["id"], "--as", "Ann Reed", folder=desk).returncode == 0
    words = ("rewrite", draft["id"], "--paragraph", "1", "--note", "drier", *MODEL)
    assert run(*words, folder=desk).returncode == 2  # nobody is guessed
    done = run(*words, "--as", "Ann Reed", "--json", folder=desk)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)["proposals"]
    assert [(one["field"], one["index"], one["asked_by"]) for one in made] == [("body", 0, "Ann Reed")]
    after = json.loads(run("drafts", "show", draft["id"], "--json", folder=desk).stdout)
    assert after["chosen"] == draft["chosen"] and len(after["revisions"]) == len(draft["revisions"])
    assert made[0]["text"].startswith("There is a case")
    assert not after["revisions"][after["chosen"] - 1]["take"]["body"].startswith("There is a case")
    before = after["revisions"][after["chosen"] - 1]
    taken = finished(desk, draft["id"], made[0])
    assert taken.take.body.startswith("There is a case") and "{" not in taken.take.body
    # The handles of the new sentences came with the proposal; all others are as they were.
    known = {sentence_of(before["take"], one): tuple(one["handles"]) for one in before["handles"]}
    rests = {sentence_of(taken.take.model_dump(), one.model_dump()): one.handles for one in taken.handles}
    assert made[0]["rests"] and {name: tuple(own) for name, own in made[0]["rests"].items()}.items() <= rests.items()
    paragraph = before["take"]["body"].split("\n\n")[0]
    assert {name: own for name, own in known.items() if name not in paragraph}.items() <= rests.items()
    assert undone(desk, draft["id"]) == known


def sentence_of(take: dict[str, Any], one: dict[str, Any]) -> str:
    """The sentence that has handles."""
    return str(take[one["field"]][one["start"] : one["end"]])


def finished(folder: Path, draft_id: str, proposal: dict[str, Any]) -> Revision:
    """The revision in which all pieces of a proposal are taken."""
    with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
        session = Desk(store, rechecker(Settings(), None)).open(draft_id)
        for piece in proposal["pieces"]:
            session.decide_piece(proposal["id"], piece["number"], "take", by="Ann Reed")
        session.finish(proposal["id"], by="Ann Reed")
        return session.view().revision


def undone(folder: Path, draft_id: str) -> dict[str, tuple[str, ...]]:
    """Handles by their sentences after the last act is undone."""
    with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
        session = Desk(store, rechecker(Settings(), None)).open(draft_id)
        session.undo(by="Ann Reed")
        revision = session.view().revision
    take = revision.take.model_dump()
    return {sentence_of(take, one.model_dump()): one.handles for one in revision.handles}


def test_two_models_side_by_side_write_two_drafts(run: Run, desk: Path) -> None:
    both = ("--model", "baseline", *MODEL, "--side-by-side")
    done = run("draft", "story.json", *both, "--json", folder=desk)
    drafts = json.loads(done.stdout)
    assert [draft["model"] for draft in drafts] == ["baseline", "replay:replies"]
    assert drafts[0]["plan"] is None and drafts[1]["plan"]["facts"]
    text = run("draft", "story.json", *both, folder=desk)
    assert "== baseline" in text.stdout and "== replay:replies" in text.stdout
    assert run("draft", "story.json", *MODEL, "--side-by-side", folder=desk).returncode == 2


def test_a_model_without_a_plan_writes_in_one_call_and_says_so(run: Run, desk: Path) -> None:
    (desk / "replies" / f"{CHATBOT}.plan.json").unlink()
    done = run("draft", "story.json", *MODEL, "--json", folder=desk)
    draft = json.loads(done.stdout)
    assert draft["plan"] is None and "Written in one call, without a plan" in done.stderr


def test_wrong_uses_are_refused(run: Run, desk: Path) -> None:
    for words in (
        ("--quick", "--angle", "1"),
        ("--fresh", "--angle", "1"),
        ("--angle", " "),
        ("--angle", "0"),
    ):
        done = run("draft", "story.json", *MODEL, *words, folder=desk)
        assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1, (words, done.stderr)
    assert run("angles", "story.json", "--model", "baseline", folder=desk).returncode == 2
