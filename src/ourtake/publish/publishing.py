"""How a take is published so that there is one post, holding what was sent, and nobody's words are overwritten.

1. Sign in: a wrong secret is found before anything is sent.
2. Find the post: by the id that the store has, else by its slug. The slug carries the draft's id, and is stored before
   the post is created, so a post whose creation was cut off is found, too.
3. Compare it with what the store saw there last. A difference is somebody's work in the CMS: nothing is sent.
4. Create or update the post, once. If the connection broke, check whether that happened.
5. Read the post back, compare it with what was sent, and store what was seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ourtake.errors import PublishError
from ourtake.publish.cms import Cms, Content, Post, content_of
from ourtake.publish.piece import Piece
from ourtake.publish.seen import Seen, differing, lines_of_content, lines_of_post
from ourtake.values import utc_now

if TYPE_CHECKING:
    from ourtake.store.posts import PostRecord, PostStore


class Published(NamedTuple):
    """What was done, and the post as it is now."""

    did: Literal["created", "updated", "unchanged"]
    post: Post


class ChangedOutside(PublishError):
    """Somebody changed the post in the CMS. `diff`: from what was sent to what is there now."""

    def __init__(self, what: str, do: str, diff: list[str]) -> None:
        super().__init__(what, do, changed=True)
        self.diff = diff


def publish(piece: Piece, cms: Cms, posts: PostStore, *, site: str, again: bool = False) -> Published:
    """Publish a take at a site (the name that `posts` has for it), or bring its post up to date.

    `again`: a post that was deleted in the CMS is created again. Raises PublishError, and ChangedOutside where somebody
    changed the post there; in both cases nobody's text was overwritten.
    """
    from ourtake.store.posts import PostRecord

    content = cms.fitted(content_of(piece))
    wanted = lines_of_content(content)
    cms.sign_in()
    known = posts.one(site, piece.draft.id) or PostRecord(site, piece.draft.id, content.slug)
    current = _current(cms, known, again=again)
    seen = Seen.loads(known.seen) if current is not None else Seen([], None, [])
    now = lines_of_post(current) if current is not None else []
    if current is not None and now not in (wanted, seen.lines, seen.pending):
        raise ChangedOutside(
            f"{current.url} was changed in the CMS since it was sent; nothing was overwritten.",
            "Bring the changes into the draft, or undo them in the CMS.",
            differing(seen.lines or seen.pending or wanted, now),
        )
    # Kept before anything is sent: a post that a broken connection left behind is recognised by it.
    posts.save(known._replace(seen=seen._replace(pending=wanted).dumps()))
    did: Literal["created", "updated", "unchanged"] = "unchanged"
    if current is None:
        did, post = "created", _created(cms, content)
    elif now == wanted:
        post = current
    else:
        untouched = seen.tags is None or seen.tags == sorted(current.tags)
        did, post = "updated", _updated(cms, current, content, tags=untouched)
    return Published(did, _verified(cms, posts, known, post=post, wanted=wanted, number=piece.revision.number))


def _verified(cms: Cms, posts: PostStore, known: PostRecord, *, post: Post, wanted: list[str], number: int) -> Post:
    """The post as it is read back; what was seen is stored. Raises PublishError where it differs from what was sent."""
    read = cms.get(post.remote_id)
    if read is None:
        raise PublishError(f"The post {post.url or post.remote_id} can't be read back.", "Look at it in the CMS.")
    lines = lines_of_post(read)
    seen = Seen(lines, sorted(read.tags), []).dumps()
    posts.save(known._replace(remote_id=read.remote_id, url=read.url, revision=number, sent=utc_now(), seen=seen))
    if diff := differing(wanted, lines):
        raise PublishError(
            f"{read.url} does not say what was sent; the first difference: {diff[0][:200]}",
            "A plug-in or a filter of the CMS changed the text. Look at the post before it is published.",
        )
    return read


def _current(cms: Cms, known: PostRecord, *, again: bool) -> Post | None:
    """The post as it is now; None where there is none."""
    if not known.remote_id:
        return cms.find(known.slug)
    current = cms.get(known.remote_id)
    if current is None and not again:
        raise PublishError(
            f"The post {known.url or known.remote_id} was deleted in the CMS.",
            "Restore it there; or create a new one with --force.",
        )
    return current


def _created(cms: Cms, content: Content) -> Post:
    try:
        return cms.create(content)
    except PublishError as error:
        found = _looked_up(cms, content) if error.unsure else None
        if found is None:
            raise
        return found


def _updated(cms: Cms, current: Post, content: Content, *, tags: bool) -> Post:
    try:
        return cms.update(current, content, tags=tags)
    except PublishError as error:
        found = cms.get(current.remote_id) if error.unsure else None
        if found is None or lines_of_post(found) != lines_of_content(content):
            raise
        return found


def _looked_up(cms: Cms, content: Content) -> Post | None:
    """The post that a broken connection may have created; None also where the site still does not answer."""
    try:
        return cms.find(content.slug)
    except PublishError:
        return None
