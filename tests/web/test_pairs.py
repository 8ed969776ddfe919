"""Pairs on the page: read blind, picked by key, kept with who and when, and the same as `ourtake eval pairs`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ourtake.documents import Take
from ourtake.web.pair_book import PairBook
from tests.conftest import Run
from tests.evals.made import case, result, run_folder
from tests.web.conftest import RunningDesk, Serve, Told

WRITERS = ("openai:gpt-6.2-sol", "anthropic:claude-sonnet-5-5")
CASES = 3


def two_writers(folder: Path) -> Path:
    """A run of two writers, which name themselves in their takes."""
    cases, rows = [case(number, CASES) for number in range(CASES)], []
    for one in cases:
        for writer in WRITERS:
            body = f"Words of {writer.partition(':')[2]} alone. The clerks were not asked.\n\nWho asked them?"
            take = Take(headline=f"On {one.id}", summary=f"Take {WRITERS.index(writer)} of it.", body=body, tags=("a",))
            rows.append(result(one, writer, passes=1.0, take=take, cost_usd=0.4711))
    run_folder(folder, rows, models=WRITERS, cases=cases)
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return two_writers(tmp_path / "run")


@pytest.fixture
def comparing(faulty: Path, runs: Path, serve: Serve) -> RunningDesk:
    return serve("--as", "Ines Calloway", "--pairs", str(runs), folder=faulty)


def picks(runs: Path) -> list[dict[str, str]]:
    path = runs / "picks.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_pairs_are_picked_blind_by_key(comparing: RunningDesk, runs: Path, tab: Page, told: Told, run: Run) -> None:
    tab.goto(comparing.address)
    tab.get_by_role("link", name="Pairs").click()
    expect(tab.locator("#counts, .counts")).to_contain_text(f"0 of {CASES} pairs picked")
    shown, keys = [], ("1", "n", "2")
    for at, key in enumerate(keys, 1):
        page = tab.content()
        for hidden in (*WRITERS, "gpt-6.2", "claude", "0.47"):
            assert hidden not in page
        sides = tab.locator("article.side-by-side")
        expect(sides).to_have_count(2)
        shown.append(tab.locator("article.side-by-side p:first-of-type").all_text_contents())
        tab.keyboard.press(key)
        expect(tab.locator(".counts")).to_contain_text(f"{at} of {CASES} pairs picked")
    expect(tab.locator("main")).to_contain_text("You have picked from every pair")
    kept = picks(runs)
    assert [one["choice"] for one in kept] == ["left", "neither", "right"]
    assert {one["by"] for one in kept} == {"Ines Calloway"} and all(one["when"][:3] == "202" for one in kept)
    # What was on the left is what is kept as left.
    for one, texts in zip(kept, shown, strict=True):
        assert texts == [f"Take {WRITERS.index(one[side])} of it." for side in ("left", "right")]
    done = run("eval", "pairs", str(runs), "--as", "Ines Calloway", folder=comparing.folder)
    assert "has picked from every pair" in done.stdout
    assert told.lines == []


def test_a_held_key_and_a_page_that_is_old_pick_nothing_twice(
    comparing: RunningDesk, runs: Path, tab: Page, told: Told
) -> None:
    tab.goto(f"{comparing.address}/pairs")
    old = tab.locator("input[name=pair]").input_value()
    tab.keyboard.down("1")
    tab.wait_for_load_state("networkidle")
    for _ in range(20):
        tab.keyboard.down("1")
    tab.wait_for_load_state("networkidle")
    tab.keyboard.up("1")
    assert len(picks(runs)) == 1
    again = tab.request.post(
        f"{comparing.address}/pairs",
        form={"run": "0", "pair": old, "choice": "right"},
        headers={"Origin": comparing.address},
    )
    assert again.status == 400 and "not waiting for you" in again.text() and len(picks(runs)) == 1


def test_sides_are_shuffled_and_a_skipped_pair_comes_again(comparing: RunningDesk, runs: Path, tab: Page) -> None:
    tab.goto(f"{comparing.address}/pairs")
    first = tab.locator("input[name=pair]").input_value()
    seen = {first}
    for _ in range(CASES - 1):
        tab.keyboard.press("s")
        expect(tab.locator("input[name=pair]")).not_to_have_value(first)
        seen.add(tab.locator("input[name=pair]").input_value())
    assert len(seen) == CASES
    tab.keyboard.press("s")
    expect(tab.locator("input[name=pair]")).to_have_value(first)
    assert picks(runs) == []


def test_people_see_the_sides_in_orders_of_their_own(runs: Path) -> None:
    people = ("Ann", "Ben", "Cy", "Di", "Ed")
    orders = {name: [(pair.case, pair.left) for pair in PairBook(runs).waiting(name).values()] for name in people}
    assert len({tuple(order) for order in orders.values()}) > 1
    assert {left for order in orders.values() for _, left in order} == set(WRITERS)
    assert orders["Ann"] == [(pair.case, pair.left) for pair in PairBook(runs).waiting("Ann").values()]


def test_a_folder_without_a_run_is_refused(faulty: Path, tmp_path: Path, run: Run) -> None:
    done = run("serve", "--port", "0", "--pairs", str(tmp_path), folder=faulty)
    assert done.returncode == 2 and "has no eval run" in done.stderr
