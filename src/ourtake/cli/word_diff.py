"""Word diffs for a terminal: `the [-old-]{+new+} words`, wrapped between words to the terminal's width."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.terminal import printable

if TYPE_CHECKING:
    from rich.text import Text

    from ourtake.review.diff import Segment

MARKS = {"old": ("[-", "-]", "red"), "new": ("{+", "+}", "green")}
"""Of what is in only one of the two texts: the signs around it, and its colour on a terminal."""

AROUND = 12
"""Words on each side of a change that are shown of a long text."""


def diff_lines(parts: Iterable[Segment], *, width: int, colour: bool, around: int | None = None) -> list[str]:
    """The lines of a word diff, at most `width` columns each. `around`: how many words beside a change are shown;
    None: all. A line break of the text stays one.
    """
    text = lazy.rich_text.Text()
    for part in parts:
        before, after, style = MARKS.get(part.kind, ("", "", ""))
        text.append(re.sub(r"[^\S\n]", " ", f"{before}{printable(part.text)}{after}"), style)
    # With TERM=dumb, rich heeds a width only beside a height.
    console = lazy.rich_console.Console(
        width=width, height=25, force_terminal=True, color_system="standard" if colour else None, no_color=not colour
    )
    lines: list[str] = []
    for line in text.split("\n"):
        words = [word for word in line.split(" ") if word]
        shown = words if around is None else _near_changes(words, around)
        if shown:
            with console.capture() as printed:
                console.print(lazy.rich_text.Text(" ").join(shown))
            lines += filter(None, map(str.strip, printed.get().splitlines()))
    return lines


def _near_changes(words: list[Text], around: int) -> list[Text]:
    """The words near a change; a sign where others are left out."""
    changed = [place for place, word in enumerate(words) if word.spans]
    near = {place for one in changed for place in range(one - around, one + around + 1)}
    left_out = lazy.rich_text.Text("\u2026")
    shown: list[Text] = []
    for place, word in enumerate(words):
        if place in near:
            shown.append(word)
        elif not shown or shown[-1] is not left_out:
            shown.append(left_out)
    return shown if changed else []
