"""Plain text, without invisible characters and terminal sequences; and plain lines, as headlines and tags are.

Some invisible characters belong to the writing: joiners between letters of scripts that need them, and the joiners,
variation selectors and flag tags of emoji.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ourtake.values import clean_text

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]+"
)
"""Runs of characters that readers do not see."""

USUAL = "\u2019\u201c\u201d\u2014\u2013\u2018\u2026\u00a3"
"""Characters beyond ASCII that most texts have, and readers see as they are written."""

LINE_BREAKS = "\u2028\u2029\x0b\x0c\x85"
"""Hidden characters that separate words."""

_JOINERS = "\u200c\u200d"
_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_NEEDS_JOINERS = re.compile("[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\ufb50-\ufdff\ufe70-\ufefc]")
_LONGEST_FLAG = 40
"""Characters; the tags of a flag are at most seven."""

_REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,6}|#\d{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
_AMPERSANDS = re.compile(r"&(?:(?:amp|#38|#[xX]26);)+", re.IGNORECASE)
_TERMINAL = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"
)
_TAG = re.compile(r"<!--[^<>]*-->|<[!?/]?[A-Za-z\[][^<>]*>")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?\[])")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)?\)|\[[^\[\]]*\])")
_FIRST_MARKS = re.compile(r"\A(?:\s*#{1,6}\s+|\s*>\s*|\s+)+")
_PAIRED = re.compile(r"(\*\*|__|~~|`)(?=[^\s*_~`])([^*_~`]*[^\s*_~`])\1")
_LEFT_OVER = re.compile(r"\*\*+|~~+|`+|(?<!\w)__+|__+(?!\w)")
_PASSES = 8
"""How deep nested tags, references and links are followed; only an attack nests them deeper. After that, what begins a
tag loses its bracket.
"""


def is_usual(text: str) -> bool:
    """Whether a text is ASCII but for USUAL. A pattern of rarer characters takes twenty times as long."""
    for sign in USUAL:
        if text.isascii():
            return True
        text = text.replace(sign, "")
    return text.isascii()


def allowed(text: str, at: int) -> bool:
    """Whether the hidden character at an offset belongs to the text around it."""
    sign = text[at]
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if sign in "\ufe0e\ufe0f":
        return bool(_EMOJI.match(before)) or (before in "0123456789#*" and before != "" and after == "\u20e3")
    if sign == "\u200d" and _EMOJI.match(after):
        return bool(_EMOJI.match(before)) or before == "\ufe0f"
    if sign in _JOINERS:
        return bool(_NEEDS_JOINERS.match(before)) and (bool(_NEEDS_JOINERS.match(after)) or not after.strip())
    # Flags of regions: a black flag, tags that spell the region, a last tag.
    if not "\U000e0020" <= sign <= "\U000e007f":
        return False
    return re.search("\U0001f3f4[\U000e0020-\U000e007e]*$", text[max(0, at - _LONGEST_FLAG) : at]) is not None


def hidden_runs(text: str) -> Iterator[tuple[int, int]]:
    """The spans of hidden characters that do not belong to the writing."""
    for match in HIDDEN.finditer(text):
        at, end = match.span()
        while at < end:
            first = at
            while at < end and not allowed(text, at):
                at += 1
            if first < at:
                yield first, at
            while at < end and allowed(text, at):
                at += 1


def visible_only(text: str) -> str:
    """The text without control and hidden characters; those that separate words or lines become a space."""
    text = clean_text(text)
    if is_usual(text):
        return text
    parts, last = [], 0
    for start, end in hidden_runs(text):
        parts += [text[last:start], " " if any(sign in LINE_BREAKS for sign in text[start:end]) else ""]
        last = end
    return "".join([*parts, text[last:]])


def without_terminal_sequences(text: str) -> str:
    """The text without terminal sequences, removed whole, so that no "[31m" remains."""
    return _TERMINAL.sub("", text) if "\x1b" in text or not is_usual(text) else text


def unescaped(text: str) -> str:
    """The text with characters in place of character references, even if these were escaped several times."""
    if "&" in text:
        text = _REFERENCE.sub(lambda match: html.unescape(match[0]), _AMPERSANDS.sub("&", text))
    return text


def plain_line(text: str) -> str:
    """One line of plain text: no markup, no hidden or control characters, no line ends, single spaces.

    A removal can join what was apart ("<scr<b>ipt>"), so it is repeated until nothing changes. Applied to its own
    result, the function changes nothing.
    """
    text = without_terminal_sequences(text)
    for _ in range(_PASSES):
        before = text
        text = _line_once(text)
        if text == before:
            return text
    while (text := _line_once(_TAG_START.sub("", text.replace("&", "")))) != before:
        before = text
    return text


def _line_once(text: str) -> str:
    text = " ".join(visible_only(unescaped(text)).split())
    if "<" in text:
        text = _TAG_START.sub("", text) if not _TAG.search(text) else _TAG.sub("", text)
    if "[" in text:
        text = _LINK.sub(r"\1", text)
    if any(sign in text for sign in "*_~`"):
        text = _LEFT_OVER.sub("", _PAIRED.sub(r"\2", text))
    return " ".join(_FIRST_MARKS.sub("", text).split())
