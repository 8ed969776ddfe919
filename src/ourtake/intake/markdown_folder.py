"""One Markdown file with front matter -> Article: the names that Jekyll, Hugo, Eleventy and Astro use."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from ourtake.documents import Article, iso_date
from ourtake.errors import InputError
from ourtake.intake.files import as_words, is_address, tidy, yaml_table
from ourtake.text.markdown import links
from ourtake.text.words import canonical_url

_YAML = re.compile(r"\A---[ \t]*\n(.*?)\n?---[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?)\n?\+\+\+[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_DATED = re.compile(r"\A(\d{4})-(\d{2})-(\d{2})-(.+)\Z")
_NAMES = {
    "published": ("date", "pubDate", "publishDate", "published", "published_at", "datePublished"),
    "updated": ("updated", "lastmod", "updatedDate", "modified", "last_modified_at"),
    "summary": ("summary", "description", "excerpt"),
    "author": ("author", "authors"),
    "url": ("url", "permalink", "canonical_url", "canonical", "slug"),
}


def markdown_article(text: str, *, file: Path, site: str) -> Article | str:
    """The article, or why it is left out on purpose. `file` is relative to the folder; a path-only address is joined to `site`.

    Raises InputError when there is no front matter, no title, no text or no address to be made.
    """
    front, body = _parts(text, file)
    if front.get("draft") is True or front.get("published") is False:
        return "a draft."
    title = as_words(front.get("title"))
    if not isinstance(title, str) or not title.strip():
        raise InputError("no title.")
    if not body.strip():
        raise InputError("no text.")
    url = _address(front, file, site)
    dated = _DATED.match(file.stem)
    tags = front.get("tags") or front.get("categories") or front.get("keywords") or ()
    author = _first(front, "author")
    published = _first(front, "published")
    more = {key: value for key, value in front.items() if isinstance(value, str | int | float | bool) and key not in Article.model_fields}
    return Article.model_validate(
        {
            **{key: value for key, value in more.items() if not any(key in names for names in _NAMES.values())},
            "url": url,
            "title": title.strip(),
            "text": body.strip(),
            "published": iso_date(published) or (f"{dated[1]}-{dated[2]}-{dated[3]}" if dated and published is None else None),
            "updated": _first(front, "updated"),
            "summary": _text(_first(front, "summary")),
            "author": ", ".join(map(str, author)) if isinstance(author, list) else _text(author),
            "tags": [str(tag) for tag in tags] if isinstance(tags, list | tuple) else _text(tags),
            "links": _internal(body, url, site),
        }
    )


def _parts(text: str, file: Path) -> tuple[dict[str, Any], str]:
    if match := _YAML.match(text):
        return yaml_table(match[1], file.name, first_line=2), match[2]
    if match := _TOML.match(text):
        try:
            return tidy(tomllib.loads(match[1]), "the front matter"), match[2]
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"the front matter is not valid TOML: {error}.") from error
        except (ValueError, RecursionError) as error:
            raise InputError("the front matter is nested too deep or holds a number that is too long.") from error
    raise InputError("no front matter.")


def _first(front: dict[str, Any], key: str) -> Any:
    return next((front[name] for name in _NAMES[key] if front.get(name) not in (None, "", True)), None)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _address(front: dict[str, Any], file: Path, site: str) -> str:
    given = str(_first(front, "url") or "").strip()
    if is_address(given):
        return given
    if not is_address(site):
        raise InputError("no full address, and [publication] url is not set.")
    base = site.rstrip("/") + "/"
    dated = _DATED.match(file.stem)
    if given.startswith("/") and ":" not in given:
        return urljoin(base, given)
    folder = "" if str(file.parent) == "." else file.parent.as_posix().removeprefix("_posts").strip("/") + "/"
    if file.stem == "index" and folder and not given:
        return urljoin(base, folder)
    stem = given if given and ":" not in given else dated[4] if dated else file.stem
    # Jekyll's own default for a dated file; the others serve folder/name/.
    path = f"{dated[1]}/{dated[2]}/{dated[3]}/{stem}/" if dated and not given else f"{folder}{stem}/"
    return urljoin(base, path.lstrip("/"))


def _internal(body: str, own: str, site: str) -> list[str]:
    """Addresses of the publication's own pages that the text links to, each once, in order."""
    hosts = {urlsplit(own).hostname, urlsplit(site).hostname}
    found: dict[str, None] = {}
    for link in links(body):
        try:
            target = canonical_url(urljoin(own, link.target))
            inside = urlsplit(target).hostname in hosts
        except ValueError:
            continue
        if inside and not link.image and target != canonical_url(own):
            found[target] = None
    return list(found)
