"""Publishing to a real WordPress, by the command."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Run
from tests.publish.cms_server import Fault, Relay, Response
from tests.publish.conftest import Desk
from tests.publish.drafts import FIRST, made_draft, revised
from tests.publish.real_wordpress import RealWordPress

Publish = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def draft_id(request: pytest.FixtureRequest, desk: Desk) -> str:
    """The id of a draft that no other test has published to the site that all share."""
    made = made_draft(id=f"{abs(hash(request.node.nodeid)):012x}"[:12])
    return desk.save(made).id


@pytest.fixture
def publish(run: Run, desk: Desk, draft_id: str, wordpress: RealWordPress) -> Publish:
    def inner(
        *words: str, user: str = "boss", url: str = "", secret: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        desk.set_up("wordpress", url or wordpress.url, user=user)
        env = {"CMS_PASSWORD": wordpress.secrets[user] if secret is None else secret}
        return run("export", draft_id, "--to", "wordpress", *words, folder=desk.folder, env=env)

    return inner


def posts(wordpress: RealWordPress, draft_id: str) -> list[dict[str, Any]]:
    """The posts of a draft, as WordPress has them."""
    code = f"""
    $found = get_posts(['numberposts' => -1, 'post_status' => 'any', 'post_type' => 'post']);
    $found = array_values(array_filter($found, fn($p) => str_ends_with($p->post_name, '{draft_id}')));
    echo json_encode(array_map(fn($p) => ['id' => $p->ID, 'status' => $p->post_status, 'title' => $p->post_title,
      'content' => $p->post_content, 'excerpt' => $p->post_excerpt,
      'author' => get_userdata($p->post_author)->user_login,
      'shown' => apply_filters('the_content', $p->post_content),
      'tags' => wp_get_post_tags($p->ID, ['fields' => 'names'])], $found));
    """
    found: list[dict[str, Any]] = json.loads(wordpress.php(code))
    return found


def change(wordpress: RealWordPress, post_id: int, old: str, new: str) -> None:
    """Edit a post as somebody in WordPress would."""
    wordpress.php(
        f"$p = get_post({post_id}); wp_update_post(wp_slash(['ID' => {post_id}, "
        f"'post_content' => str_replace('{old}', '{new}', $p->post_content)]));"
    )


@pytest.mark.parametrize("user", ["boss", "writer"])
def test_publishing_twice_makes_one_post_with_what_was_sent(
    publish: Publish, wordpress: RealWordPress, draft_id: str, user: str
) -> None:
    first, second = publish(user=user), publish(user=user)
    assert first.returncode == 0 and first.stdout.startswith("Created: "), first.stderr
    assert second.returncode == 0 and second.stdout.startswith("Unchanged: "), second.stderr
    (post,) = posts(wordpress, draft_id)
    assert post["status"] == "draft" and post["author"] == user
    assert post["title"] == "Who pays for the wait &amp; the wires"
    assert post["tags"] == ["power", "R&amp;D"]
    assert post["content"].startswith(
        '<!-- wp:paragraph {"className":"ourtake-label"} -->\n<p class="ourtake-label">AI-'
    )
    assert f'<a href="{FIRST}">the ledger</a>' in post["content"]


def test_what_was_changed_in_wordpress_is_never_overwritten(
    publish: Publish, wordpress: RealWordPress, desk: Desk, draft_id: str
) -> None:
    assert publish().returncode == 0
    (post,) = posts(wordpress, draft_id)
    change(wordpress, post["id"], "Who answers?", "Nobody answers.")
    done = publish()
    assert done.returncode == 2 and "was changed in the CMS" in done.stderr
    assert done.stdout.splitlines() == ["- Who answers?", "+ Nobody answers."]
    assert "Nobody answers." in posts(wordpress, draft_id)[0]["content"]
    review = desk.draft(draft_id).review
    assert review is not None and review.state == "changed_outside"


def test_an_update_leaves_status_and_tags_as_editors_left_them(
    publish: Publish, run: Run, wordpress: RealWordPress, desk: Desk, draft_id: str
) -> None:
    assert publish().returncode == 0
    (post,) = posts(wordpress, draft_id)
    wordpress.php(f"wp_update_post(['ID' => {post['id']}, 'post_status' => 'publish', 'tags_input' => ['own tag']]);")
    assert run("kill", draft_id, folder=desk.folder).returncode == 0
    done = publish()
    assert done.returncode == 0 and done.stdout.startswith("Updated: "), done.stderr
    (post,) = posts(wordpress, draft_id)
    assert post["status"] == "publish" and post["tags"] == ["own tag"]
    assert "This article was withdrawn on 20" in post["content"] and "Who answers?" not in post["content"]


def test_a_post_in_the_bin_is_not_created_again(publish: Publish, wordpress: RealWordPress, draft_id: str) -> None:
    assert publish().returncode == 0
    (post,) = posts(wordpress, draft_id)
    wordpress.php(f"wp_trash_post({post['id']});")
    done = publish()
    assert done.returncode == 2 and "was deleted in the CMS" in done.stderr
    assert posts(wordpress, draft_id) == []


def test_a_hostile_take_runs_nothing_in_wordpress(
    publish: Publish, wordpress: RealWordPress, desk: Desk, draft_id: str
) -> None:
    evil = "[gallery ids=1] <script>alert(1)</script> [embed]https://evil.example/v[/embed]"
    desk.save(
        revised(
            draft_id,
            headline="</title><script>alert(1)</script> A & B < C",
            body=f"{evil}\n\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ\n\n<!-- wp:html --><iframe></iframe>",
            tags=["<b onmouseover=alert(1)>bold", "[gallery]"],
        )
    )
    done = publish()
    assert done.returncode == 0, done.stderr
    (post,) = posts(wordpress, draft_id)
    for text in (post["content"], post["shown"], post["title"], post["excerpt"], *post["tags"]):
        assert not re.search(r"<(?:script|iframe|b )", text)
    assert "gallery-item" not in post["shown"] and "&#91;gallery ids=1]" in post["content"]
    assert publish().stdout.startswith("Unchanged: ")


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("answer", [None, Response(502, b"bad gateway", "text/plain")])
def test_a_creation_that_broke_off_makes_one_post(
    publish: Publish, wordpress: RealWordPress, draft_id: str, answer: Response | None, after: bool
) -> None:
    relay = Relay(wordpress.url)
    try:
        relay.faults = [Fault("POST", answer, after=after, path="posts")]
        first = publish(url=relay.url)
        assert first.returncode == (0 if after else 2), first.stderr
        assert len(posts(wordpress, draft_id)) == after
        assert publish(url=relay.url).returncode == 0
        assert len(posts(wordpress, draft_id)) == 1
    finally:
        relay.close()


def test_two_commands_at_once_make_one_post(desk: Desk, wordpress: RealWordPress, draft_id: str) -> None:
    desk.set_up("wordpress", wordpress.url, user="boss")
    words = [sys.executable, "-m", "ourtake", "export", draft_id, "--to", "wordpress"]
    env = os.environ | {"CMS_PASSWORD": wordpress.secrets["boss"]}
    with contextlib.ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(words, cwd=desk.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            )
            for _ in range(3)
        ]
        said = [one.communicate()[1].decode() for one in running]
    assert len(posts(wordpress, draft_id)) == 1
    assert 0 in [one.returncode for one in running]
    assert all("This is being published by" in text for text, one in zip(said, running, strict=True) if one.returncode)


@pytest.mark.parametrize(
    ("user", "secret", "words"),
    [("boss", "wrong", "does not accept boss"), ("reader", None, "may not write posts"), ("boss", "", "is not set")],
)
def test_who_may_not_publish_is_told_so(
    publish: Publish, wordpress: RealWordPress, draft_id: str, user: str, secret: str | None, words: str
) -> None:
    done = publish(user=user, secret=secret)
    assert done.returncode == 2 and words in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert posts(wordpress, draft_id) == []


def test_pretty_addresses_make_no_difference(publish: Publish, wordpress: RealWordPress, draft_id: str) -> None:
    wordpress.php("update_option('permalink_structure', '/%year%/%postname%/'); flush_rewrite_rules();")
    try:
        assert publish().returncode == 0 and len(posts(wordpress, draft_id)) == 1
        assert publish().stdout.startswith("Unchanged: ")
    finally:
        wordpress.php("update_option('permalink_structure', ''); flush_rewrite_rules();")
