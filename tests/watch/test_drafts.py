"""A story is drafted once, whatever happens; what became of it is shown on its draft; limits hold."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ourtake.store.stories import story_id
from ourtake.text.words import canonical_url
from tests.conftest import Run, Start
from tests.intake.site import Answer, rss
from tests.postgres import Server
from tests.providers.conformance import environment
from tests.watch.conftest import COURT, LABEL, Outlets, drafts, example_story, once, page, stories, story
from tests.wire.awkward_server import Awkward, serving
from tests.wire.test_llmock import good_take
from tests.writing.test_full_process import BY_HAND, CHATBOT

GOOD = ("--model", "openai:good")


@pytest.fixture
def provider(run: Run, paper: Path) -> Iterator[tuple[Awkward, dict[str, str]]]:
    """A provider on loopback, which counts the calls, and the environment that leads to it."""
    with serving(json.dumps(good_take(run, paper))) as (awkward, port):
        yield awkward, environment(port)


@pytest.mark.parametrize("where", ["before-draft", "after-draft", "after-commit"])
def test_a_killed_watcher_leaves_one_draft_and_pays_once(
    run: Run, outlets: Outlets, provider: tuple[Awkward, dict[str, str]], where: str
) -> None:
    awkward, env = provider
    paper = outlets.paper
    outlets.feed("/feed", story(outlets.site, "/news/label"))
    killed = run("watch", "--once", *GOOD, folder=paper, env=env | {"OURTAKE_KILL_AT": where})
    assert killed.returncode == -signal.SIGKILL
    assert [row["decision"] for row in stories(run, paper)] == ["taken"]
    found = once(run, paper, *GOOD, env=env)
    assert [row["decision"] for row in found["taken"]] == ["drafted"]
    assert len(drafts(run, paper)) == 1 and once(run, paper, *GOOD, env=env)["taken"] == []
    calls = json.loads(run("calls", "list", "--json", folder=paper).stdout)
    answered = [call["request_hash"] for call in calls if call["provider"] == "openai" and not call["error"]]
    assert len(answered) == len(set(answered)) == sum(awkward.counts.values())
    assert outlets.site.asked.count("/news/label") == 1, "the page is kept, so that the same is asked for again"


def test_a_call_of_unknown_outcome_is_not_made_again_unasked(
    run: Run, outlets: Outlets, provider: tuple[Awkward, dict[str, str]]
) -> None:
    awkward, env = provider
    paper = outlets.paper
    outlets.feed("/feed", story(outlets.site, "/news/label"))
    killed = run("watch", "--once", *GOOD, folder=paper, env=env | {"OURTAKE_KILL_AT": "before-commit"})
    assert killed.returncode == -signal.SIGKILL and sum(awkward.counts.values()) == 1
    (taken,) = once(run, paper, *GOOD, env=env)["taken"]
    assert taken["decision"] == "failed" and "--retry-unknown" in taken["reason"]
    assert sum(awkward.counts.values()) == 1
    done = run("watch", "draft", taken["id"], *GOOD, "--retry-unknown", folder=paper, env=env)
    assert done.returncode == 0, done.stderr
    assert len(drafts(run, paper)) == 1


def test_two_watchers_at_once_draft_each_story_once(run: Run, start: Start, outlets: Outlets, postgres: Server) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(threshold=0, stories_a_day=50)
    rows = [
        story(site, f"/news/{n}", title=f"{name} reports {LABEL[0]}", blurb=_blurb(n)) for n, name in enumerate(NAMES)
    ]
    for number in range(3):
        outlets.feed(f"/feed/{number}", *rows, outlet=f"Outlet {number}")
    address = postgres.new_database()
    assert run("store", "copy", "sqlite:///ourtake.db", address, folder=paper).returncode == 0
    for env in ({}, {"OURTAKE_STORE": address}):
        running = [start("watch", "--once", "--json", folder=paper, env=env) for _ in range(2)]
        taken = [row for one in running for row in json.loads(one.communicate(timeout=120)[0])["taken"]]
        assert [one.returncode for one in running] == [0, 0]
        assert len({row["id"] for row in taken}) == len(taken) == len(NAMES)
        assert len(drafts(run, paper, env)) == len(NAMES)


NAMES = ("Aldershaw", "Brindlecombe", "Corvane", "Dunmarrow", "Eskerby")


def _blurb(number: int) -> str:
    """Blurbs that have no words in common."""
    return " ".join(
        f"{stem}{chr(97 + number)}{chr(107 + number)}" for stem in ("bara", "celo", "dimu", "fonta", "gresk", "hulo")
    )


def test_what_becomes_of_a_story_is_shown_on_its_draft(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(recheck_hours=0)
    outlets.feed("/feed", story(site, "/news/label"))
    once(run, paper)
    (draft,) = drafts(run, paper)
    assert draft["watch"]["changes"] == []
    page(
        site,
        "/news/label",
        title="Newspaper group denies it all",
        date="2026-09-08",
        more="Correction: it was nine newspapers, not eleven.",
    )
    once(run, paper)
    kinds = {one["kind"]: one["text"] for one in drafts(run, paper)[0]["watch"]["changes"]}
    assert kinds["corrected"] == "\u201cCorrection: it was nine newspapers, not eleven.\u201d"
    assert "became \u201cNewspaper group denies it all\u201d" in kinds["title"]
    assert once(run, paper)["changes"] == 0
    site.pages["/news/label"] = Answer(status=410)
    assert once(run, paper)["changes"] == 1 and once(run, paper)["changes"] == 0
    for words in (("drafts", "show", draft["id"]), ("drafts", "list"), ("watch", "stories")):
        shown = run(*words, folder=paper).stdout
        assert "was corrected: \u201cCorrection: it was nine" in shown and "is gone: the outlet says" in shown


def test_a_correction_in_the_feed_alone_is_seen(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(pages=False)
    outlets.feed("/feed", story(site, "/news/label"))
    once(run, paper)
    again = story(site, "/news/label", title=f"Retracted: {LABEL[0]}", blurb=f"{LABEL[1]} It never happened.")
    site.xml("/feed", rss([again]))
    once(run, paper)
    (draft,) = drafts(run, paper)
    assert {one["kind"] for one in draft["watch"]["changes"]} == {"retracted", "title"}


def test_a_planned_story_waits_with_its_angles_and_one_is_written(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.kept = outlets.kept.replace('process = "quick"', 'process = "full"')
    outlets.settle(do="plan", pages=False, threshold=0.2)
    title, blurb = example_story("02")
    outlets.feed("/feed", story(site, "/news/chatbot", title=title, blurb=blurb))
    own, replies = story_id(canonical_url(f"{site.url}/news/chatbot")), paper / "replies"
    replies.mkdir()
    for file in BY_HAND.glob(f"{CHATBOT}.*"):
        (replies / file.name.replace(CHATBOT, own)).write_bytes(file.read_bytes())
    model = ("--model", "replay:replies")
    assert [row["decision"] for row in once(run, paper, *model)["taken"]] == ["planned"]
    (draft,) = drafts(run, paper)
    shown = run("drafts", "show", draft["id"], folder=paper).stdout
    assert "2. No council should sign" in shown and "--angle N" in shown
    before = len(json.loads(run("calls", "list", "--json", folder=paper).stdout))
    done = run("watch", "draft", draft["id"], "--angle", "2", *model, folder=paper)
    assert done.returncode == 0, done.stderr
    written = json.loads(run("drafts", "show", draft["id"], "--json", folder=paper).stdout)
    assert written["plan"]["chosen"] == 2 and written["revisions"] and len(drafts(run, paper)) == 1
    calls = json.loads(run("calls", "list", "--json", folder=paper).stdout)
    assert before == 1 and [call["task"] for call in calls].count("plan") == 1, "the plan is not paid for again"
    late = run("watch", "draft", draft["id"], "--angle", "3", *model, folder=paper)
    assert late.returncode == 2 and "already been written" in late.stderr


def test_a_story_that_is_gone_before_its_turn_is_not_written_about(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.feed("/feed", story(site, "/news/label"))
    site.pages["/news/label"] = Answer(status=410)
    (taken,) = once(run, paper)["taken"]
    assert taken["decision"] == "failed" and "gone (410)" in taken["reason"] and drafts(run, paper) == []


def test_the_days_money_is_kept_and_the_story_waits(
    run: Run, outlets: Outlets, provider: tuple[Awkward, dict[str, str]]
) -> None:
    awkward, env = provider
    paper = outlets.paper
    outlets.settle(usd_per_day=0.000001)
    outlets.kept += '\n[prices."openai:good"]\ninput = 5\noutput = 5\n'
    outlets.feed(
        "/feed", story(outlets.site, "/news/label"), story(outlets.site, "/news/court", title=COURT[0], blurb=COURT[1])
    )
    found = once(run, paper, *GOOD, env=env, code=4)
    assert [row["decision"] for row in found["taken"]] == ["waiting"] and sum(awkward.counts.values()) == 0
    assert "A limit was reached" in found["taken"][0]["reason"]
    assert once(run, paper, *GOOD, env=env, code=4)["taken"][0]["id"] != found["taken"][0]["id"]


def test_a_provider_that_is_down_is_not_asked_for_every_story(
    run: Run, outlets: Outlets, provider: tuple[Awkward, dict[str, str]]
) -> None:
    _, env = provider
    paper = outlets.paper
    outlets.feed(
        "/feed", story(outlets.site, "/news/label"), story(outlets.site, "/news/court", title=COURT[0], blurb=COURT[1])
    )
    found = once(run, paper, "--model", "openai:bad-key", env=env, code=3)
    assert len(found["taken"]) == 1 and found["taken"][0]["decision"] == "waiting"
    assert "The provider failed" in found["taken"][0]["reason"]
    missing = run("watch", "--once", "--model", "anthropic:x", folder=paper)
    assert missing.returncode == 2 and "key" in missing.stderr


def test_workers_write_what_a_watcher_queues(
    run: Run, outlets: Outlets, provider: tuple[Awkward, dict[str, str]], postgres: Server
) -> None:
    awkward, env = provider
    paper, address = outlets.paper, postgres.new_database()
    assert run("store", "copy", "sqlite:///ourtake.db", address, folder=paper).returncode == 0
    env = env | {"OURTAKE_STORE": address}
    outlets.feed("/feed", story(outlets.site, "/news/label"))
    (taken,) = once(run, paper, "--queue", *GOOD, env=env)["taken"]
    assert taken["decision"] == "queued" and sum(awkward.counts.values()) == 0
    assert run("worker", "--drain", folder=paper, env=env).returncode == 0
    (draft,) = drafts(run, paper, env)
    assert draft["id"] == taken["draft"] and draft["status"] in ("ready", "needs-work") and draft["watch"]["reason"]
    assert once(run, paper, "--queue", *GOOD, env=env)["taken"] == []
