"""A published file with fixes in it: only the fixed words change; front matter, line ends and all other bytes stay.

The fixed take's fields are compared with the file's, and the parts that differ are replaced in place. The result is
read again: a field that would not read as it should (YAML has its own rules) keeps its old words, and is named.
"""

from __future__ import annotations

import difflib
import itertools
import re
from pathlib import Path
from typing import NamedTuple

from ourtake.documents import FieldName, Take
from ourtake.errors import InputError
from ourtake.publish.locations import Layout, layout_of_file
from ourtake.publish.markdown import read
from ourtake.publish.output import replace_file
from ourtake.values import clean_text


class Opened(NamedTuple):
    """A file as it is: its bytes, its text without the mark, and how to write it again."""

    data: bytes
    text: str
    mark: bytes
    encoding: str


def open_take(path: Path) -> Opened:
    """The file's bytes and text. Raises InputError for a file that can't be read or is not UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", "Check its permissions.") from error
    marks = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
    mark = next((mark for mark in marks if data.startswith(mark)), b"")
    encoding = marks.get(mark, "utf-8")
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8: the byte at position {error.start} is wrong.", "Save it as UTF-8."
        ) from error
    return Opened(data, text, mark, encoding)


def fixed_text(name: str, text: str, *, old: Take, new: Take) -> tuple[str, list[FieldName]]:
    """The file's text with the new take's fields, and the fields that could not be changed in place."""
    left: list[FieldName] = []
    fields: tuple[FieldName, ...] = ("body", "summary", "headline")
    current = old
    for field in fields:
        if getattr(old, field) == getattr(new, field):
            continue
        wanted = current.model_copy(update={field: getattr(new, field)})
        layout = layout_of_file(name, text, current)
        changed = next((tried for tried in _candidates(layout, field, wanted) if _reads_as(tried, name, wanted)), None)
        if changed is None:
            left.append(field)
        else:
            text, current = changed, wanted
    return text, left


def _candidates(layout: Layout, field: FieldName, wanted: Take) -> list[str]:
    """The text with the field's changes in place, as they are, and as quoted YAML would have them."""
    if field not in layout.starts:
        return []
    steps = _changes(str(getattr(layout.take, field)), str(getattr(wanted, field)))
    found = []
    for escape in (r"\g<0>", r"''", r"\\\g<0>"):
        text = layout.text
        for start, end, given in reversed(steps):
            place = layout.place(field, start, end)
            signs = "'" if escape == "''" else r'["\\]'
            words = given if field == "body" else re.sub(signs, escape, given)
            text = text[: place.start] + words + text[place.end :]
        found.append(text)
    return found


def _changes(before: str, after: str) -> list[tuple[int, int, str]]:
    """The parts of `before` that differ, each with its replacement in `after`: by words, since letters take seconds."""
    old, new = (re.findall(r"\w+|\W", text) for text in (before, after))
    starts = [0, *itertools.accumulate(map(len, old))]
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(starts[i1], starts[i2], "".join(new[j1:j2])) for tag, i1, i2, j1, j2 in steps if tag != "equal"]


def _reads_as(text: str, name: str, wanted: Take) -> bool:
    try:
        return read(clean_text(text), name).take == wanted
    except InputError:
        return False


def write(path: Path, opened: Opened, text: str) -> None:
    """Replace the file with the text, completely or not at all.

    Raises InputError if the file has changed since it was read, or can't be written.
    """
    try:
        if path.read_bytes() != opened.data:
            raise InputError(f"{path} was changed while it was being checked.", "Run the command again.")
        replace_file(path, [opened.mark + text.encode(opened.encoding)])
    except OSError as error:
        raise InputError(
            f"{path} can't be written: {error.strerror}.", "Check the disk and the permissions of its folder."
        ) from error
