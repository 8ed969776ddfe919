"""Places -> Article or Reject, one after another: memory stays flat on a long import. A place is a file, a folder, or
an address.

A new format is one reader in a file of its own, a line in FORMATS, one in detect.py, and one in `_file` here or
`_document` in crawl.py.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ourtake.config import Settings
from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.crawl import Crawl
from ourtake.intake.detect import HEAD, format_of
from ourtake.intake.files import decode, is_address
from ourtake.intake.lines import Line, lines
from ourtake.intake.markdown_folder import markdown_article
from ourtake.intake.reject import Reject, Unchanged

FORMATS = ("auto", "jsonl", "markdown", "rss", "atom", "sitemap", "wxr")
_MARKDOWN = (".md", ".markdown", ".mdx")
_BLOCK = 1 << 18

__all__ = ["FORMATS", "Reject", "articles_from", "is_list"]


def is_list(place: str, form: str) -> bool:
    """Whether reading this place may fetch pages, so that a journal of what was fetched is worth keeping."""
    return is_address(place) or (Path(place).is_file() and _form_of(Path(place), form) in ("rss", "atom", "sitemap"))


def articles_from(
    place: str, *, form: str, settings: Settings, crawl: Crawl
) -> Iterator[Article | Line | Reject | Unchanged]:
    """The articles of a file, folder or address. Raises InputError for what can't be read at all, an address's when the
    first one is asked for.
    """
    if form not in FORMATS:
        raise InputError(f"There is no format {form}.", f"Formats: {', '.join(FORMATS)}.")
    if is_address(place):
        if form == "markdown":
            raise InputError(
                "A folder of Markdown files can't be read from an address.",
                "Copy it here first, or name a feed or sitemap.",
            )
        return crawl.read(place, form=form)
    if "://" in place:
        raise InputError(f"{place[:200]} is not opened: only http and https addresses and files are.", "Check it.")
    path = Path(place)
    if not path.exists():
        raise InputError(f"There is no file or folder {path}.", "Check the name.")
    if path.is_dir():
        if form not in ("auto", "markdown"):
            raise InputError(f"{path} is a folder, not a {form} file.", "Name the file, or use --format markdown.")
        return _folder(path, settings.publication.url)
    return _file(path, _form_of(path, form), settings, crawl)


def _form_of(path: Path, form: str) -> str:
    if form != "auto":
        return form
    if path.suffix.lower() in _MARKDOWN:
        return "markdown"
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return "jsonl"
    try:
        with _opened(path) as file:
            found = format_of(file.read(HEAD))
    except (OSError, EOFError) as error:
        raise InputError(f"{path} can't be read: {error}.", "Check its rights, and that it is whole.") from error
    if found == "html":
        raise InputError(
            f"{path} is a web page, no list of articles.",
            "Name a feed, a sitemap, an export, JSONL, or a folder of Markdown.",
        )
    if found is None and path.suffix.lower() not in (".json", ".txt"):
        raise InputError(f"The format of {path} is not known.", f"Say --format and one of {', '.join(FORMATS[1:])}.")
    return found or "jsonl"


def _file(path: Path, form: str, settings: Settings, crawl: Crawl) -> Iterator[Article | Line | Reject | Unchanged]:
    if form == "markdown":
        return iter([_markdown_file(path, path.parent, settings.publication.url)])
    if form == "jsonl":
        return lines(path)
    return crawl.document(_blocks(path), form=form, name=str(path), base=settings.publication.url)


def _opened(path: Path) -> Any:
    """The file, unpacked when it is packed."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with _opened(path) as file:
            while block := file.read(_BLOCK):
                yield block
    except (OSError, EOFError) as error:
        raise InputError(f"{path} can't be read: {error}.", "Check its rights, and that it is whole.") from error


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
