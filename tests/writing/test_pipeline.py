"""One story through the pipeline, in this process: each way in which a draft may end, and what it goes on from."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path

import pytest

from ourtake.config import Budget, Settings
from ourtake.documents import Draft
from ourtake.errors import PermanentError, StoreError, TransientError
from ourtake.providers.base import Reply
from ourtake.writing.pipeline import UnsavedError, write_draft
from tests.writing.story import Script, Story, said, story

DOWN = TransientError("The server is down.", "Try later.", status=500)


def drafted(given: Story, *answers: Reply | Exception, draft_id: str = "one") -> tuple[Draft, Script]:
    script = Script(*answers)
    return asyncio.run(write_draft(given.source, given.told(script), draft_id=draft_id)), script


def elsewhere(given: Story) -> Story:
    """The same story in another outlet: what was answered for the first one is not remembered for it."""
    return given._replace(source=given.source.model_copy(update={"outlet": "Another Outlet"}))


def test_a_sound_take_is_stored_with_what_the_ledger_says_that_it_cost(paper: Path) -> None:
    with story(paper) as given:
        heard: list[str] = []
        script = Script(said(given.take))
        draft = asyncio.run(write_draft(given.source, given.told(script), on_text=heard.append))
        assert (draft.status, draft.error, len(draft.revisions), draft.notes) == ("ready", None, 1, ())
        assert draft.usage.input_tokens == 100 and draft.usage.output_tokens == 200 and draft.usage.calls == 1
        assert given.pipeline.store.draft(draft.id) == draft
        assert "".join(heard) == said(given.take).text
        assert [item.handle for item in draft.related][:2] == ["a1", "a2"]
        assert not any(f"({item.handle})" in draft.revisions[0].take.body for item in draft.related)


def test_what_was_cut_off_is_asked_for_once_more_with_twice_the_room(paper: Path) -> None:
    with story(paper) as given:
        draft, script = drafted(given, said('{"headline', "cut-off"), said(given.take))
        room = [request.max_output_tokens for request in script.asked]
        assert draft.status == "ready" and room[1] == 2 * room[0]
        again, _ = drafted(elsewhere(given), *[said('{"head', "cut-off")] * 2, draft_id="two")
        assert (again.status, again.revisions) == ("cut-off", ()) and "cut off" in (again.error or "")


def test_a_reply_that_is_no_take_is_asked_for_with_what_was_wrong(paper: Path) -> None:
    with story(paper) as given:
        draft, script = drafted(given, said("I am sorry."), said(given.take))
        assert draft.status == "ready" and len(script.asked[1].prompt) > len(script.asked[0].prompt)
        again, _ = drafted(elsewhere(given), *[said("I am still sorry.")] * 2, draft_id="two")
        assert again.status == "invalid" and again.usage.calls == 2


@pytest.mark.parametrize("status", ["refused", "filtered", "empty"])
def test_what_a_model_does_not_answer_is_the_drafts_status(paper: Path, status: str) -> None:
    with story(paper) as given:
        reply = said("I won't write this.").model_copy(update={"status": status})
        draft, script = drafted(given, reply)
        assert (draft.status, len(script.asked)) == (status, 1)
        assert ("I won't write this." in (draft.error or "")) == (status == "refused")


def test_a_provider_that_fails_is_the_drafts_error(paper: Path) -> None:
    with story(paper) as given:
        draft, _ = drafted(given, PermanentError("The key is wrong.", "Set another.", status=401))
        assert draft.status == "failed" and "The key is wrong." in (draft.error or "")
        assert given.pipeline.store.draft("one") == draft


def test_a_fault_is_repaired_in_its_passage_alone(paper: Path) -> None:
    with story(paper) as given:
        repair = said({"passages": [{"name": "paragraph 2", "text": given.second()}]})
        draft, script = drafted(given, said(given.faulty()), repair)
        first, second = draft.revisions
        assert [finding.code for finding in first.report.findings if finding.severity == "error"] == ["LNK001"]
        assert draft.status == "ready" and draft.chosen == 2 and "paragraph 2" in (second.note or "")
        assert first.take.body.split("\n\n")[2:] == second.take.body.split("\n\n")[2:]
        assert script.asked[1].task == "repair" and script.asked[1].repair_round == 1


@pytest.mark.parametrize("kind", ["an error", "another refusal", "the same words"])
def test_a_repair_that_fails_leaves_the_take_with_its_findings(paper: Path, kind: str) -> None:
    with story(paper) as given:
        same = given.faulty()["body"].split("\n\n")[1]
        answers: dict[str, Reply | Exception] = {
            "an error": DOWN,
            "another refusal": said("No.", "refused"),
            "the same words": said({"passages": [{"name": "paragraph 2", "text": same}]}),
        }
        draft, script = drafted(given, said(given.faulty()), answers[kind])
        assert draft.status == "needs-work" and len(draft.revisions) == 1 and len(script.asked) == 2
        assert len(draft.notes) == 1 and (kind != "an error" or DOWN.what in draft.notes[0])


def test_repairs_end_after_two_rounds_and_the_best_take_stands(paper: Path) -> None:
    with story(paper) as given:
        texts = [given.second() + more for more in (" See [this](a78) and [that](a79).", " See [it](a80).")]
        repairs = [said({"passages": [{"name": "paragraph 2", "text": text}]}) for text in texts]
        draft, script = drafted(given, said(given.faulty()), *repairs)
        assert draft.status == "needs-work" and len(script.asked) == 3 == len(draft.revisions)
        errors = [revision.report.counts["error"] for revision in draft.revisions]
        assert errors[draft.chosen - 1] == min(errors) < max(errors)


def test_a_limit_of_calls_keeps_what_was_written(paper: Path) -> None:
    with story(paper, Settings(budget=Budget(calls_per_draft=1))) as given:
        draft, script = drafted(given, said(given.faulty()))
        assert len(script.asked) == 1 and len(draft.revisions) == 1
        assert "calls_per_draft" in (draft.error or "") + "".join(draft.notes) and draft.status == "limit"


def test_a_finished_draft_is_given_back_and_another_goes_on(paper: Path) -> None:
    with story(paper) as given:
        store = given.pipeline.store
        done, _ = drafted(given, said(given.faulty()), DOWN)
        assert drafted(given)[0] == done
        asyncio.run(store.save_draft(done.model_copy(update={"status": "limit"})))
        repair = said({"passages": [{"name": "paragraph 2", "text": given.second()}]})
        gone_on, script = drafted(given, repair)
        assert [request.task for request in script.asked] == ["repair"]
        assert gone_on.status == "ready" and gone_on.revisions[0] == done.revisions[0]
        new = given.told(Script(said(given.take), DOWN))._replace(new_run=True)
        begun = asyncio.run(write_draft(elsewhere(given).source, new, draft_id="one"))
        assert len(begun.revisions) == 1 and begun.revisions != gone_on.revisions[:1]


def test_a_draft_that_the_store_cant_take_is_handed_over(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with story(paper) as given:

        async def full(_: Draft) -> None:
            raise StoreError("The disk is full.", "Make room.")

        monkeypatch.setattr(given.pipeline.store, "save_paid", full)
        with pytest.raises(UnsavedError, match="The disk is full") as caught:
            drafted(given, said(given.take))
        assert caught.value.draft.status == "ready" and caught.value.draft.usage.calls == 1


def test_a_source_from_the_future_is_noted(paper: Path) -> None:
    with story(paper) as given:
        day = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3)).date().isoformat()
        later = given._replace(source=given.source.model_copy(update={"published": day}))
        draft, _ = drafted(later, said(given.take), DOWN)
        assert day in draft.notes[0]
