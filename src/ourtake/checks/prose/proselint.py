"""proselint's own checks, used as a library, behind `[style] proselint = true`; an extra that is imported when first
needed.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ourtake.errors import ConfigError
from ourtake.text.parsed import kept

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_FINDINGS = 1000
"""proselint stops after this many findings."""


class Found(NamedTuple):
    """text[start:end] breaks the check of that path."""

    start: int
    end: int
    path: str
    message: str


@cache
def _linter() -> Callable[[str], list[Found]]:
    """A function that lints a text. Raises ConfigError where proselint is not installed."""
    try:
        from proselint.checks import __register__
        from proselint.config import DEFAULT
        from proselint.registry import CheckRegistry
        from proselint.tools import LintFile
    except ImportError as error:
        todo = 'Install it with `pip install "ourtake[proselint]"`, or set [style] proselint = false.'
        raise ConfigError("proselint is not installed.", todo) from error
    registry = CheckRegistry()
    if not registry.checks:
        registry.register_many(__register__)
    config = {**DEFAULT, "max_errors": MOST_FINDINGS}

    def lint(text: str) -> list[Found]:
        found = []
        for result in LintFile("take", text).lint(config):
            check = result.check_result
            # proselint puts a line end before the text; some of its spans begin or end with white space around the
            # words.
            start, end = max(0, check.span[0] - 1), min(len(text), check.span[1] - 1)
            piece = text[start:end]
            start, end = start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
            if start < end:
                found.append(Found(start, end, check.check_path, check.message.strip()))
        return found

    return lint


@kept
def proselint_findings(text: str) -> tuple[Found, ...]:
    """What proselint says about a text. Raises ConfigError if it is not installed."""
    return tuple(_linter()(text)) if text.strip() else ()
