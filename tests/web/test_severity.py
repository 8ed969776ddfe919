"""Severity without colour: in forced colours and in greyscale an error, a warning and a note differ by words, signs and
lines, and the lines can be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import RunningDesk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LINES = """() => Object.fromEntries(['error', 'warning', 'info'].flatMap(name => {
    const mark = document.querySelector(`mark.${name}`);
    if (!mark) return [];
    const style = getComputedStyle(mark);
    return [[name, {line: style.textDecorationLine, drawn: style.textDecorationStyle,
                    colour: style.textDecorationColor}]];
}))"""
CONTRAST = """() => {
    const light = ([r, g, b]) => [r, g, b].map(one => one / 255)
        .map(one => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
        .reduce((sum, one, at) => sum + one * [.2126, .7152, .0722][at], 0);
    const parts = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const behind = one => {
        for (; one; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor;
            if (!/, 0\\)$|transparent/.test(colour)) return parts(colour);
        }
        return [255, 255, 255];
    };
    const ratio = (...two) => {
        const [x, y] = two.map(light).sort((p, q) => q - p);
        return (x + .05) / (y + .05);
    };
    return [...document.querySelectorAll('mark.error, mark.warning')].map(mark =>
        [mark.className, ratio(parts(getComputedStyle(mark).textDecorationColor), behind(mark))]);
}"""


@pytest.mark.parametrize("look", [{"forced_colors": "active"}, {"color_scheme": "light"}, {"color_scheme": "dark"}])
def test_errors_and_warnings_differ_without_colour(desk: RunningDesk, browser: Browser, look: dict[str, Any]) -> None:
    context = browser.new_context(viewport={"width": 1100, "height": 740}, **look)
    page = context.new_page()
    page.goto(desk.at())
    lines = page.evaluate(LINES)
    assert {"error", "warning"} <= lines.keys()
    assert all(one["line"] == "underline" for one in lines.values())
    assert len({one["drawn"] for one in lines.values()}) == len(lines)
    # The luminance alone carries the lines: it is what greyscale leaves.
    contrasts = page.evaluate(CONTRAST)
    assert len(contrasts) >= 2 and all(ratio >= 3 for _, ratio in contrasts), contrasts
    for card in page.locator(".card").all():
        kind = next(name for name in ("error", "warning", "info") if name in (card.get_attribute("class") or ""))
        word = {"error": "Error", "warning": "Warning", "info": "Note"}[kind]
        assert word in (card.locator("h2").text_content() or "")
    page.goto(desk.address)
    cells = page.locator("tr[data-row]", has_text="Six weeks to say").locator(".tell").all_text_contents()
    assert any("✕" in cell and "error" in cell for cell in cells)
    assert any("△" in cell and "warning" in cell for cell in cells)
    context.close()


def test_in_greyscale_the_marks_are_still_seen(desk: RunningDesk, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1100, "height": 740})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
    page.goto(desk.at())
    for name in ("error", "warning"):
        mark = page.locator(f"mark.{name}").first
        mark.scroll_into_view_if_needed()
        marked = mark.screenshot()
        mark.evaluate(
            "one => { one.className = ''; one.style.background = 'none'; one.style.textDecoration = 'none'; }"
        )
        assert mark.screenshot() != marked
    context.close()
