"""A server with the contract of Ghost's Admin API for posts, as its documentation gives it, on loopback.

Tokens: HS256 over the hex-decoded secret, kid in the head, aud "/admin/", at most five minutes. An update needs its
post's updated_at, and another one is a collision (409). Slugs are unique. HTML comes back re-serialised,
without classes and comments, as it does from an editor's document.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxml import html

from tests.publish.cms_server import CmsServer, Request, Response

KEY_ID, SECRET = "66f0a1b2c3d4e5f601234567", "a1" * 32
KEY = f"{KEY_ID}:{SECRET}"


class GhostServer(CmsServer):
    """The server; `posts` by id."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, Any]] = {}
        super().__init__()

    def respond(self, request: Request) -> Response:
        """The answer of Ghost."""
        if why := token_fault(request.headers.get("authorization", "")):
            return error(401, why)
        parts = urlsplit(request.path)
        rest = parts.path.removeprefix("/ghost/api/admin/posts/").strip("/")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if request.method == "POST":
            return self._create(json.loads(request.body)["posts"][0], query)
        if not rest:
            return Response(200, {"posts": [self._shown(post, {}) for post in self.posts.values()][:1]})
        found = [post for post in self.posts.values() if rest in (post["id"], f"slug/{post['slug']}")]
        if not found:
            return error(404, "Resource not found error, cannot read post.")
        if request.method == "PUT":
            return self._update(found[0], json.loads(request.body)["posts"][0], query)
        return Response(200, {"posts": [self._shown(found[0], query)]})

    def _create(self, given: dict[str, Any], query: dict[str, str]) -> Response:
        if not given.get("title") or len(given["title"]) > 255 or len(given.get("custom_excerpt") or "") > 300:
            return error(422, "Validation error, cannot save post.")
        slugs = {post["slug"] for post in self.posts.values()}
        slug = given["slug"] if given["slug"] not in slugs else f"{given['slug']}-2"
        post_id = f"{len(self.posts) + 1:024x}"
        post = {"id": post_id, "url": f"{self.url}/p/{post_id}/", "status": "draft", **given, "slug": slug}
        self.posts[post_id] = post
        self._write(post, given, query)
        return Response(201, {"posts": [self._shown(post, {})]})

    def _update(self, post: dict[str, Any], given: dict[str, Any], query: dict[str, str]) -> Response:
        if given.get("updated_at") != post["updated_at"]:
            return error(409, "Saving failed! Someone else is editing this post.", "UpdateCollisionError")
        self._write(post, given, query)
        return Response(200, {"posts": [self._shown(post, {})]})

    def _write(self, post: dict[str, Any], given: dict[str, Any], query: dict[str, str]) -> None:
        body = given.pop("html", None)
        post.update(given)
        if body is not None and query.get("source") == "html":
            post["html"] = reserialised(body)
        post["updated_at"] = f"2026-09-09T08:00:{len(self.requests):02}.{time.monotonic_ns() % 1000:03}Z"

    def _shown(self, post: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        return {name: value for name, value in post.items() if name != "html" or query.get("formats") == "html"}


def reserialised(body: str) -> str:
    """HTML as it comes back from Ghost's editor: the same words and links in elements of its own."""
    tree = html.fromstring(f"<div>{body}</div>", parser=html.HTMLParser(remove_comments=True))
    for element in tree.iter():
        element.attrib.pop("class", None)
    text = "".join(html.tostring(child, encoding="unicode") for child in tree)
    return re.sub(r"\s*\n\s*", "", text)


def token_fault(header: str) -> str:
    """What is wrong with a token; "" for nothing."""
    match = re.fullmatch(r"Ghost ([\w-]+)\.([\w-]+)\.([\w-]+)", header)
    if not match:
        return "Invalid token: no token"
    head, claims, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in match.groups())
    signed = f"{match[1]}.{match[2]}".encode()
    if json.loads(head) != {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}:
        return "Unknown Admin API Key"
    if signature != hmac.digest(bytes.fromhex(SECRET), signed, hashlib.sha256):
        return "Invalid token: invalid signature"
    said, now = json.loads(claims), time.time()
    if said["aud"] != "/admin/" or not said["iat"] - 5 <= now <= said["exp"] or said["exp"] - said["iat"] > 300:
        return "Invalid token: jwt audience invalid or expired"
    return ""


def error(status: int, message: str, kind: str = "Error") -> Response:
    """An error in Ghost's form."""
    return Response(status, {"errors": [{"message": message, "type": kind, "context": None}]})
