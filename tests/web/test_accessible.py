"""Every screen in light, dark, on a phone, at 400 % zoom and in forced colours: axe-core finds nothing, nothing scrolls
sideways, and the console stays silent.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import Run
from tests.web.conftest import RunningDesk, Serve, Told
from tests.web.drafts import DRAFT
from tests.web.test_pairs import two_writers
from tests.web.test_proposals import propose

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = os.environ.get("OURTAKE_TEST_AXE", "")
WINDOW, ZOOM = {"width": 1100, "height": 740}, {"width": 320, "height": 256}
CONTEXTS: dict[str, dict[str, Any]] = {
    "window": {"viewport": WINDOW},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "zoom": {"color_scheme": "light", "forced_colors": "none"},
    "forced colours": {"color_scheme": "light", "forced_colors": "active"},
}
"""What a window is looked at in, one after the other: a page is loaded once."""
RUN = """async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
    'best-practice']})).violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`))"""


def screens(desk: RunningDesk) -> dict[str, tuple[str, str]]:
    """Name -> address, and the keys to press there."""
    return {
        "queue": (desk.address, ""),
        "draft": (desk.at(), "j"),
        "edit": (desk.at(), "e"),
        "let stand": (desk.at(), "s"),
        "support": (desk.at(), "v"),
        "keys": (desk.at(), "?"),
        "claims": (desk.at("/claims"), ""),
        "source": (desk.at("/claims"), "w"),
        "sign": (desk.at("/sign"), ""),
        "history": (desk.at("/history?all=1"), ""),
        "evidence": (desk.at("/evidence/3"), ""),
        "who": (f"{desk.address}/who", ""),
        "help": (f"{desk.address}/help", ""),
        "settings": (f"{desk.address}/settings", ""),
        "new": (f"{desk.address}/new", ""),
        "interface": (f"{desk.address}/api", ""),
        "proposal": (desk.at("?proposal"), "j"),
        "changed articles": (f"{desk.address}/outdated", ""),
        "pairs": (f"{desk.address}/pairs", ""),
        "nothing found": (f"{desk.address}/?q=zzzz", ""),
    }


@pytest.mark.skipif(not AXE, reason="OURTAKE_TEST_AXE names no axe.min.js; .ci/run installs it")
def test_axe_finds_nothing_at_the_login(paper: Path, run: Run, serve: Serve, browser: Browser) -> None:
    run("users", "add", "Ines Calloway", "--password-stdin", folder=paper, stdin="a long password of hers\n")
    desk = serve("--name", "localhost", folder=paper)
    found = []
    for kind, given in CONTEXTS.items():
        context = browser.new_context(**given)
        page = context.new_page()
        page.goto(f"{desk.address}/login")
        found += looked_at(page, "login", kind)
        page.get_by_label("Name").fill("Ines Calloway")
        page.get_by_label("Password").fill("not hers")
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("alert").first.wait_for()
        found += looked_at(page, "login refused", kind)
        context.close()
    assert not found, "\n".join(found)


def looked_at(page: Page, name: str, kind: str) -> list[str]:
    """What is wrong with a screen: on a phone, or in a window in each of MODES."""
    page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    if kind == "phone":
        return wrong(page, f"{name} on a phone")
    found = []
    for mode, media in MODES.items():
        page.emulate_media(**media)
        page.set_viewport_size(ZOOM if mode == "zoom" else WINDOW)  # type: ignore[arg-type]
        found += wrong(page, f"{name}, {mode}")
    page.emulate_media(**MODES["light"])
    return found


def wrong(page: Page, name: str) -> list[str]:
    found = [f"{name}: {line}" for line in page.evaluate(RUN)]
    return [*found, f"{name}: scrolls sideways"] if sideways(page) else found


@pytest.mark.skipif(not AXE, reason="OURTAKE_TEST_AXE names no axe.min.js; .ci/run installs it")
@pytest.mark.parametrize("kind", CONTEXTS)
def test_axe_finds_nothing(faulty: Path, tmp_path: Path, serve: Serve, browser: Browser, told: Told, kind: str) -> None:
    folder = Path(shutil.copytree(faulty, tmp_path / "desk", symlinks=True))
    two_writers(tmp_path / "run")
    desk = serve("--as", "Ines Calloway", "--pairs", str(tmp_path / "run"), folder=folder, draft=DRAFT)
    context = browser.new_context(**CONTEXTS[kind])
    page = context.new_page()
    told.listen(page)
    found = []
    for name, (address, key) in screens(desk).items():
        if name == "proposal":
            propose(desk)
        page.goto(address)
        if key:
            page.keyboard.press(key)
        page.wait_for_load_state("networkidle")
        found += looked_at(page, name, kind)
    context.close()
    assert not found, "\n".join(found)
    assert told.lines == []


def sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))


TEXT_ROWS = """name => {
    let rows = 0;
    for (let y = 0; y < innerHeight; y++) {
        const there = document.elementFromPoint(innerWidth / 2, y);
        if (there?.closest(name)) rows++;
    }
    return rows / innerHeight;
}"""


@pytest.mark.parametrize(("path", "key", "text"), [("", "j", "#take"), ("", "e", "#take"), ("/claims", "", "#sheet")])
def test_at_400_percent_half_of_the_height_is_text(
    desk: RunningDesk, browser: Browser, path: str, key: str, text: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 256})
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(desk.at(path))
    if key:
        page.keyboard.press(key)
    page.wait_for_load_state("networkidle")
    # In the middle of the text, bars that stay in place would cover it.
    page.evaluate("name => { const box = document.querySelector(name).getBoundingClientRect();"
                  " scrollTo(0, scrollY + box.top + box.height / 3); }", text)  # fmt: skip
    assert page.evaluate(TEXT_ROWS, text) >= 0.5
    context.close()
