"""The search index: a folder that can always be rebuilt from the store, and that follows the store change by change.

Its file VERSION names the store's position that the index has reached. It is written after the index's own commit; if
a crash comes in between, the same changes are made again, with the same result. A new index is built in a separate
folder and renamed into place. One process at a time writes, holding a lock on a file beside the folder that ends with
the process. A folder that holds anything else is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tantivy

from ourtake.archive import cache_folder
from ourtake.store import Store
from ourtake.store.articles import Change, Position
from ourtake.text.markdown import visible
from ourtake.values import ordinal

FORMAT = 4
"""Raised when the schema changes, so that the index of an older version is rebuilt."""


def _of_an_earlier_version(folder: Path) -> bool:
    """Whether an index without a mark is ours, by its file VERSION; before format 3 that counts only beside tantivy's
    own file.
    """
    try:
        version = (folder / "VERSION").read_text(encoding="ascii")
    except (OSError, ValueError):
        return False
    if re.fullmatch(r"\d+( \d+){3}", version):
        return True
    return re.fullmatch(r"\d+ \S+", version) is not None and (folder / "meta.json").is_file()


OWNED = cache_folder.Kind(
    "the search index",
    re.compile(r"[0-9a-f]{32}\.[\w.]+|meta\.json|\.managed\.json|\.tantivy-\w+\.lock|\.?VERSION|\.tmp\w+"),
    _of_an_earlier_version,
    "Name a new or an empty folder with --index or OURTAKE_INDEX.",
)

MANY = 1000
"""From this many changes on, the writer uses all other cores, and MANY_BYTES of memory before it writes a segment: an
index of few segments is faster.
"""
MANY_BYTES, FEW_BYTES = 256_000_000, 15_000_000

LONGEST = 2.0
"""Seconds after which an index that follows commits what it has, though more is coming."""


def schema() -> tantivy.Schema:
    """Id (stored), title, text and tags stemmed as English, day (a proleptic ordinal, 0 without a date) and the
    article's number in the store.

    No positions: nothing searches for phrases, and they are half of an index.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "text", "tags"):
        builder.add_text_field(name, stored=False, tokenizer_name="en_stem", index_option="freq")
    builder.add_integer_field("day", stored=False, indexed=True, fast=True)
    builder.add_integer_field("number", stored=False, indexed=False, fast=True)
    return builder.build()


def position_of(folder: Path) -> Position | None:
    """The store's position that the index has reached; None if there is no index of this format."""
    try:
        form, *numbers = (folder / "VERSION").read_text(encoding="ascii").split()
        return Position(*map(int, numbers)) if form == str(FORMAT) else None
    except (OSError, ValueError, TypeError):
        return None


def is_of_another_format(folder: Path) -> bool:
    """Whether there is an index that another version of this program made; the next update builds it again."""
    try:
        form = (folder / "VERSION").read_text(encoding="ascii").split()[:1]
    except (OSError, ValueError):
        return False
    return form != [] and form != [str(FORMAT)]


class IndexWriter:
    """Applies changes to an index; they are visible after `commit`. Errors are tantivy's: OSError or ValueError."""

    def __init__(self, folder: Path, *, store: int, rebuild: bool = False) -> None:
        """`store`: the identity of the store that is indexed; `rebuild`: ignore what is there."""
        self._folder = folder
        self._writer: Any = None
        self._fresh: Path | None = None
        reached = position_of(folder)
        if rebuild or reached is None or reached.store != store:
            self._fresh = cache_folder.begin(folder)
            reached = Position(store, 0, 0)
        self.position = reached

    @property
    def rebuilding(self) -> bool:
        """Whether a new index is built."""
        return self._fresh is not None

    def apply(self, changes: Iterable[Change], position: Position) -> None:
        """Apply the changes that lead to a position."""
        iterator = iter(changes)
        while group := list(itertools.islice(iterator, MANY)):
            self._apply(group)
        self.position = position

    def _apply(self, changes: list[Change]) -> None:
        if self._writer is None:
            self._writer = self._open(many=len(changes) >= MANY)
        for change in changes:
            if not change.new:
                self._writer.delete_documents_by_term("id", change.id)
            if change.article is not None:
                self._writer.add_document(_document(change))

    def _open(self, *, many: bool) -> Any:
        index = tantivy.Index(schema(), path=str(self._fresh)) if self._fresh else tantivy.Index.open(str(self._folder))
        threads = max(1, min(8, (os.cpu_count() or 2) - 1)) if many else 1
        return index.writer(MANY_BYTES if many else FEW_BYTES, threads)

    def commit(self) -> None:
        """Make the changes permanent, and put a new index in place."""
        if self._writer is None and self._fresh:
            self._writer = self._open(many=False)
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
        _write(self._fresh or self._folder, self.position)
        if self._fresh:
            cache_folder.put(self._fresh, self._folder, OWNED)
            self._fresh = None

    def close(self) -> None:
        """Drop what was not committed."""
        self._writer = None
        if self._fresh:
            shutil.rmtree(self._fresh, ignore_errors=True)


def _document(change: Change) -> tantivy.Document:
    article = change.article
    assert article is not None
    document = tantivy.Document()
    document.add_text("id", change.id)
    document.add_text("title", article.title)
    document.add_text("text", visible(article.text))
    document.add_text("tags", " ".join(article.tags))
    document.add_integer("day", ordinal(article.published))
    document.add_integer("number", change.number)
    return document


def _write(folder: Path, position: Position) -> None:
    """Write VERSION whole or not at all."""
    part = folder / ".VERSION"
    with part.open("w", encoding="ascii") as file:
        file.write(" ".join(map(str, (FORMAT, *position))))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / "VERSION")


@contextlib.contextmanager
def index_writer(folder: Path, *, store: int, rebuild: bool = False, wait: bool = True) -> Iterator[IndexWriter | None]:
    """The index's only writer; None if another process has it and `wait` is False.

    What was not committed at the end is dropped. Raises InputError for a folder that is not ours.
    """
    cache_folder.claim(folder, OWNED)
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Opened for appending, so that a file of that name keeps its content.
    with (folder.parent / f".{folder.name}.lock").open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        cache_folder.sweep(folder, OWNED)
        writer = IndexWriter(folder, store=store, rebuild=rebuild)
        try:
            yield writer
        finally:
            writer.close()


def catch_up(folder: Path, store: Store, *, rebuild: bool = False, wait: bool = False) -> None:
    """Apply the store's changes since the index's last position; `rebuild`: build a new index.

    While another process does that, the present index is used, unless there is none or `wait` is True.
    """
    target, reached = store.position(), position_of(folder)
    if reached == target and not rebuild:
        return
    # Ahead: the store is an older copy.
    ahead = reached is not None and (reached.number > target.number or reached.removed > target.removed)
    usable = reached is not None and reached.store == target.store and not ahead
    rebuild = rebuild or ahead
    with index_writer(folder, store=target.store, rebuild=rebuild, wait=wait or rebuild or not usable) as writer:
        # An archive without articles gets an index too: there must be something to open.
        if writer is None or (writer.position == target and not writer.rebuilding):
            return
        _follow(writer, store)
        writer.commit()


def _follow(writer: IndexWriter, store: Store) -> None:
    """Apply what is new, and what comes in the meantime, until there is nothing new or LONGEST is over.

    While others import, a commit for each of their groups would cost a third of the indexing itself.
    """
    end = time.monotonic() + LONGEST
    while True:
        with store.since(writer.position) as (target, changes):
            if target == writer.position:
                return
            writer.apply(changes, target)
        if time.monotonic() > end:
            return


def open_index(folder: Path) -> tantivy.Index:
    """The index in the folder."""
    return tantivy.Index.open(str(folder))
