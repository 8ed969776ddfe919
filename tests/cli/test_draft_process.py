"""What the flags of the whole process do, as commands: --passages, --no-verify, --stream, --dry-run."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from ourtake.intake.files import read_source
from ourtake.text.markdown import visible
from tests.conftest import Run
from tests.writing.test_full_process import BY_HAND, CHATBOT

MODEL = ("--model", "replay:replies")
STORY = "sources/02-council-chatbot.md"


@pytest.fixture
def desk(paper: Path) -> Path:
    """The example publication in which takes are planned, and a story whose id the replies have."""
    text = (paper / "ourtake.toml").read_text(encoding="utf-8")
    (paper / "ourtake.toml").write_text(text.replace('process = "quick"', 'process = "full"'), encoding="utf-8")
    source = read_source(str(paper / STORY)).model_copy(update={"id": CHATBOT})
    (paper / "story.json").write_text(source.model_dump_json(), encoding="utf-8")
    shutil.copytree(BY_HAND, paper / "replies")
    return paper


def rows(run: Run, folder: Path, *words: str) -> list[dict[str, Any]]:
    done = run("related", STORY, "--json", *words, folder=folder)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["related"]
    return found


def archive_texts(folder: Path) -> str:
    """Everything that the archive's files say to a reader, as one line."""
    texts = [visible(path.read_text(encoding="utf-8")) for path in (folder / "archive").rglob("*.md")]
    return " ".join(" ".join(texts).split())


def test_passages_are_the_opening_and_the_best_of_each_article(run: Run, paper: Path) -> None:
    plain, shown = rows(run, paper), rows(run, paper, "--passages")
    assert [row["id"] for row in plain] == [row["id"] for row in shown]
    assert all("passages" not in row for row in plain)
    lengths = [len(row["passages"].split()) for row in shown]
    assert 1000 < sum(lengths) < 1900 and max(lengths[:4]) > 200 and max(lengths[4:], default=0) <= 130
    said = archive_texts(paper)
    for row in shown:
        # Whole sentences of the article, with every gap marked.
        parts = [" ".join(part.split()) for part in re.split(r"\[\.\.\.\]|\n\n", row["passages"]) if part.strip()]
        assert parts and all(part in said for part in parts), row["title"]
    assert any("[...]" in row["passages"] for row in shown)
    text = run("related", STORY, "--passages", folder=paper).stdout
    assert all(row["passages"].split("\n")[0] in text for row in shown)


def test_no_verify_leaves_out_the_second_reading(run: Run, desk: Path) -> None:
    reply = desk / "replies" / f"{CHATBOT}.json"
    forgetful = reply.read_text(encoding="utf-8").replace("{f9}", "", 1)
    reply.write_text(forgetful, encoding="utf-8")
    done = run("draft", "story.json", *MODEL, "--no-verify", "--json", folder=desk)
    assert done.returncode in (0, 1), done.stderr
    draft = json.loads(done.stdout)
    assert draft["plan"]["facts"] and "reread" not in run("calls", "list", folder=desk).stdout
    assert all("read_by" not in revision for revision in draft["revisions"])
    assert not any(found.get("by") for found in draft["revisions"][0]["report"]["findings"])
    assert not any("by" in one for one in draft["revisions"][0]["handles"])
    read = json.loads(run("draft", "story.json", *MODEL, "--json", folder=desk).stdout)
    assert read["id"] != draft["id"] and read["revisions"][0]["read_by"]
    assert "reread" in run("calls", "list", folder=desk).stdout
    assert any(found.get("by") for found in read["revisions"][0]["report"]["findings"])
    # What a writer forgot to say, the reading says: here that the saving of 68,000 pounds rests on f9.
    for revision in read["revisions"]:
        (given,) = (
            one
            for one in revision["handles"]
            if "by" in one and "68,000" in revision["take"][one["field"]][one["start"] : one["end"]]
        )
        assert (given["handles"], given["by"]) == (["f9"], "reader")


def test_a_stream_names_its_steps_and_shows_prose(run: Run, desk: Path) -> None:
    # The plan looks up what the archive does not have: there is nothing to plan again from.
    reply = desk / "replies" / f"{CHATBOT}.plan.json"
    plan = json.loads(reply.read_text(encoding="utf-8"))
    reply.write_text(json.dumps(plan | {"look_up": ["pigeons on stilts"]}), encoding="utf-8")
    done = run("draft", "story.json", *MODEL, "--stream", folder=desk)
    told = done.stderr
    steps = re.findall(r"^\[(.+)\]$", told, re.MULTILINE)
    assert [step.partition(" (")[0] for step in steps] == [
        "1. planning",
        "2. writing the take",
        "3. reading it again beside the texts",
        "4. repairing",
        "5. reading again what was repaired",
    ]
    assert "10 facts; Port Ennis should let" in steps[1] and "5 passages" in steps[3]
    prose = told[told.index("writing the take") : told.index("reading it again")]
    take = json.loads((desk / "replies" / f"{CHATBOT}.json").read_text(encoding="utf-8"))
    for part in (take["headline"], "and it is about bins.", "to write down what the machine gets wrong?"):
        assert part in prose
    assert "{f" not in prose and "{a" not in prose
    assert "nothing new about: \u201cpigeons on stilts\u201d" in done.stdout + told
    calls = json.loads(run("calls", "list", "--json", folder=desk).stdout)
    assert [call["task"] for call in calls].count("plan") == 1


def test_dry_run_says_what_the_process_costs_beside_one_call(run: Run, desk: Path) -> None:
    toml = (desk / "ourtake.toml").read_text(encoding="utf-8")
    prices = '\n[prices."openai:gpt-x"]\ninput = 3\ncached_input = 0.3\noutput = 15\n'
    (desk / "ourtake.toml").write_text(toml + prices, encoding="utf-8")
    words = ("draft", "story.json", "--model", "openai:gpt-x", "--dry-run")
    found = json.loads(run(*words, "--json", folder=desk).stdout)
    low, high = found["cost_usd"]
    assert found["quick_usd"] < found["block_usd"] < low < found["expected_usd"] < high
    # What a plan and a reading answer costs the same however much they read: the more texts, the less it weighs.
    assert found["expected_usd"] <= 4.5 * found["block_usd"]  # what short texts take (docs/writing.md)
    story = json.loads((desk / "story.json").read_text(encoding="utf-8")) | {"text": archive_texts(desk)[:32_000]}
    (desk / "long.json").write_text(json.dumps(story), encoding="utf-8")
    long = json.loads(run("draft", "long.json", *words[2:], "--json", folder=desk).stdout)
    assert long["expected_usd"] <= 3.6 * long["block_usd"]  # its text is in the writing call as well, uncached
    shown = run(*words, folder=desk).stdout
    times = [float(number) for number in re.findall(r"([\d.]+) times that", shown)]
    assert times == [
        round(found["expected_usd"] / found["quick_usd"], 1),
        round(found["expected_usd"] / found["block_usd"], 1),
    ]
    quick = json.loads(run(*words, "--quick", "--json", folder=desk).stdout)
    assert quick["expected_usd"] is None and quick["cost_usd"][0] < low
    # The claims of a take in one call are read in a second one, which has no plan's texts to read.
    verified = json.loads(run(*words, "--quick", "--verify", "--json", folder=desk).stdout)
    assert verified["calls"][0] == quick["calls"][0] + 1 and verified["calls"][1] > quick["calls"][1]
    assert quick["cost_usd"][0] == verified["quick_usd"] < verified["expected_usd"] < found["expected_usd"]
    assert verified["cost_usd"][0] == verified["expected_usd"] and verified["block_usd"] is None
    told = run(*words, "--quick", "--verify", folder=desk).stdout
    assert "with its claims read once" in told
    assert f"verified it takes {verified['expected_usd'] / verified['quick_usd']:.1f} times that" in told
