"""How servers of feeds answer: what has not changed, moved, gone, waits, failures; and feeds that mean harm."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.conftest import Run
from tests.intake.site import Answer, rss
from tests.watch.conftest import COURT, LABEL, Outlets, drafts, feeds, once, stories, story

XML = {"Content-Type": "application/xml"}


def test_what_has_not_changed_is_not_sent_again(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    body = rss([story(site, "/news/label")]).encode()

    def answer(headers: Any) -> Answer:
        known = (
            headers.get("If-None-Match") == '"one"'
            and headers.get("If-Modified-Since") == "Tue, 1 Sep 2026 10:00:00 GMT"
        )
        given = XML | {"ETag": '"one"', "Last-Modified": "Tue, 1 Sep 2026 10:00:00 GMT"}
        return Answer(status=304) if known else Answer(body, headers=given)

    site.pages["/feed"] = answer
    outlets.watch("/feed")
    assert len(once(run, paper)["taken"]) == 1
    assert [row["status"] for row in once(run, paper)["polled"]] == ["unchanged"]
    assert [row["status"] for row in once(run, paper)["polled"]] == ["unchanged"]
    assert site.asked.count("/feed") == 3


def test_gone_is_gone_until_somebody_says_otherwise(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    site.pages["/feed"] = Answer(status=410)
    outlets.watch("/feed")
    assert "is gone (410)" in once(run, paper)["stderr"]
    once(run, paper)
    assert site.asked == ["/feed"] and feeds(run, paper)["/feed"]["status"] == "gone"
    assert "it is gone" in run("watch", "status", folder=paper).stdout
    site.xml("/feed", rss([story(site, "/news/label")]))
    assert run("watch", "retry", f"{site.url}/feed", folder=paper).returncode == 0
    assert len(once(run, paper)["taken"]) == 1
    assert run("watch", "retry", f"{site.url}/other", folder=paper).returncode == 2


def test_a_permanent_redirect_is_remembered_and_said(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.watch("/old")
    outlets.watch("/passing")
    site.pages["/old"] = Answer(status=301, headers={"Location": "/new"})
    site.pages["/passing"] = Answer(status=302, headers={"Location": "/new"})
    site.xml("/new", rss([story(site, "/news/label")]))
    assert f"has moved permanently to {site.url}/new" in once(run, paper)["stderr"]
    assert "moved" not in once(run, paper)["stderr"]
    assert site.asked.count("/old") == 1 and site.asked.count("/passing") == 2
    # The new address fails: the next poll asks the one of the settings.
    site.pages["/new"] = Answer(status=404)
    once(run, paper)
    outlets.settle(every_minutes=0.00001)
    once(run, paper)
    assert site.asked.count("/old") == 2


def test_failures_are_asked_again_later_and_later(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.settle(every_minutes=15)
    site.pages["/feed"] = Answer(status=500)
    outlets.watch("/feed")
    once(run, paper)
    once(run, paper)
    row = feeds(run, paper)["/feed"]
    assert site.asked == ["/feed"] and row["failures"] == 1 and row["status"] == "failed"
    assert _minutes(row) == 30
    run("watch", "retry", f"{site.url}/feed", folder=paper)
    site.pages["/feed"] = Answer(status=503, headers={"Retry-After": "36000"})
    once(run, paper)
    assert _minutes(feeds(run, paper)["/feed"]) == 600


def _minutes(row: dict[str, Any]) -> int:
    """How long after its last poll a feed is due."""
    moments = [time.mktime(time.strptime(row[name][:19], "%Y-%m-%dT%H:%M:%S")) for name in ("polled", "next")]
    return round((moments[1] - moments[0]) / 60)


def test_a_host_that_asks_for_a_pause_is_left_alone_for_all_its_feeds(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    for name in ("/a", "/b", "/c"):
        site.pages[name] = Answer(status=429, headers={"Retry-After": "3600"})
        outlets.watch(name)
    once(run, paper)
    assert len(site.asked) == 1 and {row["status"] for row in feeds(run, paper).values()} == {"failed"}


def test_a_first_poll_takes_only_what_is_new(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    old = [story(site, f"/news/old/{n}", age=24 * 30) for n in range(900)]
    undated = [story(site, f"/news/undated/{n}", date="none", title=f"{COURT[0]} {n}") for n in range(60)]
    outlets.feed("/feed", story(site, "/news/label"), *undated, *old, *old)
    found = once(run, paper)
    assert len(found["weighed"]) == 1 and "more entries than are read at once" in found["stderr"]
    assert "of 1,000 entries, 999 are older than 48 hours or have no date, and are left out." in found["stderr"]
    assert len(stories(run, paper)) == 1
    # Later an entry without a date is a new one.
    new = story(site, "/news/undated/new", date="none", title=COURT[0], blurb=COURT[1])
    site.xml("/feed", rss([new, *undated]))
    assert [row["title"] for row in once(run, paper)["weighed"]] == [COURT[0]]


def test_a_story_of_the_future_is_one_of_today(run: Run, outlets: Outlets) -> None:
    site, paper = outlets.site, outlets.paper
    outlets.feed("/feed", story(site, "/news/label", date="Tue, 04 Mar 2099 10:00:00 GMT"))
    (taken,) = once(run, paper)["weighed"]
    assert taken["decision"] == "waiting" and "2099-03-04, is in the future" in taken["reason"]
    assert len(drafts(run, paper)) == 1


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize("harm", ["bomb", "script", "huge", "escapes"])
def test_a_feed_that_means_harm(run: Run, outlets: Outlets, harm: str) -> None:
    site, paper = outlets.site, outlets.paper
    good = story(site, "/news/label")
    if harm == "bomb":
        site.xml(
            "/feed", rss(["<item><title>&j;</title><link>https://x.example/1</link></item>", good], head=BOMB + "]>")
        )
    elif harm == "script":
        bad = "<item><title>A headline</title><link>javascript:alert(1)</link><description>Text.</description></item>"
        site.xml("/feed", rss([bad, bad.replace("javascript:alert(1)", "file:///etc/passwd"), good]))
    elif harm == "huge":
        site.xml("/feed", rss([good]) + "x" * 11_000_000)
    else:
        site.xml("/feed", rss([good.replace(LABEL[0], "&lt;script&gt;x&lt;/script&gt; \u202e\u0085 label")]))
    outlets.watch("/feed")
    found = once(run, paper)
    addresses = {row["source"]["url"] for row in stories(run, paper)}
    assert addresses == (set() if harm == "huge" else {f"{site.url}/news/label"})
    if harm == "huge":
        assert "11 MB" in found["stderr"] and feeds(run, paper)["/feed"]["status"] == "failed"
    assert "\u202e" not in run("watch", "stories", folder=paper).stdout
