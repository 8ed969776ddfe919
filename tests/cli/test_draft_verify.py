"""`draft --quick --verify` on two dishonest takes of eight faults each: drafted, verified, repaired and verified again
against a server whose replies were written by hand to the real prompts (tests/by_hand_server.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.by_hand_server import ByHand
from tests.conftest import Run

TAKES = ("dishonest-press", "dishonest-battery")
OF_FACT = ("FCT", "QUO", "SUP", "LNK")
Serve = Callable[[str], ByHand]


@pytest.fixture
def serve(paper: Path) -> Iterator[Serve]:
    running: list[ByHand] = []

    def start(name: str) -> ByHand:
        running.append(ByHand(name))
        path = paper / "ourtake.toml"
        lines = path.read_text(encoding="utf-8").replace('default = "baseline"', "").replace("[models]\n", "")
        path.write_text(lines + running[-1].settings, encoding="utf-8")
        return running[-1]

    yield start
    for one in running:
        one.close()


def drafted(run: Run, paper: Path, server: ByHand, *more: str) -> dict[str, Any]:
    done = run("draft", f"sources/{server.story['source']}.md", "--json", *more, folder=paper)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def standing(revision: dict[str, Any], server: ByHand) -> list[str]:
    """The faults of the take that no error or warning overlaps."""
    body = revision["take"]["body"]
    left = []
    for fault in server.story["faults"]:
        start = body.find(fault["words"])
        hit = any(
            one["field"] == "body"
            and one["severity"] != "info"
            and one["code"][:3] in OF_FACT
            and one["start"] < start + len(fault["words"])
            and start < one["end"]
            for one in revision["report"]["findings"]
        )
        left += [fault["words"]] if start >= 0 and not hit else []
    return left


@pytest.mark.parametrize("name", TAKES)
def test_a_dishonest_take_is_verified_repaired_and_verified_again(
    run: Run, paper: Path, serve: Serve, name: str
) -> None:
    server = serve(name)
    draft = drafted(run, paper, server, "--quick", "--verify")
    first, last = draft["revisions"][0], draft["revisions"][-1]
    assert standing(first, server) == []
    assert first["report"]["verdict"] == "fail" and first["read_by"] == "hand:writer"
    assert draft["chosen"] == last["number"] > 1
    assert not any(fault["words"] in last["take"]["body"] for fault in server.story["faults"])
    # The second verification asks about what the repair changed, and about nothing else.
    tasks = server.tasks()
    calls = tasks.index("repair") - 1
    assert tasks[: calls + 3] == ["take", *["verify"] * calls, "repair", "verify"] and calls <= 2
    before = {sentence for call in server.sentences[:calls] for sentence in call}
    (again,) = server.sentences[calls:]
    assert again and before.isdisjoint(again)
    assert last["report"]["claim_counts"]["verified"] > last["report"]["claim_counts"]["not-checked"]
    line = " ".join(run("drafts", "show", draft["id"], folder=paper).stdout.split())
    assert last["report"]["verdict_line"] in line


def test_a_claim_that_only_lost_its_author_stays_open_with_what_it_rested_on(
    run: Run, paper: Path, serve: Serve
) -> None:
    server = serve("dishonest-battery")
    draft = drafted(run, paper, server, "--quick", "--verify")
    last = draft["revisions"][-1]["report"]
    (found,) = [one for one in last["findings"] if one["code"] == "SUP002"]
    assert found["text"].startswith("A report found that three in four")
    assert "stands without \u201cDr Lena Kos\u201d" in found["message"]
    claim = next(one for one in last["claims"] if one["text"] == found["text"])
    assert (claim["kind"], claim["status"], claim["codes"]) == ("statement", "not-found", ["SUP002"])
    # Its passage is asked for again, and stays open where the writer leaves it.
    assert server.tasks()[-1] == "repair" and "A report found that three in four" in server.asked[-1][1]


def test_a_repair_is_asked_for_facts_first_and_with_all_that_is_open(run: Run, paper: Path, serve: Serve) -> None:
    server = serve("dishonest-press")
    draft = drafted(run, paper, server, "--quick", "--verify")
    prompt = next(prompt for task, prompt in server.asked if task == "repair")
    for part in prompt.split("What was found in ")[1:]:
        families = [line.split()[1][:3] for line in part.splitlines() if line.startswith("- ") and line[5:8].isdigit()]
        facts = [family in ("FCT", "QUO", "SUP") for family in families]
        assert families and facts == sorted(facts, reverse=True), families
    for one in draft["revisions"][0]["report"]["findings"]:
        if one["severity"] == "error":
            assert one["message"] in prompt and all(item["text"] in prompt for item in one["evidence"])


def test_what_was_verified_in_a_draft_is_on_its_sheet_and_in_its_check(run: Run, paper: Path, serve: Serve) -> None:
    server = serve("dishonest-battery")
    draft = drafted(run, paper, server, "--quick", "--verify")
    report = draft["revisions"][-1]["report"]
    asked = len(server.asked)
    sheet = json.loads(run("claims", draft["id"], "--json", folder=paper).stdout)
    assert sheet["claim_counts"] == report["claim_counts"]
    again = json.loads(run("check", draft["id"], "--format", "json", folder=paper).stdout)
    assert again["claim_counts"] == report["claim_counts"] and len(server.asked) == asked
    assert any("stands without" in one["message"] for one in again["findings"])


@pytest.mark.parametrize(
    ("more", "settings", "tasks"),
    [
        (("--quick",), "", ["take"]),
        (("--quick", "--no-verify"), "", ["take"]),
        (("--quick", "--verify"), "", ["take", "verify"]),
        (("--quick", "--no-verify"), 'verifier = "hand:other"', ["take"]),
        (("--quick", "--verify"), 'verifier = "hand:other"', ["take", "verify"]),
        (("--quick",), 'verifier = "off"', ["take"]),
    ],
)
def test_who_is_asked_is_said_by_flags_and_settings(
    run: Run, paper: Path, serve: Serve, more: tuple[str, ...], settings: str, tasks: list[str]
) -> None:
    server = serve("dishonest-press")
    path = paper / "ourtake.toml"
    text = path.read_text(encoding="utf-8")
    text = (
        text.replace("[checks]\n", f"[checks]\n{settings}\n")
        if "[checks]\n" in text
        else f"{text}\n[checks]\n{settings}\n"
    )
    path.write_text(text, encoding="utf-8")
    draft = drafted(run, paper, server, *more)
    asked = [task for task in dict.fromkeys(server.tasks()) if task != "repair"]
    assert asked == tasks
    first = draft["revisions"][0]
    reader = "hand:other" if "other" in settings else "hand:writer"
    assert first.get("read_by", "") == (reader if "verify" in tasks else "") and first["by"] == "hand:writer"
    assert all(one.get("by", "") in ("", reader) for one in first["report"]["findings"])


def test_verify_says_what_to_do_where_nobody_can(run: Run, paper: Path, serve: Serve) -> None:
    source = "sources/03-unlabelled-articles.md"
    done = run("draft", source, "--quick", "--verify", "--model", "baseline", folder=paper)
    assert done.returncode == 2 and "--verify needs a model as the writer" in done.stderr
    serve("dishonest-press")
    with (paper / "ourtake.toml").open("a", encoding="utf-8") as file:
        file.write('\n[checks]\nverifier = "off"\n')
    done = run("draft", source, "--quick", "--verify", folder=paper)
    assert done.returncode == 2 and '[checks] verifier is "off"' in done.stderr


def test_a_verifier_that_refuses_leaves_every_claim_unchecked(run: Run, paper: Path, serve: Serve) -> None:
    server = serve("dishonest-press")
    server.refuse.add("verify")
    draft = drafted(run, paper, server, "--quick", "--verify")
    for revision in draft["revisions"]:
        assert not revision.get("read_by") and not any(one.get("by") for one in revision["report"]["findings"])
        statements = [one for one in revision["report"]["claims"] if one["kind"] == "statement"]
        assert not any(one["status"] == "verified" for one in statements)
    assert any("not checked by hand:writer" in note for note in draft["notes"])


def test_only_new_claims_of_a_changed_file_are_asked_about(run: Run, paper: Path, serve: Serve) -> None:
    server = serve("dishonest-press")
    draft = drafted(run, paper, server, "--quick", "--no-verify")
    run("export", draft["id"], "--to", "markdown", "-o", "take.md", folder=paper)
    first = json.loads(run("check", "take.md", "--verify", "--format", "json", folder=paper).stdout)
    before, calls = [text for call in server.sentences for text in call], len(server.sentences)
    assert len(before) > 20
    assert json.loads(run("check", "take.md", "--verify", "--format", "json", folder=paper).stdout) == first
    assert len(server.sentences) == calls
    path = paper / "take.md"
    new = "Teodora Vance has read 906 articles and refused 74."
    path.write_text(path.read_text().replace("Teodora Vance has let 906 articles through and refused 74.", new))
    again = json.loads(run("check", "take.md", "--verify", "--format", "json", folder=paper).stdout)
    assert server.sentences[calls:] == [[new]]
    kept = {one["id"] for one in first["claims"] if one["by"] == "model" and "906" not in one["text"]}
    assert kept and kept <= {one["id"] for one in again["claims"] if one["by"] == "model"}
    run("check", "take.md", "--verify", "--fresh", folder=paper)
    assert len([text for call in server.sentences[calls + 1 :] for text in call]) > 20
