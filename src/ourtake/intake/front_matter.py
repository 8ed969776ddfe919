"""A file of a site -> its front matter and its body.

Front matter is YAML, TOML or JSON, lines such as "Title: ..." (Pelican, MultiMarkdown), or ".. title: ..." (Nikola).
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any, NamedTuple

from ourtake.errors import InputError
from ourtake.intake.files import storable, yaml_table

_YAML = re.compile(r"\A---[ \t]*\n(.*?)(?:\n?---|\n\.\.\.)[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_NAMED = re.compile(r"\A---[ \t]*(json|toml|yaml)[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_JSON = re.compile(r"\A;;;[ \t]*\n(.*?)\n;;;[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?)\n?\+\+\+[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
_NIKOLA = re.compile(
    r"\A(?:<!--[ \t]*\n)?((?:[ \t]*(?:#|//)?[ \t]*\.\. [\w-]+:[^\n]*(?:\n|\Z))+)(?:[ \t]*-->[ \t]*\n?)?(.*)\Z",
    re.DOTALL,
)
_NIKOLA_LINE = re.compile(r"\.\. ([\w-]+):[ \t]*(.*?)[ \t]*\Z")
_HEADER = re.compile(
    r"\A((?:[A-Za-z][\w-]{0,30}:[ \t]*\S[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+)[ \t]*(?:\n(.*))?\Z", re.DOTALL
)
_HEADER_LINE = re.compile(r"^([A-Za-z][\w-]*):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_BARE_DATE = re.compile(
    r"^([ \t]*[\w.-]+[ \t]*=[ \t]*)(\d{4}-\d{2}-\d{2}[\d:.TtZz +-]*?)(?=[ \t]*(?:#|$))",
    re.MULTILINE,
)
_UNQUOTED = re.compile(r"^([A-Za-z_][\w-]*:[ \t]+)([@`%]\S.*|[^\s'\"\[{|>&*!#].*(?::[ \t]|[ \t]#).*)$", re.MULTILINE)
_LEADING_TABS = re.compile(r"^\t+", re.MULTILINE)


class Parts(NamedTuple):
    """The front matter as a table, and the text after it. `found`: whether there was any front matter."""

    front: dict[str, Any]
    body: str
    found: bool = True


def parts_of(text: str, name: str) -> Parts:
    """The parts of a file. Raises InputError for front matter that can't be read; `name` is for its message."""
    text = text.lstrip("\ufeff")
    if not text[:1].isalpha():
        text = text.lstrip("\n \t") or text
    if match := _YAML.match(text):
        return Parts(_yaml(match[1], name), match[2])
    if match := _NAMED.match(text):
        text = {"json": ";;;", "toml": "+++", "yaml": "---"}[match[1]]
        return parts_of(f"{text}\n{match[2]}\n{text}\n{match[3]}", name)
    if match := _JSON.match(text):
        text = f"{match[1].strip()}{match[2]}"
    if match := _TOML.match(text):
        return Parts(_toml(match[1]), match[2])
    if text.startswith("{"):
        # Hugo's third way. A page that begins with a template's "{{" or "{%" is not JSON and has no front matter.
        try:
            found, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            return Parts({}, text, found=False)
        return Parts(storable(found, "the front matter"), text[end:])
    if match := _NIKOLA.match(text):
        rows = (_NIKOLA_LINE.search(line) for line in match[1].splitlines())
        return Parts({row[1]: row[2] for row in rows if row and row[2]}, match[2])
    if (match := _HEADER.match(text)) and re.search(r"^title:", match[1], re.MULTILINE | re.IGNORECASE):
        keys = {row[1].lower(): " ".join(row[2].split()) for row in _HEADER_LINE.finditer(match[1])}
        return Parts(storable(keys, "the front matter"), match[2] or "")
    return Parts({}, text, found=False)


def _yaml(text: str, name: str) -> dict[str, Any]:
    """The table of YAML; where it is not valid, that of the same lines with the values in quotation marks that need
    them ("title: Harbour: who pays?") and tabs as spaces.
    """
    if not text.strip():
        return {}
    try:
        return yaml_table(text, name, first_line=2)
    except InputError as error:
        quoted = _UNQUOTED.sub(lambda match: match[1] + json.dumps(match[2].strip(), ensure_ascii=False), text)
        quoted = _LEADING_TABS.sub(lambda match: "  " * len(match[0]), quoted)
        if quoted != text:
            try:
                return yaml_table(quoted, name, first_line=2)
            except InputError:
                pass  # the first message names the place in the file as it is
        # The import's message names the file already.
        raise InputError(error.what.removeprefix(f"{name}: "), error.do) from error


def _toml(text: str) -> dict[str, Any]:
    """TOML in which a date that does not exist (31 February) is the text that it is."""
    try:
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            found = tomllib.loads(_BARE_DATE.sub(r"\1'\2'", text))
        return storable(found, "the front matter")
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the front matter is not valid TOML: {error}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError("the front matter is nested too deeply or has a number with too many digits.") from error
