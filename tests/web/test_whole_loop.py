"""The whole day of a take, in one real browser with real servers: a draft that a model wrote arrives in the queue, is
checked against its evidence, fixed, rewritten, decided, signed, exported, published to WordPress and verified there.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from ourtake.intake.files import read_source
from ourtake.store import Store
from tests.conftest import Run
from tests.publish.conftest import wordpress
from tests.publish.real_wordpress import RealWordPress
from tests.publish.test_wordpress import change, posts
from tests.web.conftest import RunningDesk, Serve, Told
from tests.web.drafts import FAULTY, SECOND, THIRD, open_archive
from tests.web.test_draft import card
from tests.web.test_loop import NAMED, sign
from tests.web.test_rewrite import MODEL
from tests.wire.test_llmock import SOURCE, answer, environment, serving

__all__ = ["wordpress"]
REWRITTEN = THIRD.replace("Most data centres that fail do so because of local protest.", "Most wait for a line.")
REWRITTEN = REWRITTEN.replace("It forces a company to show", "It makes firms show")
AGAIN = REWRITTEN.replace("Asking is cheap for a regulator", "A question is cheap for a regulator")
ASKED = "The editor asks for this change"
SITE = """
[publish.wordpress]
url = "{url}"
user = "boss"
secret_env = "CMS_PASSWORD"
status = "publish"
timeout_seconds = 20

[intake]
allow_hosts = ["{host}"]
"""
THEME = """<?php /* The least theme that shows an article as WordPress renders it. */ ?>
<!doctype html><html><head><meta charset="utf-8"><title><?php wp_title(''); ?></title></head><body>
<header>Test Paper</header>
<?php while (have_posts()) { the_post(); ?><article><h1><?php the_title(); ?></h1><?php the_excerpt(); the_content(); ?>
</article><?php } ?>
<footer>About us</footer></body></html>
"""


def dress(wordpress: RealWordPress, folder: Path) -> None:
    """Give the site a theme; Debian's package brings none."""
    theme = folder / "site" / "wp-content" / "themes" / "least"
    theme.mkdir(parents=True, exist_ok=True)
    (theme / "style.css").write_text("/* Theme Name: Least */")
    (theme / "index.php").write_text(THEME)
    wordpress.php("switch_theme('least');")


def take_in_handles(paper: Path) -> dict[str, Any]:
    """The take with planted faults as a model would answer it: with handles for the archive's addresses."""
    source = read_source(str(paper / SOURCE))
    with Store.open(f"sqlite:///{paper / 'ourtake.db'}") as store:
        related = open_archive(paper, store).related(source)
    body = FAULTY.body
    for number, item in enumerate(related, 1):
        body = body.replace(item.url, f"a{number}")
    return {"headline": FAULTY.headline, "summary": FAULTY.summary, "body": body, "tags": list(FAULTY.tags)}


def arrive(run: Run, paper: Path, env: dict[str, str]) -> str:
    """A draft that a model wrote, by the command; its id."""
    done = run("draft", SOURCE, "--json", folder=paper, env=env)
    assert done.returncode in (0, 1), done.stderr
    with Store.open(f"sqlite:///{paper / 'ourtake.db'}") as store:
        (draft,) = store.drafts(5)
    return draft.id


def take_fix(tab: Page, code: str) -> None:
    """Apply the fix of a rule's finding."""
    card(tab, code)
    before = tab.locator("#main").get_attribute("data-revision")
    tab.keyboard.press("f")
    expect(tab.locator("#main")).not_to_have_attribute("data-revision", before or "")


def read_evidence_and_fix(tab: Page, desk: RunningDesk) -> None:
    """From the queue to the draft; look at the evidence of the altered quotation, and take the fixes."""
    tab.goto(desk.address)
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/drafts/{desk.draft}*")
    take_fix(tab, "FCT003")
    card(tab, "QUO003")
    tab.keyboard.press("o")
    tab.wait_for_url("**/evidence/*")
    expect(tab.locator("#basis")).to_contain_text("eight gas engines")
    tab.keyboard.press("o")
    tab.wait_for_url(f"**/drafts/{desk.draft}#*")
    take_fix(tab, "QUO003")
    tab.locator("#p-body-1 .edit-link").click()
    tab.locator("#edit-body-1").fill(SECOND.replace(NAMED, ""))
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#counts")).not_to_contain_text("error")


def rewrite(tab: Page, note: str) -> None:
    """Ask for a rewrite of the third paragraph and wait until its proposal is there."""
    tab.locator("#p-body-2").evaluate(
        "part => { document.querySelectorAll('.here').forEach(one => one.classList.remove('here'));"
        " part.classList.add('here'); }"
    )
    tab.keyboard.press("r")
    tab.keyboard.type(note)
    tab.keyboard.press("Enter")
    expect(tab.locator("#p-body-2 .streamed")).to_contain_text("A deadline of six weeks", timeout=300_000)
    expect(tab.locator(".proposal")).to_be_visible(timeout=300_000)


def take_all(tab: Page) -> None:
    """Take the pieces of the proposal, one after the other, and finish it."""
    proposal = tab.locator(".proposal")
    pieces = proposal.locator(".piece").count()
    for left in range(pieces - 1, -1, -1):
        tab.keyboard.press("a")
        expect(proposal).to_contain_text(f"{left} of {pieces} undecided" if left else f"All {pieces} decided")
    tab.keyboard.press("Enter")
    expect(proposal).to_have_count(0)


def downloaded(tab: Page, desk: RunningDesk, name: str, to: Path) -> Path:
    """A file that the page of the sign-off offers."""
    with tab.expect_download() as waiting:
        tab.get_by_role("link", name=name, exact=True).click()
    waiting.value.save_as(to)
    return to


def verdict(run: Run, desk: RunningDesk, target: str, record: Path) -> tuple[int, str]:
    done = run("verify", target, "--record", str(record), folder=desk.folder)
    return done.returncode, done.stdout.partition(":")[0]


def test_from_a_model_to_a_verified_page(
    paper: Path, tmp_path: Path, run: Run, serve: Serve, tab: Page, told: Told, wordpress: RealWordPress
) -> None:
    dress(wordpress, wordpress.folder)
    fixtures = [
        answer({"passages": [{"name": "paragraph 3", "text": REWRITTEN}]}, task=ASKED, index=0),
        answer({"passages": [{"name": "paragraph 3", "text": AGAIN}]}, task=ASKED, index=1),
        answer({"passages": []}, task="Your task is to fix"),
        answer(take_in_handles(paper)),
    ]
    with serving(tmp_path, fixtures, "--latency", "60") as port:
        env = environment(paper, port) | {"CMS_PASSWORD": wordpress.secrets["boss"]}
        settings = (paper / "ourtake.toml").read_text(encoding="utf-8")
        settings = settings.replace('default = "baseline"', f'default = "{MODEL}"')
        site = SITE.format(url=wordpress.url, host=wordpress.url.removeprefix("http://"))
        (paper / "ourtake.toml").write_text(settings + site, encoding="utf-8")
        draft = arrive(run, paper, env)
        desk = serve("--as", "Ines Calloway", folder=paper, draft=draft, env=env)

        read_evidence_and_fix(tab, desk)
        rewrite(tab, "plainer, and say what they wait for")
        take_all(tab)
        expect(tab.locator("#p-body-2 .text")).to_contain_text("It makes firms show")
        sign(tab, desk)

        tab.goto(desk.at("/sign"))
        take = downloaded(tab, desk, "markdown", tmp_path / "take.md")
        record = downloaded(tab, desk, "the record", tmp_path / "take.md.intoto.json")
        assert verdict(run, desk, str(take), record) == (0, "exact")

        # One post, however often it is published; the page has the same words, typography apart.
        tab.get_by_role("button", name="Publish to wordpress").click()
        expect(tab.locator("#done")).to_contain_text("Created: ", timeout=300_000)
        tab.get_by_role("button", name="Publish to wordpress").click()
        expect(tab.locator("#done")).to_contain_text("Unchanged: ", timeout=300_000)
        (post,) = posts(wordpress, draft)
        page = f"{wordpress.url}/?p={post['id']}"
        assert verdict(run, desk, page, record) == (0, "same words")

        # A digit is changed there: verify says so, and publishing again refuses with the difference.
        change(wordpress, post["id"], "47 megawatts", "48 megawatts")
        assert verdict(run, desk, page, record) == (1, "different")
        tab.get_by_role("button", name="Publish to wordpress").click()
        expect(tab.locator("main")).to_contain_text("nothing was overwritten", timeout=300_000)
        expect(tab.locator("main")).to_contain_text("48 megawatts")
        assert "48 megawatts" in posts(wordpress, draft)[0]["content"]
        assert all("/publish" in line or "400" in line for line in told.lines)  # the refusal itself
        told.lines.clear()

        # A rewrite of the signed take reopens it, and the old record vouches only for the old words.
        tab.goto(desk.at())
        rewrite(tab, "one more time")
        assert verdict(run, desk, str(take), record)[1] == "exact"
        take_all(tab)
        expect(tab.locator("#counts")).to_contain_text("Reopened")
    assert run("export", draft, "-o", str(tmp_path / "new.md"), folder=paper).returncode == 0
    assert not (tmp_path / "new.md.intoto.json").exists()
    assert verdict(run, desk, str(tmp_path / "new.md"), record) == (1, "different")
    shutil.copy(take, changed := tmp_path / "changed.md")
    changed.write_text(changed.read_text().replace("modest request", "modest demand"))
    assert verdict(run, desk, str(changed), record) == (1, "different")
    assert told.lines == []
