"""The whole process on stories whose replies were written by hand to the real prompts (by_hand/), and each way in which
a plan or a take may be wrong. The ledger, the archive and the checks are real; the provider is a script.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ourtake.archive.passage import count_sentences, sentences_with
from ourtake.config import Budget, Settings
from ourtake.documents import Draft
from ourtake.errors import InputError, TransientError
from ourtake.intake.files import read_source
from ourtake.providers.base import Reply
from ourtake.text.markdown import visible
from ourtake.text.words import count_words
from ourtake.writing.angles import angles_of, plan_is_stored
from ourtake.writing.context import passages_to_write_from
from ourtake.writing.pipeline import Wishes, look_up, write_draft
from ourtake.writing.plan import read_plan
from ourtake.writing.story_texts import StoryTexts
from ourtake.writing.verify import Verifier
from tests.writing.story import Script, Story, said, story

BY_HAND = Path(__file__).parent / "by_hand"
STORIES = {
    "data-centre-power": "01-data-centre-power",
    "council-chatbot": "02-council-chatbot",
    "algorithm-contract": "04-algorithm-contract",
    "newsletter-prices": "06-newsletter-prices",
}
HELD: dict[str, tuple[int, int, list[str]]] = {
    "data-centre-power": (18, 3, ["QUO002"]),
    "council-chatbot": (21, 4, []),
    "algorithm-contract": (17, 2, []),
    "newsletter-prices": (20, 3, ["FCT001", "FCT001", "FCT003", "FCT003"]),
}
"""Claims verified in the last take, at least; errors in the first by the reading, and by code, at most. The latter are
all false: a quotation that is attributed in its own sentence, and sums in pounds and pence.
"""
CHATBOT = "council-chatbot"
NO_WISHES = Wishes()
DOWN = TransientError("The server is down.", "Try later.", status=500)


def reply(name: str, part: str = "") -> dict[str, Any]:
    table: dict[str, Any] = json.loads((BY_HAND / f"{name}{part}.json").read_text(encoding="utf-8"))
    return table


def replies(name: str = CHATBOT) -> dict[str, dict[str, Any]]:
    parts = {"plan": ".plan", "take": "", "reread": ".reread", "repair": ".repair1", "again": ".reread1"}
    return {task: reply(name, part) for task, part in parts.items()}


def in_order(name: str, **changed: dict[str, Any]) -> list[dict[str, Any]]:
    """All replies of a story as they are asked for: a plan that looked something up is asked for twice."""
    parts = replies(name) | changed
    again = [reply(name, part) for part in (".repair2", ".reread2") if (BY_HAND / f"{name}{part}.json").is_file()]
    return [parts["plan"]] * (2 if parts["plan"]["look_up"] else 1) + list(parts.values())[1:] + again


def on(given: Story, paper: Path, name: str = CHATBOT) -> Story:
    return given._replace(source=read_source(str(paper / "sources" / f"{STORIES[name]}.md")))


def drafted(given: Story, *answers: object, wishes: Wishes = NO_WISHES, draft_id: str = "one") -> tuple[Draft, Script]:
    made = [one if isinstance(one, Reply | Exception) else said(one) for one in answers]
    script = Script(*made)
    steps: list[str] = []
    draft = asyncio.run(
        write_draft(
            given.source,
            given.told(script),
            draft_id=draft_id,
            wishes=wishes,
            on_step=lambda name, _: steps.append(name),
        )
    )
    return draft, script


def asked(script: Script) -> list[str]:
    return [request.task for request in script.asked]


@pytest.mark.parametrize("name", STORIES)
def test_a_story_by_hand_becomes_a_take_without_an_error(paper: Path, name: str) -> None:
    with story(paper, full=True) as given:
        parts = replies(name)
        draft, script = drafted(on(given, paper, name), *in_order(name))
        plans = ["plan"] * (2 if parts["plan"]["look_up"] else 1)
        assert asked(script) == [*plans, "take", "reread", "repair", "reread"]
        assert (draft.status, draft.chosen) == ("ready", 2)
        assert all(note.startswith("The plan looked up what the archive has nothing new about") for note in draft.notes)
        assert draft.plan is not None and len(draft.plan.facts) == len(parts["plan"]["facts"])
        first, second = draft.revisions
        errors = [finding for finding in first.report.findings if finding.severity == "error"]
        verified, by_reader, by_code = HELD[name]
        assert len([one for one in errors if one.by]) == by_reader
        assert Counter(one.code for one in errors if not one.by) <= Counter(by_code)
        assert second.report.counts["error"] == 0
        assert not any("{f" in text or "{a" in text for text in (second.take.body, second.take.summary))
        assert second.report.claim_counts["verified"] >= verified and second.report.claim_counts["differs"] == 0


@pytest.mark.parametrize("name", STORIES)
def test_the_writer_sees_the_evidence_of_each_fact_and_what_is_beside_it(paper: Path, name: str) -> None:
    with story(paper, full=True) as given:
        one = on(given, paper, name)
        draft, script = drafted(one, *in_order(name))
        plan, brief = draft.plan, next(request.brief for request in script.asked if request.task == "take")
        assert plan is not None
        shown = passages_to_write_from(brief.source, brief.related, plan)
        own = {item.handle or "": item.text for item in brief.related}
        facts = [fact for fact in plan.facts if fact.document != "source" and fact.field == "text" and fact.text]
        assert len(facts) >= 10 and sum(map(count_words, shown.values())) <= 1750
        for fact in facts:
            place = sentences_with(shown[fact.document], visible(fact.text))
            whole = sentences_with(own[fact.document], visible(fact.text))
            assert place and len(place) == len(whole)
            if whole.stop < count_sentences(own[fact.document]):
                assert not shown[fact.document].partition(visible(fact.text))[2].startswith(" [...]")


def test_handles_stay_with_their_sentences_through_a_repair(paper: Path) -> None:
    with story(paper, full=True) as given:
        draft, _ = drafted(on(given, paper), *replies().values())
        for revision in draft.revisions:
            assert len(revision.handles) >= 15
            for one in revision.handles:
                words = getattr(revision.take, one.field)[one.start : one.end]
                assert words[-1] in '.?"\u201d' and "{" not in words
        known = {one.handles for one in draft.revisions[1].handles}
        assert ("f8",) in known and ("f10", "a3") in known


def test_a_plan_of_an_older_prompt_with_keys_is_read_as_well(paper: Path) -> None:
    with story(paper, full=True) as given:
        one = on(given, paper)
        brief = look_up(one.source, archive=one.pipeline.archive, settings=one.pipeline.settings)
        texts, plan = StoryTexts(brief.source, brief.related), reply(CHATBOT, ".plan")
        facts = [dict(zip(("id", "document", "evidence", "statement"), row, strict=True)) for row in plan["facts"]]
        for fact in facts:
            words = fact["evidence"].partition("absent: ")[2]
            fact |= {"evidence": "" if words else fact["evidence"], "absent": words}
        questions = [dict(zip(("ask", "answer"), row, strict=True)) for row in plan["questions"]]
        older = read_plan(json.dumps(plan | {"facts": facts, "questions": questions}), texts)
        assert older.plan == read_plan(json.dumps(plan), texts).plan
        assert len(older.plan.facts) == 15 and "Was the chatbot tried" in older.plan.unanswered()[0]


def test_all_that_reads_the_texts_begins_with_them(paper: Path) -> None:
    with story(paper, full=True) as given:
        _, script = drafted(on(given, paper), *replies().values())
        whole = [request for request in script.asked if request.task != "take"]
        assert len({(request.system, request.prompt[: request.shared]) for request in whole}) == 1
        assert len({json.dumps(request.json_schema) for request in whole}) == 1
        assert all(request.shared > 5000 for request in whole) and {request.form for request in whole} == {"story"}
        writing = next(request for request in script.asked if request.task == "take")
        assert writing.shared == 0 and "It turns on: f8" in writing.prompt
        # Evidence is marked where the writer sees it, and not repeated; what no fact answers is said to be unknown.
        assert "because the calls that reach the contact centre are now the difficult ones. {f8}" in writing.prompt
        assert "Its words:" not in writing.prompt
        assert "do not agree:\n===" in writing.prompt
        # The summary is written after the body that it sums up.
        assert list(writing.json_schema["properties"]) == ["body", "summary", "headline", "tags"]
        assert "none of the texts answers:\n===" in writing.prompt and "Was the chatbot tried in Port" in writing.prompt


def wrong(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    plan = reply(CHATBOT, ".plan")
    change(plan)
    return plan


def made_up(plan: dict[str, Any]) -> None:
    for fact in plan["facts"]:
        fact[2] = "Nobody has ever written these words anywhere."


def without_facts(plan: dict[str, Any]) -> None:
    plan["facts"] = []


def silent(plan: dict[str, Any]) -> None:
    for angle in plan["angles"]:
        angle["turns_on"] = "f15"


@pytest.mark.parametrize("change", [made_up, without_facts, silent])
def test_a_plan_of_which_nothing_stands_twice_makes_a_quick_take(
    paper: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    with story(paper, full=True) as given:
        bad = wrong(change)
        take = reply(CHATBOT)
        draft, script = drafted(on(given, paper), bad, bad | {"tensions": []}, take, DOWN)
        assert asked(script)[:3] == ["plan", "plan", "take"]
        assert "could not be used" in script.asked[1].prompt and "could not be used" not in script.asked[0].prompt
        assert draft.plan is None and draft.revisions[0].read_by == ""
        assert any("Written in one call, without a plan" in note for note in draft.notes)


def test_a_plan_that_is_wrong_once_is_asked_for_with_what_was_wrong(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        draft, script = drafted(on(given, paper), "I would rather not.", *parts.values())
        assert asked(script)[:3] == ["plan", "plan", "take"] and draft.plan is not None
        assert draft.status == "ready"


def test_facts_that_are_not_there_fall_and_their_angle_with_them(paper: Path) -> None:
    def bend(plan: dict[str, Any]) -> None:
        rows = {fact[0]: fact for fact in plan["facts"]}
        rows["f8"][2] = "The average wait for that person is 40 minutes"
        rows["f15"][2] = "absent: trial, union"

    with story(paper, full=True) as given:
        parts = replies()
        draft, script = drafted(on(given, paper), wrong(bend), parts["take"], DOWN)
        assert draft.plan is not None
        assert {"f8", "f15"}.isdisjoint(fact.id for fact in draft.plan.facts)
        assert draft.plan.angle().turns_on == "f14" and "It turns on: f14" in script.asked[1].prompt
        notes = " ".join(draft.notes)
        assert "2 were dropped" in notes and "\u201cunion\u201d" in notes and "angle 1 was dropped" in notes


def test_an_unknown_handle_is_noted_and_rests_nothing(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        body = parts["take"]["body"].replace("{f8}", "{f77}")
        draft, _ = drafted(on(given, paper), parts["plan"], parts["take"] | {"body": body}, DOWN)
        assert any("f77" in note for note in draft.notes)
        assert not any("f77" in one.handles or "f8" in one.handles for one in draft.revisions[0].handles)
        assert "f77" not in draft.revisions[0].take.body


def test_a_plan_may_look_up_more_once(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        curious = parts["plan"] | {"look_up": ["battery co-operative", "pigeons on stilts"]}
        draft, script = drafted(on(given, paper), curious, parts["plan"], parts["take"], DOWN)
        assert asked(script)[:3] == ["plan", "plan", "take"]
        more = {item.handle for item in draft.related} - {f"a{n}" for n in range(1, 8)}
        assert more and "Document: a8" in script.asked[1].prompt
        first, second = (request.prompt[: request.shared] for request in script.asked[:2])
        assert first not in second or len(second) > len(first)
        assert all((item.published or "") < (given.source.published or "9") for item in draft.related)


def test_an_angle_may_be_chosen_or_given(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        chosen, script = drafted(on(given, paper), parts["plan"], parts["take"], DOWN, wishes=Wishes(angle=2))
        assert chosen.plan is not None and chosen.plan.chosen == 2 and "It turns on: f14" in script.asked[1].prompt
        mine = Wishes(angle="Nobody should answer a telephone.", note="drier, please")
        own, script = drafted(on(given, paper), parts["plan"], parts["take"], DOWN, wishes=mine, draft_id="two")
        assert "Nobody should answer a telephone." in script.asked[0].prompt
        assert own.plan is not None and own.plan.chosen == 0 and own.plan.angle().claim == mine.angle
        assert "drier, please" in script.asked[1].prompt and "drier, please" in (own.revisions[0].note or "")
        with pytest.raises(InputError, match="has 3 angles, not 9"):
            drafted(on(given, paper), wishes=Wishes(angle=9), draft_id="three")


def test_a_plan_that_was_shown_is_not_paid_for_again(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts, here = replies(), on(given, paper)
        planner = here.told(Script(said(parts["plan"])))
        assert not plan_is_stored(here.source, planner, angles=3)
        planned = asyncio.run(angles_of(here.source, planner, draft_id="angles", wishes=Wishes()))
        assert planned.plan is not None and plan_is_stored(here.source, planner, angles=3)
        assert not plan_is_stored(here.source, planner, angles=2)
        draft, script = drafted(here, parts["take"], DOWN, wishes=Wishes(angle=2))
        assert asked(script)[0] == "take" and draft.plan == planned.plan.model_copy(update={"chosen": 2})


@pytest.mark.parametrize("most", [2, 3, 4])
def test_few_calls_leave_out_the_second_repair_and_never_the_second_reading(paper: Path, most: int) -> None:
    with story(paper, Settings(budget=Budget(calls_per_draft=most)), full=True) as given:
        parts = replies()
        answers = [parts["take"], DOWN] if most == 2 else list(parts.values())
        draft, script = drafted(on(given, paper), *answers)
        tasks = ["take"] if most == 2 else ["plan", "take", "reread"]
        assert asked(script)[: len(tasks)] == tasks and len(script.asked) <= most
        assert any("calls_per_draft" in note for note in draft.notes)
        assert bool(draft.revisions[0].read_by) == (most > 2)


def test_a_draft_that_breaks_off_goes_on_from_its_plan_and_pays_nothing_twice(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        broken, _ = drafted(on(given, paper), parts["plan"], DOWN)
        assert broken.status == "failed" and broken.plan is not None and broken.revisions == ()
        done, script = drafted(on(given, paper), *list(parts.values())[1:])
        assert asked(script) == ["take", "reread", "repair", "reread"]
        assert done.status == "ready" and done.plan == broken.plan
        assert (done.shape, done.closing) == (broken.shape, broken.closing)


def test_what_a_limit_left_unread_is_read_when_it_goes_on(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        unread, _ = drafted(on(given, paper), parts["plan"], parts["take"], DOWN, DOWN)
        assert unread.revisions[0].read_by == "" and any("not read again" in note for note in unread.notes)
        asyncio.run(given.pipeline.store.save_draft(unread.model_copy(update={"status": "limit"})))
        again = {"reread": parts["reread"], "repair": parts["repair"], "again": parts["again"]}
        done, script = drafted(on(given, paper), *again.values())
        assert asked(script) == ["reread", "repair", "reread"] and done.status == "ready"
        assert done.revisions[0] == unread.revisions[0] and done.revisions[1].read_by


def test_what_was_read_before_a_draft_broke_off_still_counts_when_it_goes_on(
    paper: Path, example: Path, tmp_path: Path
) -> None:
    parts, other = replies(), Path(shutil.copytree(example, tmp_path / "other", symlinks=True))
    with story(other, full=True) as given:
        whole, _ = drafted(on(given, other), *parts.values())
    with story(paper, full=True) as given:
        first, _ = drafted(on(given, paper), parts["plan"], parts["take"], parts["reread"], DOWN)
        assert first.revisions[0].read_by and len(first.revisions) == 1
        asyncio.run(given.pipeline.store.save_draft(first.model_copy(update={"status": "limit"})))
        done, script = drafted(on(given, paper), parts["repair"], parts["again"])
        assert asked(script) == ["repair", "reread"]
        assert done.revisions[-1].report.claim_counts == whole.revisions[-1].report.claim_counts
        assert done.revisions[-1].report.claim_counts["verified"] > 10


class Reader(Script):
    name = "reader"


def test_a_verifier_that_the_settings_name_reads_in_the_writers_place(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        here = on(given, paper)
        reader = Reader(said(parts["reread"]), said(parts["again"]))
        writer = Script(*(said(parts[task]) for task in ("plan", "take", "repair")))
        verifier = Verifier(reader, here.pipeline.prompts, here.pipeline.settings)
        pipeline = here.told(writer)._replace(verifier=verifier)
        draft = asyncio.run(write_draft(here.source, pipeline, draft_id="one"))
        assert (asked(writer), asked(reader)) == (["plan", "take", "repair"], ["reread", "reread"])
        assert draft.status == "ready"
        assert {(one.by, one.read_by) for one in draft.revisions} == {("scripted:m", "reader:m")}


def test_the_claims_that_code_did_not_settle_are_asked_about_and_no_others(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        more = {"body": parts["take"]["body"] + " Who has counted them? Harrow lost 4,711 answers."}
        _, script = drafted(on(given, paper), *(parts | {"take": parts["take"] | more}).values(), DOWN)
        first, again = (request.prompt for request in script.asked if request.task == "reread")
        asked_for = [
            set(re.findall(r"supported: of the entries ([^\n]*?), those that", prompt)[0].split(", "))
            for prompt in (first, again)
        ]
        entries = dict(re.findall(r"^([hs]\d+): (.*)$", first, re.MULTILINE))
        left = {text for name, text in entries.items() if name not in asked_for[0]}
        # A question has nothing to check, and of the last sentence code knows that it is wrong.
        assert left == {"Who has counted them?", "Harrow lost 4,711 answers."} and len(asked_for[0]) > 15
        changed = set(re.findall(r"entries have changed: (.*?)\. Read", again)[0].split(", "))
        assert asked_for[1] and asked_for[1] <= changed


def test_a_reading_that_quotes_nothing_accuses_nobody(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        rows = [[name, document, "words that are nowhere"] for name, document, _ in parts["reread"]["supported"]]
        findings = [row | {"words": "words that are nowhere"} for row in parts["reread"]["findings"]]
        findings = [row for row in findings if row["kind"] not in ("copied", "vague")]
        empty = {"supported": rows, "absent": [], "findings": findings}
        draft, _ = drafted(on(given, paper), parts["plan"], parts["take"], empty, parts["repair"], parts["again"])
        first = draft.revisions[0].report
        assert not any(found.by and found.severity == "error" for found in first.findings)
        assert any("quoted words that are in no text" in note for note in draft.notes)


def test_the_same_story_again_is_built_in_the_same_way(paper: Path) -> None:
    with story(paper, full=True) as given:
        first, one = drafted(on(given, paper), *replies().values())
        second, two = drafted(on(given, paper), draft_id="another")
        assert two.asked == [] and second.usage.calls == 0
        assert (first.shape, first.closing) == (second.shape, second.closing) and one.asked
