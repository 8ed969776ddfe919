"""What `ourtake check` checks: published files, drafts of the store, lines of a batch.

Each is a take with its source and the articles offered for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ourtake.cli import lazy
from ourtake.cli.batch_lines import say_empty
from ourtake.cli.context import open_archive, open_store, store_is_missing
from ourtake.cli.finding_drafts import draft_like
from ourtake.cli.terminal import progress, say
from ourtake.errors import InputError, StoreError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ourtake.archive.lookup import Archive
    from ourtake.documents import Draft, Related, Source, Take
    from ourtake.publish.fixed_file import Opened
    from ourtake.publish.locations import Layout
    from ourtake.publish.markdown import Published
    from ourtake.store import Store


class CheckTarget(NamedTuple):
    """One take to check.

    `name` identifies it in reports. A batch's take has `raw` (as it was written), `row` (its line) and `path`; a file's
    has `path` and `opened`; one of the store has `draft`. `listed`: see CheckContext. `publication`: the publication's
    name, where the file gives it. `short`: it is checked by the measures of a short take.
    """

    name: str
    take: Take
    source: Source
    related: tuple[Related, ...] = ()
    raw: Mapping[str, Any] = MappingProxyType({})
    row: int | None = None
    path: Path | None = None
    opened: Opened | None = None
    draft: Draft | None = None
    listed: bool = True
    publication: str = ""
    short: bool = False

    def layout(self) -> Layout:
        """Where the take's fields are, for readers and programs that count lines."""
        if self.opened is not None:
            return lazy.locations.layout_of_file(self.name, self.opened.text, self.take)
        if self.row is not None:
            return lazy.locations.Layout(f"{self.path}:{self.row}", str(self.path), self.take, row=self.row)
        return lazy.locations.Layout(f"draft {self.name}", "", self.take)


class Workspace:
    """The store and the archive, where they exist: a file can be checked without either."""

    def __init__(self) -> None:
        self.store: Store | None = None
        self.archive: Archive | None = None

    def __enter__(self) -> Workspace:
        if store_is_missing():
            # Found out without SQLAlchemy, which takes a third of the time of a small check.
            return self
        try:
            self.store = open_store()
        except StoreError as error:
            if "no store" not in error.what:
                raise
        try:
            if self.store is not None and self.store.count_articles():
                self.archive = open_archive(self.store)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.store is not None:
            self.store.close()


def targets_named(names: Sequence[str], workspace: Workspace) -> Iterator[CheckTarget]:
    """The takes of files, of folders (every .md file below them that is a take), of standard input, and of drafts."""
    for name in names:
        if name != "-" and Path(name).is_dir():
            yield from _in_folder(Path(name), workspace)
        else:
            yield target_named(name, workspace)


def _in_folder(folder: Path, workspace: Workspace) -> Iterator[CheckTarget]:
    """The takes in a folder, by path; other Markdown files are counted. Raises InputError if none is."""
    files = sorted(file for file in folder.rglob("*.md") if not any(part.startswith(".") for part in file.parts[1:]))
    found = False
    others: dict[str, list[str]] = {}  # by what is wrong with them
    for file in files:
        try:
            target = target_named(str(file), workspace)
        except InputError as error:
            others.setdefault(error.what.replace(str(file), "", 1), []).append(error.what)
            continue
        found = True
        yield target
    for what in others.values():
        same = f" The same is true of {count_of(len(what) - 1, 'other file')}." if len(what) > 1 else ""
        say(f"ourtake: Not checked: {what[0]}{same}")
    if not found:
        raise InputError(f"{folder} contains no takes.", "Name published Markdown files, or a folder that has some.")


def target_named(name: str, workspace: Workspace) -> CheckTarget:
    """The take of a published file, of standard input (-), else of a draft. Raises InputError if it is neither."""
    path, store = Path(name), workspace.store
    if name == "-":
        text = lazy.files.decode(sys.stdin.buffer.read(), "standard input")
        found = lazy.markdown.read(text, "standard input")
        opened = lazy.fixed_file.Opened(text.encode(), text, b"", "utf-8")
        return _published("standard input", found, store, opened=opened, path=None)
    if path.is_file():
        opened = lazy.fixed_file.open_take(path)
        found = lazy.markdown.read(lazy.files.decode(opened.data, name), name)
        return _published(name, found, store, opened=opened, path=path)
    draft = draft_like(store, name) if store else None
    if draft is None:
        raise InputError(f"{name} is neither a file nor a draft.", "See `ourtake drafts list`.")
    revision = draft.standing()
    if revision is None:
        raise InputError(f"Draft {name} has no take to check: {draft.error or draft.status}.", "Draft it again.")
    related, short = _with_texts(draft.related, store), draft.form == "short"
    return CheckTarget(draft.id, revision.take, draft.source, related, draft=draft, short=short)


def _published(name: str, found: Published, store: Store | None, *, opened: Opened, path: Path | None) -> CheckTarget:
    return CheckTarget(
        name,
        found.take,
        _with_text(found.source, found.draft, store),
        found.related,
        path=path,
        opened=opened,
        listed=found.listed,
        publication=found.publication,
        short=found.form == "short",
    )


def _with_texts(related: tuple[Related, ...], store: Store | None) -> tuple[Related, ...]:
    """Related articles with their texts, which a draft's record leaves out because the archive has them."""
    found = [(item, store.article(item.id) if store and not item.text else None) for item in related]
    return tuple(item.model_copy(update={"text": article.text}) if article else item for item, article in found)


def _with_text(source: Source, draft_id: str, store: Store | None) -> Source:
    """The source of an exported take with the text that the file leaves out, where the store has its draft."""
    if store is None or not source.text_left_out or source.text or not draft_id:
        return source
    draft = store.draft(draft_id)
    if draft is None or draft.source.url != source.url:
        return source
    return source.model_copy(update={"text": draft.source.text})


class Line(NamedTuple):
    """A line of a batch and its number, from 1."""

    number: int
    text: str


def lines_in(batch: Path) -> list[Line]:
    """The lines of a batch that are not blank."""
    text = lazy.files.read_text(batch)
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        say_empty(batch)
    return lines


def targets_of(batch: Path) -> Iterator[CheckTarget]:
    """The takes of a batch, in order. Raises InputError naming the first line that is not one."""
    lines = lines_in(batch)
    with progress(len(lines), "Checking") as count:
        for line in lines:
            yield target_of_line(batch, line)
            count()


def target_of_line(batch: Path, line: Line) -> CheckTarget:
    """The take of a batch's line. Raises InputError naming the line where it is not one."""
    where = f"{batch}:{line.number}"
    try:
        row: Any = json.loads(line.text)
        table = lazy.files.storable(row, "this line")
        related = tuple(map(_offered, table.get("related") or []))
        take, source = lazy.documents.Take.model_validate(row["take"]), dict(table["source"])
    except (InputError, RecursionError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, json.JSONDecodeError):
            where += f" at column {error.colno}"
        what = f"{where} is not a take with its source."
        raise InputError(what, 'A line is {"take": {...}, "source": {...}}.') from error
    return CheckTarget(
        str(row.get("id", line.number)),
        take,
        lazy.files.checked_source(source, f"{where}: source"),
        related,
        row["take"],
        row=line.number,
        path=batch,
        listed=table.get("related") is not None,
        short=row.get("form") == "short",
    )


def _offered(item: dict[str, Any]) -> Related:
    published = lazy.dates.written_date(item.get("published")).iso
    return lazy.documents.Related.model_validate({"id": item.get("url", ""), **item, "published": published})
