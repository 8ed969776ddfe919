"""The files of a folder in which no article was looked for: how many of which kind, why, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ourtake.text.counts import count_of

HTML = (".html", ".htm")
_SAMPLE = 1024
"""Bytes of a file by which it is found to be text."""
_MOST = 8
"""Kinds that a line lists."""


class UnreadFiles:
    """Counts files by ending, and keeps the first of each."""

    def __init__(self) -> None:
        self._files: dict[str, list[Path]] = {}

    def add(self, path: Path) -> None:
        """Count one more."""
        self._files.setdefault(path.suffix.lower() or "without an ending", []).append(path)

    def listed(self, *, start: str = "; it holds") -> str:
        """As "; it holds 2 .png, 1 .css"; "" without any."""
        return _counts(self._files, start)

    def lines(self, folder: Path) -> Iterator[str]:
        """A sentence each for web pages, for other files with text, and for the rest."""
        pages = [path for ending in HTML for path in self._files.get(ending, ())]
        others = {ending: paths for ending, paths in self._files.items() if ending not in HTML}
        text = {ending: paths for ending, paths in others.items() if _is_text(paths[0])}
        rest = {ending: paths for ending, paths in others.items() if ending not in text}
        if pages:
            yield (
                f"Not read in {folder}: {count_of(len(pages), 'web page')} without a title in front matter "
                f"({_named(pages)}). Import web pages by the address of their site, feed or sitemap, or give the "
                "articles as Markdown or JSONL."
            )
        if text:
            named = _named([paths[0] for paths in text.values()], of=sum(map(len, text.values())))
            yield (
                f"Not read in {folder}{_counts(text, ':')} ({named}). In a folder, only Markdown, reStructuredText, "
                ".txt and HTML files are read. Name a feed, an export or a list of articles itself."
            )
        if rest:
            yield f"Not read in {folder}{_counts(rest, ':')}."


def _counts(files: dict[str, list[Path]], start: str) -> str:
    kinds = sorted(files.items(), key=lambda row: -len(row[1]))
    more = f" and {count_of(len(kinds) - _MOST, 'other kind')}" if len(kinds) > _MOST else ""
    return f"{start} {', '.join(f'{len(paths)} {ending}' for ending, paths in kinds[:_MOST])}{more}" if kinds else ""


def _named(paths: list[Path], *, of: int = 0, most: int = 3) -> str:
    more = max(of, len(paths)) - len(paths[:most])
    return ", ".join(map(str, paths[:most])) + (f" and {more} more" if more else "")


def _is_text(path: Path) -> bool:
    """Whether a file begins with text in UTF-8; one that can't be read is not called text."""
    try:
        with path.open("rb") as file:
            sample = file.read(_SAMPLE)
    except OSError:
        return False
    # The sample may end within a character of up to four bytes.
    return bool(sample) and b"\0" not in sample and not sample[:-3].decode("utf-8", "replace").count("\ufffd")
