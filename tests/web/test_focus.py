"""By the Tab key alone: focus is always seen, never under a bar, and comes back after a dialog."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.web.conftest import RunningDesk

SEEN = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (one === document.body) return null;
    const [x, y] = [box.left + Math.min(box.width, 20) / 2, box.top + Math.min(box.height, 20) / 2];
    const there = document.elementFromPoint(x, y);
    return {name: one.outerHTML.slice(0, 120), outlined: style.outlineStyle !== 'none',
            covered: !(there && (one.contains(there) || there.contains(one)))};
}"""


def test_focus_is_seen_on_every_stop(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at())
    # Scrolling is smooth for people; here each stop is looked at at once.
    tab.emulate_media(reduced_motion="reduce")
    stops = []
    for _ in range(60):
        tab.keyboard.press("Tab")
        seen = tab.evaluate(SEEN)
        # The first stop is the finding that is shown; after the last one of the page comes the first.
        stops += [seen] if seen is not None else []
    assert len({stop["name"] for stop in stops}) > 25
    assert [stop["name"] for stop in stops if not stop["outlined"]] == []
    assert [stop["name"] for stop in stops if stop["covered"]] == []


def test_focus_comes_back_after_a_dialog(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at())
    keys = tab.get_by_role("link", name="Keys")
    keys.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("dialog")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(keys).to_be_focused()


def test_focus_comes_back_after_an_edit(desk: RunningDesk, tab: Page) -> None:
    tab.goto(desk.at())
    link = tab.locator("#p-body-1 .edit-link")
    link.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#edit-body-1")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(link).to_be_focused()
