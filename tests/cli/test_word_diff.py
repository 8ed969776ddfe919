"""Word diffs keep to the width that they are given."""

from __future__ import annotations

import pytest

from ourtake.cli.word_diff import diff_lines
from ourtake.review.diff import segments


@pytest.mark.parametrize("term", ["dumb", "xterm"])
@pytest.mark.parametrize("width", [40, 130])
def test_lines_are_as_wide_as_asked_on_any_terminal(monkeypatch: pytest.MonkeyPatch, term: str, width: int) -> None:
    monkeypatch.setenv("TERM", term)
    words = "the council voted on the budget of the library and " * 12
    lines = diff_lines(segments(words, words.replace("budget", "plan")), width=width, colour=False)
    assert width - 12 < max(map(len, lines)) <= width
