"""A site's configuration: YAML, TOML and JSON whole; of JavaScript and Python only plain values.

Nothing of a site is ever run.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path
from typing import Any

from ourtake.errors import InputError
from ourtake.intake.encoding import decoded, decoded_surely
from ourtake.intake.files import storable, yaml_table

_LARGEST = 2_000_000
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
_SCRIPT_TEXT = r"([\"'`])((?:\\.|(?!\1).)*)\1"
_CONSTANT = re.compile(r"\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)(?=[^=;\n]{0,200}=([^;\n]{0,1000}))")
"""A constant and what it is set to. One line may hold many: that is why the length of what follows has a bound."""

_JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*", re.DOTALL)


def text_of(path: Path) -> str:
    """The text of a small file; "" if there is none."""
    try:
        data = path.read_bytes()[:_LARGEST]
    except OSError:
        return ""
    try:
        return decoded_surely(data).text.replace("\r\n", "\n")
    except InputError:
        return decoded(data).replace("\r\n", "\n")  # its keys are ASCII


def table_of(path: Path | None) -> dict[str, Any]:
    """The table in a YAML, TOML or JSON file; empty for None, and where there is none that can be read."""
    if path is None:
        return {}
    text = text_of(path)
    try:
        if path.suffix == ".toml":
            return storable(tomllib.loads(text), path.name)
        if path.suffix == ".json":
            found = json.loads(text)
            return storable(found, path.name) if isinstance(found, dict) else {}
        return yaml_table(text, path.name, first_line=1) if text.strip() else {}
    except (ValueError, RecursionError, InputError):
        return {}


def first_of(folder: Path, *names: str) -> Path | None:
    """The first of the files that the folder has."""
    return next((folder / name for name in names if (folder / name).is_file()), None)


def pages_address(folder: Path) -> str:
    """The address that GitHub Pages serves a site at, by its file CNAME; "" if there is none."""
    path = first_of(folder, "CNAME", "static/CNAME", "public/CNAME", "docs/CNAME")
    host = text_of(path).strip().lower() if path else ""
    return f"https://{host}" if _HOST.fullmatch(host) else ""


def script_of(path: Path | None) -> str:
    """A JavaScript file without its comments; "" for None."""
    return _JS_COMMENT.sub("", text_of(path)) if path else ""


def script_value(script: str, key: str) -> str | None:
    """The text that JavaScript gives a key: `key: "value"`, else `key = 'value'`, else that of a name (`key: NAME`).

    Of several, the one in the fewest braces counts: the others are those of inner functions and tables.
    """
    name = rf"(?<![\w.$]){re.escape(key)}"
    given = [(match.start(), match[2]) for match in re.finditer(rf"{name}[\"']?\s*:\s*{_SCRIPT_TEXT}", script)]
    constants = _constants(script)
    for match in re.finditer(rf"{name}[\"']?\s*(?::\s*([A-Za-z_$][\w$]*)\s*)?[,}}\n]", script):
        if (value := constants.get(match[1] or key)) is not None:
            given.append((match.start(), value))
    given = given or [(match.start(), match[2]) for match in re.finditer(rf"{name}\s*=\s*{_SCRIPT_TEXT}", script)]
    return _outermost(script, [(place, value) for place, value in given if "${" not in value])


def _constants(script: str) -> dict[str, str]:
    """The last text of what each constant is set to: const site = preview || "https://gazette.example"."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for match in _CONSTANT.finditer(script):
        texts = re.findall(_SCRIPT_TEXT, match[2]) if match[1] not in seen else []
        seen.add(match[1])
        if texts:
            found[match[1]] = texts[-1][1]
    return found


def _outermost(script: str, given: list[tuple[int, str]]) -> str | None:
    """The first of the values, given with their places, that is in the fewest braces."""
    depths: dict[int, int] = {}
    last = depth = 0
    for place in sorted(place for place, _ in given):
        depths[place] = depth = depth + script.count("{", last, place) - script.count("}", last, place)
        last = place
    return min(given, key=lambda row: depths[row[0]])[1] if given else None


def script_object(script: str, key: str) -> str:
    """The text of the first object that JavaScript gives a key: what is in its braces."""
    match = re.search(rf"(?<![\w.]){re.escape(key)}[\"']?\s*[:=]\s*\{{", script)
    return object_at(script, match.end() - 1) if match else ""


def object_at(script: str, start: int) -> str:
    """What is in the braces that open at a place."""
    depth = 0
    for place in range(start, len(script)):
        depth += {"{": 1, "}": -1}.get(script[place], 0)
        if depth == 0:
            return script[start + 1 : place]
    return script[start + 1 :]


def python_values(path: Path | None) -> dict[str, Any]:
    """The names that a Python file gives plain values at its top, the last value of each."""
    if path is None:
        return {}
    try:
        tree = ast.parse(text_of(path))
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[str, Any] = {}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and value is not None:
                try:
                    found[target.id] = _plain(value, found)
                except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                    continue  # a value that only running the file would tell
    return found


def _plain(node: ast.expr, known: dict[str, Any]) -> Any:
    """A literal, where names stand for values given before, and texts may be joined with +."""
    if isinstance(node, ast.Name) and node.id in known:
        return known[node.id]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _plain(node.left, known), _plain(node.right, known)
        if isinstance(left, str) and isinstance(right, str):
            return left + right
        raise ValueError("not a text")
    if isinstance(node, ast.Dict):
        keys = [_plain(key, known) for key in node.keys if key is not None]
        return dict(zip(keys, (_plain(value, known) for value in node.values), strict=True))
    if isinstance(node, ast.Tuple | ast.List):
        return [_plain(one, known) for one in node.elts]
    return ast.literal_eval(node)
