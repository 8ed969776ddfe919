"""LNK012 to LNK015: what is behind the addresses of a take, if somebody looked (`check --online`). Otherwise these
rules find nothing.

A link is dead only if that is certain: 404, 410, a host name that does not exist, or a page that says itself that it is
not there. A host that refuses us, is down or too slow is "could not check": neither dead nor fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from ourtake.checks.base import Case, Example, Hit, Rule
from ourtake.checks.examples import RELATED, SOUND
from ourtake.checks.links.counts import all_links
from ourtake.documents import FieldName, LinkCheck, Related, Severity
from ourtake.text.markdown import Link
from ourtake.text.titles import same_title
from ourtake.text.words import canonical_url


def addresses(case: Case) -> dict[str, str]:
    """The web addresses that a take leads to, each with the title of its article ("" for one outside the archive)."""
    found: dict[str, str] = {}
    for _, link in all_links(case):
        article = case.target(link)
        url = article.url if article is not None else link.target
        if url.lower().startswith(("http://", "https://")):
            found[url] = article.title if article is not None else ""
    return found


def _looked_at(case: Case) -> Iterator[tuple[FieldName, Link, Related | None, LinkCheck]]:
    for field, link in all_links(case) if case.live else ():
        article = case.target(link)
        found = case.live.get(canonical_url(article.url if article is not None else link.target))
        if found is not None:
            yield field, link, article, found


def _when(found: LinkCheck) -> str:
    return f" (checked {found.checked[:16].replace('T', ' ')} UTC)" if found.checked else ""


def dead(case: Case) -> Iterator[Hit]:
    """LNK012."""
    for field, link, _, found in _looked_at(case):
        if found.status == "dead":
            yield Hit(f"{found.url} is dead: {found.reason}{_when(found)}.", field, link.start, link.end)


def redirected(case: Case) -> Iterator[Hit]:
    """LNK013."""
    for field, link, _, found in _looked_at(case):
        if found.status == "ok" and found.final is not None and found.final != found.url:
            # https for http or a slash at the end is the same page: not worth a warning.
            soft: Severity | None = "info" if canonical_url(found.final) == canonical_url(found.url) else None
            message = f"{found.url} redirects to {found.final}{_when(found)}."
            yield Hit(message, field, link.start, link.end, severity=soft)


def content_changed(case: Case) -> Iterator[Hit]:
    """LNK014."""
    for field, link, article, found in _looked_at(case):
        known = article.title if article is not None else ""
        if known and found.status == "ok" and found.title and not same_title(known, found.title):
            titles = f"\u201c{found.title}\u201d; in the archive it is \u201c{known}\u201d"
            yield Hit(f"The page's title is now {titles}{_when(found)}.", field, link.start, link.end)


def could_not_check(case: Case) -> Iterator[Hit]:
    """LNK015."""
    for field, link, _, found in _looked_at(case):
        if found.status == "could-not-check":
            yield Hit(f"Could not check {found.url}: {found.reason}{_when(found)}.", field, link.start, link.end)


_FIRST = LinkCheck(
    url=RELATED[0].url, status="ok", code=200, final=RELATED[0].url, title=f"{RELATED[0].title} | The Lantern Quarter"
)
_FINE = SOUND._replace(live=(_FIRST,))


def _after_a_look(**changed: object) -> Example:
    return SOUND._replace(live=(_FIRST.model_copy(update=changed),))


RULES = (
    Rule("LNK012", "dead", "error",
         "A link to a page that does not exist: a 404 or 410, an unknown host, or a page that says so. Only with "
         "--online.",
         "Link to where the article is now, or remove the link.",
         _after_a_look(status="dead", code=404, reason="the server answers 404 (there is no such page)"), _FINE, dead),
    Rule("LNK013", "redirected", "warning",
         "A link that redirects to another address. Only with --online.",
         "Link to that address if it is still the same article.",
         _after_a_look(final="https://lanternquarter.example/2025/forty-megawatts"), _FINE, redirected),
    Rule("LNK014", "content-changed", "warning",
         "A page whose title is no longer the one in the archive. Only with --online.",
         "Read the page: if it is still the article, import it again; if not, link elsewhere.",
         _after_a_look(title="Casino bonuses of the week"), _FINE, content_changed),
    Rule("LNK015", "could-not-check", "info",
         "A link that could not be checked: the host refuses, is down, is too slow or may not be contacted. Only with "
         "--online.",
         "Open it yourself, or check again later.",
         _after_a_look(status="could-not-check", code=403, reason="the server answers 403 (it refuses access)"), _FINE,
         could_not_check),
)  # fmt: skip
