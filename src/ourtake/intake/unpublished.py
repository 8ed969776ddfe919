"""Why front matter, a JSON object or a text is not a published article. Web pages are in page_kind.py.

A reason ends in a full stop. Reasons are counted by the words before a bracket, because what is in the bracket differs.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ourtake.intake.dates import read_date
from ourtake.intake.not_found import Page, says_missing

A_DRAFT = "a draft."
A_STUB = "a paywalled stub."
MISSING = "a page that says that it is missing."

_HIDDEN_STATUS = frozenset(
    "draft drafts auto-draft pending private hidden skip trash trashed deleted unpublished scheduled future embargoed "
    "review in-review wip in-progress unlisted entwurf brouillon borrador bozza rascunho concept utkast kladde".split()
)
_LISTS = frozenset(
    "home tag tags category categories archive archives author search taxonomy term terms list redirect 404".split()
)
"""Layouts of pages that list other pages, and of pages without content."""

_STATUSES = ("status", "state", "visibility", "poststatus", "publishstatus", "workflow", "workflowstate", "stage")
_HELD_BACK = ("embargo", "publishon", "publishafter", "golive", "scheduled", "scheduledfor")
_ENDS = ("expirydate", "unpublishdate", "unpublishon")
"""Keys without signs in them, in lower case: until when a text is not published, and from when no more."""

_DATES = "published publishdate publish_date date pubdate published_at publishedat datepublished date_published".split()
"""Keys, in lower case, under which files and lines say when they were published."""

_REDIRECTS = ("redirect_to", "redirect", "redirect_url", "redirectto", "redirecturl")
_LATEST_ZONE = datetime.timedelta(hours=14)

STUB_WORDS = 300
"""A text of more words is an article, even if it asks its readers to subscribe."""

_LONGEST_WORDS = 20
"""Characters that a word takes at most on average: a longer text isn't split into words to be counted."""

_CONTINUE = (
    r"(?:continue|keep|finish)\s+reading|unlock\b"
    r"|read\s+(?:on\b|the\s+(?:full|rest|whole|entire)\b|this\s+(?:article|story|post))"
)
_PAYWALL = re.compile(
    r"\b(?:subscribe|sign\s+in|log\s*in|register|upgrade|join|become\s+a\s+(?:paid\s+)?(?:member|subscriber))\b"
    rf"[^.!?\n]{{0,60}}\b(?:to|and)\s+(?:{_CONTINUE})"
    r"|\bto\s+(?:continue|keep)\s+reading\W{1,3}[^.!?\n]{0,40}\b(?:subscribe|sign\s+in|log\s*in|register|join|become)\b"
    r"|\bthis\s+(?:article|story|post|content|page)\s+is\s+(?:only\s+)?"
    r"(?:for|available\s+(?:only\s+)?to|reserved\s+for|exclusive\s+to)\s+"
    r"(?:[\w-]+\s+){0,2}(?:subscribers|members)"
    r"|\babonnieren\b[^.!?\n]{0,40}\bweiterlesen|\bweiterlesen\s+mit\b|\bnur\s+f\u00fcr\s+abonnent"
    r"|\br\u00e9serv\u00e9e?s?\s+(?:\u00e0\s+nos|aux)\s+abonn\u00e9s|\babonnez-vous\s+pour\s+(?:lire|continuer)"
    r"|\bsuscr[i\u00ed]bete\s+para\s+(?:seguir|continuar)|\bsolo\s+para\s+suscriptores"
    r"|\babb[o\u00f2]nati\s+per\s+(?:continuare|leggere)"
    r"|\bassine\s+para\s+(?:continuar|ler)|\bexclusivo\s+para\s+assinantes"
    r"|\babonneer\b[^.!?\n]{0,30}\bverder\b|\balleen\s+voor\s+abonnees",
    re.IGNORECASE,
)
_END = 600
"""Characters at the end of a text where a paywall's request is looked for."""


def why_unpublished(given: Mapping[str, Any], *, ahead: bool = False) -> str | None:
    """Why a table (front matter, a line of JSON) is not a published article, by its keys; None if nothing says so.

    `ahead`: its `published` may be in the future.
    """
    keys = {str(key).lower(): value for key, value in given.items()}
    keys |= {plain: value for key, value in keys.items() if (plain := _plain(key)) not in keys}
    said = (re.sub(r"[\s_]+", "-", str(keys.get(key) or "").strip().lower()) for key in _STATUSES)
    status = next((word for word in said if word in _HIDDEN_STATUS), "")
    build = keys.get("build") or keys.get("_build")
    render = build.get("render") if isinstance(build, dict) else None
    moved = next((keys[key] for key in _REDIRECTS if isinstance(keys.get(key), str) and keys[key].strip()), None)
    if any(_is_yes(keys.get(key)) for key in ("draft", "isdraft", "wip", "unpublished")) or status == "draft":
        return A_DRAFT
    if any(_is_no(keys.get(key)) for key in ("published", "publish", "ispublished", "public")):
        return A_DRAFT
    if _is_yes(keys.get("private")) or str(keys.get("password") or "").strip():
        return "not published (private)."
    if status in _HIDDEN_STATUS:
        return f"not published (status: {status})."
    if moved:
        return f"a redirect (to {moved.strip()[:200]})."
    unlisted = any(_is_yes(keys.get(key)) for key in ("noindex", "unlisted", "hidden")) or _is_no(keys.get("listed"))
    if unlisted or forbids_index(keys.get("robots")):
        return "kept from search engines (noindex)."
    if off := _kept_from_lists(keys, build):
        return f"kept from search engines ({off})."
    if _is_yes(keys.get("headless")) or _is_no(render) or render == "never":
        return "not made into a page (headless)."
    dates = [key for key in _DATES if key != "published"] if ahead else _DATES
    return _by_dates(keys, given, (*dates, *_HELD_BACK))


def _plain(key: object) -> str:
    """A key without signs, in lower case."""
    return re.sub(r"[\W_]+", "", str(key).lower())


def is_paid(given: Mapping[str, Any]) -> bool:
    """Whether a table says that readers have to pay for its text. A short one is then taken for a stub (`is_stub`)."""
    keys = {_plain(key): value for key, value in given.items()}
    closed = any(_is_no(keys.get(key)) for key in ("isaccessibleforfree", "accessibleforfree"))
    return closed or any(_is_yes(keys.get(key)) for key in ("paywall", "paywalled", "ispaywalled", "premium"))


_DRAFTS = frozenset(
    "_drafts drafts _draft unpublished entwürfe entwuerfe brouillons borradores bozze rascunhos concepten".split()
)
_UNDATED_DRAFTS = "draft"
"""A folder whose files without a date are drafts. Those with one may be of a section: the draft of a league."""

_TAG_FOLDERS = frozenset(("tag", "tags", "category", "categories"))
"""Folders whose files without a date are pages that list articles."""


def why_not_a_post(
    front: Mapping[str, Any], folders: tuple[str, ...], stem: str, title: str, *, dated: bool = False
) -> str | None:
    """Why a file of a Markdown site is not an article: by its folders, its layout, its name, its title.

    `dated`: the file's name says when it was published, so it doesn't list articles, and isn't a draft by its folder's
    name "draft".
    """
    layout = {str(front.get(key) or "").lower() for key in ("layout", "type")} & _LISTS
    undated = not dated and not any(str(key).lower() in _DATES and value for key, value in front.items())
    within = {folder.casefold() for folder in folders}
    if _DRAFTS & within or (undated and _UNDATED_DRAFTS in within) or stem.casefold().endswith(".draft"):
        return A_DRAFT
    if stem == "404" or "404" in layout or says_missing(Page((title,), ""), ""):
        return MISSING
    if front.get("permalink") is False:
        return "not published (permalink: false)."
    if stem == "_index":
        return "a section's page, not an article."
    if undated and folders and folders[-1].lower() in _TAG_FOLDERS:
        return "a tag page, not an article."
    if undated and stem == "index" and not folders:
        return "the home page."
    return f"a page of another kind (layout: {min(layout)})." if layout else None


def is_future(written: object, now: datetime.datetime | None = None) -> bool:
    """Whether a readable date is still in the future everywhere on Earth."""
    now = now or datetime.datetime.now(datetime.UTC)
    found = read_date(written)
    if found is None:
        return False
    moment = datetime.datetime.fromisoformat(found)
    return moment > now if moment.tzinfo else moment > (now + _LATEST_ZONE).replace(tzinfo=None)


def is_stub(text: str, shown: str = "", *, paid: bool = False) -> bool:
    """Whether a text is short and ends by asking for a subscription, or is short and marked as `paid`.

    `shown`: all words of its page, since such a box is often left out of the text. A whole text is an article, whoever
    has to pay for it.
    """
    if len(text) > STUB_WORDS * _LONGEST_WORDS or len(text.split()) >= STUB_WORDS:
        return False
    return paid or bool(_PAYWALL.search(text[-_END:]) or _PAYWALL.search(shown))


def forbids_index(robots: object) -> bool:
    """Whether a robots rule keeps a page out of indexes; it may be for one robot only ("googlebot: noindex")."""
    return bool(set(re.split(r"[\s,:;]+", str(robots or "").lower())) & {"noindex", "none"})


def _kept_from_lists(keys: Mapping[str, Any], build: object) -> str:
    """The setting by which a page is in none of its site's own lists, such as the sitemap; "" if there is none."""
    given = keys.get("sitemap")
    excluded = isinstance(given, dict) and any(_is_yes(given.get(key)) for key in ("disable", "exclude", "ignore"))
    if _is_no(given) or excluded or any(_is_yes(keys.get(key)) for key in ("sitemap_exclude", "sitemapexclude")):
        return "sitemap: false"
    listed = build.get("list") if isinstance(build, dict) else None
    return "build.list: never" if _is_no(listed) or listed == "never" else ""


def _by_dates(keys: Mapping[str, Any], given: Mapping[str, Any], dates: Iterable[str]) -> str | None:
    """Why a text is not published at this time; `given`: the table with its keys as they were written."""
    now = datetime.datetime.now(datetime.UTC)
    for key in dates:
        if is_future(keys.get(key), now):
            return f"not published yet ({_written(key, given)} {read_date(keys[key])})."
    for key in _ENDS:
        if read_date(keys.get(key)) and not is_future(keys[key], now):
            return f"not published any more ({_written(key, given)} {read_date(keys[key])})."
    return None


def _written(key: str, given: Mapping[str, Any]) -> str:
    """A key as the table has it."""
    return next((str(name) for name in given if key in (str(name).lower(), _plain(name))), key)


def _is_yes(value: object) -> bool:
    return (
        value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in ("true", "yes", "on", "1"))
    )


def _is_no(value: object) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() in ("false", "no", "off"))
