"""Files and folders -> Article or Reject, one after another: memory stays flat on a long import.

Formats: JSONL (one article a line) and a folder of Markdown files with front matter. A new format is one reader here or in a file of its own,
and a line in `articles_from`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.files import decode, is_address, tidy
from ourtake.intake.markdown_folder import markdown_article

FORMATS = ("auto", "jsonl", "markdown")
LATER = ("rss", "atom", "sitemap", "wxr")
_MARKDOWN = (".md", ".markdown", ".mdx")


class Reject(NamedTuple):
    """What could not be imported: where, why, and whether it is broken or was left out on purpose (a draft)."""

    where: str
    reason: str
    broken: bool = True


def articles_from(path: Path, *, form: str, site: str) -> Iterator[Article | Reject]:
    """The articles of a file or folder; `site` is the publication's address. Raises InputError for what can't be read at all."""
    if form in LATER:
        raise InputError(f"The format {form} is not in this version.", "Use jsonl or markdown.")
    if form not in FORMATS:
        raise InputError(f"There is no format {form}.", f"Formats: {', '.join(FORMATS)}.")
    if not path.exists():
        raise InputError(f"There is no file or folder {path}.", "Check the name.")
    if path.is_dir():
        if form == "jsonl":
            raise InputError(f"{path} is a folder, not a JSONL file.", "Name the file, or use --format markdown.")
        return _folder(path, site)
    if form == "markdown" or (form == "auto" and path.suffix.lower() in _MARKDOWN):
        return iter([_markdown_file(path, path.parent, site)])
    if form == "auto" and path.suffix.lower() not in (".jsonl", ".ndjson", ".json", ".txt"):
        raise InputError(f"The format of {path} is not known.", "Say --format jsonl or --format markdown.")
    return _jsonl(path)


def _folder(path: Path, site: str) -> Iterator[Article | Reject]:
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in _MARKDOWN and file.is_file())
    if not files:
        raise InputError(f"There are no Markdown files in {path}.", "Name another folder, or a JSONL file.")
    for file in files:
        yield _markdown_file(file, path, site)


def _markdown_file(file: Path, root: Path, site: str) -> Article | Reject:
    try:
        found = markdown_article(decode(file.read_bytes(), file.name), file=file.relative_to(root), site=site)
    except InputError as error:
        return Reject(str(file), error.what)
    except OSError as error:
        return Reject(str(file), f"can't be read: {error.strerror}.")
    return found if isinstance(found, Article) else Reject(str(file), found, broken=False)


def _jsonl(path: Path) -> Iterator[Article | Reject]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", "Check its rights.") from error
    with file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _line(line, f"{path}:{number}")


def _line(line: bytes, where: str) -> Article | Reject:
    try:
        given = json.loads(decode(line, "the line"))
        if not isinstance(given, dict):
            return Reject(where, "no JSON object.")
        article = Article.model_validate(tidy(given, "the line"))
    except json.JSONDecodeError as error:
        return Reject(where, f"not valid JSON: {error.msg} at column {error.colno}.")
    except InputError as error:
        return Reject(where, error.what)
    except ValidationError as error:
        first = error.errors()[0]
        return Reject(where, f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}.")
    except RecursionError:
        return Reject(where, "not valid JSON: nested too deep.")
    except ValueError:
        return Reject(where, "a number that is too long to be one.")
    if not is_address(article.url):
        return Reject(where, f"{article.url[:80]!r} is no web address.")
    if not article.title.strip() or not article.text.strip():
        return Reject(where, "no title." if not article.title.strip() else "no text.")
    return article
