"""Where a finding is in the file that its take was read from: a field's span as a span of the file, with lines and
columns.

In a published file the body follows the front matter, and headline, summary and tags are YAML values in it. A value
that is written literally (quoted, folded or plain) is found by its characters, else the finding points at the line of
its key. A draft has no file: lines are counted in the field. Offsets, lines and columns count code points, lines and
columns from 1.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import yaml

from ourtake.checks.offsets import starts_of
from ourtake.documents import FieldName, Take
from ourtake.values import clean_text

LINE_END = re.compile(r"\r\n|\r|\n")
_KEYS: Mapping[FieldName, str] = {"headline": "title", "summary": "summary", "tags": "tags"}
_FRONT = re.compile(r"\A---[ \t]*(?:\r\n|\r|\n)(.*?)(?:\r\n|\r|\n)---[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^\r\n])")
_SPACE = re.compile(r"(?:[ \t]|(?:\r\n|\r|\n)[ \t]*)+")
_ESCAPED_SPACE = re.compile(r"(?:\\?[ \t]|\\[nt]|\\(?:x|u00|U000000)(?:20|09|0[aA])|\\?(?:\r\n|\r|\n)[ \t]*)+")


class FileLocation(NamedTuple):
    """text[start:end] is what a finding is about; not `exact` where that is only the line of its key. `name` is for
    people.
    """

    name: str
    text: str
    start: int
    end: int
    exact: bool


class Layout(NamedTuple):
    """Where the fields of one take are. `file` is the file that holds it, "" for a draft; `row` its line in a batch,
    which holds it whole.

    `starts[field][n]` is where the field's character n is in `text`, with one entry more for the field's end.
    """

    name: str
    file: str
    take: Take
    text: str = ""
    row: int | None = None
    starts: Mapping[str, Sequence[int]] = MappingProxyType({})
    lines: Mapping[str, tuple[int, int]] = MappingProxyType({})

    def place(self, field: FieldName, start: int, end: int) -> FileLocation:
        """The place of field[start:end]."""
        if not self.text:
            return FileLocation(f"{self.name} {field}", self.value(field), start, end, True)
        if (known := self.starts.get(field)) is not None:
            last = len(known) - 1
            first, stop = known[min(start, last)], known[min(end, last)]
            # A span ends where its last character does, not behind what a fold or a cleaned character left between it
            # and the next.
            if start < end <= last:
                stop = min(stop, self._end_of(field, known, end - 1))
            return FileLocation(self.name, self.text, first, max(first, stop), True)
        return FileLocation(self.name, self.text, *self.lines.get(field, (0, 0)), False)

    def value(self, field: FieldName) -> str:
        """The text of a field, in which a finding's offsets count."""
        return ", ".join(self.take.tags) if field == "tags" else str(getattr(self.take, field))

    def _end_of(self, field: FieldName, known: Sequence[int], index: int) -> int:
        value, at = self.value(field), known[index]
        doubled = value[index] == "'" and self.text[at : known[index + 1]] == "''"
        return at + 1 if self.text[at : at + 1] == value[index] and not doubled else known[index + 1]


def position(text: str, offset: int, starts: Sequence[int] | None = None) -> tuple[int, int]:
    """Line and column of an offset, from 1."""
    lines = starts if starts is not None else line_starts(text)
    line = bisect_right(lines, offset)
    return line, offset - lines[line - 1] + 1


def line_starts(text: str) -> list[int]:
    """Where each line begins."""
    return [0, *(match.end() for match in LINE_END.finditer(text))]


def layout_of_file(name: str, text: str, take: Take) -> Layout:
    """The layout of a published take in a file; `text` is the file's, without a byte order mark and with its line ends
    as they are.
    """
    match = _FRONT.match(text)
    if match is None:
        return Layout(name, name, take)
    starts: dict[str, Sequence[int]] = {}
    lines: dict[str, tuple[int, int]] = {}
    tail = text[match.end() :]
    cleaned, moved = clean_text(tail), starts_of(tail)
    lead = len(cleaned) - len(cleaned.lstrip("\n"))
    if cleaned[lead : lead + len(take.body)] == take.body:
        starts["body"] = [match.end() + place for place in moved[lead : lead + len(take.body) + 1]]
    front, base = match[1], match.start(1)
    try:
        root = yaml.compose(front, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        root = None
    nodes = {key.value: (key, value) for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}
    for field, key_name in _KEYS.items():
        if key_name not in nodes:
            lines[field] = (0, 3)
            continue
        key, value = nodes[key_name]
        at = base + key.start_mark.index
        stop = LINE_END.search(text, at)
        lines[field] = (at, len(text[at : stop.start() if stop else len(text)].rstrip()) + at)
        found = (
            _tag_starts(front, value, take)
            if field == "tags"
            else scalar_starts(front, value, str(getattr(take, field)))
        )
        if found is not None:
            starts[field] = [base + place for place in found]
    return Layout(name, name, take, text=text, starts=starts, lines=lines)


def _tag_starts(front: str, node: yaml.Node, take: Take) -> list[int] | None:
    if not isinstance(node, yaml.SequenceNode) or len(node.value) != len(take.tags):
        return None
    found: list[int] = []
    for item, tag in zip(node.value, take.tags, strict=True):
        places = scalar_starts(front, item, tag)
        if places is None:
            return None
        # The ", " between two tags of the field is not in the file: it counts as the end of the first.
        found = [*found, found[-1], *places] if found else places
    return found


def scalar_starts(front: str, node: yaml.Node, value: str) -> list[int] | None:
    """Where each character of a YAML scalar's value is in the front matter, and its end; None if that is
    not clear.
    """
    if not isinstance(node, yaml.ScalarNode):
        return None
    style = node.style or ""
    index, end = node.start_mark.index, node.end_mark.index
    if style in ("|", ">"):
        head = LINE_END.search(front, index, end)
        index = head.end() if head else end
        index += len(front[index:end]) - len(front[index:end].lstrip())
    elif style:
        index, end = index + 1, end - 1
    found: list[int] = []
    for piece in re.findall(r"[ \t\n]+|[^ \t\n]+", value):
        spaces = _ESCAPED_SPACE if style == '"' else _SPACE
        taken = (
            _spaces(front, index, end, piece, spaces)
            if piece[0] in " \t\n"
            else _letters(front, index, end, piece, style=style)
        )
        if taken is None:
            return None
        places, index = taken
        found += places
    return [*found, index]


def _spaces(front: str, index: int, end: int, piece: str, spaces: re.Pattern[str]) -> tuple[list[int], int] | None:
    match = spaces.match(front, index, end)
    if match is None:
        return ([end] * len(piece), end) if index >= end else None
    width = match.end() - index
    return [index + min(number, width - 1) for number in range(len(piece))], match.end()


def _letters(front: str, index: int, end: int, piece: str, *, style: str) -> tuple[list[int], int] | None:
    places: list[int] = []
    for sign in piece:
        if style == '"' and (fold := re.compile(r"\\(?:\r\n|\r|\n)[ \t]*").match(front, index, end)):
            index = fold.end()
        if style == "'" and sign == "'" and front.startswith("''", index):
            width = 2
        elif style == '"' and (escape := _ESCAPE.match(front, index, end)):
            width = len(escape[0])
        elif index < end and front[index] == sign:
            width = 1
        else:
            return None
        places.append(index)
        index += width
    return places, index
