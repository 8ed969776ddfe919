"""The report in a real browser: it opens without network, cases open, filters filter, and texts stay texts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ourtake.documents import Finding, Report, Source, Take
from tests.conftest import Run
from tests.evals.made import case, result, run_folder

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = "<img src=x onerror=\"document.title='caught'\"></script><script>document.title='caught'</script>"


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of the chromium of this machine."""
    if not CHROMIUM:
        pytest.skip("there is no chromium; .ci/run installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        made = browser.new_page(viewport={"width": 1200, "height": 800})
        made.set_default_timeout(120_000)
        yield made
        browser.close()


def hostile_run(folder: Path) -> Path:
    """A run of two writers; in case c3 every text is hostile, and it has a finding behind an astral character."""
    cases = [case(number, 9) for number in range(9)]
    source = Source(id="c3", title=HOSTILE, outlet=HOSTILE, url="https://x.example/3", blurb=HOSTILE)
    cases[3] = cases[3].model_copy(update={"source": source})
    body = f"Zwölf 🜁 Boote.\n\nWe said 41 of them. See [our piece](https://ours.example/a) {HOSTILE}"
    start = body.index("41")
    finding = Finding(
        code="FCT001", rule="r", severity="error", message=HOSTILE, field="body", start=start, end=start + 2, text="41"
    )
    # As `eval keep` leaves it: with the counts of the claims, and without their list.
    counts = {"verified": 2, "differs": 0, "not-checked": 1}
    report = Report(verdict="fail", findings=(finding,), counts={"error": 1}, words={"body": 12}, claim_counts=counts)
    rows = []
    for one in cases:
        for model in ("m", HOSTILE):
            if one.id == "c3":
                take = Take(headline=HOSTILE, summary=HOSTILE, body=body, tags=(HOSTILE,))
                rows.append(result(one, model, passes=0, codes=("FCT001",), take=take, report=report))
            else:
                rows.append(result(one, model, passes=1))
    run_folder(folder, rows, models=("m", HOSTILE), cases=cases, suite={"description": HOSTILE})
    return folder / "report.html"


def test_the_page_opens_cases_and_filters_and_runs_nothing_of_theirs(tmp_path: Path, run: Run, page: Page) -> None:
    file = hostile_run(tmp_path / "out")
    assert run("eval", "report", "out").returncode == 0
    wrong: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert page.locator("tr.case").count() == 9 and page.locator("svg").count() >= 2
    # Filters.
    page.select_option("#f-code", "FCT001")
    assert page.locator("tr.case:visible").count() == 1
    assert page.text_content("#f-count") == "1 of 9 cases"
    # The case opens; the finding marks its own words, also behind a character of two code units.
    page.click("tr.case:visible button")
    page.wait_for_selector(".take")
    assert page.locator(".take").count() == 2 and page.locator("mark").first.text_content() == "41"
    assert page.locator(".take .target").first.get_attribute("title") == "https://ours.example/a"
    shown = page.locator(".take").first.inner_text()
    assert "Claims: 2 verified, 1 not checked. The run was kept without the list of them." in shown
    page.click("tr.case:visible button")
    assert page.locator(".take").count() == 0
    page.select_option("#f-code", "")
    page.fill("#f-text", "story 5")
    assert page.locator("tr.case:visible").count() == 1
    assert page.title() != "caught" and page.locator("img").count() == 0
    assert not wrong and asked == [file.as_uri()]
    # On paper the filters are left out.
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
