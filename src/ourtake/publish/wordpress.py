"""WordPress, by its REST API and an application password (WordPress 5.6 or newer)."""

from __future__ import annotations

import base64
import html
import json
import os
import re
from typing import Any

from ourtake.config import PublishSite
from ourtake.documents import Draft
from ourtake.errors import PublishError
from ourtake.publish.cms import Content, Post, content_of
from ourtake.publish.cms_client import Answer, CmsClient, server_message
from ourtake.publish.html import Block
from ourtake.publish.piece import ExportContext, piece_of

_TEXT = re.compile(r"(<[^>]*>)|([^<]+)")
_NO_API = "Check url in [publish.NAME] of ourtake.toml, and that no plug-in closes the REST API."


def render(draft: Draft, context: ExportContext) -> str:
    """The body of the request that creates the post, with tags by name. Raises InputError without a take."""
    content = content_of(piece_of(draft, context))
    return json.dumps(_fields(content) | {"tags": list(content.tags)}, ensure_ascii=False, indent=2) + "\n"


def connect(site: PublishSite) -> WordPress:
    """The site. Raises PublishError if the variable with the application password is not set."""
    secret = os.environ.get(site.secret_env, "")
    if not secret:
        what = f"The environment variable {site.secret_env} with the application password is not set."
        raise PublishError(what, f"Create one for {site.user} in WordPress (Users, Profile, Application Passwords).")
    return WordPress(site, secret)


class WordPress:
    """One WordPress site."""

    def __init__(self, site: PublishSite, secret: str) -> None:
        token = base64.b64encode(f"{site.user}:{secret}".encode()).decode()
        self._site = site
        self._client = CmsClient(site, {"Authorization": f"Basic {token}"})
        self._root = ""

    def fitted(self, content: Content) -> Content:
        """The content: WordPress knows no limits that a take could reach."""
        return content

    def sign_in(self) -> None:
        """Find the API and try the password."""
        answer = self._ask("GET", "/wp/v2/users/me", {"context": "edit"})
        if answer.page:
            # With any setting of permalinks the API is behind this parameter, but a cache may ignore parameters.
            self._root = f"{self._site.url.rstrip('/')}/wp-json"
            answer = self._ask("GET", "/wp/v2/users/me", {"context": "edit"})
        found = self._value(answer, dict)
        if "edit_posts" in (found.get("capabilities") or {"edit_posts": True}):
            return
        raise PublishError(
            f"{self._site.user} may not write posts at {self._client.host}.", "Give the user that right."
        )

    def find(self, slug: str) -> Post | None:
        """The post with that slug, in any status but the bin."""
        found = self._value(self._ask("GET", "/wp/v2/posts", {"slug": slug, "status": "any", "context": "edit"}), list)
        return self._post(found[0]) if found and isinstance(found[0], dict) else None

    def get(self, remote_id: str) -> Post | None:
        """The post with that id."""
        answer = self._ask("GET", f"/wp/v2/posts/{remote_id}", {"context": "edit"})
        if answer.status in (404, 410) and isinstance(answer.value, dict):
            return None
        post = self._post(self._value(answer, dict))
        return None if post.status == "trash" else post

    def create(self, content: Content) -> Post:
        """Create a post, with tags that exist or are made."""
        body = _fields(content) | {"status": self._site.status, "tags": self._tag_ids(content.tags)}
        return self._post(self._value(self._ask("POST", "/wp/v2/posts", body=body), dict, changes=True))

    def update(self, post: Post, content: Content, *, tags: bool) -> Post:
        """Replace the texts of a post; the slug and the status stay as the editors left them."""
        body = {name: value for name, value in _fields(content).items() if name != "slug"}
        if tags:
            body["tags"] = self._tag_ids(content.tags)
        answer = self._ask("POST", f"/wp/v2/posts/{post.remote_id}", body=body)
        return self._post(self._value(answer, dict, changes=True))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(
        self, method: str, path: str, params: dict[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> Answer:
        if self._root:
            return self._client.ask(method, f"{self._root}{path}", params=params, body=body)
        home = f"{self._site.url.rstrip('/')}/"
        return self._client.ask(method, home, params={"rest_route": path, **(params or {})}, body=body)

    def _value(self, answer: Answer, kind: type[Any], *, changes: bool = False) -> Any:
        """The JSON of an answer that says that all is well."""
        host, user = self._client.host, self._site.user
        said = server_message(answer.value)
        if answer.page or answer.value is None:
            what = f"{host} answered with {'a web page' if answer.page else 'something else'} instead of JSON"
            raise PublishError(f"{what} (status {answer.status}).", _NO_API, unsure=changes)
        if answer.status == 401:
            do = f"Create an application password for {user} in WordPress, and set {self._site.secret_env} to it."
            raise PublishError(f"{host} does not accept {user} with the password in {self._site.secret_env}.", do)
        if answer.status == 403:
            raise PublishError(f"{user} may not do that at {host}: {said or 'forbidden'}.", "Give the user that right.")
        if answer.status == 404:
            raise PublishError(f"{host} does not have what was asked for: {said or 'not found'}.", _NO_API)
        if answer.status >= 400:
            raise PublishError(f"{host} refused the request ({answer.status}): {said or 'no reason given'}.")
        if not isinstance(answer.value, kind):
            raise PublishError(f"{host} answered with unexpected JSON.", _NO_API, unsure=changes)
        return answer.value

    def _post(self, found: dict[str, Any]) -> Post:
        def raw(name: str) -> str:
            value = found.get(name)
            return str(value.get("raw") or "") if isinstance(value, dict) else ""

        if not found.get("id"):
            raise PublishError(f"{self._client.host} answered without the post's id.", _NO_API, unsure=True)
        return Post(
            remote_id=str(found["id"]),
            url=str(found.get("link") or ""),
            status=str(found.get("status") or ""),
            title=html.unescape(raw("title")),
            excerpt=html.unescape(raw("excerpt")),
            html=raw("content"),
            tags=tuple(sorted(map(str, found.get("tags") or []))),
            version=str(found.get("modified_gmt") or ""),
        )

    def _tag_ids(self, names: tuple[str, ...]) -> list[int]:
        """The ids of tags, those that are missing created. A user who may create none gets those that exist."""
        found = []
        for name in names:
            rows = self._value(self._ask("GET", "/wp/v2/tags", {"search": name, "per_page": "100"}), list)
            same = [row["id"] for row in rows if html.unescape(str(row.get("name"))).casefold() == name.casefold()]
            if same:
                found.append(int(same[0]))
                continue
            answer = self._ask("POST", "/wp/v2/tags", body={"name": html.escape(name, quote=False)})
            value = answer.value if isinstance(answer.value, dict) else {}
            if answer.status in (200, 201) and value.get("id"):
                found.append(int(value["id"]))
            elif value.get("code") == "term_exists" and isinstance(value.get("data"), dict):
                found.append(int(value["data"]["term_id"]))
        return found


def _fields(content: Content) -> dict[str, Any]:
    return {
        "title": html.escape(content.title, quote=False),
        "slug": content.slug,
        "excerpt": html.escape(content.excerpt, quote=False),
        "content": "\n\n".join(map(_block, content.blocks)),
    }


def _block(block: Block) -> str:
    """A block as the editor of WordPress knows it: a paragraph, or else a block of HTML."""
    inner = _inert(block.html)
    if not inner.startswith("<p"):
        return f"<!-- wp:html -->\n{inner}\n<!-- /wp:html -->"
    attributes = f' {{"className":"ourtake-{block.name}"}}' if block.name else ""
    return f"<!-- wp:paragraph{attributes} -->\n{inner}\n<!-- /wp:paragraph -->"


def _inert(text: str) -> str:
    """HTML in whose words WordPress finds no shortcode and no address to embed: "[" and "://" are references."""

    def change(match: re.Match[str]) -> str:
        return match[1] or match[2].replace("[", "&#91;").replace("://", "&#58;//")

    return _TEXT.sub(change, text)
