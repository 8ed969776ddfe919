"""Whether an article says of itself that it was retracted: in its keys, its title or a notice near its beginning.

A look-up never offers such an article, and a link to it is an error, so what can't be told simply is not a notice. A
notice is a sentence such as "This article has been retracted" or "We have withdrawn this story" that begins a
paragraph or is a line of its own. "This article was retracted" tells a story after another sentence, so it has to begin
the text, and "This post was withdrawn" may be about a job: only "Editor's note:" before it makes it a notice. Not seen
are notices in other words, after BEGINNING characters, after a colon, or in quotation marks.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from ourtake.text.markdown import visible
from ourtake.text.sentences import sentences
from ourtake.values import iso_date

BEGINNING = 800
"""Characters of a text in which a notice is looked for."""

_KEYS = ("retracted", "withdrawn")
_WORD = r"(?:RETRACTED(?: ARTICLE)?|WITHDRAWN)"
_IN_BRACKETS = re.compile(rf"\A\s*[\[(]{_WORD}[\])]|[\[(]{_WORD}[\])]\s*\Z", re.IGNORECASE)
_IN_CAPITALS = re.compile(rf"\A\s*{_WORD}\b|\s[:|/\u2013\u2014-]\s*{_WORD}\s*\Z")

_ALONE = re.compile(rf"{_WORD}[.!:]?")

_OF_OTHERS = r"(?:post|column|page|piece|report|investigation)"
_ITSELF = rf"this (?:(?:news|opinion|blog) )?(?:article|story|interview|essay|editorial|{_OF_OTHERS})(?!['\u2019])\b"
_SINCE = r"(?: (?:has|have|was|is|are|been|since|now|today|also|formally|officially|fully))*"
_NOTICE = re.compile(
    rf"(?P<label>(?:editor['\u2019]s |editors['\u2019] )?note\b[^:]{{0,30}}:\s*)?"
    rf"(?:{_ITSELF}(?:,? (?:first |originally )?published [^.]{{1,100}}?,?)?{_SINCE} (?:retracted|withdrawn)\b"
    rf"|we{_SINCE} (?:retract|withdr|remov)\w+ {_ITSELF})",
    re.IGNORECASE,
)


def retraction(title: str, text: str, keys: Mapping[str, Any] | None = None, *, publication: str = "") -> str:
    """The words that say that an article was retracted, or "".

    `keys`: its unknown keys; a false `retracted` overrules everything else. `publication`: the name under which a
    notice may speak instead of "we".
    """
    given = {key: said for key, value in (keys or {}).items() if (said := _said_by(key, value)) is not None}
    if given:
        return "" if "" in given.values() else next(f"{key}: {said}" for key, said in given.items())
    # Plain searches first, because an import asks this of a million articles.
    lower = f"{title}\n{text[:BEGINNING]}".lower()
    if not any(word in lower for word in ("retract", "withdr", "remov")):
        return ""
    unmarked = _IN_CAPITALS.sub("", title)
    if _IN_BRACKETS.search(title) or (unmarked != title and not unmarked.isupper()):
        return title
    return _notice(title, text[:BEGINNING], publication)


def keys_that_say(keys: Mapping[str, Any] | None) -> dict[str, Any]:
    """Those of an article's unknown keys that decide whether it was retracted, as it has them."""
    return {key: value for key, value in (keys or {}).items() if _said_by(key, value) is not None}


def _said_by(key: str, value: object) -> str | None:
    """The value of a key that says that its article was retracted, "" if it says that it was not; else None."""
    name, said = key.lower(), str(value).strip()
    if name == "retracted" and said.lower() in ("false", "no", "0"):
        return ""
    yes = said.lower() in ("true", "yes", "1") or isinstance(value, datetime.date) or iso_date(said) is not None
    if (name in _KEYS and yes) or (name in ("status", "state") and said.lower() in _KEYS):
        return said.lower() if isinstance(value, bool) else said
    return None


def _notice(title: str, text: str, publication: str) -> str:
    """The first notice of a text, or ""."""
    first, before = True, ""
    for paragraph in re.split(r"\n\s*\n", "\n".join(text.splitlines()).lstrip("> \n")):
        shown, *lines = (" ".join(visible(part).split()).strip("*_ ") for part in (paragraph, *paragraph.splitlines()))
        # What follows a colon or is set as a quotation is somebody else's notice.
        if not before.endswith(":") and not paragraph.startswith(">"):
            for part in (shown, *(line for line in lines if line.endswith(".") or _ALONE.fullmatch(line))):
                said = next((span.text for span in sentences(part)), "")
                if _ALONE.fullmatch(said) or _is_notice(said, publication, first=first and shown.startswith(said)):
                    return said
        first, before = first and (paragraph.startswith("#") or shown == title.strip()), shown
    return ""


def _is_notice(sentence: str, publication: str, *, first: bool) -> bool:
    """Whether a sentence is a notice; `first`: it begins the text."""
    name = publication.strip().lower().removeprefix("the ")
    said = sentence.lower().lstrip("[(").removeprefix("the ")
    found = _NOTICE.match(f"we{said.removeprefix(name)}" if name and said.startswith(f"{name} ") else said)
    if found is None or sentence.endswith("?"):
        return False
    clear = "retract" in found[0] or not re.search(_OF_OTHERS, found[0])
    return bool(found["label"]) or (clear and (first or " was " not in found[0]))
