"""One angle of a plan through the process: which one is written, what its writer is shown, and what the second reading
is told of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ourtake.documents import Angle, Fact, Plan, Source, Tension
from ourtake.writing.pipeline import Wishes
from ourtake.writing.plan import ANGLE_ROWS
from ourtake.writing.story_texts import StoryTexts
from tests.writing.story import story
from tests.writing.test_full_process import DOWN, drafted, on, replies, reply

CHOSEN, OTHER = "Port Ennis should let its chatbot start", "No council should sign for a chatbot"


@pytest.mark.parametrize(
    ("best", "first"),
    [("2", OTHER), (2, OTHER), ("angle 2", OTHER), ("1", CHOSEN), ("9", CHOSEN), ("", CHOSEN), (None, CHOSEN)],
)
def test_the_angle_that_a_plan_calls_the_best_is_written(paper: Path, best: object, first: str) -> None:
    with story(paper, full=True) as given:
        draft, script = drafted(on(given, paper), reply("council-chatbot", ".plan") | {"best": best}, "", DOWN)
        assert draft.plan is not None and draft.plan.chosen == 1
        assert draft.plan.angle().claim.startswith(first) and f"Claim: {first}" in script.asked[1].prompt
        assert {angle.claim[:20] for angle in draft.plan.angles} >= {CHOSEN[:20]} and len(draft.plan.angles) == 3


def test_the_claim_of_an_editor_is_written_whatever_the_plan_calls_the_best(paper: Path) -> None:
    with story(paper, full=True) as given:
        plan = reply("council-chatbot", ".plan")
        wishes = Wishes(angle="Nobody should answer a telephone.")
        draft, script = drafted(on(given, paper), plan | {"best": "2"}, "", DOWN, wishes=wishes)
        assert draft.plan is not None and draft.plan.angle().claim == "Nobody should answer a telephone."
        assert draft.plan.angle().ask == plan["angles"][0]["ask"]
        assert "Here it is 1." in script.asked[0].prompt


def test_the_ask_comes_after_what_speaks_against_it() -> None:
    keys = list(ANGLE_ROWS["items"]["properties"])
    assert keys.index("counter") < keys.index("answer") < keys.index("ask")


def fact(name: str, document: str = "a1") -> Fact:
    return Fact(id=name, document=document, field="text", start=0, end=5, text="Words", statement=f"This is {name}.")


def plan(angle: Angle) -> Plan:
    facts = tuple(fact(f"f{number}", f"a{number}") for number in range(1, 8))
    tensions = (Tension(what="Both.", facts=("f1", "f2")), Tension(what="One.", facts=("f1", "f7")))
    return Plan(facts=facts, tensions=tensions, angles=(angle, Angle(claim="Another.", turns_on="f7")))


def test_the_line_against_an_angle_is_that_of_its_counters_first_fact() -> None:
    whole = plan(
        Angle(claim="A.", turns_on="f1", stakes="One (f2).", counter="f3: no; F4.", answer="f5.", facts=("f1",))
    )
    found = whole.against()
    assert found is not None and found.id == "f3"
    assert plan(Angle(claim="A.", counter="f9: a fact that fell.")).against() is None


def test_a_writer_is_shown_all_facts_and_which_of_them_are_the_angles(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        draft, script = drafted(on(given, paper), *parts.values())
        asked = script.asked[1].prompt
        assert draft.plan is not None and len(draft.plan.angle().facts) < len(draft.plan.facts)
        assert all(f"\n{row[0]} ({row[1]}): " in asked for row in parts["plan"]["facts"])
        own = ", ".join(draft.plan.angle().facts)
        assert f"\nIts facts: {own}. " in asked
        answered = {row[0] for row in parts["plan"]["questions"] if "f12" in row[1] or "f13" in row[1]}
        assert answered and not any(question in asked for question in answered)
        # The words that hurt the case most are given whole.
        assert 'Its words (f3): "Since then the assistant has taken part in 18,300 conversations' in asked


def test_the_second_reading_is_told_what_the_take_set_out_to_say(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        _, script = drafted(on(given, paper), *parts.values())
        first, again = (request.prompt[request.shared :] for request in script.asked if request.task == "reread")
        angle = parts["plan"]["angles"][0]
        assert f"Ask of {angle['addressee']}: {angle['ask']}" in first and angle["counter"] in first
        assert "That line rests on f3, cited by s8." in first
        # A reading of what changed can't judge the whole.
        assert "That line rests on" not in again and angle["counter"] not in again


def test_the_second_reading_is_told_where_the_hardest_line_is_missing_and_what_is_crowded(paper: Path) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        take = dict(parts["take"])
        take["body"] = take["body"].replace("{f3}", "{f2}").replace("{f4,f5}", "{f4,f5,f6,a1}")
        _, script = drafted(on(given, paper), parts["plan"], take, DOWN)
        asked = next(request.prompt for request in script.asked if request.task == "reread")
        assert "That line rests on f3, cited by no entry." in asked and "(look at s20)" in asked


@pytest.mark.parametrize(("words", "more"), [("battery co-operative", True), ("pigeons on stilts", False)])
def test_a_reply_that_only_asks_for_look_ups_is_followed_by_a_plan(paper: Path, words: str, more: bool) -> None:
    with story(paper, full=True) as given:
        parts = replies()
        wanted: dict[str, list[str]] = {key: [] for key in parts["plan"]} | {"look_up": [words]}
        draft, script = drafted(on(given, paper), wanted, *parts.values())
        assert [request.task for request in script.asked[:3]] == ["plan", "plan", "take"]
        again = script.asked[1].prompt
        assert ("Document: a8" in again) is more and "look_up: an empty list." in again
        assert "could not be used" not in again and draft.plan is not None and not draft.notes


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        ("The Can I Bring\u2026? tool was ... bring on a plane.", True),  # the first is the text's own
        ("The Can I Bring... tool was designed", True),
        ("The Can I ... wish to bring", True),
        ("The Can I Bring\u2026? tool was ... carry on a plane.", False),
    ],
)
def test_an_ellipsis_of_the_text_is_not_an_omission(evidence: str, found: bool) -> None:
    text = "The Can I Bring\u2026? tool was designed to answer what passengers wish to bring on a plane."
    source = Source(title="A tool", outlet="The Post", url="https://post.example/1", blurb=text)
    assert (StoryTexts(source, []).find("source", evidence) is not None) is found
