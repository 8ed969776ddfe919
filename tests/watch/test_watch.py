"""`ourtake watch` as a process, against feeds on loopback, with the built-in baseline as the writer."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run, Start
from tests.intake.site import Answer, rss, sitemap
from tests.postgres import Server
from tests.watch.conftest import COURT, LABEL, SPONGE, Outlets, drafts, feeds, once, stories, story


@pytest.fixture(params=["sqlite", "postgres"])
def env(request: pytest.FixtureRequest, run: Run, paper: Path) -> dict[str, str]:
    """The environment in which the example publication is in a file, and on PostgreSQL."""
    if request.param == "sqlite":
        return {}
    server: Server = request.getfixturevalue("postgres")
    address = server.new_database()
    assert run("store", "copy", "sqlite:///ourtake.db", address, folder=paper).returncode == 0
    return {"OURTAKE_STORE": address}


def test_a_new_story_is_weighed_and_drafted_once(run: Run, outlets: Outlets, env: dict[str, str]) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.feed("/feed", story(site, "/news/label"), story(site, "/news/sponge", title=SPONGE[0], blurb=SPONGE[1]))
    found = once(run, paper, env=env)
    by_title = {row["title"]: row for row in found["weighed"]}
    assert by_title[LABEL[0]]["decision"] == "waiting" and "of the 3 links" in by_title[LABEL[0]]["reason"]
    assert by_title[SPONGE[0]]["decision"] == "passed" and "Nothing related" in by_title[SPONGE[0]]["reason"]
    assert [row["decision"] for row in found["taken"]] == ["drafted"]
    again = once(run, paper, env=env)
    assert again["weighed"] == again["taken"] == [] and len(again["polled"]) == 1
    (draft,) = drafts(run, paper, env)
    assert draft["source"] == LABEL[0] and "of the 3 links" in draft["watch"]["reason"]
    listed = run("drafts", "list", folder=paper, env=env).stdout
    assert "Watched: Score" in listed
    rows = {row["source"]["title"]: row for row in stories(run, paper, env)}
    assert rows[LABEL[0]]["decision"] == "drafted" and rows[SPONGE[0]]["decision"] == "passed"
    assert rows[LABEL[0]]["draft_id"] == draft["id"]
    shown = run("watch", "stories", folder=paper, env=env).stdout
    assert f"draft {draft['id']}" in shown and "passed" in shown
    assert (
        feeds(run, paper, env)["/feed"] | {"stories": 2, "new": 0, "status": "unchanged"}
        == feeds(run, paper, env)["/feed"]
    )


def test_a_story_of_three_outlets_is_one_source_with_three_links(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    title, blurb = COURT
    rewritten = f"{title.replace('orders', 'tells city to')}", f"{blurb} The ruling came after a long dispute."
    outlets.feed("/one", story(site, "/one/court", title=title, blurb=blurb), outlet="The Tidewater Post")
    outlets.feed("/two", story(site, "/two/court", title=rewritten[0], blurb=rewritten[1]), outlet="The Harbour Times")
    outlets.feed("/three", story(site, "/three/court", title=title, blurb=blurb), outlet="The Marlow Reporter")
    # The same address in another spelling is the same entry.
    outlets.feed("/four", story(site, "/one/court?utm_source=x", title=title, blurb=blurb), outlet="An aggregator")
    found = once(run, paper)
    assert len(found["weighed"]) == len(found["taken"]) == 1
    (draft,) = drafts(run, paper)
    links = {link["outlet"]: link["url"] for link in draft["watch"]["links"]}
    assert len(links) == 3 and links["The Harbour Times"] == f"{site.url}/two/court"
    source = json.loads(run("drafts", "show", draft["id"], "--json", folder=paper).stdout)["source"]
    assert {source["url"], *(one["url"] for one in source["also"])} >= {
        f"{site.url}/{n}/court" for n in ("two", "three")
    }
    assert "At 3 outlets: " in run("drafts", "show", draft["id"], folder=paper).stdout


def test_plan_is_the_default_and_a_planned_story_can_be_drafted(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.keys.pop("do")
    outlets.feed("/feed", story(site, "/news/label"))
    assert [row["decision"] for row in once(run, paper)["taken"]] == ["planned"]
    (draft,) = drafts(run, paper)
    assert draft["status"] == "planned"
    shown = run("drafts", "show", draft["id"], folder=paper)
    assert f"ourtake watch draft {draft['id']}" in shown.stdout and "makes no plans" in shown.stdout
    wrong = run("watch", "draft", draft["id"], "--angle", "2", folder=paper)
    assert wrong.returncode == 2 and "no angle 2" in wrong.stderr
    done = run("watch", "draft", draft["id"][:6], folder=paper)
    assert done.returncode == 0, done.stderr
    (after,) = drafts(run, paper)
    assert after["id"] == draft["id"] and after["status"] in ("ready", "needs-work")
    assert once(run, paper)["taken"] == []


def test_the_days_number_is_kept_and_the_best_goes_first(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(stories_a_day=1)
    outlets.feed("/feed", story(site, "/news/court", title=COURT[0], blurb=COURT[1]), story(site, "/news/label"))
    assert len(once(run, paper)["taken"]) == 1 and once(run, paper)["taken"] == []
    rows = {row["decision"]: row for row in stories(run, paper)}
    assert set(rows) == {"drafted", "waiting"} and rows["drafted"]["score"] > rows["waiting"]["score"]
    outlets.settle(stories_a_day=2)
    assert len(once(run, paper)["taken"]) == 1


def test_a_dry_run_says_what_would_be_done_and_keeps_nothing(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.feed("/feed", story(site, "/news/label"), story(site, "/news/sponge", title=SPONGE[0], blurb=SPONGE[1]))
    outlets.feed("/other", story(site, "/other/label"), outlet="The Harbour Times")
    done = run("watch", "--dry-run", folder=paper)
    assert done.returncode == 0 and "2 new; 1 worth a take; 1 would be drafted now." in done.stdout, done.stderr
    assert stories(run, paper) == [] and drafts(run, paper) == []
    assert feeds(run, paper)["/feed"]["polled"] is None
    assert len(once(run, paper)["taken"]) == 1


def test_beats_decide_which_stories_are_weighed(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(threshold=0)
    rows = [story(site, "/news/label"), story(site, "/news/court", title=COURT[0], blurb=COURT[1])]
    outlets.feed("/feed", *rows, more='beats = ["courts"]')
    outlets.feeds.insert(0, '[watch.beats]\ncourts = ["court orders", "judge"]\npress = ["newspapers"]\n')
    outlets.settle()
    found = {row["title"]: row for row in once(run, paper)["weighed"]}
    assert found[COURT[0]]["beats"] == ["courts"] and found[COURT[0]]["reason"].startswith("Beat: courts. ")
    assert found[LABEL[0]]["decision"] == "passed" and "none of the beats (courts)" in found[LABEL[0]]["reason"]


def test_a_sitemap_is_watched_by_its_pages(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    story(site, "/news/old", title=COURT[0], blurb=COURT[1])
    site.xml("/sitemap", sitemap(f"{site.url}/news/old"))
    outlets.watch("/sitemap", kind="sitemaps")
    assert once(run, paper)["weighed"] == []
    story(site, "/news/label")
    site.xml("/sitemap", sitemap(f"{site.url}/news/old", f"{site.url}/news/label"))
    found = once(run, paper)
    assert [row["title"] for row in found["weighed"]] == [LABEL[0]] and "/news/old" not in site.asked
    site.xml("/index", sitemap(f"{site.url}/sitemap", kind="sitemap"))
    outlets.watch("/index", kind="sitemaps")
    once(run, paper)
    assert "index of sitemaps" in feeds(run, paper)["/index"]["error"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(start: Start, outlets: Outlets, number: signal.Signals) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(every_minutes=15)
    outlets.feed("/feed", story(site, "/news/label"))
    running = start("watch", folder=paper)
    assert running.stdout is not None
    lines = iter(running.stdout.readline, "")
    assert any("1 feed polled" in line for line in lines)
    running.send_signal(number)
    _, err = running.communicate(timeout=600)
    assert running.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[number], err
    assert "Traceback" not in err and "watching 1 feed" in err


def test_a_host_that_hangs_holds_up_no_other_and_no_end(start: Start, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(every_minutes=15)
    hanging = threading.Event()

    def hang(_: Any) -> None:
        hanging.wait(600)

    site.pages["/hangs"] = Answer(raw=hang)
    outlets.watch("/hangs")
    outlets.feed("/feed", story(site, "/news/label"))
    config = paper / "ourtake.toml"
    config.write_text(config.read_text().replace("timeout_seconds = 20", "timeout_seconds = 600"))
    running = start("watch", folder=paper)
    while "/hangs" not in site.asked:
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    try:
        running.communicate(timeout=600)
        assert running.returncode == 143 and not hanging.is_set()
    finally:
        hanging.set()


def test_wrong_settings_are_said_in_a_sentence(run: Run, outlets: Outlets) -> None:
    paper = outlets.paper
    outlets.settle()
    for rows, said in (
        ("", "There is nothing to watch."),
        ('[[watch.feeds]]\nurl = "feed.xml"\n', "url must be a web address"),
        ('[[watch.feeds]]\nurl = "https://a.example/f"\nbeats = ["x"]\n', "the beat x is not in [watch.beats]"),
        ('[[watch.feeds]]\nurl = "http://169.254.169.254/f"\n', "is not opened"),
        ('[[watch.feeds]]\nurl = "https://a.example/f"\noutlte = "x"\n', "did you mean outlet?"),
    ):
        outlets.feeds = [rows]
        outlets.settle()
        done = run("watch", "--once", folder=paper)
        assert done.returncode == 2 and said in done.stderr, done.stderr
    outlets.feeds = ['[[watch.feeds]]\nurl = "https://a.example/f"\n']
    outlets.settle(do="plan")
    assert "--queue is for drafts" in run("watch", "--once", "--queue", folder=paper).stderr
    outlets.settle(do="draft")
    assert "PostgreSQL" in run("watch", "--once", "--queue", folder=paper).stderr


def test_what_is_in_an_unreadable_feed_harms_no_other(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.feed("/feed", story(site, "/news/label"))
    site.xml("/broken", "<html><head><title>x</title></head></html>")
    outlets.watch("/broken")
    site.xml("/half", rss([story(site, "/news/court", title=COURT[0], blurb=COURT[1]), "<item><title>&</item>"]))
    outlets.watch("/half")
    assert len(once(run, paper)["taken"]) == 2
    rows = feeds(run, paper)
    assert rows["/broken"]["status"] == "failed" and "not a feed" in rows["/broken"]["error"]
    assert "1 entry can't be read" in rows["/half"]["error"]
