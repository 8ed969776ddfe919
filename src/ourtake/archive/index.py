"""The search index: a folder that can always be rebuilt from the store.

It is built in a folder of its own and then renamed into place, so that a crash leaves the old one. The file VERSION in it names the archive's
version that it holds.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import tantivy

from ourtake.archive.graph import LinkWriter
from ourtake.documents import Article, day_of
from ourtake.text.markdown import visible

FORMAT = 2
"""Raised when the schema changes, so that an index of an older program is rebuilt."""

UNDATED = 0


def schema() -> tantivy.Schema:
    """Id and day (YYYYMMDD, 0 without a date), title, text and tags stemmed as English."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for name in ("title", "text", "tags"):
        builder.add_text_field(name, stored=False, tokenizer_name="en_stem")
    builder.add_integer_field("day", stored=True, indexed=True, fast=True)
    return builder.build()


def day_number(published: str | None) -> int:
    """YYYYMMDD as a number, 0 without a date."""
    day = day_of(published)
    return int(day.replace("-", "")) if day else UNDATED


def build(folder: Path, articles: Iterable[Article], *, version: int) -> None:
    """Build the index anew and put it in place. Raises OSError when the folder can't be written."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        index = tantivy.Index(schema(), path=str(fresh))
        writer = index.writer(heap_size=64_000_000, num_threads=1)
        links = LinkWriter()
        for article in articles:
            links.add(article)
            document = tantivy.Document()
            document.add_text("id", article.id or article.url)
            document.add_text("title", article.title)
            document.add_text("text", visible(article.text))
            document.add_text("tags", " ".join(article.tags))
            document.add_integer("day", day_number(article.published))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        links.write(fresh)
        (fresh / "VERSION").write_text(f"{FORMAT} {version}", encoding="ascii")
        _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    try:
        with contextlib.suppress(FileNotFoundError):
            folder.rename(old / "index")
        fresh.rename(folder)
    finally:
        shutil.rmtree(old, ignore_errors=True)


def version_of(folder: Path) -> int | None:
    """The archive's version that the index holds; None where there is none of this format."""
    try:
        form, version = (folder / "VERSION").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    return int(version) if form == str(FORMAT) and version.isdecimal() else None


def open_index(folder: Path) -> tantivy.Index:
    """The index in the folder."""
    return tantivy.Index.open(str(folder))
