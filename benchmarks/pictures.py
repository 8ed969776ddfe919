"""The pictures in docs/images, taken again: the desk in light, dark and on a phone, and the report of an eval run.

`python benchmarks/pictures.py` needs chromium, and takes a minute or two. With pngquant, the files have 128 colours.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ourtake.config import Settings
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk, Session
from ourtake.store import Store

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.web.drafts import DRAFT, THIRD, add_draft

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
OURTAKE = str(Path(sys.executable).parent / "ourtake")
EDITOR, SECOND_EDITOR = "Ines Calloway", "Tobias Wren"
WINDOW, PHONE = {"width": 1100, "height": 740}, {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "": {"viewport": WINDOW, "color_scheme": "light"},
    "-dark": {"viewport": WINDOW, "color_scheme": "dark"},
    "-phone": {"viewport": PHONE, "color_scheme": "light", "has_touch": True, "is_mobile": True},
}
REWRITTEN = THIRD.replace("It forces a company to show", "It makes firms show").replace(
    "twelve megawatts set aside", "12 megawatts kept"
)


class Demo(NamedTuple):
    """A publication with two drafts, and the folder of an eval run."""

    folder: Path
    run: Path
    other: str

    @property
    def store(self) -> str:
        """The address of its store."""
        return f"sqlite:///{self.folder / 'ourtake.db'}"


def command(*words: str, folder: Path, codes: tuple[int, ...] = (0,)) -> str:
    """The output of `ourtake WORDS`. Raises RuntimeError for an exit code that is not expected."""
    done = subprocess.run([OURTAKE, *words], cwd=folder, capture_output=True, text=True)
    if done.returncode not in codes:
        raise RuntimeError(f"ourtake {' '.join(words)}: {done.returncode}\n{done.stderr}")
    return done.stdout


def prepared(folder: Path) -> Demo:
    """The example publication with a draft that has faults, one that an editor has worked on, and a run of the smoke
    suite.
    """
    paper, run = folder / "paper", folder / "run"
    command("init", str(paper), folder=folder)
    command("archive", "add", "archive", folder=paper)
    add_draft(paper)
    command("draft", "sources/01-data-centre-power.md", folder=paper, codes=(0, 1))
    listed = command("drafts", "list", folder=paper)
    other = next(line.split()[0] for line in listed.splitlines() if "baseline" in line)
    command("eval", "run", str(ROOT / "evals" / "suites" / "smoke.toml"), "-o", str(run), folder=paper)
    command("eval", "report", str(run), folder=paper)
    demo = Demo(paper, run, other)
    with session(demo, other) as edited:
        for row in [row for row in edited.view().claims if row.needed][:9]:
            edited.show(row.id, by=SECOND_EDITOR)
            edited.decide(row.id, "right", by=SECOND_EDITOR)
        edited.edit("headline", 0, "Who pays when a data centre comes first?", base=1, by=SECOND_EDITOR)
    with session(demo, DRAFT) as faulty:
        phrase = next(row for row in faulty.view().findings if row.finding.code == "STY001")
        faulty.let_stand(phrase.id, "Quoted from the minister's own words", by=EDITOR)
    return demo


@contextlib.contextmanager
def session(demo: Demo, draft: str) -> Iterator[Session]:
    """A draft at the desk."""
    with Store.open(demo.store) as store:
        yield Desk(store, rechecker(Settings(), None)).open(draft)


@contextlib.contextmanager
def served(demo: Demo) -> Iterator[str]:
    """The address of a desk over the publication."""
    words = [OURTAKE, "serve", "--port", "0", "--as", EDITOR, "--pairs", str(demo.run)]
    server = subprocess.Popen(words, cwd=demo.folder, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        yield next(found[0] for line in server.stderr if (found := re.search(r"http://\S+:\d+", line)))
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def shot(page: Page, path: Path) -> None:
    """One picture, once the page and its fonts are there."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    page.screenshot(path=path, animations="disabled", caret="hide")
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--nofs", "--ext", ".png", "128", str(path)], check=False)
    print(f"{path.name:<26} {path.stat().st_size:>8,} bytes")


def to_finding(code: str) -> Callable[[Page], None]:
    """Make the finding of a rule the current one."""

    def act(page: Page) -> None:
        page.locator(f"article.card:has(.code:text-is('{code}')) h2 a").first.evaluate("link => link.click()")

    return act


def from_keyboard(*keys: str) -> Callable[[Page], None]:
    """Press keys."""

    def act(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return act


def desk_pictures(browser: Browser, demo: Demo, address: str, out: Path) -> None:
    """Every screen of the desk in each of LOOKS."""
    at = f"{address}/drafts/{DRAFT}"
    screens: dict[str, tuple[str, Callable[[Page], None]]] = {
        "queue": (address, from_keyboard()),
        "draft": (at, to_finding("FCT003")),
        "evidence": (f"{at}/evidence/3?revision=1", from_keyboard()),
        "claims": (f"{at}/claims", from_keyboard()),
        "sign": (f"{at}/sign", from_keyboard()),
        "history": (f"{address}/drafts/{demo.other}/history", from_keyboard()),
        "new": (f"{address}/new", from_keyboard()),
        "pairs": (f"{address}/pairs", from_keyboard()),
        "rewrite": (at, from_keyboard()),
    }
    for name, (page_address, act) in screens.items():
        if name == "rewrite":
            with session(demo, DRAFT) as faulty:
                faulty.propose("body", 2, REWRITTEN, base=1, by="openai:gpt-6.1-sol", asked_by=EDITOR, note="plainer")
        for look, given in LOOKS.items():
            context = browser.new_context(reduced_motion="reduce", **given)
            page = context.new_page()
            page.goto(page_address)
            page.wait_for_load_state("networkidle")
            act(page)
            if name == "rewrite":
                page.locator(".proposal").evaluate("one => one.scrollIntoView({block: 'center'})")
            shot(page, out / f"desk-{name}{look}.png")
            context.close()


def report_pictures(browser: Browser, demo: Demo, out: Path) -> None:
    """The report of the run: light, dark, printed, and one case with its takes."""
    address = (demo.run / "report.html").as_uri()
    for look in ("light", "dark"):
        page = browser.new_page(viewport={"width": 1180, "height": 1240}, color_scheme=look)
        page.goto(address)
        shot(page, out / f"eval-report-{look}.png")
        page.close()
    page = browser.new_page(viewport={"width": 1025, "height": 1250})
    page.emulate_media(media="print")
    page.goto(address)
    shot(page, out / "eval-report-print.png")
    page.close()
    page = browser.new_page(viewport={"width": 1180, "height": 900})
    page.goto(address)
    case = page.locator("tr.case button").filter(has_text="Ferrow Compute")
    case.click()
    page.locator("tr.detail .take").first.wait_for()
    case.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 20)")
    shot(page, out / "eval-report-case.png")
    page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--only", choices=("desk", "report"))
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("OURTAKE_TEST_CHROMIUM") or shutil.which("chromium")
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = prepared(Path(folder))
        with served(demo) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            if given.only != "report":
                desk_pictures(browser, demo, address, given.out)
            if given.only != "desk":
                report_pictures(browser, demo, given.out)
            browser.close()


if __name__ == "__main__":
    main()
