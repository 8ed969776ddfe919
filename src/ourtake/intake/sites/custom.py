"""Posts whose addresses follow the user's own pattern (`archive add --permalink`)."""

from __future__ import annotations

from ourtake.intake.sites.base import PUBLISHED_KEYS, Post, moment_of, rooted, stem, texts, without_day
from ourtake.intake.sites.permalink import dates, filled, slug_of


def readdressed(post: Post, pattern: str, title: str) -> Post:
    """A post with its address by a pattern ("/:year/:month/:slug.html", ":legacyUrl"); where the pattern names
    something that it lacks, at its usual address.
    """
    path = filled(pattern, values_of(post, title))
    if path is None or not path.strip("/"):
        return post
    return post._replace(path=rooted(path), aliases=(*post.aliases, post.path))


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
        | dates(moment_of(front | ({"date": front.get("date") or post.published}), *PUBLISHED_KEYS))
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
