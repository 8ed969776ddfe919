"""A finding about several paragraphs, on the page: its buttons and keys."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import RunningDesk, Serve, Told
from tests.web.drafts import DRAFT, FAULTY, add_draft
from tests.web.test_draft import card, stored

PARAGRAPHS = ("Who pays for the wires?", "Nobody has said so.", "Will anybody?")
MODEL = "openai:gpt-6.2-sol"


@pytest.fixture
def short(example: Path, tmp_path: Path, serve: Serve) -> RunningDesk:
    """A desk that can rewrite, over a draft with too short a body, which is a finding about all of it, and one tag."""
    folder = Path(shutil.copytree(example, tmp_path / "desk", symlinks=True))
    add_draft(folder, FAULTY.model_copy(update={"body": "\n\n".join(PARAGRAPHS), "tags": ("grid",)}))
    settings = folder / "ourtake.toml"
    text = settings.read_text(encoding="utf-8").replace('default = "baseline"', f'default = "{MODEL}"')
    settings.write_text(text, encoding="utf-8")
    return serve("--as", "Ines Calloway", folder=folder, draft=DRAFT, env={"OPENAI_API_KEY": "test"})


def test_a_button_for_each_paragraph_opens_that_one(short: RunningDesk, tab: Page, told: Told) -> None:
    tab.goto(short.at())
    card(tab, "STR003")
    buttons = tab.locator(".card.now [data-edits]")
    assert buttons.all_text_contents() == ["Edit paragraph 1", "Edit paragraph 2", "Edit paragraph 3"]
    buttons.nth(1).click()
    area = tab.locator("#edit-body-1")
    expect(area).to_be_focused()
    expect(tab.locator("textarea:visible")).to_have_count(1)
    area.fill("The regulator has not said so.")
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#p-body-1 .text")).to_contain_text("The regulator has not said so.")
    assert stored(short) == [PARAGRAPHS[0], "The regulator has not said so.", PARAGRAPHS[2]]
    assert told.lines == []


def test_a_button_for_each_paragraph_works_without_scripts(short: RunningDesk, tab: Page) -> None:
    tab.route("**/*.js", lambda route: route.abort())
    tab.goto(short.at())
    tab.get_by_role("link", name="Edit paragraph 3").first.click()
    expect(tab.locator("textarea:visible")).to_have_value(PARAGRAPHS[2])


@pytest.mark.parametrize(("key", "what"), [("e", "Edit"), ("r", "Rewrite")])
def test_the_keys_ask_which_paragraph(short: RunningDesk, tab: Page, told: Told, key: str, what: str) -> None:
    tab.goto(short.at())
    card(tab, "STR003")
    expect(tab.locator(".part.here")).to_have_count(3)
    tab.keyboard.press(key)
    expect(tab.get_by_role("alert")).to_have_text(
        f"This finding is about several paragraphs. Choose the one to {what.lower()}."
    )
    expect(tab.locator("form.edit:visible, form.ask:visible")).to_have_count(0)
    # The focus is on the first of its buttons, so that Tab and Enter choose one.
    expect(tab.locator(".card.now").get_by_text(f"{what} paragraph 1")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator("#p-body-1").locator("form.edit:visible, form.ask:visible")).to_have_count(1)
    expect(tab.get_by_role("alert")).to_have_count(0)
    assert told.lines == []


@pytest.mark.parametrize("code", ["STR003", "LNK004"])
def test_the_link_key_changes_no_link_of_the_first_paragraph(desk: RunningDesk, tab: Page, code: str) -> None:
    folder, linked = desk.folder, "\n\n".join((FAULTY.body.split("\n\n")[1], *PARAGRAPHS[1:]))
    add_draft(folder, FAULTY.model_copy(update={"body": linked}), name="f00d5eed0002")
    other = desk._replace(draft="f00d5eed0002")
    tab.goto(other.at())
    card(tab, code)
    expect(tab.locator(".card.now [data-press=l]")).to_have_count(0)
    before = stored(other)
    tab.keyboard.press("l")
    expect(tab.get_by_role("alert")).to_contain_text("This finding is about several paragraphs.")
    assert stored(other) == before


def test_tags_offer_no_rewrite(short: RunningDesk, tab: Page, told: Told) -> None:
    tab.goto(short.at())
    card(tab, "STR006")
    expect(tab.locator(".card.now").get_by_role("link", name="Edit")).to_be_visible()
    assert tab.locator(".card.now").get_by_text("Rewrite").count() == 0
    tab.keyboard.press("r")
    expect(tab.locator("form.ask:visible")).to_have_count(0)
    assert told.lines == []
