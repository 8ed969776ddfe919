"""A worker that runs for long drafts as a command that begins now: with the takes, settings and prompts of now."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ourtake.cli import worker_pipelines
from ourtake.cli.drafting import HeldRun, Spending, holding_run
from ourtake.cli.worker_pipelines import WorkerPipelines
from ourtake.documents import Draft
from ourtake.providers.ledger import Ledger
from ourtake.store import Store
from ourtake.writing.pipeline import Pipeline
from tests.conftest import Run


@pytest.fixture
def held(paper: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldRun]:
    monkeypatch.chdir(paper)
    monkeypatch.setattr(worker_pipelines, "LOOK_AGAIN", -1.0)
    with Store.open("sqlite:///ourtake.db") as store, holding_run(store, "worker") as run:
        yield run


def pipelines(run: HeldRun) -> WorkerPipelines:
    return WorkerPipelines(run, Spending(), 2, [])


def now(found: WorkerPipelines) -> Pipeline:
    """The pipeline that a job of now uses."""

    async def use() -> Pipeline:
        async with found.using(["baseline"]) as pipeline:
            return pipeline

    return asyncio.run(use())


def test_takes_that_were_written_since_are_earlier_takes(held: HeldRun, run: Run, paper: Path) -> None:
    found = pipelines(held)
    first = now(found)
    assert first.archive.earlier_takes() == ()
    draft = json.loads(run("draft", "sources/01-data-centre-power.md", "--json", folder=paper).stdout)
    # One of another process, and one that this worker wrote itself.
    for name, own in (("a1", "elsewhere"), ("a2", held.run_id)):
        draft |= {"id": name, "run": own}
        draft["revisions"] = [{**one, "by": "openai:gpt-6.2-sol"} for one in draft["revisions"]]
        asyncio.run(held.store.save_draft(Draft.model_validate(draft)))
    again = now(found)
    assert again is first and {take.id for take in again.archive.earlier_takes()} == {"a1", "a2"}
    asyncio.run(found.close())


def test_changed_settings_house_rules_and_prompts_count_for_the_next_draft(
    held: HeldRun, paper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, toml, rules = pipelines(held), paper / "ourtake.toml", paper / "house.toml"
    rules.write_text('[[rules]]\nphrase = "going forward"\n')
    toml.write_text(toml.read_text() + '\n[style]\nfiles = ["house.toml"]\n')
    seen = [now(found)]
    assert now(found) is seen[0]
    rules.write_text('[[rules]]\nphrase = "at the end of the day"\n')
    seen.append(now(found))
    (paper / "prompts" / "take.md.jinja").write_text("Write a take on {{ source.title }}.")
    seen.append(now(found))
    toml.write_text(toml.read_text().replace("[publication]\n", "[publication]\n# The house.\n", 1))
    assert now(found) is seen[-1], "a comment is not a setting"
    toml.write_text(toml.read_text() + "sentence_words = 30\n")
    seen.append(now(found))
    assert len({id(one) for one in seen}) == 4 and seen[-1].settings.style.sentence_words == 30
    assert "have changed" in capsys.readouterr().err
    toml.write_text("[style\n")
    assert now(found) is seen[-1]
    assert "with the previous settings" in capsys.readouterr().err
    asyncio.run(found.close())


def test_settings_from_which_nothing_can_be_built_leave_the_former_in_force(
    held: HeldRun, paper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledgers: list[Ledger] = []
    found, toml = WorkerPipelines(held, Spending(), 2, ledgers), paper / "ourtake.toml"
    first, before = now(found), toml.read_text()
    toml.write_text(before + '\n[checks]\nverifier = "nope:model"\n')
    assert [now(found) for _ in range(3)] == [first] * 3 and len(ledgers) == 1
    said = capsys.readouterr().err
    assert said.count("with the previous settings") == 1 and "nope" in said and "have changed" not in said
    toml.write_text(before + "\n[style]\nsentence_words = 30\n")
    assert now(found).settings.style.sentence_words == 30
    asyncio.run(found.close())


def test_a_replaced_pipeline_lives_as_long_as_its_last_job(held: HeldRun, paper: Path) -> None:
    ledgers: list[Ledger] = []
    found, toml = WorkerPipelines(held, Spending(), 2, ledgers), paper / "ourtake.toml"

    async def jobs() -> None:
        async with found.using(["baseline"]) as old:
            toml.write_text(toml.read_text() + "\n[style]\nsentence_words = 30\n")
            async with found.using(["baseline"]) as new:
                assert new is not old
            assert len(ledgers) == 2
        assert len(ledgers) == 1
        await found.close()

    asyncio.run(jobs())
