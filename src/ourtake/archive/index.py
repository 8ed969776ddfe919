"""The search index: a folder that can always be made again from the store, and that follows the store change by change.

The file VERSION in it names the store's position that the index has reached; it is written after the index's own
commit. A crash in between makes the same changes again, which changes nothing. A new index grows in a folder of its own
and is renamed into place. One process at a time writes, under a lock on a file beside the folder; the lock goes with
the process. A folder that holds anything else is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tantivy

from ourtake.archive import cache_folder
from ourtake.store import Store
from ourtake.store.articles import Change, Position
from ourtake.text.markdown import visible
from ourtake.values import ordinal

FORMAT = 3
"""Raised when the schema changes, so that an index of an older program is made again."""


def _of_an_earlier_version(folder: Path) -> bool:
    """Whether an index without a mark is one of ours: by its file VERSION.

    Before format 3 that file said less, and it counts only beside tantivy's own.
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
"""From so many changes on, the writer works in as many threads as there are cores beside this one's, and keeps
MANY_BYTES before it writes a segment: few segments search faster.
"""
MANY_BYTES, FEW_BYTES = 256_000_000, 15_000_000


def schema() -> tantivy.Schema:
    """Id (stored), title, text and tags stemmed as English, and day (a proleptic ordinal, 0 without a date).

    No positions: nothing searches for phrases, and they are half of an index.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "text", "tags"):
        builder.add_text_field(name, stored=False, tokenizer_name="en_stem", index_option="freq")
    builder.add_integer_field("day", stored=False, indexed=True, fast=True)
    return builder.build()


def day_number(published: str | None) -> int:
    """The day as the index holds it: a proleptic ordinal, 0 without a date."""
    return ordinal(published)


def position_of(folder: Path) -> Position | None:
    """The store's position that the index has reached; None where there is no index of this format."""
    try:
        form, *numbers = (folder / "VERSION").read_text(encoding="ascii").split()
        return Position(*map(int, numbers)) if form == str(FORMAT) else None
    except (OSError, ValueError, TypeError):
        return None


class Filler:
    """Takes changes into an index; nothing of them is there before `commit`. Errors are tantivy's: OSError or
    ValueError.
    """

    def __init__(self, folder: Path, *, store: int, afresh: bool = False) -> None:
        """Of the store with that identity; `afresh`: leave what is there and make the index anew."""
        self._folder = folder
        self._writer: Any = None
        self._fresh: Path | None = None
        reached = position_of(folder)
        if afresh or reached is None or reached.store != store:
            self._fresh = cache_folder.begin(folder)
            reached = Position(store, 0, 0)
        self.position = reached

    @property
    def anew(self) -> bool:
        """Whether an index is made anew."""
        return self._fresh is not None

    def apply(self, changes: Iterable[Change], position: Position) -> None:
        """Take in changes that lead to a position."""
        iterator = iter(changes)
        while group := list(itertools.islice(iterator, MANY)):
            self._take(group)
        self.position = position

    def _take(self, changes: list[Change]) -> None:
        if self._writer is None:
            self._writer = self._open(many=len(changes) >= MANY)
        for change in changes:
            if not change.new:
                self._writer.delete_documents_by_term("id", change.id)
            if change.article is not None:
                self._writer.add_document(_document(change))

    def _open(self, *, many: bool) -> Any:
        index = tantivy.Index(schema(), path=str(self._fresh)) if self._fresh else tantivy.Index.open(str(self._folder))
        return (
            index.writer(heap_size=MANY_BYTES, num_threads=max(1, min(8, (os.cpu_count() or 2) - 1)))
            if many
            else index.writer(FEW_BYTES, 1)
        )

    def commit(self) -> None:
        """Write everything down and put a new index in place."""
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
        """Forget what was not committed."""
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
    document.add_integer("day", day_number(article.published))
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
def filling(folder: Path, *, store: int, afresh: bool = False, wait: bool = True) -> Iterator[Filler | None]:
    """The index's one writer; None when another process has it and `wait` is False.

    What was not committed at the end is forgotten. Raises InputError for a folder that is not ours.
    """
    cache_folder.claim(folder, OWNED)
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Opened for appending: whatever a file of that name holds, it stays.
    with (folder.parent / f".{folder.name}.lock").open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        cache_folder.sweep(folder, OWNED)
        filler = Filler(folder, store=store, afresh=afresh)
        try:
            yield filler
        finally:
            filler.close()


def follow(folder: Path, store: Store, *, afresh: bool = False, wait: bool = False) -> None:
    """Bring the index in step with the store, by the changes since it last was; `afresh`: by making it anew.

    When another process is doing that, what there is serves meanwhile, unless there is nothing or `wait` says
    otherwise.
    """
    target, reached = store.position(), position_of(folder)
    if reached == target and not afresh:
        return
    ahead = reached is not None and (
        reached.number > target.number or reached.removed > target.removed
    )  # the store is an older copy
    serves = reached is not None and reached.store == target.store and not ahead
    with filling(folder, store=target.store, afresh=afresh or ahead, wait=wait or afresh or not serves) as filler:
        # A new index of an archive without articles is written too: there must be something to open.
        if filler is None or (filler.position == target and not filler.anew):
            return
        filler.apply(store.changes(filler.position), target)
        filler.commit()


def open_index(folder: Path) -> tantivy.Index:
    """The index in the folder."""
    return tantivy.Index.open(str(folder))
