"""One Markdown file with front matter -> Article: the names that Jekyll, Hugo, Eleventy and Astro use."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.dates import article_dates
from ourtake.intake.files import as_words, decode, is_address, storable, yaml_table
from ourtake.intake.formats import FORMATS, Crawler, Listing
from ourtake.intake.internal_links import inside_links
from ourtake.intake.items import Items, Reject
from ourtake.intake.unpublished import why_not_a_post, why_unpublished

_YAML = re.compile(r"\A---[ \t]*\n(.*?)\n?---[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?)\n?\+\+\+[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_BARE_DATE = re.compile(
    r"^([ \t]*[\w.-]+[ \t]*=[ \t]*)(\d{4}-\d{2}-\d{2}[\d:.TtZz +-]*?)(?=[ \t]*(?:#|$))",
    re.MULTILINE,
)
_DATED = re.compile(r"\A(\d{4})-(\d{2})-(\d{2})-(.+)\Z")
_NAMES = {
    "published": ("date", "pubDate", "publishDate", "published", "published_at", "datePublished"),
    "updated": ("updated", "lastmod", "updatedDate", "modified", "last_modified_at"),
    "summary": ("summary", "description", "excerpt"),
    "author": ("author", "authors"),
    "url": ("url", "permalink", "canonical_url", "canonical", "slug"),
}


def read_markdown(listing: Listing, crawl: Crawler) -> Items:
    """The article of a file, or those of all Markdown files in a folder. Raises InputError for a folder without any."""
    assert listing.path is not None  # a format that is read from files and folders only
    if listing.path.is_file():
        yield _file_article(listing.path, listing.path.parent, crawl.site)
        return
    endings = FORMATS["markdown"].endings
    files = sorted(file for file in listing.path.rglob("*") if file.suffix.lower() in endings and file.is_file())
    if not files:
        raise InputError(f"There are no Markdown files in {listing.path}.", "Name another folder, or a JSONL file.")
    for file in files:
        yield _file_article(file, listing.path, crawl.site)


def _file_article(file: Path, root: Path, site: str) -> Article | Reject:
    try:
        found = markdown_article(decode(file.read_bytes(), file.name), file=file.relative_to(root), site=site)
    except InputError as error:
        return Reject(str(file), error.what)
    except OSError as error:
        return Reject(str(file), f"can't be read: {error.strerror}.")
    return found if isinstance(found, Article) else Reject(str(file), found, broken=False)


def markdown_article(text: str, *, file: Path, site: str) -> Article | str:
    """The article, or why it is left out on purpose. `file` is relative to the folder; a path-only address is joined to
    `site`.

    Raises InputError when there is no front matter, no title, no text or no address to be made.
    """
    front, body = _parts(text, file)
    title = as_words(front.get("title"))
    if why := why_unpublished(front) or why_not_a_post(front, file.parent.parts, file.stem, str(title or "")):
        return why
    if not isinstance(title, str) or not title.strip():
        raise InputError("no title.")
    if not body.strip():
        raise InputError("no text.")
    url = _address(front, file, site)
    dated = _DATED.match(file.stem)
    tags = front.get("tags") or front.get("categories") or front.get("keywords") or ()
    if isinstance(tags, str) and dated and "," not in tags:
        tags = tags.split()  # Jekyll's way of writing a list
    published = _given(front, "published")
    return Article.model_validate(
        {
            **_others(front),
            "id": front.get("id") if isinstance(front.get("id"), str | int) else None,
            "url": url,
            "title": title.strip(),
            "text": body.strip(),
            **article_dates(
                published=published or ([f"{dated[1]}-{dated[2]}-{dated[3]}"] if dated else []),
                updated=_given(front, "updated"),
                exact=True,
            ),
            "summary": _text(_first(front, "summary")),
            "author": _people(_first(front, "author")),
            "tags": [str(tag) for tag in tags] if isinstance(tags, list | tuple) else _text(tags),
            "links": inside_links(body, url, site),
        }
    )


def _parts(text: str, file: Path) -> tuple[dict[str, Any], str]:
    if match := _YAML.match(text):
        return _without_name(match[1], file), match[2]
    if match := _TOML.match(text):
        try:
            return storable(_toml(match[1]), "the front matter"), match[2]
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"the front matter is not valid TOML: {error}.") from error
        except (ValueError, RecursionError) as error:
            raise InputError("the front matter is nested too deep or has a number with too many digits.") from error
    if text.startswith("{"):
        # Hugo's third way. A page that begins with a template's "{{" or "{%" is not JSON and has no front matter.
        try:
            found, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            raise InputError("no front matter.") from None
        return storable(found, "the front matter"), text[end:]
    raise InputError("no front matter.")


def _toml(text: str) -> dict[str, Any]:
    """TOML in which a date that does not exist (31 February) is the text that it is."""
    try:
        return tomllib.loads(text)
    except ValueError:
        return tomllib.loads(_BARE_DATE.sub(r"\1'\2'", text))


def _without_name(text: str, file: Path) -> dict[str, Any]:
    try:
        return yaml_table(text, file.name, first_line=2)
    except InputError as error:
        # The import's message names the file already.
        raise InputError(error.what.removeprefix(f"{file.name}: "), error.do) from error


def _others(front: dict[str, Any]) -> dict[str, Any]:
    """The keys that Article does not define, as JSON: they are kept."""
    known = {*Article.model_fields, *(name for names in _NAMES.values() for name in names)}
    try:
        text = json.dumps({key: value for key, value in front.items() if key not in known}, default=str, skipkeys=True)
    except (ValueError, RecursionError) as error:
        raise InputError("the front matter has a value that contains itself.") from error
    kept: dict[str, Any] = json.loads(text)
    return kept


def _people(value: Any) -> str | None:
    """One name, or several; a table is its name."""
    people = value if isinstance(value, list) else [value]
    names = [
        str(person.get("name") or "") if isinstance(person, dict) else str(person)
        for person in people
        if person is not None
    ]
    return ", ".join(name for name in names if name) or None


def _given(front: dict[str, Any], key: str) -> list[Any]:
    """What the front matter gives under the names of a key, in their order."""
    return [front[name] for name in _NAMES[key] if front.get(name) not in (None, "", True, "true")]


def _first(front: dict[str, Any], key: str) -> Any:
    return next(iter(_given(front, key)), None)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _address(front: dict[str, Any], file: Path, site: str) -> str:
    given = str(_first(front, "url") or "").strip()
    if "{{" in given or "{%" in given:
        given = ""  # a template, whose result only the site's own builder knows
    if is_address(given):
        return given
    if not is_address(site):
        raise InputError("no full address, and [publication] url is not set.")
    base = site.rstrip("/") + "/"
    dated = _DATED.match(file.stem)
    if given.startswith("/") and ":" not in given:
        return urljoin(base, given)
    parts = file.parent.parts
    # What comes before Hugo's and Astro's content/, and Jekyll's _posts, is not part of an address.
    parts = parts[parts.index("content") + 1 :] if "content" in parts else parts
    folder = "".join(f"{part}/" for part in parts if part != "_posts")
    if file.stem == "index" and folder and not given:
        return urljoin(base, folder)
    stem = given if given and ":" not in given else dated[4] if dated else file.stem
    # Jekyll's own default for a dated file; the others serve folder/name/.
    path = f"{dated[1]}/{dated[2]}/{dated[3]}/{stem}/" if dated and not given else f"{folder}{stem}/"
    return urljoin(base, path.lstrip("/"))
