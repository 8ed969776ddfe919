"""From the queue to a signed file, by keyboard in a real browser; then what happens to the seal."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from ourtake.store import Store
from tests.conftest import Run
from tests.web.conftest import RunningDesk, Told
from tests.web.drafts import SECOND
from tests.web.test_draft import card

NAMED = "Harold Pennick, the minister, has promised that households will pay nothing. "


def decide_all(tab: Page) -> int:
    """Decide every claim as right, each once its buttons work; how many there were."""
    for _ in range(200):
        counts = tab.locator("#counts").text_content() or ""
        done, _, whole = counts.split(" decided")[0].partition(" of ")
        if done == whole:
            return int(whole)
        expect(tab.locator("#row button[value=right]")).to_be_enabled()
        tab.keyboard.press("y")
        expect(tab.locator("#counts")).to_contain_text(f"{int(done) + 1} of")
    raise AssertionError("no end of claims")


def repair(tab: Page, desk: RunningDesk) -> None:
    """Fix what has a fix, and cut what no document has."""
    tab.goto(desk.address)
    tab.keyboard.press("/")
    tab.keyboard.type("six weeks to say")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**q=six*")
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/drafts/{desk.draft}*")
    for number, code in enumerate(("FCT003", "QUO003"), 2):
        card(tab, code)
        tab.keyboard.press("f")
        expect(tab.locator("#counts")).to_contain_text(f"revision {number}")
    tab.locator("#p-body-1 .edit-link").click()
    tab.locator("#edit-body-1").fill(SECOND.replace(NAMED, ""))
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#counts")).not_to_contain_text("error")


def sign(tab: Page, desk: RunningDesk) -> None:
    """Decide the claims and sign."""
    tab.goto(desk.at("/claims"))
    assert decide_all(tab) > 15
    tab.keyboard.press("Shift+A")
    tab.wait_for_url("**/sign")
    tab.get_by_label("What you know about this subject").fill("Covers the grid since 2019")
    tab.get_by_label("How readers can reach").fill("desk@lanternquarter.example")
    tab.get_by_label("Type your name").fill("Ines Calloway")
    tab.get_by_role("button", name="Approve and sign").click()
    expect(tab.locator("#counts")).to_contain_text("Approved")


def test_from_the_queue_to_a_signed_file(desk: RunningDesk, tab: Page, told: Told, run: Run) -> None:
    repair(tab, desk)
    sign(tab, desk)
    assert told.lines == []
    out = desk.folder / "take.md"
    assert run("export", desk.draft, "-o", str(out), folder=desk.folder).returncode == 0
    good = run("verify", str(out), folder=desk.folder)
    assert good.returncode == 0, good.stderr
    out.write_text(out.read_text().replace("modest request", "modest demand"))
    bad = run("verify", str(out), folder=desk.folder)
    assert bad.returncode == 1 and "different" in bad.stdout + bad.stderr

    tab.goto(desk.at("/history"))
    expect(tab.locator("main")).to_contain_text("the chain is intact")
    expect(tab.get_by_role("group", name="headline").or_(tab.locator("div.diff[role=group]")).first).to_be_attached()
    tab.goto(desk.at())
    tab.locator("#p-headline-0 .edit-link").click()
    tab.locator("#edit-headline-0").fill("Six weeks to say where power comes from")
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#counts")).to_contain_text("Reopened")


def test_a_held_key_decides_one_claim_at_most(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at("/claims"))
    expect(tab.locator("#row button[value=right]")).to_be_enabled()
    tab.keyboard.down("y")
    for _ in range(60):
        tab.keyboard.down("y")  # what a held key sends: the same key, marked as a repetition
    tab.wait_for_load_state("networkidle")
    tab.keyboard.up("y")
    expect(tab.locator("#counts")).to_contain_text("1 of")


def test_one_claim_is_answered_before_the_verdict_is_shown(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at("/claims"))
    tab.get_by_text("to be answered first").locator("xpath=..").get_by_role("link").click()
    row = tab.locator("#row")
    expect(row).to_contain_text("Answer this one first")
    expect(row.locator(".verdict")).to_have_count(0)
    expect(row.locator("button[value=right]")).to_be_enabled()
    tab.keyboard.press("y")
    expect(tab.locator("#done")).to_contain_text("verdict was:")


def test_a_claim_found_wrong_leads_to_its_paragraph(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at("/claims"))
    expect(tab.locator("#row button[value=wrong]")).to_be_enabled()
    tab.keyboard.press("n")
    tab.wait_for_url("**?edit=headline-0*")
    expect(tab.locator("#edit-headline-0")).to_be_visible()


def test_a_source_is_written_in_for_a_claim(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at("/claims"))
    expect(tab.locator("#row button[value=right]")).to_be_enabled()
    tab.keyboard.press("w")
    tab.keyboard.type("Hansard of 3 September, column 12")
    tab.get_by_role("button", name="Right, according to this source").click()
    expect(tab.locator("#counts")).to_contain_text("1 of")
    with Store.open(f"sqlite:///{desk.folder / 'ourtake.db'}") as store:
        # By now the next row may have been shown: that is an act of its own.
        (decided,) = [act for act in store.desk.acts(desk.draft) if act.kind == "decided"]
    assert (decided.data["verdict"], decided.data["source"]) == ("source", "Hansard of 3 September, column 12")


def test_nobody_signs_with_another_name(desk: RunningDesk, tab: Page) -> None:
    repair(tab, desk)
    tab.goto(desk.at("/claims"))
    decide_all(tab)
    tab.goto(desk.at("/sign"))
    tab.get_by_label("What you know about this subject").fill("Covers the grid")
    tab.get_by_label("How readers can reach").fill("desk@lanternquarter.example")
    tab.get_by_label("Type your name").fill("Somebody Else")
    tab.get_by_role("button", name="Approve and sign").click()
    expect(tab.get_by_role("alert").filter(has_text="not the name")).to_be_visible()
    expect(tab.get_by_label("What you know about this subject")).to_have_value("Covers the grid")


def test_a_draft_of_an_export_is_whole(desk: RunningDesk, tab: Page) -> None:
    answer = tab.request.get(desk.at("/export/json"))
    assert json.loads(answer.text())["id"] == desk.draft
    assert Path(answer.headers["content-disposition"].split('"')[1]).suffix == ".json"
