"""Ghost, by its Admin API and the Admin API key of a custom integration (Ghost 5 or newer)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import Mapping
from typing import Any

from ourtake.config import PublishSite
from ourtake.documents import Draft
from ourtake.errors import PublishError
from ourtake.publish.cms import Content, Post, content_of
from ourtake.publish.cms_client import Answer, CmsClient, server_message
from ourtake.publish.piece import ExportContext, piece_of

_LONGEST_EXCERPT, _LONGEST_TITLE, _LONGEST_TAG = 300, 255, 191
_KEY = re.compile(r"([0-9a-fA-F]+):((?:[0-9a-fA-F]{2})+)")
_STATUS = {"publish": "published"}
_MAKE_KEY = "Create a custom integration in Ghost (Settings, Integrations), and take its Admin API key (ID:SECRET)."
_NO_API = "Check url in [publish.NAME] of ourtake.toml."


def render(draft: Draft, context: ExportContext) -> str:
    """The body of the request that creates the post. Raises InputError without a take."""
    return json.dumps(_fields(_fitted(content_of(piece_of(draft, context)))), ensure_ascii=False, indent=2) + "\n"


def connect(site: PublishSite) -> Ghost:
    """The site. Raises PublishError if the variable with the Admin API key is not set, or holds something else."""
    key = _KEY.fullmatch(os.environ.get(site.secret_env, "").strip())
    if key is None:
        state = "does not hold an" if os.environ.get(site.secret_env) else "is not set; it must hold the"
        raise PublishError(f"The environment variable {site.secret_env} {state} Admin API key.", _MAKE_KEY)
    return Ghost(site, key[1], bytes.fromhex(key[2]))


def token(key_id: str, secret: bytes, now: int) -> str:
    """A JSON Web Token (RFC 7519) for the Admin API, signed with HMAC-SHA-256, good for five minutes from `now`
    (seconds since 1970).
    """
    head = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    claims = {"iat": now, "exp": now + 300, "aud": "/admin/"}
    signed = b".".join(_url_safe(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    return b".".join([signed, _url_safe(hmac.digest(secret, signed, hashlib.sha256))]).decode()


class Ghost:
    """One Ghost site."""

    def __init__(self, site: PublishSite, key_id: str, secret: bytes) -> None:
        self._site = site
        self._key = (key_id, secret)
        self._client = CmsClient(site, {"Accept-Version": "v5.0"})
        self._root = f"{site.url.rstrip('/')}/ghost/api/admin"

    def fitted(self, content: Content) -> Content:
        """The content within Ghost's limits: a long excerpt is cut, a long tag left out."""
        return _fitted(content)

    def sign_in(self) -> None:
        """Try the key."""
        self._value(self._ask("GET", "/posts/", {"limit": "1", "fields": "id"}))

    def find(self, slug: str) -> Post | None:
        """The post with that slug, in any status."""
        return self._one(f"/posts/slug/{slug}/")

    def get(self, remote_id: str) -> Post | None:
        """The post with that id."""
        return self._one(f"/posts/{remote_id}/")

    def create(self, content: Content) -> Post:
        """Create a post; Ghost makes the tags that are missing."""
        body = _fields(content)
        body["posts"][0]["status"] = _STATUS.get(self._site.status, self._site.status)
        return self._sent(self._ask("POST", "/posts/", {"source": "html"}, body))

    def update(self, post: Post, content: Content, *, tags: bool) -> Post:
        """Replace the texts of a post. Ghost refuses where it was changed since `post` was read."""
        fields = {name: value for name, value in _fields(content)["posts"][0].items() if name != "slug"}
        if not tags:
            del fields["tags"]
        body = {"posts": [{**fields, "updated_at": post.version}]}
        return self._sent(self._ask("PUT", f"/posts/{post.remote_id}/", {"source": "html"}, body))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(
        self, method: str, path: str, params: Mapping[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> Answer:
        signed = {"Authorization": f"Ghost {token(*self._key, now=int(time.time()))}"}
        return self._client.ask(method, f"{self._root}{path}", params=params, body=body, headers=signed)

    def _one(self, path: str) -> Post | None:
        answer = self._ask("GET", path, {"formats": "html"})
        # A missing post is said in JSON; a page with 404 means that there is no Ghost at this address.
        if answer.status == 404 and isinstance(answer.value, dict):
            return None
        return self._post(self._value(answer))

    def _sent(self, answer: Answer) -> Post:
        """The post that Ghost answers with, read again with its HTML where the answer lacks it."""
        post = self._post(self._value(answer, changes=True))
        return post if post.html else self.get(post.remote_id) or post

    def _value(self, answer: Answer, *, changes: bool = False) -> list[dict[str, Any]]:
        """The posts of an answer that says that all is well."""
        host, said = self._client.host, server_message(answer.value)
        if answer.page or answer.value is None:
            what = f"{host} answered with {'a web page' if answer.page else 'something else'} instead of JSON"
            raise PublishError(f"{what} (status {answer.status}).", _NO_API, unsure=changes)
        if answer.status == 401:
            what = f"{host} does not accept the key in {self._site.secret_env}: {said or 'no reason given'}."
            raise PublishError(what, f"{_MAKE_KEY} The clock of this machine must be right, too.")
        if answer.status == 403:
            raise PublishError(f"The key in {self._site.secret_env} may not do that at {host}: {said}.", _MAKE_KEY)
        if answer.status == 404:
            raise PublishError(f"{host} does not have what was asked for: {said or 'not found'}.", _NO_API)
        if answer.status == 409:
            do = "Run the command again; it compares the texts first."
            raise PublishError(f"Somebody saved the post at {host} a moment ago; nothing was overwritten.", do)
        if answer.status >= 400:
            raise PublishError(f"{host} refused the request ({answer.status}): {said or 'no reason given'}.")
        posts = answer.value.get("posts") if isinstance(answer.value, dict) else None
        if not isinstance(posts, list) or not all(isinstance(post, dict) for post in posts):
            raise PublishError(f"{host} answered with unexpected JSON.", _NO_API, unsure=changes)
        return posts

    def _post(self, posts: list[dict[str, Any]]) -> Post:
        if not posts or not posts[0].get("id"):
            raise PublishError(f"{self._client.host} answered without the post's id.", _NO_API, unsure=True)
        found = posts[0]
        tags = [tag for tag in found.get("tags") or [] if isinstance(tag, dict)]
        return Post(
            remote_id=str(found["id"]),
            url=str(found.get("url") or ""),
            status=str(found.get("status") or ""),
            title=str(found.get("title") or ""),
            excerpt=str(found.get("custom_excerpt") or ""),
            html=str(found.get("html") or ""),
            tags=tuple(sorted(str(tag.get("name") or "") for tag in tags)),
            version=str(found.get("updated_at") or ""),
        )


def _fitted(content: Content) -> Content:
    if len(content.title) > _LONGEST_TITLE:
        what = f"The headline has {len(content.title)} characters; Ghost takes at most {_LONGEST_TITLE}."
        raise PublishError(what, "Shorten the headline.")
    excerpt = content.excerpt
    if len(excerpt) > _LONGEST_EXCERPT:
        excerpt = excerpt[: _LONGEST_EXCERPT - 1].rsplit(" ", 1)[0] + "\u2026"
    return content._replace(excerpt=excerpt, tags=tuple(tag for tag in content.tags if len(tag) <= _LONGEST_TAG))


def _fields(content: Content) -> dict[str, Any]:
    post = {
        "title": content.title,
        "slug": content.slug,
        "custom_excerpt": content.excerpt or None,
        "html": "\n".join(block.html for block in content.blocks),
        # A name that begins with # would be an internal tag.
        "tags": [{"name": name.lstrip("# ")} for name in content.tags if name.strip("# ")],
    }
    return {"posts": [post]}


def _url_safe(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")
