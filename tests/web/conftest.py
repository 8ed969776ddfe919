"""A desk that really runs: `ourtake serve` as a process on a free port, and a real chromium."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.conftest import Command, Start
from tests.web.drafts import DRAFT, add_draft

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page

CHROMIUM = os.environ.get("OURTAKE_TEST_CHROMIUM") or shutil.which("chromium") or ""


class RunningDesk(NamedTuple):
    """A server with its address, the publication's folder, and the draft with planted faults."""

    address: str
    folder: Path
    draft: str
    process: Command

    def at(self, path: str = "") -> str:
        """The address of a page of the draft."""
        return f"{self.address}/drafts/{self.draft}{path}"


Serve = Callable[..., RunningDesk]


@pytest.fixture
def serve(start: Start) -> Iterator[Serve]:
    """`serve("--as", "NAME", folder=..., env={...})` starts a desk on a free port of this machine."""
    started: list[Command] = []

    def inner(*words: str, folder: Path, draft: str = "", env: dict[str, str] | None = None) -> RunningDesk:
        process = start("serve", "--port", "0", *words, folder=folder, env=env, stdout=subprocess.DEVNULL)
        started.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"http://\S+:\d+", line):
                return RunningDesk(found[0], folder, draft, process)
        raise AssertionError(f"the desk did not start: {process.wait()}")

    yield inner
    for process in started:
        process.send_signal(signal.SIGINT)
        process.wait(600)


@pytest.fixture(scope="session")
def faulty(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example publication with the draft of drafts.py, made once; tests get copies of it."""
    folder = Path(shutil.copytree(example, tmp_path_factory.mktemp("faulty") / "paper", symlinks=True))
    add_draft(folder)
    return folder


@pytest.fixture
def desk(faulty: Path, tmp_path: Path, serve: Serve) -> RunningDesk:
    """A desk of one editor over a draft with planted faults."""
    folder = Path(shutil.copytree(faulty, tmp_path / "desk", symlinks=True))
    return serve("--as", "Ines Calloway", folder=folder, draft=DRAFT)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The chromium of this machine. Not for longer than a module: Playwright's event loop runs in this thread."""
    if not CHROMIUM:
        pytest.skip("there is no chromium; .ci/run installs it")
    from playwright.sync_api import expect, sync_playwright

    # Five seconds otherwise, which a busy machine takes for a page.
    expect.set_options(timeout=120_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


class Told:
    """What a page's console and network said: messages of warnings and errors, and answers of 400 and more."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def listen(self, page: Page) -> None:
        """Write down what this page says from now on."""
        page.on("console", lambda one: self.lines.append(one.text) if one.type in ("warning", "error") else None)
        page.on("pageerror", lambda error: self.lines.append(str(error)))
        page.on("response", lambda one: self.lines.append(f"{one.status} {one.url}") if one.status >= 400 else None)
        page.on("dialog", self._opened)

    def _opened(self, dialog: Dialog) -> None:
        self.lines.append(f"dialog {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of its own."""
    made = browser.new_context(viewport={"width": 1100, "height": 740})
    made.set_default_timeout(120_000)
    yield made
    made.close()


@pytest.fixture
def tab(context: BrowserContext, told: Told) -> Page:
    """A tab whose console is listened to."""
    page = context.new_page()
    told.listen(page)
    return page
