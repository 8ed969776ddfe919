"""LNK: where links lead, and what their words show. How many there are is in counts.py, whether their words are titles
in titles.py, whether they fit their sentence in relevance.py, what is behind them now in online.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.base import ENGLISH, PROSE, Case, Example, Hit, Rule
from ourtake.checks.examples import RELATED, SOUND, with_first
from ourtake.checks.links.counts import all_links, archive_links, is_weak
from ourtake.documents import REMOVED, FieldName, Fix
from ourtake.text.link_words import another_address, link_words
from ourtake.text.markdown import Link, Span
from ourtake.text.retracted import retraction
from ourtake.text.words import canonical_url, normalise, words
from ourtake.values import day_of

_SCHEME = re.compile(r"\A\s*([a-zA-Z][a-zA-Z0-9+.\-]*):")
INSERTED = 3
"""Up to this many words in brackets within a quotation may be the writer's own."""


def is_web(target: str) -> bool:
    """Whether a target is a web address."""
    return target.lower().startswith(("http://", "https://", "//", "www."))


def unresolved(case: Case) -> Iterator[Hit]:
    """LNK001."""
    for field in PROSE:
        for bracket in case.brackets(field):
            inner = bracket.text[1:-1]
            if (len(words(inner)) <= 1 and normalise(inner) in ("sic", "...", "\u2026")) or re.fullmatch(r"\d+", inner):
                continue
            if _inserted(case, field, bracket):
                continue
            yield Hit("Brackets without an address: the link is lost.", field, bracket.start, bracket.end)
    for field, link in all_links(case):
        unknown = link.target != REMOVED and not is_web(link.target) and not _SCHEME.match(link.target)
        if unknown and case.target(link) is None:
            message = f"No article was offered under {link.target!r}." if link.target else "The link has no address."
            yield Hit(message, field, link.start, link.end)


def _inserted(case: Case, field: FieldName, bracket: Span) -> bool:
    """Whether the brackets are the writer's own words within a quotation: "[The board] doubled the budget"."""
    inner = bracket.text[1:-1]
    if len(words(inner)) > INSERTED or case.title(inner) is not None:
        return False
    around = (span for span in case.quotations[field] if span.start <= bracket.start and bracket.end <= span.end)
    return any(len(words(span.text)) > 2 * len(words(inner)) for span in around)


def outside_archive(case: Case) -> Iterator[Hit]:
    """LNK002."""
    for field, link in all_links(case):
        if is_web(link.target) and case.target(link) is None and canonical_url(link.target) != case.own_address:
            if case.unread_address(link) is not None:
                message = "Could not check: there is no archive to compare with."
                yield Hit(message, field, link.start, link.end, severity="info")
            else:
                yield Hit("The address does not belong to the archive.", field, link.start, link.end)


def self_link(case: Case) -> Iterator[Hit]:
    """LNK009."""
    for field, link in all_links(case):
        article = case.target(link)
        address = article.url if article is not None else link.target if is_web(link.target) else ""
        if address and canonical_url(address) == case.own_address:
            message = "The link leads to the source itself, which is linked under the take."
            yield Hit(message, field, link.start, link.end)


def later_than_source(case: Case) -> Iterator[Hit]:
    """LNK010."""
    day = day_of(case.source.published)
    for field, link, article in archive_links(case):
        other = day_of(article.published) if article.published else None
        if not day or not other:
            of = "the source" if not day else f"\u201c{article.title}\u201d"
            yield Hit(f"Could not check: the date of {of} is not known.", field, link.start, link.end, severity="info")
        elif other >= day:
            message = f"\u201c{article.title}\u201d was published on {other}, not before the source ({day})."
            yield Hit(message, field, link.start, link.end)


def unsafe_scheme(case: Case) -> Iterator[Hit]:
    """LNK016."""
    for field, link in all_links(case):
        match = _SCHEME.match(re.sub(r"[\x00-\x20\u200b]", "", link.target))
        if match and match[1].lower() not in ("http", "https"):
            yield Hit(f"A link must not use the scheme {match[1].lower()}.", field, link.start, link.end)


def weak_anchor(case: Case) -> Iterator[Hit]:
    """LNK017."""
    for field, link in all_links(case):
        if is_weak(link.anchor):
            yield Hit("The link's words don't say where it leads.", field, link.start, link.end)


def anchor_shows_address(case: Case) -> Iterator[Hit]:
    """LNK018."""
    for field, link in all_links(case):
        article = case.target(link)
        if link.image or (article is None and (not is_web(link.target) or link.anchor == link.target)):
            continue
        url, title, text = (article.url, article.title, article.text) if article is not None else (link.target, "", "")
        for part, place in (("words", link.anchor), ("title", _title_of(case, field, link))):
            shown = another_address(place, url=url, title=title, text=text)
            if shown is None:
                continue
            in_words = part == "words"
            safe = title and in_words
            fix = Fix(start=link.anchor_start, end=link.anchor_end, replacement=link_words(title)) if safe else None
            kinds = {"telephone": "a telephone number", "number": "a number", "account": "an account"}
            what = kinds.get(shown.kind, "an address")
            message = f"The link's {part} {'show' if in_words else 'shows'} {what} that the link does not lead to: "
            yield Hit(f"{message}{shown.address}.", field, link.start, link.end, fix=fix)
            break


def _title_of(case: Case, field: FieldName, link: Link) -> str:
    """What is after a link's address, which a browser shows under the pointer: [words](address "title")."""
    text = case.text(field)
    end = link.end - 1 if link.target_end <= link.end else text.find("\n", link.target_end)
    return text[link.target_end : end if end >= 0 else len(text)].strip().lstrip(">").strip()


def retracted(case: Case) -> Iterator[Hit]:
    """LNK020."""
    for field, link, article in archive_links(case):
        # A draft keeps the article as it was offered; the archive's may have been retracted since.
        now = case.archive.by_url(article.url) if case.archive is not None else None
        keys = {**(article.model_extra or {}), **((now.model_extra or {}) if now is not None else {})}
        by = case.settings.publication.name
        versions = (retraction(one.title, one.text, keys, publication=by) for one in (article, now) if one is not None)
        if said := next(filter(None, versions), ""):
            message = f"\u201c{article.title}\u201d was retracted (\u201c{said}\u201d)."
            yield Hit(message, field, link.start, link.end)


_RETRACTED = (
    RELATED[0].model_copy(update={"text": f"This article was retracted on 3 May. {RELATED[0].text}"}),
    *RELATED[1:],
)
_LATER = (RELATED[0].model_copy(update={"published": "2026-09-10"}), *RELATED[1:])
RULES = (
    Rule("LNK001", "unresolved", "error",
         "Brackets with no address, or a handle that was not offered.",
         "Link to an article of the archive, or remove the brackets.",
         with_first("See [an old piece of ours]."), SOUND, unresolved),
    Rule("LNK002", "outside-archive", "error",
         "An address that does not belong to the archive.",
         "Link to an article of the archive, or remove the link.",
         with_first("See [this study](https://elsewhere.example/x)."), SOUND, outside_archive),
    Rule("LNK009", "self-link", "warning",
         "A link to the source itself.",
         "Remove it.",
         with_first("See [the story as told there](https://tidewater.example/ferrow-power)."), SOUND, self_link),
    Rule("LNK010", "later-than-source", "error",
         "A link to an article that was not published before the source.",
         "Link to an older one.",
         Example(related=_LATER), SOUND, later_than_source),
    Rule("LNK016", "unsafe-scheme", "error",
         "A link with a scheme other than http and https.",
         "Remove it.",
         with_first("[a trap](javascript:alert(1))"), SOUND, unsafe_scheme),
    Rule("LNK017", "weak-anchor", "warning",
         "Link words such as \u201chere\u201d or \u201cthis article\u201d.",
         "Use words that say where the link leads.",
         with_first("See [here](a1)."), SOUND, weak_anchor, languages=ENGLISH),
    Rule("LNK018", "anchor-shows-address", "error",
         "Link words, or a link's tooltip, that show an address, a host, a telephone number or an "
         "account number that is not the target's, however disguised.",
         "Use the title of the article, or words that say where the link leads.",
         with_first("See [evil.example](a1)."), with_first("See the page at [lanternquarter.example](a1)."),
         anchor_shows_address, safe_fix=True),
    Rule("LNK020", "retracted", "error",
         "A link to an article that says that it was retracted or withdrawn.",
         "Remove the link, and everything that the take took from the article.",
         Example(related=_RETRACTED), SOUND, retracted),
)  # fmt: skip
