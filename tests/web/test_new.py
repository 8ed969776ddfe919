"""A draft that begins on the page: from a pasted blurb, and by an angle that the editor chose."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from ourtake.intake.files import read_source
from ourtake.store import Store
from tests.web.conftest import Serve, Told
from tests.web.test_rewrite import MODEL
from tests.wire.test_llmock import answer, environment, serving
from tests.writing.test_full_process import CHATBOT, STORIES, replies


def fill(tab: Page, **fields: str) -> None:
    for name, text in fields.items():
        tab.locator(f"#{name}").fill(text)


def test_a_pasted_blurb_becomes_a_draft(paper: Path, serve: Serve, tab: Page, told: Told) -> None:
    desk = serve("--as", "Ines Calloway", folder=paper)
    tab.goto(f"{desk.address}/new")
    fill(
        tab, title="Council swaps call centre", outlet="Metro Dispatch", url="https://metro.example/x", published="soon"
    )
    fill(tab, blurb="The city council of Ostley replaces half of its call centre with a chatbot this month.")
    tab.get_by_role("button", name="Write the draft").click()
    expect(tab.get_by_role("alert").filter(has_text="date can't be read")).to_be_visible()
    told.lines.clear()
    fill(tab, published="2026-09-10")
    tab.get_by_role("button", name="Write the draft").click()
    tab.wait_for_url("**/drafts/*", timeout=60_000)
    expect(tab.locator("h1")).to_contain_text("Council swaps call centre")
    assert told.lines == []


def test_an_angle_is_chosen_and_written_from(paper: Path, tmp_path: Path, serve: Serve, tab: Page) -> None:
    source = read_source(str(paper / "sources" / f"{STORIES[CHATBOT]}.md"))
    parts = replies()
    fixtures = [
        answer(parts["plan"], task="Your task is to plan"),
        answer(parts["reread"], task="Your task is to read"),
        answer(parts["repair"], task="Your task is to fix"),
        answer(parts["take"]),
    ]
    with serving(tmp_path, fixtures) as port:
        env = environment(paper, port)
        settings = (paper / "ourtake.toml").read_text(encoding="utf-8")
        settings = settings.replace('default = "baseline"', f'default = "{MODEL}"')
        (paper / "ourtake.toml").write_text(settings, encoding="utf-8")
        desk = serve("--as", "Ines Calloway", folder=paper, env=env)
        tab.goto(f"{desk.address}/new")
        fill(tab, title=source.title, outlet=source.outlet, url=source.url, published=source.published or "")
        fill(tab, blurb=source.blurb)
        tab.get_by_role("button", name="Show angles first").click()
        choices = tab.get_by_role("radio")
        expect(choices).to_have_count(len(parts["plan"]["angles"]), timeout=60_000)
        choices.nth(1).check()
        tab.get_by_role("button", name="Write the draft").first.click()
        tab.wait_for_url("**/drafts/*", timeout=90_000)
    with Store.open(f"sqlite:///{paper / 'ourtake.db'}") as store:
        (draft,) = store.drafts(5)
    assert draft.plan is not None and draft.plan.chosen == 2, draft.notes
    assert draft.plan.angles[1].claim == parts["plan"]["angles"][1]["claim"]
