"""How many links a take has, to how many articles, and where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ourtake.checks.base import PROSE, Case, Example, Hit, Rule, whole
from ourtake.checks.examples import PARAGRAPHS, SOUND, with_first
from ourtake.checks.fixes import safe_fix
from ourtake.checks.links.titles import nearest
from ourtake.documents import FieldName, Related, Severity
from ourtake.text.counts import count_of
from ourtake.text.markdown import Link
from ourtake.text.parsed import kept
from ourtake.text.words import normalise

_WEAK = frozenset(
    "here|this|this article|this piece|this story|article|link|more|read more|click here|this link|our article|"
    "the article|source|story|post".split("|")
)


def is_weak(anchor: str) -> bool:
    """Whether a link's words don't say where it leads."""
    return normalise(anchor).strip(" .,:;!") in _WEAK or not anchor.strip()


def all_links(case: Case) -> Iterator[tuple[FieldName, Link]]:
    """Every link with its field, summary first."""
    for field in PROSE:
        for link in case.links(field):
            yield field, link


@kept
def archive_links(case: Case) -> tuple[tuple[FieldName, Link, Related], ...]:
    """Links that lead to an article of the archive."""
    found = [(field, link, case.target(link)) for field, link in all_links(case)]
    return tuple((field, link, article) for field, link, article in found if article is not None)


@kept
def linked_ids(case: Case) -> frozenset[str]:
    """The articles of the archive that the take links to."""
    return frozenset(article.id for _, _, article in archive_links(case))


def too_few(case: Case) -> Iterator[Hit]:
    """LNK004."""
    count, wanted, offered = len(archive_links(case)), case.settings.take.links, len(case.related)
    if count >= wanted.low:
        return
    # A plan read the articles: one that gave its angle no fact has nothing to say in this take.
    told = {fact.document for fact in case.facts}
    useful = {article.id for article in case.related if not told or article.handle in told or article.id in told}
    left_out = len(useful - linked_ids(case))
    severity: Severity = "info"
    if any(case.unread_address(link) is not None for _, link in all_links(case)):
        message = "Could not check: links may lead to the archive, which is not available."
    elif not case.listed:
        message = "Could not check: it is not known which articles were offered."
    elif not offered:
        if count:
            return
        message = "The take has no links: no related article was good enough to be offered."
    elif offered < max(wanted.floor, count + 1):
        message = (
            f"{count_of(count, 'link')}; only {count_of(offered, 'related article was', 'related articles were')} "
            "good enough."
        )
    elif left_out:
        limit, severity = (wanted.floor, "error") if count < wanted.floor else (wanted.low, "warning")
        least = min(limit, count + left_out)
        message = (
            f"{count_of(count, 'link')} to the archive; at least {count_of(least, 'is', 'are')} wanted and "
            f"{count_of(offered, 'was', 'were')} offered."
        )
    else:
        severity = "warning" if count < wanted.floor and not told else "info"
        few = f"only {len(useful)} of {count_of(offered, 'article')}" if useful else "none of the articles offered"
        message = f"{count_of(count, 'link')}; {few} gave the angle a fact."
    yield Hit(message, *whole(case, "body"), severity=severity)


def too_many(case: Case) -> Iterator[Hit]:
    """LNK005."""
    count, wanted = len(list(all_links(case))), case.settings.take.links
    if count > wanted.high:
        severity: Severity = "error" if count > wanted.ceiling else "warning"
        yield Hit(
            f"{count_of(count, 'link')}; at most {wanted.high} are wanted.", *whole(case, "body"), severity=severity
        )


def repeated_target(case: Case) -> Iterator[Hit]:
    """LNK006."""
    seen: Counter[str] = Counter()
    for field, link, article in archive_links(case):
        seen[article.id] += 1
        if seen[article.id] > case.settings.take.links_per_target:
            fix = safe_fix(case.text(field), link.start, link.end, link.anchor, kind="unlink")
            if link.image or _is_at_fault(case, link, article):
                fix = None
            message = f"\u201c{article.title}\u201d is linked {seen[article.id]} times."
            yield Hit(message, field, link.start, link.end, fix=fix)


def _is_at_fault(case: Case, link: Link, article: Related) -> bool:
    """Whether a link's words are wrong themselves ("here", a title cut short, another's title), which unlinking would
    hide.
    """
    other = case.title(link.anchor)
    anothers = other is not None and other.id != article.id
    return anothers or is_weak(link.anchor) or nearest(case, link.anchor) is not None


def bunched(case: Case) -> Iterator[Hit]:
    """LNK007."""
    inside = [
        link for link in case.links("body") if case.target(link) is not None or case.unread_address(link) is not None
    ]
    if len(inside) < 3 or len(case.blocks) < 2:
        return
    for _, block in case.blocks:
        if all(block.start <= link.start < block.end for link in inside):
            yield Hit(f"All {count_of(len(inside), 'link')} are in one paragraph.", "body", block.start, block.end)


_TWO = "The grid again: [our account of the grid and its electricity](a1)."
_ONE = (PARAGRAPHS[0] + "[Who pays when the grid waits](a2) and [The outage ledger](a3).", "Nothing else is linked?")
RULES = (
    Rule("LNK004", "too-few", "error",
         "Fewer links than wanted, although enough articles were offered. If the take links to each article that "
         "gave its angle a fact, this is only a note: the others have nothing to add.",
         "Add a link to an article where it is relevant to a sentence.",
         Example(body="Nothing is linked?"), SOUND, too_few),
    Rule("LNK005", "too-many", "warning",
         "More links than wanted. Above the ceiling of [take] links, it is an error.",
         "Keep the best ones.",
         with_first("[a b](a1) [c d](a1) [e f](a1)"), SOUND, too_many),
    Rule("LNK006", "repeated-target", "warning",
         "More links to one article than wanted.",
         "Keep one of them.",
         with_first(_TWO), SOUND, repeated_target, safe_fix=True),
    Rule("LNK007", "bunched", "warning",
         "All links in one paragraph.",
         "Spread them over several paragraphs.",
         Example(body="\n\n".join(_ONE)), SOUND, bunched),
)  # fmt: skip
