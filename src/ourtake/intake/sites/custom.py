"""A site whose addresses follow the user's own pattern (`archive add --permalink`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ourtake.intake.sites.base import Post, Site, moment_of, stem, texts, without_day
from ourtake.intake.sites.permalink import dates, filled, slug_of

_DATES = ("date", "pubDate", "publishDate", "published", "published_at", "datePublished", "publishedAt")


class CustomSite:
    """A site as its builder reads it, but with addresses by `pattern`: "/:year/:month/:slug.html", ":legacyUrl"."""

    def __init__(self, site: Site, pattern: str) -> None:
        self._site = site
        self._pattern = pattern
        self.folder, self.url, self.mdx = site.folder, site.url, site.mdx

    def defaults(self, file: Path) -> dict[str, Any]:
        """What the site sets for a file."""
        return self._site.defaults(file)

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The post of a file; where the pattern names something that it lacks, at its usual address."""
        post = self._site.post(file, front, title)
        path = filled(self._pattern, values_of(post, title))
        if path is None or not path.strip("/"):
            return post
        path = path if path.startswith(("/", "http://", "https://")) else f"/{path}"
        return post._replace(path=path, aliases=(*post.aliases, post.path))

    def target(self, words: str) -> str:
        """As the site has it."""
        return self._site.target(words)


def values_of(post: Post, title: str) -> dict[str, str]:
    """What a pattern may name: parts of the date, the file's name and folder, the title, and front matter's texts."""
    front = post.front
    parts = post.file.parent.parts
    name = stem(post.file)
    name = parts[-1] if name == "index" and parts else name
    categories = texts(front.get("categories")) or texts(front.get("category"))
    own = {key: value for key, value in front.items() if isinstance(value, str) and value.strip()}
    return (
        own
        | dates(moment_of(front | ({"date": front.get("date") or post.published}), *_DATES))
        | {
            "title": slug_of(title, ascii_only=True),
            "name": without_day(name),
            "filename": name,
            "slug": str(front.get("slug") or without_day(name)).strip("/"),
            "folder": "/".join(parts),
            "section": next((part for part in reversed(parts) if not part.startswith("_")), ""),
            "categories": "/".join(slug_of(one) for one in categories),
            "category": slug_of(categories[0]) if categories else "",
        }
    )
