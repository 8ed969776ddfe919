"""Files -> Source. Every way in which a file can be wrong has its own message."""

from __future__ import annotations

import datetime
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError

from ourtake.documents import Source
from ourtake.errors import InputError
from ourtake.intake.source_keys import checked_keys
from ourtake.text.words import PLAIN_ADDRESS
from ourtake.values import clean_text

BLURB_LIMIT = 20_000
"""Characters; a longer text is an article, not a blurb."""

DEPTH = 50
VALUES = 100_000
"""The depth, and the number of values, that a table from outside may have."""

_UNWRITABLE = re.compile(
    '[\\s\x00-\x1f\x7f-\x9f<>"\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]'
)
"""What no address contains: white space, controls, brackets and quotation marks that would end it in a page, invisible
characters.
"""

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)


def read_text(path: Path) -> str:
    """A UTF-8 file's text, with line ends as line feeds.

    Raises InputError for a missing file, a folder, and bytes that are not UTF-8 (with their position).
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder, not a file.", "Name one file.")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"The file {path} does not exist.", "Check the name.") from None
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", "Check its permissions.") from error
    return decode(data, str(path))


def decode(data: bytes, name: str) -> str:
    """The text of UTF-8, or of UTF-16 with a byte order mark. Raises InputError with the position of a bad byte."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not UTF-8: the byte at position {error.start} is wrong.", "Save it as UTF-8."
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_source(name: str) -> Source:
    """The source in a .json or .md file, or on standard input for "-". Raises InputError."""
    if name == "-":
        return parse_source(decode(sys.stdin.buffer.read(), "standard input"), "standard input")
    return parse_source(read_text(Path(name)), name)


def parse_source(text: str, name: str) -> Source:
    """The source of a JSON object, or of YAML front matter with the blurb as the body."""
    match = _FRONT.match(text)
    if not text.strip():
        raise InputError(f"{name} is empty.", "Give it a title, outlet, url and blurb.")
    if match is None and Path(name).suffix.lower() in (".md", ".markdown"):
        raise InputError(
            f"{name} has no front matter.",
            "Start it with title, outlet and url between two lines of three dashes; the blurb follows.",
        )
    if match is None:
        return source_of(_json_object(text, name), name)
    return source_of({**yaml_table(match[1], name, first_line=2), "blurb": match[2].strip()}, name)


def _json_object(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.", "Fix it there."
        ) from error
    except RecursionError:
        raise InputError(f"{name} is not valid JSON: it is nested too deeply.", "Fix it.") from None
    except ValueError as error:
        raise InputError(f"{name} has a number with too many digits.", "Write it as text.") from error
    if not isinstance(found, dict):
        raise InputError(f"{name} is not a JSON object.", 'A source is {"title", "outlet", "url", "blurb"}.')
    return found


def storable(given: dict[str, Any], name: str) -> dict[str, Any]:
    """A table from outside in a form that can be stored: texts without control characters, sets and tuples as lists.

    Raises InputError if it is nested deeper than DEPTH or has more than VALUES values, as a few lines of YAML with
    references can.
    """
    left = [VALUES]

    def clean(value: Any, depth: int) -> Any:
        left[0] -= 1
        if depth > DEPTH or left[0] < 0:
            raise InputError(
                f"{name} is nested too deeply or holds too many values.",
                f"At most {DEPTH} levels and {VALUES:,} values are read.",
            )
        if isinstance(value, str):
            return clean_text(value)
        if isinstance(value, dict):
            return {clean_text(str(key)): clean(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple | set):
            return [clean(item, depth + 1) for item in value]
        if value is None or isinstance(value, bool | int | float | datetime.date):
            return value
        return clean_text(str(value))

    return {clean_text(str(key)): clean(value, 1) for key, value in given.items()}


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, except that a date which does not exist (31 February) remains text."""

    def possible_timestamp(self, node: yaml.ScalarNode) -> object:
        try:
            return self.construct_yaml_timestamp(node)
        except (ValueError, OverflowError):
            return self.construct_scalar(node)

    def plain_value(self, _: str, node: yaml.Node) -> object:
        """What is under a tag that is not YAML's own, such as !ruby/object:Time, as if it had none."""
        if isinstance(node, yaml.MappingNode):
            return self.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return self.construct_sequence(node, deep=True)
        return self.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.possible_timestamp)
_Loader.add_multi_constructor("!", _Loader.plain_value)


def yaml_table(text: str, name: str, *, first_line: int) -> dict[str, Any]:
    """The table of YAML front matter. Raises InputError with the line in the file."""
    try:
        found = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + first_line}" if mark else ""
        raise InputError(f"{name}: the front matter is not valid YAML{where}.", "Fix it there.") from error
    except RecursionError:
        raise InputError(f"{name}: the front matter is nested too deeply.", "Fix it.") from None
    except ValueError as error:
        how = "Look for a number with too many digits."
        raise InputError(f"{name}: the front matter has an impossible value.", how) from error
    if not isinstance(found, dict):
        raise InputError(f"{name}: the front matter is not a table of keys and values.", "Fix it.")
    return storable(found, f"{name}: the front matter")


def as_words(value: object) -> object:
    """The text of what YAML read as a number or a date (a story called 1984); anything else unchanged."""
    return str(value) if isinstance(value, int | float | datetime.date) and not isinstance(value, bool) else value


def source_of(given: dict[str, Any], name: str) -> Source:
    """The source of a table. Raises InputError where something is missing that a take needs."""
    given = storable(given, name)
    checked_keys(given, name)  # first, so that a misspelt key is not reported as missing
    given |= {key: as_words(given.get(key)) for key in ("title", "outlet", "blurb")}
    for key, called in (
        ("title", "headline (title)"),
        ("blurb", "blurb"),
        ("outlet", "outlet"),
        ("url", "address (url)"),
    ):
        if not isinstance(given.get(key), str) or is_blank(given[key]):
            raise InputError(f"{name} has no {called}.", f"Give it the key {key}.")
    if len(given["blurb"]) > BLURB_LIMIT:
        raise InputError(
            f"{name}: the blurb has {len(given['blurb']):,} characters; the limit is {BLURB_LIMIT:,}.",
            "Cut it to a few sentences.",
        )
    if not is_address(given["url"]):
        raise InputError(f"{name}: {given['url'][:80]!r} is not a web address.", "Write it as https://...")
    return checked_source(given, name)


def checked_source(given: dict[str, Any], name: str) -> Source:
    """The source of a table; its texts may be empty. Raises InputError for a wrong date, key or value."""
    given = checked_keys(given, name)
    try:
        return Source.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}.", "Correct that key.") from error


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing: white space, control and invisible characters only."""
    return not any(unicodedata.category(character)[0] in "LNPS" for character in text)


def is_address(text: str) -> bool:
    """Whether a text is an http or https address with a host and without anything that an address can't hold."""
    if PLAIN_ADDRESS.fullmatch(text):
        return True
    try:
        parts = urlsplit(text.strip())
        # .port raises ValueError for one that is not a number.
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not _UNWRITABLE.search(text.strip())
        )
    except ValueError:
        return False


def read_sources(path: Path) -> Iterator[tuple[int, Source | InputError]]:
    """The sources of a JSONL file with their line numbers; an error for each bad line.

    Raises InputError when the file can't be read.
    """
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            try:
                yield number, source_of(_json_object(line, "this line"), "this line")
            except InputError as error:
                yield number, error
