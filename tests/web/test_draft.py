"""The page of a draft in a real browser: what an editor does by keyboard, and what becomes of the text."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from ourtake.review.paragraphs import texts
from ourtake.store import Store
from tests.web.conftest import RunningDesk, Told
from tests.web.drafts import FIRST, SECOND


def stored(desk: RunningDesk, field: str = "body") -> list[str]:
    """The blocks of a field as they are in the store now."""
    with Store.open(f"sqlite:///{desk.folder / 'ourtake.db'}") as store:
        draft = store.draft(desk.draft)
    assert draft is not None
    standing = draft.standing()
    assert standing is not None
    return texts(standing.take, field)  # type: ignore[arg-type]


def card(tab: Page, code: str) -> None:
    """Go to the card of a rule by keyboard."""
    for _ in range(20):
        if tab.locator(".card.now .code").text_content() == code:
            return
        tab.keyboard.press("j")
    raise AssertionError(f"no card {code}")


def test_a_fix_changes_exactly_its_words_after_an_emoji(desk: RunningDesk, tab: Page, told: Told) -> None:
    tab.goto(desk.at())
    card(tab, "QUO003")
    expect(tab.locator("mark.now")).to_have_text(
        "We were told the future was coming and it turns out to be eight diesel engines,"
    )
    tab.keyboard.press("f")
    expect(tab.locator("#counts")).to_contain_text("2 errors")
    assert stored(desk)[0] == FIRST.replace("diesel engines", "gas engines")
    assert stored(desk)[1:] == [SECOND, *stored(desk)[2:]]
    assert told.lines == []


def test_two_tabs_on_one_paragraph_keep_both_texts(desk: RunningDesk, context: BrowserContext) -> None:
    one, other = context.new_page(), context.new_page()
    for tab in (one, other):
        tab.goto(desk.at())
        tab.locator("#p-body-2 .edit-link").click()
    one.locator("#edit-body-2").fill("The first editor's words.")
    one.keyboard.press("Control+Enter")
    expect(one.locator("#p-body-2 .text")).to_contain_text("The first editor's words.")
    other.locator("#edit-body-2").fill("The second editor's words.")
    other.keyboard.press("Control+Enter")
    expect(other.locator("#p-body-2 .text")).to_contain_text("The first editor's words.")
    expect(other.locator("#p-body-2 .proposal ins")).to_have_text(["second"])
    assert stored(desk)[2] == "The first editor's words."


def test_two_tabs_on_different_paragraphs_keep_both_changes(desk: RunningDesk, context: BrowserContext) -> None:
    one, other = context.new_page(), context.new_page()
    for tab, place in ((one, 2), (other, 3)):
        tab.goto(desk.at())
        tab.locator(f"#p-body-{place} .edit-link").click()
        tab.locator(f"#edit-body-{place}").fill(f"New words for {place}.")
    for tab in (one, other):
        tab.keyboard.press("Control+Enter")
        expect(tab.locator("#p-body-2 .text")).to_contain_text("New words for 2.")
    assert stored(desk)[2:4] == ["New words for 2.", "New words for 3."]


def test_words_that_were_typed_are_offered_after_a_reload(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at())
    tab.locator("#p-body-3 .edit-link").click()
    tab.locator("#edit-body-3").fill("Typed and not kept.")
    tab.reload()
    expect(tab.locator("#p-body-3 .offer")).to_be_visible()
    tab.get_by_role("button", name="Restore it").click()
    expect(tab.locator("#edit-body-3")).to_have_value("Typed and not kept.")
    assert stored(desk)[3] != "Typed and not kept."


def test_a_finding_stands_with_a_reason(desk: RunningDesk, tab: Page, told: Told) -> None:
    tab.goto(desk.at())
    card(tab, "FCT002")
    tab.keyboard.press("s")
    tab.keyboard.type("Hansard of 3 September, p. 12")
    tab.keyboard.press("Enter")
    expect(tab.locator("#counts")).to_contain_text("1 let stand")
    expect(tab.locator(".card.stood .reason")).to_contain_text("Hansard of 3 September, p. 12")
    tab.goto(desk.address)
    expect(tab.locator("tr[data-row]", has_text="Six weeks to say")).to_contain_text("1 let stand")
    assert told.lines == []


def test_keys_do_nothing_when_they_are_off_or_an_input_method_composes(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at())
    before = stored(desk)
    compose = """key => document.body.dispatchEvent(
        new KeyboardEvent('keydown', {key, bubbles: true, isComposing: true}))"""
    tab.evaluate(f"() => [...'fffaaa'].forEach({compose})")
    tab.keyboard.press("?")
    tab.get_by_label("Use single-key shortcuts").uncheck()
    tab.keyboard.press("Escape")
    for key in "fffaaajjee":
        tab.keyboard.press(key)
    expect(tab.locator("textarea:visible")).to_have_count(0)
    expect(tab.locator("#counts")).to_contain_text("revision 1")
    assert stored(desk) == before


def test_an_approval_with_an_open_error_says_why_not(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at())
    tab.keyboard.press("Shift+A")
    alert = tab.get_by_role("alert")
    expect(alert).to_contain_text("3 errors open")
    assert tab.url.split("#")[0] == desk.at()
    expect(tab.locator("#why")).to_be_visible()


def test_a_link_that_is_typed_over_is_told_of(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at())
    tab.locator("#p-body-1 .edit-link").click()
    area = tab.locator("#edit-body-1")
    area.fill(area.input_value().partition("](")[0].replace("[", "") + " did the sums.")
    expect(tab.locator("#found-body-1")).to_contain_text("Links 3 → 2")
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#done")).to_have_text("Saved. Links 3 → 2.")


def test_undo_takes_back_the_last_change(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at())
    card(tab, "FCT003")
    tab.keyboard.press("f")
    expect(tab.locator("#counts")).to_contain_text("revision 2")
    tab.keyboard.press("u")
    expect(tab.locator("#counts")).to_contain_text("revision 3")
    assert stored(desk)[0] == FIRST
