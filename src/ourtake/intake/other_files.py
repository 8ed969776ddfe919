"""Files that hold addresses or articles in a format that ourtake doesn't read. They are named for what they are."""

from __future__ import annotations

import contextlib
import html
import re
import shlex
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ourtake.errors import InputError

_FEED = re.compile(r"\bxmlUrl\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_ELSE = "Name a feed, a sitemap or an export of the publication."
_KINDS = tuple(
    (name, re.compile(rf"\s*(?:{mark})", re.IGNORECASE | re.DOTALL))
    for name, mark in (
        ("a browser's bookmarks, not a list of articles", r"<!doctype\s+netscape-bookmark-file"),
        (
            "a browser's bookmarks, not a list of articles",
            r'\{.{0,400}"(?:roots"\s*:\s*\{|type"\s*:\s*"text/x-moz-place)',
        ),
        ("a PDF document", "%PDF-"),
        ("a database", "SQLite format 3"),
        ("a calendar", "BEGIN:VCALENDAR"),
    )
)
_SHOWN = 3
MOST_UNPACKED = 2_000_000_000
MOST_FILES = 200_000


def what_it_is(text: str, root: str) -> tuple[str, str] | None:
    """What a document is that is not a list of articles, and what to do instead; None if that can't be told."""
    if root == "opml":
        feeds = [html.unescape(one) for one in _FEED.findall(text)]
        add = f"Add its feeds themselves: ourtake archive add {shlex.join(feeds[:_SHOWN])}"
        more = f" and {len(feeds) - _SHOWN} more" if len(feeds) > _SHOWN else ""
        return "an OPML list of feeds, not of articles", f"{add}{more}." if feeds else "Name a feed or a sitemap."
    return next(((name, _ELSE) for name, mark in _KINDS if mark.match(text)), None)


def is_packed_folder(path: Path) -> bool:
    """Whether a file is a zip archive."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


@contextlib.contextmanager
def unpacked_folder(path: Path) -> Iterator[Path]:
    """The content of a zip archive as a temporary folder. Raises InputError if it can't be read.

    If all of it is in one folder, that folder is given.
    """
    with tempfile.TemporaryDirectory(prefix="ourtake-zip-") as place:
        try:
            with zipfile.ZipFile(path) as packed:
                rows = [row for row in packed.infolist() if not row.is_dir()]
                if len(rows) > MOST_FILES or sum(row.file_size for row in rows) > MOST_UNPACKED:
                    raise InputError(f"{path} is too large when unpacked.", "Unpack it, and name the folder.")
                for row in rows:
                    packed.extract(row, place)  # it drops what would lead out of the folder
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise InputError(
                f"{path} is a zip file that can't be read: {error}.", "Check that it is complete."
            ) from error
        folders = [one for one in Path(place).iterdir() if one.name != "__MACOSX"]
        yield folders[0] if len(folders) == 1 and folders[0].is_dir() and folders[0].name != "posts" else Path(place)
