"""Titles in a take: named whole, and linked.

Only words that are (nearly) the title of a related article, or exactly one in the archive, are examined. Other words in
quotation marks are quotations or scare quotes, which other rules check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rapidfuzz import fuzz

from ourtake.checks.absence import unless_elsewhere
from ourtake.checks.base import PROSE, Case, Example, Hit, Rule
from ourtake.checks.examples import PARAGRAPHS, SOUND, with_first
from ourtake.checks.fixes import safe_fix
from ourtake.documents import FieldName, Related, Severity
from ourtake.text.markdown import Link
from ourtake.text.parsed import kept
from ourtake.text.quotations import Quotation
from ourtake.text.sentences import sentences
from ourtake.text.speakers import says
from ourtake.text.words import count_words, normalise, straight

NEAR = 82.0
"""From this similarity (0 to 100, rapidfuzz ratio) words are taken for a title with a change."""

LEAST_WORDS = 4
"""A shorter phrase is a title only if it matches one exactly."""

MOST_WORDS = 20
"""A longer one is a quotation."""


class Spot(NamedTuple):
    """A place in a take."""

    field: FieldName
    start: int
    end: int


_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:\.\s?\.\s?\.|\u2026)\s*\]|\.\s?\.\s?\.|\u2026)\s*")
_SUBTITLE = re.compile(r"(?<=[?!])\s+|:\s+|\s+[\u2013\u2014|-]\s+")
_WORD = re.compile(r"[^\W_][\w'\u2019]*")
_TITLED = re.compile(r"\b(?:headlines?|headed|headlined|titled?|entitled|titles)\b", re.IGNORECASE)


_MARKS = "[]*_\"\u201c\u201d\u201e'\u2018\u2019"
_TARGET = re.compile(r"\]\([^()\s]*(?:\s[^()]*)?\)")
_CUE = re.compile(
    r"(?:\b(?:see|read|reread|in|from|under|also|called|titled|entitled|headlined|headed|article|story|piece|report"
    r"|post|essay|column|title|headline)|[:;(\u2014\u2013])\s*\Z",
    re.IGNORECASE,
)
_CUE_AFTER = re.compile(
    r"\s*(?:(?:was|is|ran|reads|read) )?(?:as )?(?:the|our|its|a) (?:headline|title|heading)\b", re.IGNORECASE
)
_NEAR_BEFORE = 20
"""A verb of saying within this many characters before words makes them something that somebody says."""


@kept
def _bare(text: str) -> str:
    return normalise(text).strip(" .,;:!?\"'*_\u2026")


@kept
def _subtitles(title: str) -> tuple[str, ...]:
    return tuple(_bare(part) for part in _SUBTITLE.split(title)[1:])


@kept
def near_title(text: str, title: str, body: str = "") -> bool:
    """Whether the text is the title with a part cut off or a few letters changed, and not the title itself.

    Words that only begin or end like it are not a title: "the editor who signs" of "The Editor Who Signs for Every
    Page" is in lower case, and what the article's own `body` says as well is a name ("U.S. Web Design Standards").
    """
    shown, real = _bare(text), _bare(title)
    if shown == real or len(shown) > 2 * len(real):
        return False
    parts = _ELLIPSIS.split(text)
    parts = [_bare(part) for part in parts] if len(parts) > 1 else []
    marked = any(len(part) > 2 for part in parts)
    if shown.count(" ") + 1 < (2 if marked else LEAST_WORDS):
        return False
    if marked:
        return _omits([part for part in parts if part], real) and _written_as(text, title)
    heads = (real, *_subtitles(title))
    if real.endswith(shown) or any(head.startswith(shown) for head in heads):
        return _written_as(text, title) and not _elsewhere(text, title, body)
    return fuzz.ratio(shown, real, score_cutoff=NEAR) > 0 and _written_as(text, title)


def _elsewhere(text: str, title: str, body: str) -> bool:
    """Whether the article uses the words other than when it repeats its title."""
    return straight(text.strip(" .,;")) in straight(body).replace(straight(title.strip()), "")


def _omits(parts: list[str], real: str) -> bool:
    """Whether the parts between ellipses appear in the title in order, and are not all of it."""
    at = 0
    for part in parts:
        found = real.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return (
        bool(parts)
        and (real.startswith(parts[0]) or real.endswith(parts[-1]))
        and sum(map(len, parts)) + len(parts) - 1 < len(real)
    )


def _written_as(text: str, title: str) -> bool:
    """Whether the words have capitals where the title has them, and begin with one."""
    words, large = _WORD.findall(text), _capitals(title)
    if not words or text.isupper():
        return bool(words)
    if words[0][0].islower() and not re.search(rf"\w\W+{re.escape(words[0])}\b", title):
        return False
    if not large:
        return not words[0][0].islower()
    own = [word for word in words[1:] if word.casefold() in large]
    return sum(not word[0].islower() for word in own) * 3 >= 2 * len(own) and (bool(own) or not words[0][0].islower())


def _capitals(title: str) -> frozenset[str]:
    """The words after the first that a title always capitalises, if it does so with most of them; else none."""
    words = _WORD.findall(title)[1:]
    small = {word.casefold() for word in words if word[0].islower()}
    large = {word.casefold() for word in words if not word[0].islower()}
    return frozenset(large - small) if 2 * len(large) >= len(large | small) else frozenset()


def _needs_text(text: str, article: Related) -> bool:
    """Whether only the article's text, which is not here, can tell part of its title from a name that it uses."""
    shown, title = _bare(text), _bare(article.title)
    heads = (title, *_subtitles(article.title))
    return (
        not article.text.strip()
        and not _ELLIPSIS.search(text)
        and (title.endswith(shown) or any(head.startswith(shown) for head in heads))
    )


def fragment(text: str, title: str) -> bool:
    """Whether the text is the beginning or end of the title, in four words or more, whatever its capitals."""
    shown, real = _bare(text), _bare(title)
    return (
        shown != real
        and shown.count(" ") + 1 >= LEAST_WORDS
        and (real.startswith(shown + " ") or real.endswith(" " + shown))
    )


def subtitled(text: str, title: str) -> bool:
    """Whether the text is the title without its subtitle, or the subtitle alone."""
    return _bare(text) in [_bare(part) for part in _SUBTITLE.split(title)] and not _ELLIPSIS.search(text)


def may_be_title(text: str) -> bool:
    """Whether words can be the title of an article that is not here: few, a capital first, no full stop."""
    bare = text.strip()
    return count_words(bare) <= MOST_WORDS and not bare[:1].islower() and not bare.endswith(".")


@kept
def nearest(case: Case, text: str) -> Related | None:
    """The article, offered or in the archive, whose title is nearly these words."""
    near = next((item for item in case.related if near_title(text, case.document_of(item).title, item.text)), None)
    # Only what can be a title is looked up: a quoted sentence is longer, or ends with a full stop inside a take's own
    # sentence.
    if near is None and case.archive is not None and LEAST_WORDS <= count_words(text) <= MOST_WORDS:
        near = next((item for item in case.archive.titles_like(text) if near_title(text, item.title, item.text)), None)
    return near


def title_mismatch(case: Case) -> Iterator[Hit]:
    """LNK003."""
    own = _bare(case.source.title)
    for field in PROSE:
        for link in case.links(field):
            article = case.target(link)
            if article is None or link.image:
                continue
            words_shown = _plain(link.anchor)
            other = case.title(words_shown)
            if other is not None and (other.id == article.id or other.url == article.url):
                continue
            if other is not None:
                message = f"The link's words are the title of another article; it leads to \u201c{article.title}\u201d."
                yield Hit(message, *_anchor(field, link))
            elif near_title(words_shown, case.document_of(article).title, article.text):
                start = link.anchor_start + link.anchor.index(words_shown)
                spot = Spot(field, start, start + len(words_shown))
                yield _mismatch(case, "The link's words differ from the title", article, spot)
            elif (
                not _capitals(article.title)
                and fragment(words_shown, article.title)
                and not _elsewhere(words_shown, article.title, article.text)
            ):
                # Part of a title without capitals can't be told from words of the writer's own.
                message = f"The link's words are part of the title \u201c{article.title}\u201d."
                hit = Hit(message, *_anchor(field, link), severity="warning")
                yield _told_apart(case, hit, words_shown, article)
        for span in case.quotations[field]:
            inside = any(link.anchor_start <= span.start and span.end <= link.anchor_end for link in case.links(field))
            if inside or _bare(span.text) == own:
                continue
            near = nearest(case, span.text) or _headed(case, field, span)
            if near is not None and case.title(_bare(span.text)) is None:
                end = span.end - (len(span.text) - len(span.text.rstrip(".,;:")))
                yield _mismatch(case, "The title is not complete", near, Spot(field, span.start, end))


def mentioned_not_linked(case: Case) -> Iterator[Hit]:
    """LNK011."""
    linked = {article.id for field in PROSE for link in case.links(field) if (article := case.target(link)) is not None}
    own = _bare(case.source.title)
    for field in PROSE:
        for span in case.quotations[field]:
            if count_words(span.text) < 2 or any(
                link.start <= span.start and span.end <= link.end for link in case.links(field)
            ):
                continue
            if _bare(span.text) == own or _is_ordinary(case, field, span):
                continue
            article = case.title(span.text.rstrip(".,;:")) or nearest(case, span.text)
            if article is not None and article.id not in linked:
                hit = Hit(f"\u201c{article.title}\u201d is named but not linked.", field, span.start, span.end)
                yield hit if _bare(span.text) == _bare(article.title) else _told_apart(case, hit, span.text, article)


def _is_ordinary(case: Case, field: FieldName, span: Quotation) -> bool:
    """Whether what is quoted is a few words in small letters, which the sentence doesn't call a title: "a fresh
    start" is an article's title by chance.
    """
    few = span.text[:1].islower() and count_words(span.text) < LEAST_WORDS
    return few and not _TITLED.search(_around(case, field, span))


def _told_apart(case: Case, hit: Hit, words: str, article: Related) -> Hit:
    """The hit about part of an article's title, if the article's text is here to tell it from a name that it uses."""
    return unless_elsewhere(case, hit, (case.document_of(article),) if _needs_text(words, article) else ())


def _anchor(field: FieldName, link: Link) -> tuple[FieldName, int, int]:
    return field, link.anchor_start, link.anchor_end


def _headed(case: Case, field: FieldName, span: Quotation) -> Related | None:
    """The article whose title contains the words, if the sentence calls them a headline."""
    if not _TITLED.search(_around(case, field, span)):
        return None
    return next((item for item in case.related if fragment(span.text, item.title)), None)


def _around(case: Case, field: FieldName, span: Quotation) -> str:
    """The words beside a quotation."""
    text = case.text(field)
    return f"{text[max(0, span.start - 40) : span.start]} {text[span.end : span.end + 40]}"


def _plain(anchor: str) -> str:
    return anchor.strip().strip("*_\"\u201c\u201d'\u2018\u2019").strip()


def _mismatch(case: Case, what: str, article: Related, spot: Spot) -> Hit:
    """The finding, with the whole title as its fix where that fits as it is."""
    text = case.text(spot.field)
    title = article.title.strip()
    around = text[spot.start - 1 : spot.start] + text[spot.end : spot.end + 1]
    if set(around) & set('"\u201c\u201d\u201e'):
        title = _inner_quotes(title, curly='"' not in around)
    fix = None
    shown = text[spot.start : spot.end]
    if is_named(text, spot.start, spot.end, article.title) and not _is_anothers(case, shown, article):
        fix = safe_fix(text, spot.start, spot.end, re.sub(r"([\[\]*_`<>\\])", r"\\\1", title), kind="title")
    document = next((item for item in case.documents if item.url == article.url), None) or case.document_of(article)
    evidence = document.evidence(0, len(article.title))
    severity: Severity | None = "warning" if subtitled(text[spot.start : spot.end], article.title) else None
    message = f"{what}: \u201c{article.title}\u201d."
    hit = Hit(message, spot.field, spot.start, spot.end, severity=severity, fix=fix, evidence=(evidence,))
    return _told_apart(case, hit, text[spot.start : spot.end], article)


def is_named(text: str, start: int, end: int, title: str) -> bool:
    """Whether the words at a span are meant as a title and claim nothing themselves.

    They are capitalised as the title is, marked as cut, or are where titles are ("See ...", "in ...", "our piece: ...",
    "... was the headline"), between commas, or alone.
    """
    sentence = next((one for one in sentences(text) if one.start <= start and end <= one.end), None)
    if sentence is None:
        return False
    shown = text[start:end]
    before = text[sentence.start : start].rstrip(_MARKS)
    after = _TARGET.sub("", text[end : sentence.end], count=1).lstrip(_MARKS)
    # Capitals show a title, but one alone may be a name's.
    capitals = _capitals(title)
    own = [word for word in _WORD.findall(shown)[1:] if word[0].isupper() and word.casefold() in capitals]
    written_large = len(own) >= 2 and not shown.isupper()
    marked = _ELLIPSIS.search(shown) is not None or shown.isupper()
    cued = _CUE.search(before) is not None or _CUE_AFTER.match(after) is not None
    apart = (not before.strip() or before.rstrip().endswith(",")) and not after.strip(".,;:!? ")
    between = before.rstrip().endswith(",") and after.startswith(",")
    said_by_somebody = not cued and says(before[-_NEAR_BEFORE:])
    return (written_large or marked or cued or apart or between) and not said_by_somebody


def _is_anothers(case: Case, shown: str, article: Related) -> bool:
    """Whether the words are as similar to another article's title as to this one's."""
    known = [*case.related, *(case.archive.titles_like(shown) if case.archive is not None else ())]
    others = {normalise(item.title) for item in known if item.url != article.url} - {normalise(article.title)}
    bare = _bare(shown)
    if _bare(article.title).startswith(bare) and any(_bare(title).startswith(bare) for title in others):
        return True
    return any(fuzz.ratio(bare, _bare(title)) >= fuzz.ratio(bare, _bare(article.title)) for title in others)


def _inner_quotes(title: str, *, curly: bool) -> str:
    """A title as written inside double quotation marks: its own marks become single."""
    opened, closed = ("\u2018", "\u2019") if curly else ("'", "'")
    title = re.sub(r'(?<!\w)["\u201c\u201e](?=\w)', opened, title)
    return re.sub(r'["\u201c\u201d]', closed, title)


RULES = (
    Rule("LNK003", "title-mismatch", "error",
         "A title, in quotation marks or as a link's words, that differs from the article's: cut short (with or "
         "without an ellipsis), a word changed, or another article's title. A title without its subtitle, or part of "
         "a title in lower case, is only a warning.",
         "If the words are meant as a title, give the article's whole title. If they are another article's title, link "
         "to that article. If they are a claim, use your own words.",
         with_first("See [Data centre asks for fifty megawatts](a1)."), SOUND, title_mismatch, safe_fix=True),
    Rule("LNK011", "mentioned-not-linked", "warning",
         "The title of an archive article in quotation marks, without a link.",
         "Link it.",
         Example(summary='Read "The outage ledger" first.', body=PARAGRAPHS[0]), SOUND, mentioned_not_linked),
)  # fmt: skip
