"""A file, a folder or an address -> its articles, one after another: memory stays flat on a long import."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path

from ourtake.config import Settings
from ourtake.errors import InputError
from ourtake.intake.crawl import Crawl
from ourtake.intake.decompress import opened
from ourtake.intake.encoding import Decoded, GuessedEncodings, bare_encoding, declared_encoding
from ourtake.intake.files import is_address
from ourtake.intake.formats import FORMATS, HEAD, Format, Listing, format_named, format_of, head_of, is_web_page
from ourtake.intake.items import Items, Reject
from ourtake.intake.other_files import is_packed_folder, unpacked_folder, what_it_is

_BLOCK = 1 << 18


def is_crawled(place: str, form: str) -> bool:
    """Whether reading this place may fetch pages, so that a journal of what was fetched is worth keeping."""
    if is_address(place):
        return True
    path = Path(place)
    return path.is_file() and not is_packed_folder(path) and _format_of(path, form).crawls


def articles_from(place: str, *, form: str, settings: Settings, crawl: Crawl) -> Items:
    """The articles of a file, folder or address; `form` is the name of a format, or "auto".

    Raises InputError for what can't be read at all; for an address, when its first article is asked for.
    """
    named = format_named(form)
    if is_address(place):
        if named is not None and named.folders:
            raise InputError(
                "A folder of Markdown files can't be read from an address.",
                "Copy it here first, or name a feed or sitemap.",
            )
        return crawl.read(place, form=named)
    if "://" in place:
        raise InputError(f"{place[:200]} is not opened: only http and https addresses and files are.", "Check it.")
    path = Path(place)
    if not path.exists():
        raise InputError(f"The file or folder {path} does not exist.", "Check the name.")
    if path.is_dir():
        if named is not None and not named.folders:
            raise InputError(f"{path} is a folder, not a {form} file.", "Name the file, or use --format markdown.")
        return _folder_format(path, named).read(Listing(str(path), path=path), crawl)
    if is_packed_folder(path):
        return _packed(path, named, crawl)
    listing = Listing(
        str(path),
        functools.partial(_blocks, path),
        settings.publication.url,
        path=path,
        encoding=settings.intake.encoding,
    )
    return _with_encoding(_format_of(path, form).read(listing, crawl), listing, crawl)


def _with_encoding(items: Items, listing: Listing, crawl: Crawl) -> Items:
    """The items. Afterwards it is said where the file is XML in an encoding that it doesn't name; the readers of other
    files say so themselves.
    """
    yield from items
    head = next(iter(listing.blocks()), b"")[:HEAD]
    if not head.isascii() and head_of(head).root and not declared_encoding(head):
        encoding = bare_encoding(head, listing.encoding)
        guessed = GuessedEncodings()
        guessed.add(Decoded("", "" if encoding == "utf-8" else encoding), listing.name)
        crawl.say(guessed.lines())


def _folder_format(path: Path, named: Format | None) -> Format:
    """The format of a folder: the named one, else the one that knows it, else Markdown."""
    return named or next((row for row in FORMATS.values() if row.recognises_folder(path)), FORMATS["markdown"])


def _packed(path: Path, named: Format | None, crawl: Crawl) -> Items:
    """The articles of a zip archive, which is read as the folder that it holds."""
    with unpacked_folder(path) as folder, _named_as(folder, path):
        for found in _folder_format(folder, named).read(Listing(str(path), path=folder), crawl):
            yield (
                found._replace(where=found.where.replace(str(folder), str(path)))
                if isinstance(found, Reject)
                else found
            )


@contextlib.contextmanager
def _named_as(folder: Path, path: Path) -> Iterator[None]:
    """Errors name the archive, not the folder that it was unpacked to."""
    try:
        yield
    except InputError as error:
        raise InputError(error.what.replace(str(folder), str(path)), error.do) from error


def _format_of(path: Path, form: str) -> Format:
    """The format of a file: the named one, else by the file's ending, else by how it begins."""
    named = format_named(form)
    ending = path.suffix.lower()
    found = named or next((row for row in FORMATS.values() if ending in row.endings), None)
    if found is not None:
        return found
    head = head_of(next(_blocks(path), b"")[:HEAD])
    if other := what_it_is(head.text, head.root):
        raise InputError(f"{path} is {other[0]}.", other[1])
    found = format_of(head)
    if found is not None:
        return found
    if not head.text and ending != ".json":
        raise InputError(f"{path} is empty.", "Check what it should hold.")
    if is_web_page(head):
        raise InputError(
            f"{path} is a web page, not a list of articles.",
            "Name a feed, a sitemap, an export, JSONL, or a folder of Markdown.",
        )
    if ending not in (".json", ".txt"):
        raise InputError(f"The format of {path} is not known.", f"Add --format with one of {', '.join(FORMATS)}.")
    return FORMATS["jsonl"]


def _blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, in parts, unpacked. Raises InputError."""
    try:
        with opened(path) as file:
            while block := file.read(_BLOCK):
                yield block
    except (OSError, EOFError) as error:
        raise InputError(
            f"{path} can't be read: {error}.", "Check its permissions, and that it is complete."
        ) from error
