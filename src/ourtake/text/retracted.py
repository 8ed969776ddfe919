"""Whether an article says of itself that it was retracted: in its keys, its title or a notice near its beginning.

A look-up never offers such an article, and a link to it is an error. So a story about somebody else's retraction must
not be taken for one: a notice has to be a sentence about "this article" that stands apart from the text.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences
from ourtake.values import iso_date

BEGINNING = 800
"""Characters of a text in which a notice begins."""

_KEYS = ("retracted", "withdrawn")
_STATUSES = ("status", "state")
_YES = ("true", "yes", "1")
_NO = ("false", "no", "0")

_WORDS = "retracted|withdrawn"
_BRACKETS = rf"[\[(](?:{_WORDS})(?: article)?[\])]"
_IN_BRACKETS = re.compile(rf"\A\s*{_BRACKETS}|{_BRACKETS}\s*\Z", re.IGNORECASE)
_CAPITALS = r"(?:RETRACTED(?: ARTICLE)?|WITHDRAWN)"
_IN_CAPITALS = re.compile(
    rf"\A\s*{_CAPITALS}(?!\w)(?P<after>.*)\Z|\A(?P<before>.*\s[:|/\u2013\u2014-]\s*){_CAPITALS}\s*\Z"
)
_LINE = re.compile(rf"{_CAPITALS}[.!:]?")

_OF_OTHERS = "post|column|page|piece|report|investigation"
"""Words for an article that are as often words for what it is about."""
_ITSELF = rf"this (?:(?:news|opinion|blog) )?(?:article|story|interview|essay|editorial|{_OF_OTHERS})"
_FIRST = r"(?:which (?:was|we) )?(?:first |originally )?published"
_PUBLISHED = rf"(?:, (?:{_FIRST}\b|by |\u201c)[^,.]{{1,100}},| {_FIRST} [^,.]{{1,60}}?)?"
_SINCE = r"(?:(?:since|now|today|also|formally|officially|fully) )*"
_MONTHS = "|".join(calendar.month_name[1:])
_PUBLISHER = r"(?:us|(?:the|its|our) (?:authors?|editors?|publishers?|journal|newspaper|magazine|publication))"
_SITE = r"(?:publication|(?:our|the|this) (?:archives?|site|website|web site|pages|publication))"
_TAIL = (
    # "This piece was withdrawn from the sale" and "This article was withdrawn in 1998" are about a vase and a treaty.
    rf"(?=\W*\Z|\s*[,;:(\u2013\u2014]"
    rf"| (?:on|because|after|at|due|following|pending|as|since|for|and|about|while|until|today|yesterday)\b"
    rf"| in (?:full|its entirety|{_MONTHS})\b| by {_PUBLISHER}\b| from {_SITE}\b)"
)
_LABEL = r"(?:(?:editor['\u2019]s |editors['\u2019] )?note(?:,? \(?[^:()]{1,30}\)?)?\s*[:\u2013\u2014-]\s*)"
_OTHERS_WITHDRAWN = re.compile(rf"\Athis (?:{_OF_OTHERS})\b.* withdrawn\b", re.IGNORECASE)


def retraction(title: str, text: str, keys: Mapping[str, Any] | None = None, *, publication: str = "") -> str:
    """The words that say that an article was retracted, or "".

    `keys`: its unknown keys; a false `retracted` overrules everything else. `publication`: the name under which a
    notice may speak instead of "we".
    """
    given = {str(key).lower(): (str(key), value) for key, value in (keys or {}).items()}
    if "retracted" in given and _plain(given["retracted"][1]) in _NO:
        return ""
    for name, (key, value) in given.items():
        if (name in _KEYS and _is_yes(value)) or (name in _STATUSES and _plain(value) in _KEYS):
            return f"{key}: {_plain(value) if isinstance(value, bool) else str(value).strip()}"
    # Plain searches first, because an import asks this of a million articles.
    lower = f"{title}\n{text[:BEGINNING]}".lower()
    if "retract" not in lower and "withdr" not in lower and "remove" not in lower:
        return ""
    if _is_marked(title):
        return title
    return next(_notices(title, text, _notice(publication)), "")


def keys_that_say(keys: Mapping[str, Any] | None) -> dict[str, Any]:
    """Those of an article's unknown keys that decide whether it was retracted, as it has them."""
    return {
        key: value
        for key, value in (keys or {}).items()
        if retraction("", "", {key: value}) or (key.lower() == "retracted" and _plain(value) in _NO)
    }


def _plain(value: object) -> str:
    return str(value).strip().lower()


def _is_yes(value: object) -> bool:
    return isinstance(value, datetime.date) or _plain(value) in _YES or iso_date(str(value).strip()) is not None


def _is_marked(title: str) -> bool:
    """Whether a title has the word in brackets at one of its ends, or in capitals beside others that are not."""
    if _IN_BRACKETS.search(title):
        return True
    found = _IN_CAPITALS.search(title)
    rest = (found["after"] or found["before"] or "").strip() if found else ""
    return found is not None and not rest.isupper()


def _notice(publication: str) -> re.Pattern[str]:
    """A sentence that is a notice of a retraction; its `label` is "Editor's note:" or the like."""
    name = re.sub(r"\Athe\s+", "", publication.strip(), flags=re.IGNORECASE)
    speaker = rf"(?:we|(?:the )?{re.escape(name)})" if name else "we"
    return re.compile(
        rf"\A[\[(]?(?P<label>{_LABEL})?(?:"
        rf"{_ITSELF}{_PUBLISHED} "
        rf"(?:has {_SINCE}been {_SINCE}retracted\b|was {_SINCE}retracted in \d{{4}}\b"
        rf"|(?:has {_SINCE}been|was|is) {_SINCE}(?:{_WORDS}){_TAIL})"
        rf"|{speaker} (?:have |has |are |is )?{_SINCE}"
        rf"(?:retract(?:s|ed|ing)?|withdr(?:aws?|ew|awn|awing)|removed) "
        rf"{_ITSELF}{_TAIL})",
        re.IGNORECASE,
    )


def _notices(title: str, text: str, notice: re.Pattern[str]) -> Iterator[str]:
    """The notices in the beginning of a text: its first sentence, or a paragraph or line of its own."""
    plain = text[: 4 * BEGINNING].replace("\r\n", "\n").replace("\r", "\n")
    end = plain.find("\n\n", BEGINNING)
    blocks = re.split(r"\n[ \t]*\n", plain[: end if end >= 0 else 2 * BEGINNING].strip())
    first, before = True, ""
    for block in blocks:
        # What follows a colon, or is set as a quotation within a text, is somebody else's notice.
        quoted = before.endswith(":") or (not first and block.lstrip().startswith(">"))
        lines = [_shown(line) for line in block.splitlines()]
        if not quoted:
            yield from _of_block(_shown(block), lines, notice, first=first)
        if not block.lstrip().startswith("#") and _shown(block) != title.strip():
            first = False
        before = lines[-1] if lines else before


def _of_block(shown: str, lines: list[str], notice: re.Pattern[str], *, first: bool) -> Iterator[str]:
    whole = sentences(shown)
    if whole and (said := _said(whole[0].text, notice)):
        # "The minister has a report. This report was withdrawn on Monday."
        alone = len(whole) == 1 and not _OTHERS_WITHDRAWN.match(shown)
        if first or said["label"] or alone:
            yield whole[0].text
    for number, line in enumerate(lines):
        # In a text that is broken into lines, a sentence may begin a line by chance.
        apart = number == 0 or lines[number - 1].endswith((".", "!", "?")) or _LINE.fullmatch(lines[number - 1])
        own = len(sentences(line)) == 1 and line.endswith((".", "!")) and not _OTHERS_WITHDRAWN.match(line)
        if _LINE.fullmatch(line) or (apart and own and len(lines) > 1 and _said(line, notice)):
            yield line


def _said(sentence: str, notice: re.Pattern[str]) -> re.Match[str] | None:
    return None if sentence.rstrip("\"'\u201d\u2019 ").endswith("?") else notice.search(sentence)


def _shown(block: str) -> str:
    """A block as a reader sees it, in one line."""
    return " ".join(visible(block.strip()).split()).strip("*_ ")
