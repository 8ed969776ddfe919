"""The files of a folder in which no article was looked for: how many of which kind, why, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ourtake.text.counts import count_of

HTML = (".html", ".htm")
_SAMPLE = 1024
"""Bytes of a file by which it is found to be text."""
_MOST = 8
"""Kinds that a line lists."""
_NAMED = 3
"""Files that a line names."""


@dataclass
class _Kind:
    """The files with one ending: how many, and the first _NAMED."""

    count: int = 0
    first: list[Path] = field(default_factory=list)


class UnreadFiles:
    """Counts files by ending, and keeps the first few of each."""

    def __init__(self) -> None:
        self._files: dict[str, _Kind] = {}

    def add(self, path: Path) -> None:
        """Count one more."""
        kind = self._files.setdefault(path.suffix.lower() or "without an ending", _Kind())
        kind.count += 1
        if len(kind.first) < _NAMED:
            kind.first.append(path)

    def listed(self) -> str:
        """As "; it holds 2 .png, 1 .css"; "" without any."""
        return _counts(self._files, "; it holds")

    def lines(self, folder: Path) -> Iterator[str]:
        """A sentence each for web pages, for other files with text, and for the rest."""
        pages = [self._files[ending] for ending in HTML if ending in self._files]
        others = {ending: kind for ending, kind in self._files.items() if ending not in HTML}
        text = {ending: kind for ending, kind in others.items() if _is_text(kind.first[0])}
        rest = {ending: kind for ending, kind in others.items() if ending not in text}
        if pages:
            count = sum(kind.count for kind in pages)
            named = _named([path for kind in pages for path in kind.first], count)
            yield (
                f"Not read in {folder}: {count_of(count, 'web page')} without a title in front matter "
                f"({named}). Import web pages by the address of their site, feed or sitemap, or give the "
                "articles as Markdown or JSONL."
            )
        if text:
            named = _named([kind.first[0] for kind in text.values()], sum(kind.count for kind in text.values()))
            yield (
                f"Not read in {folder}{_counts(text, ':')} ({named}). In a folder, only Markdown, reStructuredText, "
                ".txt and HTML files are read. Name a feed, an export or a list of articles itself."
            )
        if rest:
            yield f"Not read in {folder}{_counts(rest, ':')}."


def is_special(path: Path) -> bool:
    """Whether a path is there and is not a regular file: opening a named pipe would wait forever."""
    return path.exists() and not path.is_file()


def _counts(files: dict[str, _Kind], start: str) -> str:
    kinds = sorted(files.items(), key=lambda row: -row[1].count)
    more = f" and {count_of(len(kinds) - _MOST, 'other kind')}" if len(kinds) > _MOST else ""
    return f"{start} {', '.join(f'{kind.count} {ending}' for ending, kind in kinds[:_MOST])}{more}" if kinds else ""


def _named(paths: list[Path], count: int) -> str:
    shown = paths[:_NAMED]
    more = count - len(shown)
    return ", ".join(map(str, shown)) + (f" and {more} more" if more else "")


def _is_text(path: Path) -> bool:
    """Whether a regular file begins with text in UTF-8; one that can't be read is not called text."""
    if is_special(path):
        return False
    try:
        with path.open("rb") as file:
            sample = file.read(_SAMPLE)
    except OSError:
        return False
    # The sample may end within a character of up to four bytes.
    return bool(sample) and b"\0" not in sample and not sample[:-3].decode("utf-8", "replace").count("\ufffd")
