"""The desk in full screen, driven by Textual's pilot over a real store and the real rules."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static, TextArea

from ourtake.cli.review_app import ReviewApp
from ourtake.cli.review_draft import DraftScreen
from ourtake.cli.review_plain import review_plain
from ourtake.cli.review_screens import MessageScreen, QueueScreen
from ourtake.errors import PermanentError
from ourtake.review.paragraphs import texts
from ourtake.review.session import Desk, Session
from ourtake.review.views import DraftView
from ourtake.text.markdown import visible
from ourtake.web.service import Rewrite, RewriteOrder, Rewritten, Tell
from tests.review.conftest import BODY, decide_all, desk, session, store

__all__ = ["desk", "session", "store"]
Act = Callable[[Pilot[None]], Awaitable[None]]
ANN = "Ann Reed"


def drive(
    desk: Desk,
    act: Act,
    *,
    draft: str | None = "d1",
    size: tuple[int, int] = (80, 24),
    rewrite: Rewrite | None = None,
) -> None:
    async def driven() -> None:
        app = ReviewApp(desk, draft, by=ANN, contact="desk@paper.example", rewrite=rewrite)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await act(pilot)

    asyncio.run(driven())


def shown(pilot: Pilot[None], name: str) -> str:
    return str(pilot.app.screen.query_one(f"#{name}", Static).render())


async def move_to(pilot: Pilot[None], words: str) -> None:
    for _ in range(300):
        if words in shown(pilot, "item"):
            return
        await pilot.press("j")
    raise AssertionError(f"{words!r} is nowhere in the card")


def test_a_fix_changes_its_words_and_u_brings_them_back(desk: Desk, session: Session) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await move_to(pilot, "QUO003")
        assert "[-" in shown(pilot, "item") or "{+really" in shown(pilot, "item")
        await pilot.press("f")
        assert session.view().take.body == BODY.replace("money is there", "money is really there")
        assert "Fixed." in shown(pilot, "foot")
        await pilot.press("u")
        assert session.view().take.body == BODY and "Undone." in shown(pilot, "foot")

    drive(desk, act)


def test_a_finding_stands_for_a_reason_and_not_without_one(desk: Desk, session: Session) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("s", "enter")
        assert "give a reason" in shown(pilot, "foot")
        await pilot.press("s", *"xxxxxxxx", "enter")
        assert "xxxxxxxx" in shown(pilot, "item")

    drive(desk, act)
    assert desk.queue()[0].overrides == 1
    assert [one.reason for one in session.view().standing.overrides.values()] == ["xxxxxxxx"]


def test_y_held_down_decides_one_row(desk: Desk, session: Session) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("t", *"yyyyyyyy")
        assert "Show its evidence first" in shown(pilot, "foot")
        await pilot.press("j", "y")

    drive(desk, act)
    assert len(session.view().standing.decisions) == 2
    assert [one.kind for one in session.history()].count("decided") == 2


def test_letter_keys_can_be_switched_off(desk: Desk, session: Session) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await move_to(pilot, "QUO003")
        await pilot.press("ctrl+k", *"fffaaa")
        assert isinstance(pilot.app.screen, DraftScreen)
        assert session.view().revision.number == 1
        await pilot.press("ctrl+k", "f")
        assert session.view().revision.number == 2

    drive(desk, act)


def test_a_paragraph_is_edited_here_where_no_editor_is_set(
    desk: Desk, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)

    async def act(pilot: Pilot[None]) -> None:
        await move_to(pilot, "paragraph 2")
        await pilot.press("e", *"Yes. ", "escape")
        assert session.view().revision.number == 1
        await pilot.press("e", *"Yes. ", "ctrl+s")
        await pilot.pause()

    drive(desk, act)
    assert session.view().take.body.split("\n\n")[1].startswith("Yes. We wrote")


def test_a_proposal_is_decided_piece_by_piece(desk: Desk, session: Session) -> None:
    one = session.propose("body", 2, "The council must say why. Nobody outside knows what it is waiting for.", base=1,
                          by="openai:test", asked_by=ANN)  # fmt: skip

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("p", "a", "enter")
        assert "not decided" in shown(pilot, "foot")
        await pilot.press(*"x" * len(one.pieces), "enter")

    drive(desk, act)
    assert session.view().take.body == BODY.replace("should", "must")


def test_signing_says_what_is_open_and_takes_a_name(desk: Desk, session: Session) -> None:
    async def refused(pilot: Pilot[None]) -> None:
        await pilot.press("A")
        assert isinstance(pilot.app.screen, MessageScreen)

    drive(desk, refused)
    assert session.view().state == "draft"
    decide_all(session)

    async def signed(pilot: Pilot[None]) -> None:
        await pilot.press("A", "enter", *ANN, "enter")
        assert "say what you know" in shown(pilot, "foot")
        await pilot.press("A", *"Energy", "enter", *"Somebody", "enter")
        assert "Not signed" in shown(pilot, "foot")
        await pilot.press("A", *"Energy", "enter", *ANN, "enter")

    drive(desk, signed)
    assert session.view().state == "approved"
    data = session.history()[-1].data
    assert (data["contact"], data["knowledge"]) == ("desk@paper.example", "Energy")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 50)])
def test_the_queue_opens_a_draft_and_finds_words(desk: Desk, size: tuple[int, int]) -> None:
    async def act(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app.screen, QueueScreen)
        await pilot.press("slash", *"nothing", "enter")
        assert pilot.app.screen.query_one(OptionList).option_count == 0
        await pilot.press("slash", *["backspace"] * 7, "enter", "3")
        assert pilot.app.screen.query_one(OptionList).option_count == 0
        await pilot.press("1", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, DraftScreen)
        wide = size[0] >= 110
        text, card = (pilot.app.screen.query_one(name).region for name in ("#text", "#card"))
        assert (card.x > text.x) == wide and text.height >= size[1] // 3
        await pilot.press("q")
        assert isinstance(pilot.app.screen, QueueScreen)

    drive(desk, act, draft=None, size=size)


def test_a_rewrite_is_ordered_grows_and_is_taken(desk: Desk, session: Session) -> None:
    go_on = threading.Event()

    def rewrite(view: DraftView, order: RewriteOrder, tell: Tell) -> Rewritten:
        tell("Half of the new")
        go_on.wait(600)
        return Rewritten(f"{order.note}: {texts(view.take, order.field)[order.block]}", "openai:test")

    async def act(pilot: Pilot[None]) -> None:
        await move_to(pilot, "paragraph 2")
        await pilot.press("r", *"Shorter", "enter")
        await until(pilot, "Half of the new")
        await pilot.press("r", *"More", "enter")
        assert "A rewrite is being written" in shown(pilot, "foot")
        go_on.set()
        await until(pilot, "Rewrite by openai:test")
        assert session.view().take.body == BODY and session.view().proposals[0].note == "Shorter"
        await pilot.press("a", "enter")

    drive(desk, act, rewrite=rewrite)
    assert session.view().take.body.split("\n\n")[1].startswith("Shorter: We wrote")


def test_a_rewrite_that_fails_says_so_and_changes_nothing(desk: Desk, session: Session) -> None:
    def rewrite(view: DraftView, order: RewriteOrder, tell: Tell) -> Rewritten:
        raise PermanentError("The key is wrong.", "Set another.")

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"Shorter", "enter")
        for _ in range(12_000):
            if "The key is wrong" in shown(pilot, "foot"):
                break
            await asyncio.sleep(0.05)
        assert "The key is wrong. Set another. The text has not changed." in shown(pilot, "foot")

    drive(desk, act, rewrite=rewrite)
    assert session.view().revision.number == 1 and not session.view().proposals


def test_without_a_model_r_says_what_to_do(desk: Desk) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("r", *"Shorter", "enter")
        assert "No model is set up" in shown(pilot, "foot")

    drive(desk, act)


async def until(pilot: Pilot[None], words: str) -> None:
    for _ in range(12_000):
        if words in shown(pilot, "item"):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{words!r} is not in the card")


def test_a_claim_is_decided_only_once_the_end_of_its_evidence_was_on_the_screen(desk: Desk, session: Session) -> None:
    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("t")
        while "evidence:" not in shown(pilot, "item"):
            await pilot.press("j")
        card = pilot.app.screen.query_one("#card")
        assert card.max_scroll_y > 0
        # Neither does it help that this person saw it before, elsewhere.
        row = next(row for row in session.view().claims if visible(row.claim.text) in shown(pilot, "item"))
        session.show(row.id, by=ANN)
        await pilot.press("o", "y")
        assert "Show its evidence first" in shown(pilot, "foot")
        for _ in range(20):
            await pilot.press("space")
        await pilot.press("y")
        assert "Decided: right." in shown(pilot, "foot")

    drive(desk, act, size=(40, 12))
    assert len(session.view().standing.decisions) == 1


def test_p_goes_through_the_proposals(desk: Desk, session: Session) -> None:
    for place in (1, 2):
        session.propose("body", place, f"Other words {place}.", base=1, by="openai:test", asked_by=ANN)

    async def act(pilot: Pilot[None]) -> None:
        await pilot.press("p")
        assert "for paragraph 2" in shown(pilot, "item")
        await pilot.press("p")
        assert "for paragraph 3" in shown(pilot, "item")
        await pilot.press("p")
        assert "for paragraph 2" in shown(pilot, "item")

    drive(desk, act)


@pytest.mark.parametrize("columns", [30, 60])
def test_the_words_under_the_cursor_are_on_the_screen(desk: Desk, session: Session, columns: int) -> None:
    long = " ".join(f"Sentence {number} says little." for number in range(60))
    first = BODY.split("\n\n")[0]
    session.edit("body", 0, f"{long} {first}", base=1, by=ANN)

    async def act(pilot: Pilot[None]) -> None:
        await move_to(pilot, "QUO003")
        await pilot.pause()
        region = pilot.app.screen.query_one("#text").region
        strips = pilot.app.screen._compositor.render_strips()
        seen = " ".join(" ".join(strip.text for strip in strips[region.y : region.bottom]).split())
        assert "money" in seen or "build it" in seen, seen

    drive(desk, act, size=(columns, 24))


def test_a_finding_about_the_body_opens_the_body_and_any_paragraph_can_be_named(
    desk: Desk, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)

    async def act(pilot: Pilot[None]) -> None:
        await move_to(pilot, "paragraphs 1 to 3")
        await pilot.press("e")
        assert pilot.app.screen.query_one(TextArea).text == BODY
        await pilot.press("escape", "E", "3", "enter")
        await pilot.pause()
        assert pilot.app.screen.query_one(TextArea).text == BODY.split("\n\n")[2]
        await pilot.press("escape", "E", "9", "enter")
        await pilot.pause()
        assert "from 1 to 3" in shown(pilot, "foot")

    drive(desk, act)


def test_plain_review_edits_the_body_or_the_part_that_is_named(
    desk: Desk, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = session.view().findings
    first = next(at for at, row in enumerate(rows) if row.several)
    monkeypatch.setenv("VISUAL", f"cp -t {tmp_path}")
    for words in ("e", "e 3", "e headline", "e 9"):
        lines = iter([*["j"] * first, words])
        review_plain(desk, "d1", by=ANN, contact="", lines=lines)
        if words != "e 9":
            wanted = {"e": BODY, "e 3": BODY.split("\n\n")[2]}.get(words, session.view().take.headline)
            assert (tmp_path / "paragraph.md").read_text().strip() == wanted
    assert "has no part 9. Give a number from 1 to 3" in capsys.readouterr().out
