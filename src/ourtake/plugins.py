"""What other packages bring: model providers, rules, export formats and metrics, found by their entry points.

An entry point of a group names a row of that group's table, or a list of rows. A group is read when a command first
needs it. What can't be used is left out, with one warning on standard error: a plug-in never ends a command.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

PROVIDERS, RULES, EXPORTS, METRICS = "ourtake.providers", "ourtake.rules", "ourtake.exports", "ourtake.metrics"

_WARNED = "OURTAKE_WARNED"
"""The environment variable by which processes know which warnings were printed."""

Row = TypeVar("Row")


class Plugin(NamedTuple):
    """An entry point that was loaded: its name, its package's name, and the object that it names."""

    name: str
    package: str
    value: Any


@functools.cache
def plugins(group: str) -> tuple[Plugin, ...]:
    """The plug-ins of a group that can be imported, by package and name; a warning for each of the others."""
    found = []
    for entry in sorted(_entry_points(group), key=lambda entry: (_package(entry), entry.name)):
        try:
            found.append(Plugin(entry.name, _package(entry), entry.load()))
        except (Exception, SystemExit) as error:  # whatever its import runs into
            left_out(entry.name, _package(entry), f"it can't be loaded ({in_short(error)})")
    return tuple(found)


def installed(group: str) -> bool:
    """Whether any package has plug-ins of a group; nothing is loaded."""
    return bool(_entry_points(group))


def _entry_points(group: str) -> list[Any]:
    from importlib.metadata import entry_points  # 10 ms, which `ourtake --help` must not pay

    return list(entry_points(group=group))


def _package(entry: Any) -> str:
    return str(entry.dist.name) if entry.dist is not None else "an unknown package"


def rows_of(
    group: str, kind: type[Row], known: Iterable[str], *, key: str, fault: Callable[[Row], str]
) -> dict[str, Row]:
    """The rows that outside packages add to a table, by the attribute `key`, with `package` set.

    `kind` is the table's NamedTuple, `known` the names that are taken already. `fault` says what is wrong with a row
    ("" if nothing is). A row that is not one, is faulty, or has a name that is taken is left out with a warning.
    """
    taken = dict.fromkeys(known, "ourtake itself")
    rows: dict[str, Row] = {}
    for name, package, value in plugins(group):
        for row in [value] if isinstance(value, kind) or not isinstance(value, list | tuple) else value:
            if not isinstance(row, kind):
                left_out(name, package, f"it must name a {kind.__name__}, not a {type(row).__name__}")
                continue
            try:
                why, at = fault(row), str(getattr(row, key))
            except Exception as error:  # fields of wrong types
                why, at = f"its {kind.__name__} can't be read ({in_short(error)})", ""
            why = why or (f"{at!r} is taken by {taken[at]}" if at in taken else "")
            if why:
                left_out(name, package, why)
                continue
            taken[at] = package
            rows[at] = row._replace(package=package)  # type: ignore[attr-defined]
    return rows


def faults_of_types(row: Any, types: Mapping[str, type | tuple[type, ...]]) -> str:
    """Which field of a row has a wrong type, in words; "" if none has."""
    return next(
        (
            f"{name} is {getattr(row, name)!r:.60}"
            for name, expected in types.items()
            if not isinstance(getattr(row, name), expected)
        ),
        "",
    )


def imported(path: str) -> Any:
    """The object of "module:attribute". Rows name what they build so, and it is imported when it is first used: an SDK
    costs seconds at start-up.
    """
    module, _, attribute = path.partition(":")
    return getattr(importlib.import_module(module), attribute)


def left_out(name: str, package: str, why: str) -> None:
    """Warn of a plug-in that is not used."""
    warn(f"The plug-in {name} of the package {package} was left out: {why}. Update or uninstall {package}.")


def warn(sentence: str) -> None:
    """One line on standard error, once for this process and those that it starts."""
    line = "".join(sign if sign.isprintable() else " " for sign in sentence)
    mark = f"[{zlib.crc32(line.encode()):08x}]"
    if mark not in os.environ.get(_WARNED, ""):
        os.environ[_WARNED] = os.environ.get(_WARNED, "") + mark
        print(f"ourtake: {line}", file=sys.stderr, flush=True)


def in_short(error: BaseException) -> str:
    """An error that is not ours, in one line."""
    return f"{type(error).__name__}: {error}"[:200].rstrip(": .").replace("\n", " ")
