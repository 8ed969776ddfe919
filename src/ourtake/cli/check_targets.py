"""What `ourtake check` checks: published files, drafts of the store, lines of a batch; each a take with its source and
the articles offered.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ourtake.cli.common import no_store_file, open_archive, open_store, progress, say
from ourtake.errors import InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ourtake.archive.lookup import Archive
    from ourtake.documents import Draft, Related, Source, Take
    from ourtake.publish.fixed_file import Opened
    from ourtake.publish.locations import Layout
    from ourtake.store import Store


class CheckTarget(NamedTuple):
    """One take to check. `raw`, `row`: a batch's take, its line; `path`, `opened`: a file's; `draft`: one of the store.

    `listed`: see Against. `publication`: the name of the publication, where the file gives it.
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

    def layout(self) -> Layout:
        """Where the take's fields stand, for people and programs that count lines."""
        from ourtake.publish.locations import Layout, layout_of_file

        if self.opened is not None:
            return layout_of_file(self.name, self.opened.text, self.take)
        if self.row is not None:
            return Layout(f"{self.path}:{self.row}", str(self.path), self.take, row=self.row)
        return Layout(f"draft {self.name}", "", self.take)


class Workspace:
    """The store and the archive where there are any: a file can be checked without either."""

    def __init__(self) -> None:
        self.store: Store | None = None
        self.archive: Archive | None = None

    def __enter__(self) -> Workspace:
        if no_store_file():
            # Not even asked: SQLAlchemy alone costs a third of a small check.
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


def named(name: str, shelf: Workspace) -> CheckTarget:
    """The take of a published file, else of a draft. Raises InputError where the name is neither."""
    path = Path(name)
    if path.is_file():
        from ourtake.intake.files import decode
        from ourtake.publish.fixed_file import open_take
        from ourtake.publish.markdown import read

        opened = open_take(path)
        found = read(decode(opened.data, name), name)
        source = _with_text(found.source, found.draft, shelf.store)
        return CheckTarget(
            name,
            found.take,
            source,
            found.related,
            path=path,
            opened=opened,
            listed=found.listed,
            publication=found.publication,
        )
    draft = shelf.store.draft(name) if shelf.store else None
    if draft is None:
        raise InputError(f"{name} is neither a file nor a draft.", "See `ourtake drafts list`.")
    revision = draft.standing()
    if revision is None:
        raise InputError(f"Draft {name} has no take to check: {draft.error or draft.status}.", "Draft it again.")
    return CheckTarget(name, revision.take, draft.source, with_texts(draft.related, shelf.store), draft=draft)


def with_texts(related: tuple[Related, ...], store: Store | None) -> tuple[Related, ...]:
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
    """The lines of a batch that hold something."""
    from ourtake.intake.files import read_text

    lines = [Line(number, line) for number, line in enumerate(read_text(batch).split("\n"), 1) if line.strip()]
    if not lines:
        say(f"{batch} holds no takes.")
    return lines


def lines_of(batch: Path) -> Iterator[CheckTarget]:
    """The takes of a batch, in order. Raises InputError naming the line that is none."""
    lines = lines_in(batch)
    with progress(len(lines), "Checking") as bar:
        for line in lines:
            yield given_of(batch, line)
            bar.advance()


def given_of(batch: Path, line: Line) -> CheckTarget:
    """The take of a batch's line. Raises InputError naming the line where it is none."""
    from pydantic import ValidationError

    from ourtake.documents import Related, Take
    from ourtake.intake.dates import written_date
    from ourtake.intake.files import checked_source, tidy

    try:
        row: Any = json.loads(line.text)
        raw = row["take"]
        clean = tidy(row, "this line")
        related = tuple(
            Related.model_validate(
                {"id": item.get("url", ""), **item, "published": written_date(item.get("published")).iso}
            )
            for item in clean.get("related") or []
        )
        listed = clean.get("related") is not None
        take, given = Take.model_validate(raw), dict(clean["source"])
    except (InputError, RecursionError, ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        place = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(
            f"{batch}:{line.number}{place} is not a take with its source.",
            'A line is {"take": {...}, "source": {...}}.',
        ) from error
    source = checked_source(given, f"{batch}:{line.number}: source")
    return CheckTarget(
        str(row.get("id", line.number)), take, source, related, raw, row=line.number, path=batch, listed=listed
    )
