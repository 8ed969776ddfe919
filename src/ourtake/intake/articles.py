"""Files and folders -> Article or Reject, one after another: memory stays flat on a long import.

Formats: JSONL (one article a line) and a folder of Markdown files with front matter. A new format is one reader here or in a file of its own,
and a line in `articles_from`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.files import decode
from ourtake.intake.lines import Line, Reject, lines
from ourtake.intake.markdown_folder import markdown_article

FORMATS = ("auto", "jsonl", "markdown")
LATER = ("rss", "atom", "sitemap", "wxr")
_MARKDOWN = (".md", ".markdown", ".mdx")


def articles_from(path: Path, *, form: str, site: str) -> Iterator[Article | Line | Reject]:
    """The articles of a file or folder, those of JSONL as lines still to be read; `site` is the publication's address.

    Raises InputError for what can't be read at all.
    """
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
    return lines(path)


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
