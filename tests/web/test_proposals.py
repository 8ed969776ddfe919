"""Proposals on the page: pieces taken and dropped, what an export has of them, and words that outlive a login."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from ourtake.config import Settings
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk
from ourtake.store import Store
from tests.conftest import Run
from tests.web.conftest import RunningDesk, Serve, Told
from tests.web.drafts import DRAFT, THIRD
from tests.web.test_draft import stored

PROPOSED = THIRD.replace("It forces a company to show", "It makes firms show").replace(
    "twelve megawatts set aside", "12 megawatts kept"
)


def propose(desk: RunningDesk, text: str = PROPOSED, *, index: int = 2) -> None:
    """Put a model's rewrite of the third paragraph up for decision, or of another one."""

    def work() -> None:
        with Store.open(f"sqlite:///{desk.folder / 'ourtake.db'}") as store:
            session = Desk(store, rechecker(Settings(), None)).open(desk.draft)
            by, asked_by = "openai:gpt-6-sol", "Ines Calloway"
            session.propose("body", index, text, base=1, by=by, asked_by=asked_by, note="plainer")

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def test_pieces_are_taken_and_dropped_and_survive_a_closed_tab(
    desk: RunningDesk, context: BrowserContext, told: Told, run: Run
) -> None:
    propose(desk)
    tab = context.new_page()
    told.listen(tab)
    tab.goto(desk.at())
    proposal = tab.locator(".proposal")
    expect(proposal).to_contain_text("2 of 2 undecided")
    tab.keyboard.press("a")
    expect(proposal).to_contain_text("1 of 2 undecided")
    tab.close()

    tab = context.new_page()
    told.listen(tab)
    tab.goto(desk.at())
    expect(proposal_of(tab)).to_contain_text("1 of 2 undecided")
    exported = run("export", desk.draft, folder=desk.folder).stdout
    assert "It forces a company" in exported and "makes firms" not in exported
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_contain_text("accept or drop each piece")
    tab.keyboard.press("x")
    expect(proposal_of(tab)).to_contain_text("All 2 decided")
    tab.keyboard.press("Enter")
    expect(proposal_of(tab)).to_have_count(0)
    assert stored(desk)[2] == THIRD.replace("It forces a company to show", "It makes firms show")
    assert told.lines == []


def proposal_of(tab: Page):  # type: ignore[no-untyped-def]
    return tab.locator(".proposal")


def test_dropping_a_rewrite_keeps_an_edit_by_hand(desk: RunningDesk, tab: Page) -> None:
    propose(desk)
    tab.goto(desk.at())
    tab.locator("#p-body-2 .edit-link").click()
    edited = f"{THIRD} A sentence by hand."
    tab.locator("#edit-body-2").fill(edited)
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#p-body-2 .text")).to_contain_text("A sentence by hand.")
    tab.get_by_role("button", name="Drop all").click()
    expect(proposal_of(tab)).to_have_count(0)
    assert stored(desk)[2] == edited
    tab.keyboard.press("u")
    expect(proposal_of(tab)).to_have_count(1)


def test_an_open_rewrite_keeps_a_draft_from_being_approved(desk: RunningDesk, tab: Page) -> None:
    propose(desk)
    tab.goto(desk.at())
    expect(tab.locator("#why")).to_contain_text("a rewrite to decide")


def test_words_survive_a_session_that_ends_while_typing(
    paper: Path, faulty: Path, run: Run, serve: Serve, tab: Page
) -> None:
    (paper / "ourtake.db").write_bytes((faulty / "ourtake.db").read_bytes())
    password = "a long password of hers"
    run("users", "add", "Ines Calloway", "--password-stdin", folder=paper, stdin=f"{password}\n")
    desk = serve("--name", "localhost", folder=paper, draft=DRAFT)

    def log_in() -> None:
        tab.get_by_label("Name").fill("Ines Calloway")
        tab.get_by_label("Password").fill(password)
        tab.get_by_role("button", name="Log in").click()
        tab.wait_for_url(f"{desk.address}/")

    tab.goto(desk.at())
    log_in()
    tab.goto(desk.at())
    tab.locator("#p-body-3 .edit-link").click()
    tab.locator("#edit-body-3").fill("Typed while the session ended.")
    tab.context.clear_cookies()
    tab.keyboard.press("Control+Enter")
    expect(tab.get_by_role("alert")).to_contain_text("Your session has ended")
    expect(tab.locator("#edit-body-3")).to_have_value("Typed while the session ended.")
    tab.goto(f"{desk.address}/login")
    log_in()
    tab.goto(desk.at())
    tab.get_by_role("button", name="Restore it").click()
    expect(tab.locator("#edit-body-3")).to_have_value("Typed while the session ended.")
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#p-body-3 .text")).to_contain_text("Typed while the session ended.")


def test_words_survive_a_desk_that_is_killed(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at())
    tab.locator("#p-body-3 .edit-link").click()
    tab.locator("#edit-body-3").fill("Typed before the desk died.")
    desk.process.kill()
    desk.process.wait(30)
    tab.keyboard.press("Control+Enter")
    expect(tab.get_by_role("alert")).to_contain_text("The desk does not answer")
    expect(tab.locator("#edit-body-3")).to_have_value("Typed before the desk died.")
    assert stored(desk)[3] != "Typed before the desk died."


def test_a_proposal_of_a_new_paragraph_and_one_that_moved_are_shown(desk: RunningDesk, tab: Page) -> None:
    propose(desk, "A paragraph of its own.", index=4)
    propose(desk)
    tab.goto(desk.at())
    expect(tab.locator("#p-body-3 .proposal ins")).to_have_text(["A paragraph of its own."])
    tab.locator("#p-body-0 .edit-link").click()
    tab.locator("#edit-body-0").fill("First half.\n\nSecond half.")
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#p-body-3 .proposal ins")).to_have_text(["makes firms", "12 megawatts kept"])
    expect(tab.locator("#p-body-4 .proposal ins")).to_have_text(["A paragraph of its own."])
