"""A paragraph rewritten from the page by a model on a real wire: streamed in, taken piece by piece, or failing."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from ourtake.config import Settings
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk
from ourtake.store import Store
from tests.conftest import Run
from tests.web.conftest import RunningDesk, Serve
from tests.web.drafts import DRAFT, THIRD
from tests.web.test_draft import stored
from tests.wire.test_llmock import answer, environment, serving

REWRITTEN = THIRD.replace("Most data centres that fail do so because of local protest.", "Most wait for a connection.")
REPLY = {"passages": [{"name": "paragraph 3", "text": REWRITTEN}]}
MODEL = "openai:gpt-6.2-sol"


def prepared(faulty: Path, paper: Path, port: int) -> dict[str, str]:
    """The publication with a model and the draft; the environment that leads to the server."""
    (paper / "ourtake.db").write_bytes((faulty / "ourtake.db").read_bytes())
    env = environment(paper, port)
    settings = (paper / "ourtake.toml").read_text(encoding="utf-8")
    settings = settings.replace('default = "baseline"', f'default = "{MODEL}"')
    (paper / "ourtake.toml").write_text(settings, encoding="utf-8")
    return env


def ask(tab: Page, desk: RunningDesk) -> None:
    """Ask for a rewrite of the third paragraph."""
    tab.goto(desk.at())
    tab.evaluate("() => document.querySelector('.part.here').classList.remove('here')")
    tab.locator("#p-body-2").evaluate("part => part.classList.add('here')")
    tab.keyboard.press("r")
    tab.keyboard.type("plainer, and say what they wait for")
    tab.keyboard.press("Enter")


def calls(desk: RunningDesk) -> list[tuple[str, str]]:
    """Task and state of the draft's calls in the ledger."""
    with Store.open(f"sqlite:///{desk.folder / 'ourtake.db'}") as store:
        return [(call.start.task, call.state) for call in store.calls(desk.draft)]


def test_a_rewrite_streams_in_and_is_taken(faulty: Path, paper: Path, tmp_path: Path, serve: Serve, tab: Page) -> None:
    with serving(tmp_path, [answer(REPLY, task="The editor asks for this change")], "--latency", "60") as port:
        env = prepared(faulty, paper, port)
        desk = serve("--as", "Ines Calloway", folder=paper, draft=DRAFT, env=env)
        ask(tab, desk)
        # It is seen growing before it is whole.
        expect(tab.locator("#p-body-2 .streamed")).to_contain_text("A deadline of six weeks", timeout=30_000)
        assert stored(desk)[2] == THIRD
        proposal = tab.locator(".proposal")
        expect(proposal).to_contain_text("1 of 1 undecided", timeout=30_000)
        expect(proposal).to_contain_text(
            f"Proposed by {MODEL} for Ines Calloway: “plainer, and say what they wait for”."
        )
        assert stored(desk)[2] == THIRD
        tab.keyboard.press("a")
        expect(proposal).to_contain_text("All 1 decided")
        tab.keyboard.press("Enter")
        expect(proposal).to_have_count(0)
    assert stored(desk)[2] == REWRITTEN
    assert calls(desk) == [("repair", "answered")]


def test_a_rewrite_may_be_asked_of_another_model(
    faulty: Path, paper: Path, tmp_path: Path, serve: Serve, tab: Page
) -> None:
    with serving(tmp_path, [answer(REPLY, task="The editor asks for this change")]) as port:
        env = prepared(faulty, paper, port)
        settings = (paper / "ourtake.toml").read_text(encoding="utf-8")
        settings = settings.replace(f'default = "{MODEL}"', f'default = ["{MODEL}", "openai:another"]')
        (paper / "ourtake.toml").write_text(settings, encoding="utf-8")
        desk = serve("--as", "Ines Calloway", folder=paper, draft=DRAFT, env=env)
        tab.goto(desk.at())
        tab.locator("#p-body-2 form.ask").evaluate("form => { form.hidden = false; }")
        assert tab.locator("#p-body-2 form.ask option").all_text_contents()[:2] == [MODEL, "openai:another"]
        tab.locator("#p-body-2 form.ask select").select_option("openai:another")
        tab.locator("#p-body-2 form.ask input[name=note]").fill("plainer")
        tab.locator("#p-body-2 form.ask button.main").click()
        expect(tab.locator(".proposal")).to_contain_text("Proposed by openai:another for", timeout=30_000)
        # Only what is set up can be asked.
        told = tab.request.post(
            desk.at("/rewrite"),
            data={"part": "body-2", "note": "x", "model": "openai:dearest"},
            headers={"Origin": desk.address},
        )
    assert told.status == 400 and "not set up" in told.json()["error"]


def test_a_rewrite_that_fails_changes_nothing(
    faulty: Path, paper: Path, tmp_path: Path, serve: Serve, tab: Page
) -> None:
    with serving(tmp_path, [answer("not JSON at all")]) as port:
        desk = serve("--as", "Ines Calloway", folder=paper, draft=DRAFT, env=prepared(faulty, paper, port))
        ask(tab, desk)
        expect(tab.get_by_role("alert")).to_contain_text("The text has not changed.", timeout=30_000)
    assert stored(desk)[2] == THIRD
    assert [state for _, state in calls(desk)] == ["answered"]


def test_a_desk_killed_mid_rewrite_keeps_the_text_and_the_call(
    faulty: Path, paper: Path, tmp_path: Path, serve: Serve, tab: Page
) -> None:
    with serving(tmp_path, [answer(REPLY)], "--latency", "400") as port:
        desk = serve("--as", "Ines Calloway", folder=paper, draft=DRAFT, env=prepared(faulty, paper, port))
        ask(tab, desk)
        expect(tab.locator("#p-body-2 .streamed")).to_contain_text("A deadline", timeout=30_000)
        desk.process.kill()
        desk.process.wait(30)
        expect(tab.get_by_role("alert")).to_contain_text("The connection to the desk was lost.")
        expect(tab.get_by_label("what should be different?").locator("visible=true")).to_have_value(
            "plainer, and say what they wait for"
        )
    assert stored(desk)[2] == THIRD
    (call,) = calls(desk)
    assert call[0] == "repair" and call[1] != "answered"
    # The next desk says what became of the call.
    assert json.dumps(calls(serve("--as", "Ines Calloway", folder=paper, draft=DRAFT)))


def test_the_terminal_orders_a_rewrite_too(faulty: Path, paper: Path, tmp_path: Path, run: Run) -> None:
    with serving(tmp_path, [answer(REPLY, task="The editor asks for this change")]) as port:
        env = prepared(faulty, paper, port) | {"OURTAKE_EDITOR": "Ines Calloway"}
        with Store.open(f"sqlite:///{paper / 'ourtake.db'}") as store:
            rows = Desk(store, rechecker(Settings(), None)).open(DRAFT).view().claims
        steps = next(at for at, row in enumerate(row for row in rows if row.needed) if row.index == 2)
        lines = "t\n" + "j\n" * steps + "r plainer\n" + "a\nok\n"
        done = run("review", DRAFT, folder=paper, env=env, stdin=lines)
    assert done.returncode == 0, done.stderr
    assert f"Rewrite by {MODEL} for paragraph 3 (plainer). It is not in the text." in done.stdout
    desk = RunningDesk("", paper, DRAFT, None)  # type: ignore[arg-type]
    assert stored(desk)[2] == REWRITTEN
    assert calls(desk) == [("repair", "answered")]
