"""Publishing to a server with the contract of Ghost's Admin API, by the command; and every way in which it can fail."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Run
from tests.publish.cms_server import CmsServer, Fault, Response
from tests.publish.conftest import Desk
from tests.publish.drafts import revised
from tests.publish.ghost_server import KEY, GhostServer

ID = "3f2a9c1d7b60"
PAGE = Response(200, b"<!DOCTYPE html><title>Maintenance</title>", "text/html")
Publish = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def publish(run: Run, desk: Desk, ghost: GhostServer) -> Publish:
    desk.set_up("ghost", ghost.url)

    def inner(*words: str, key: str = KEY) -> subprocess.CompletedProcess[str]:
        return run("export", ID, "--to", "ghost", *words, folder=desk.folder, env={"CMS_PASSWORD": key})

    return inner


def only(ghost: GhostServer) -> dict[str, Any]:
    (post,) = ghost.posts.values()
    return post


def test_publishing_twice_makes_one_post_with_what_was_sent(publish: Publish, desk: Desk, ghost: GhostServer) -> None:
    first, second = publish(), publish()
    assert first.returncode == 0 and first.stdout.startswith("Created: ") and "AI-generated" in first.stderr
    assert second.returncode == 0 and second.stdout.startswith("Unchanged: ")
    post = only(ghost)
    assert post["title"] == "Who pays for the wait & the wires" and post["status"] == "draft"
    assert [tag["name"] for tag in post["tags"]] == ["power", "R&D"]
    assert post["html"].startswith("<p>AI-generated text. No editor has approved it.</p>")
    assert len(ghost.sent("POST")) == 1 and not ghost.sent("PUT")
    review = desk.draft(ID).review
    assert review is not None and (review.state, review.by) == ("published", "Ines Calder")


REAL = "OURTAKE_TEST_GHOST" in os.environ


@pytest.mark.parametrize("site", ["contract", *["real"] * REAL])
def test_two_commands_make_one_post_also_at_a_real_site(
    site: str, run: Run, desk: Desk, request: pytest.FixtureRequest
) -> None:
    """A real Ghost is tried where OURTAKE_TEST_GHOST has its address and OURTAKE_TEST_GHOST_KEY its Admin API key."""
    ghost: GhostServer | None = request.getfixturevalue("ghost") if site == "contract" else None
    desk.set_up("ghost", ghost.url if ghost is not None else os.environ["OURTAKE_TEST_GHOST"])
    env = {"CMS_PASSWORD": KEY if ghost is not None else os.environ["OURTAKE_TEST_GHOST_KEY"]}
    posts = []
    for did in ("Created", "Unchanged"):
        done = run("export", ID, "--to", "ghost", "--json", folder=desk.folder, env=env)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        # At a real site the post of an earlier test run is found again.
        assert told["did"].capitalize() == did or (site == "real" and did == "Created")
        posts.append(told["id"])
    assert posts[0] == posts[1]


def test_nobody_is_guessed_to_publish(publish: Publish, desk: Desk, ghost: GhostServer) -> None:
    settings = desk.folder / "ourtake.toml"
    settings.write_text(settings.read_text().replace('editor = "Ines Calder"', ""))
    done = publish()
    assert done.returncode == 2 and "doesn't know who you are" in done.stderr and ghost.requests == []


def test_a_revised_draft_updates_its_post(publish: Publish, desk: Desk, ghost: GhostServer) -> None:
    assert publish().returncode == 0
    desk.save(revised(headline="Another headline altogether"))
    done = publish()
    assert done.returncode == 0 and done.stdout.startswith("Updated: "), done.stderr
    post = only(ghost)
    assert post["title"] == "Another headline altogether" and post["slug"].startswith("who-pays-for-the-wait")


def test_what_was_changed_in_the_cms_is_never_overwritten(publish: Publish, desk: Desk, ghost: GhostServer) -> None:
    assert publish().returncode == 0
    post = only(ghost)
    post["html"] = post["html"].replace("Who answers?", "Nobody answers.")
    done = publish()
    assert done.returncode == 2 and "was changed in the CMS" in done.stderr
    assert done.stdout.splitlines() == ["- Who answers?", "+ Nobody answers."]
    assert "Nobody answers." in only(ghost)["html"] and not ghost.sent("PUT")
    review = desk.draft(ID).review
    assert review is not None and review.state == "changed_outside"


def test_an_edit_between_reading_and_writing_is_a_collision(
    publish: Publish, run: Run, desk: Desk, ghost: GhostServer
) -> None:
    assert publish().returncode == 0
    assert run("kill", ID, folder=desk.folder).returncode == 0
    respond = ghost.respond

    def edited(request: Any) -> Response:
        if request.method == "PUT":
            only(ghost)["updated_at"] = "2026-09-09T09:00:00.000Z"
        return respond(request)

    ghost.respond = edited  # type: ignore[method-assign]
    done = publish()
    assert done.returncode == 2 and "Somebody saved the post" in done.stderr
    assert "Who answers?" in only(ghost)["html"]


def test_a_killed_take_is_taken_out_of_its_post(publish: Publish, run: Run, desk: Desk, ghost: GhostServer) -> None:
    assert publish().returncode == 0
    assert run("kill", ID, folder=desk.folder).returncode == 0
    assert publish().stdout.startswith("Updated: ")
    assert publish().stdout.startswith("Unchanged: ")
    assert "This article was withdrawn on 20" in only(ghost)["html"] and "Who answers?" not in only(ghost)["html"]


@pytest.mark.parametrize("act", ["kill", "reject"])
def test_what_was_killed_or_rejected_becomes_no_post(
    publish: Publish, run: Run, desk: Desk, ghost: GhostServer, act: str
) -> None:
    assert run(act, ID, folder=desk.folder).returncode == 0
    done = publish()
    assert done.returncode == 2 and act in done.stderr and ghost.requests == []


def test_a_deleted_post_comes_back_only_when_asked_for(publish: Publish, ghost: GhostServer) -> None:
    assert publish().returncode == 0
    ghost.posts.clear()
    done = publish()
    assert done.returncode == 2 and "was deleted in the CMS" in done.stderr and not ghost.posts
    assert publish("--force").stdout.startswith("Created: ") and len(ghost.posts) == 1


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("answer", [None, PAGE, Response(502, b"bad gateway", "text/plain")])
def test_a_creation_that_broke_off_makes_one_post(
    publish: Publish, ghost: GhostServer, answer: Response | None, after: bool
) -> None:
    ghost.faults = [Fault("POST", answer, after=after)]
    first = publish()
    # Where it had its effect, that is found out at once; where not, the command says so, and repeats nothing.
    assert first.returncode == (0 if after else 2), first.stderr
    assert len(ghost.posts) == after and len(ghost.sent("POST")) == 1
    assert publish().returncode == 0
    assert len(ghost.posts) == 1 and len(ghost.sent("POST")) == (1 if after else 2)


def test_a_site_that_is_gone_after_the_creation_still_has_one_post(publish: Publish, ghost: GhostServer) -> None:
    ghost.faults = [Fault("POST", None, after=True), Fault("GET", None)]
    respond, failing = ghost.respond, Response(503, b"", "text/plain")

    def down(request: Any) -> Response:
        return failing if ghost.posts and request.method == "GET" else respond(request)

    ghost.faults = [Fault("POST", None, after=True)]
    ghost.respond = down  # type: ignore[method-assign]
    assert publish().returncode == 2 and len(ghost.posts) == 1
    ghost.respond = respond  # type: ignore[method-assign]
    done = publish()
    assert done.returncode == 0 and done.stdout.startswith("Unchanged: ") and len(ghost.posts) == 1


REFUSALS = {
    "401": (Response(401, {"errors": [{"message": "Unknown Admin API Key"}]}), "does not accept the key"),
    "403": (Response(403, {"errors": [{"message": "no permission"}]}), "may not do that"),
    "404": (Response(404, {"errors": [{"message": "Not found"}]}), "does not have what was asked for"),
    "429": (Response(429, {}, headers=(("Retry-After", "17"),)), "Wait 17 seconds"),
    "500": (Response(500, b"<h1>oops</h1>", "text/html"), "failed (status 500)"),
    "page": (PAGE, "answered with a web page instead of JSON"),
    "broken JSON": (Response(200, b'{"posts": ['), "instead of JSON"),
    "null": (Response(200, None), "instead of JSON"),
    "another form": (Response(200, {"posts": "many"}), "unexpected JSON"),
    "broken": (None, "broke off"),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("fault", REFUSALS)
def test_each_fault_is_one_plain_sentence_and_nothing_is_lost(
    publish: Publish, ghost: GhostServer, fault: str, method: str
) -> None:
    answer, words = REFUSALS[fault]
    ghost.faults = [Fault(method, answer)]
    done = publish()
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1 and KEY not in done.stderr and not ghost.posts
    assert publish().returncode == 0 and len(ghost.posts) == 1


def test_the_secret_never_follows_a_redirect(publish: Publish, ghost: GhostServer) -> None:
    class Elsewhere(CmsServer):
        def respond(self, request: Any) -> Response:
            return Response(200, {"posts": []})

    other = Elsewhere()
    try:
        ghost.faults = [Fault("GET", Response(302, b"", headers=(("Location", f"{other.url}/x"),)))]
        done = publish()
        assert done.returncode == 2 and "The secret was not sent there." in done.stderr
        assert other.requests == [] and not ghost.posts
    finally:
        other.close()


@pytest.mark.parametrize("key", ["", "not a key", "66f0:zz", f"{'0' * 24}:{'b2' * 32}"])
def test_a_wrong_key_is_said_and_not_printed(publish: Publish, ghost: GhostServer, key: str) -> None:
    done = publish(key=key)
    assert done.returncode == 2 and "CMS_PASSWORD" in done.stderr and not ghost.posts
    assert not key or key not in done.stderr
