"""Pages that answer 200 and are not there all the same: what a page calls itself, and whether it says that it is
missing.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from ourtake.intake.encoding import decoded
from ourtake.text.titles import same_title, segments

SAME_PAGE = 97.0
"""Similarity (0 to 100, rapidfuzz ratio of the visible words) from which a page is the one that the host shows for
addresses that don't exist.
"""

LEAST_CHARACTERS = 80
"""A page with fewer characters to read is put together in the browser: from here nobody can say what it shows."""

_COMPARED = 6_000
_ELEMENT = r"<{0}\b[^>]*>(.*?)</{0}\s*>"
_TITLE, _HEADING = (re.compile(_ELEMENT.format(name), re.IGNORECASE | re.DOTALL) for name in ("title", "h1"))
_META = re.compile(r"<meta\b[^>]{0,1000}>", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_OG_TITLE = re.compile(r"\b(?:property|name)\s*=\s*[\"']?og:title\b", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style|noscript|template|svg)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_THING = (
    r"(?:(?:the|this|that|your|our|requested|web)\s+)*"
    r"(?:page|article|story|post|content|document|file|url|address|site|resource|item|link|product)"
)
_MISSING = re.compile(
    r"(?:(?:http\s+)?(?:error|status|code|fehler)\W*)*40[4]\W*(?:error|page|http)?"
    r"|(?:(?:http\s+)?(?:error\W*)?40[4]\W+)?(?:(?:sorry|oops|whoops|uh-oh|oh no|hmm)\W+)?"
    rf"(?:(?:we\s+)?(?:could\s?n[o']t|can(?:no|')t|couldn't|did\s?n[o']t)\s+find\s+{_THING}.{{0,40}}"
    rf"|{_THING}\s+(?:you\s+(?:are\s+looking\s+for|requested|were\s+looking\s+for)\s+)?"
    r"(?:(?:is|was|could|can)\s*(?:not|n'?t|no longer)\s*(?:be\s+)?(?:found|available|exist|here)|can't\s+be\s+found|"
    r"not\s+found|unavailable"
    r"|does\s*(?:n't|not)\s+exist|no\s+longer\s+(?:exists|available)|has\s+been\s+(?:removed|deleted)|"
    r"gone)(?:\s+(?:anymore|on this site))?"
    r"|not\s+found|nothing\s+(?:was\s+)?found(?:\s+here)?|no\s+such\s+page|seite\s+nicht\s+gefunden|"
    r"page\s+(?:introuvable|non\s+trouv[e\u00e9]e)"
    r"|p[a\u00e1]gina\s+no\s+encontrada|pagina\s+(?:non\s+trovata|niet\s+gevonden)|"
    r"p[a\u00e1]gina\s+n[a\u00e3]o\s+encontrada)\W*(?:\(?40[4]\)?\W*)?",
    re.IGNORECASE,
)
_HOME = re.compile(r"/?(?:(?:index|home|default)(?:\.\w{2,5})?/?)?", re.IGNORECASE)


class Page(NamedTuple):
    """What a page calls itself (`titles`: its title element, og:title, first heading) and its words as they can be read
    without a browser.
    """

    titles: tuple[str, ...]
    words: str

    @property
    def title(self) -> str | None:
        """The name to show."""
        return self.titles[0] if self.titles else None


def read_page(body: bytes, content_type: str) -> Page:
    """A page's names and words; a page that is cut off or broken gives what is there."""
    text = decoded(body, content_type)
    bare = _HIDDEN.sub(" ", text)
    named = next((_CONTENT.search(meta) for meta in _META.findall(text[:200_000]) if _OG_TITLE.search(meta)), None)
    found = [_TITLE.search(bare), named, _HEADING.search(bare)]
    titles = [_plain(match[1] if match[1] is not None else match[2]) for match in found if match]
    body_text = re.sub(_TITLE, " ", bare)
    return Page(tuple(dict.fromkeys(title for title in titles if title)), _plain(body_text)[:_COMPARED])


def says_missing(page: Page, wanted: str) -> bool:
    """Whether a page calls itself missing; `wanted` is the title that it should have ("" unknown), which may be about
    missing pages itself.
    """
    if any(same_title(wanted, title) for title in page.titles if wanted):
        return False
    return any(
        _MISSING.fullmatch(part.strip().replace("\u2019", "'")) for title in page.titles for part in segments(title)
    )


def is_home(url: str) -> bool:
    """Whether an address is a site's first page."""
    parts = urlsplit(url)
    return bool(_HOME.fullmatch(parts.path)) and not parts.query


def same_page(page: Page, other: Page) -> bool:
    """Whether two pages show the same words, numbers and addresses left out (they name the very address that was asked
    for).
    """
    one, two = (re.sub(r"\S*[/\d]\S*", "", item.words).casefold() for item in (page, other))
    return page.title == other.title and fuzz.ratio(one, two, score_cutoff=SAME_PAGE) > 0


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())
