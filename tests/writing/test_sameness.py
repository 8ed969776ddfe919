"""How alike takes are built, and that code varies how they are built."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from ourtake.config import TakeShape
from ourtake.documents import Plan, Report, SentenceHandles, SentenceRecord, Source, Take
from ourtake.text.sentences import sentences
from ourtake.writing.plan import read_plan
from ourtake.writing.sameness import Skeleton, sameness_of, skeleton_of
from ourtake.writing.shapes import LAST, EarlierBuild, choose
from ourtake.writing.story_texts import StoryTexts
from tests.conftest import Run
from tests.writing.story import story
from tests.writing.test_full_process import CHATBOT, drafted, on, replies, reply

BODY = "The Post reports a closure. It says so twice.\n\nWe counted nine. One was shut.\n\nThe town should ask why."


def take(body: str = BODY) -> Take:
    return Take(headline="A headline", summary="A summary.", body=body, tags=("one",))


def resting(body: str, *handles: tuple[str, ...]) -> tuple[SentenceHandles, ...]:
    spans = sentences(body)
    return tuple(
        SentenceHandles(field="body", start=span.start, end=span.end, handles=names)
        for span, names in zip(spans, handles, strict=True)
        if names
    )


def test_what_sentences_rest_on_says_what_a_paragraph_does() -> None:
    handles = resting(BODY, ("source",), ("source",), ("a1",), (), ())
    assert skeleton_of(take(), Report(verdict="pass"), handles=handles) == Skeleton(
        "story", ("story", "archive", "argument"), "demand"
    )


def test_without_handles_the_nearest_passage_says_it() -> None:
    supports = ("archive", "archive", "source", "opinion", "opinion")
    spans = sentences(BODY)
    near = tuple(
        SentenceRecord(field="body", start=span.start, end=span.end, support=support)
        for span, support in zip(spans, supports, strict=True)
    )
    found = skeleton_of(take(), Report(verdict="pass", sentences=near))
    assert found == Skeleton("archive", ("archive", "story", "argument"), "demand")


def test_openings_and_closings_are_told_apart() -> None:
    def ends(body: str) -> tuple[str, str]:
        found = skeleton_of(take(body), Report(verdict="pass"))
        assert found is not None
        return found.opening, found.closing

    assert ends("Who pays? The town does.") == ("question", "line")
    assert ends("\u201cNobody asked us,\u201d she said. Who will?") == ("quotation", "question")
    assert ends("Ports are slow. The port must answer.") == ("claim", "demand")
    assert skeleton_of(take(""), Report(verdict="pass")) is None


def test_a_plan_says_which_paragraph_meets_the_objection(paper: Path) -> None:
    with story(paper, full=True) as given:
        draft, _ = drafted(on(given, paper), *replies().values())
        revision = draft.revisions[-1]
        found = skeleton_of(revision.take, revision.report, plan=draft.plan, handles=revision.handles)
        assert found is not None and len(found.functions) == 5
        assert {"turn", "objection", "demand"} & set(found.functions)
        assert found.functions[1] == "turn"  # the paragraph that says how long the wait became


def test_sameness_is_one_for_copies_and_nothing_where_all_differs() -> None:
    one = Skeleton("story", ("story", "archive"), "demand")
    other = Skeleton("claim", ("argument", "objection"), "question")
    same, none = sameness_of([one, one, one]), sameness_of([one, other])
    assert same is not None and set(same) == {1.0} and none is not None and set(none) == {0.0}
    assert sameness_of([one]) is None


def plan(paper: Path) -> Plan:
    with story(paper, full=True) as given:
        here = on(given, paper)
        related = here.pipeline.archive.related(here.source)
        return read_plan(json.dumps(reply(CHATBOT, ".plan")), StoryTexts(here.source, related)).plan


def sources(count: int) -> list[Source]:
    return [
        Source(title=f"Story {n}", outlet="Post", url=f"https://post.example/{n}", blurb="A blurb.")
        for n in range(count)
    ]


def test_takes_in_a_row_use_every_shape_and_closing(paper: Path) -> None:
    made, shape, known = list[EarlierBuild](), TakeShape(), plan(paper)
    for source in sources(60):
        build = choose(source, known, shape, made[:LAST])
        made.insert(0, EarlierBuild(source.url, build.shape, build.closing))
    shapes, closings = Counter(one.shape for one in made), Counter(one.closing for one in made)
    assert shapes.keys() == set(shape.shapes) and closings.keys() == set(shape.closing)
    for counts in (shapes, closings):
        assert max(counts.values()) <= 2 * min(counts.values())
    for start in range(60 - LAST):
        window = Counter(one.shape for one in made[start : start + LAST])
        assert max(window.values()) <= LAST // 2


def test_stories_of_a_batch_vary_though_all_follow_the_same_takes(paper: Path) -> None:
    shape, known = TakeShape(), plan(paper)
    earlier = [EarlierBuild(f"https://post.example/old/{n}", "claim", "question") for n in range(LAST)]
    builds = [choose(source, known, shape, earlier) for source in sources(40)]
    assert not any(build.shape == "claim" or build.closing == "question" for build in builds)
    assert len({build.shape for build in builds}) == len(shape.shapes) - 1


def test_the_command_shows_it(run: Run, paper: Path) -> None:
    assert "fewer than two" in run("drafts", "sameness", folder=paper).stderr
    for name in ("01-data-centre-power", "02-council-chatbot"):
        run("draft", f"sources/{name}.md", folder=paper)
    shown = run("drafts", "sameness", folder=paper)
    assert shown.returncode == 0 and "The newest 2 takes" in shown.stdout and "closings" in shown.stdout
    found = json.loads(run("drafts", "sameness", "--json", folder=paper).stdout)
    assert len(found["takes"]) == 2 and found["takes"][0]["functions"]
    # The built-in writer builds all its takes in one way.
    assert found["sameness"]["openings"] == found["sameness"]["closings"] == 1
