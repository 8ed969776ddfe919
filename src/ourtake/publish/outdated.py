"""Takes that link to an article which was corrected, changed or taken back since: they may repeat what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ourtake.documents import Article, Draft, Related
from ourtake.publish.piece import ExportContext, piece_of
from ourtake.text.markdown import visible
from ourtake.text.retracted import retraction
from ourtake.text.words import canonical_url, normalise, words
from ourtake.values import day_of

if TYPE_CHECKING:
    from ourtake.store import Store

_TAKEN_BACK = {"corrected": "was corrected", "killed": "was withdrawn"}


class Outdated(NamedTuple):
    """A draft whose take links to an article of which `why` is true, as "was updated on 2026-09-20"."""

    draft_id: str
    headline: str
    url: str
    title: str
    why: str


def outdated_takes(store: Store, drafts: Iterable[Draft], *, publication: str) -> Iterator[Outdated]:
    """Every link of these drafts' takes to an article that changed since the take was written.

    `publication`: its name, under which an article may say that it was retracted.
    """
    drafts = [draft for draft in drafts if draft.standing() is not None]
    taken_back = _taken_back(store, drafts)
    filled = store.count_articles() > 0
    for draft in drafts:
        if draft.review is not None and draft.review.state in ("killed", "rejected"):
            continue
        piece = piece_of(draft, ExportContext())
        for item in piece.linked:
            article = store.article(item.id) or store.article(item.url)
            if article is None and not filled:
                continue  # a store without an archive says nothing about articles
            if why := _why(item, article, draft, taken_back, publication):
                yield Outdated(draft.id, piece.headline, item.url, item.title, why)


def _taken_back(store: Store, drafts: Iterable[Draft]) -> dict[str, str]:
    """The addresses of our own posts that were corrected or killed, with what happened."""
    found = {}
    for draft in drafts:
        if draft.review is not None and draft.review.state in _TAKEN_BACK:
            why = f"{_TAKEN_BACK[draft.review.state]} on {draft.review.since[:10]}"
            found.update({canonical_url(post.url): why for post in store.posts.of_draft(draft.id)})
    return found


def _why(item: Related, article: Article | None, draft: Draft, taken_back: Mapping[str, str], publication: str) -> str:
    """What happened to an article since the take was written; "" for nothing that is known."""
    if why := taken_back.get(canonical_url(item.url)):
        return why
    if article is None:
        return "is no longer in the archive"
    if said := retraction(article.title, article.text, article.model_extra, publication=publication):
        return f"was retracted (\u201c{shortened(said)}\u201d)"
    revision = draft.standing()
    written = day_of(revision.created) if revision is not None else None
    changed = day_of(article.updated)
    if written and changed and changed > written:
        return f"was updated on {changed}"
    if normalise(article.title) != normalise(item.title):
        return f"is now titled \u201c{article.title}\u201d"
    text = _words(article.text)
    if any(_words(part) not in text for part in item.passage.split("\u2026")):
        return "no longer has the passage that the take's writer was shown"
    for words_of_it in _evidence_of(draft, item):
        if _words(words_of_it) not in text:
            return f"no longer says “{shortened(words_of_it)}”, which a claim of the take rests on"
    if item.text and _words(item.text) != text:
        return "has a different text now"
    return ""


def _evidence_of(draft: Draft, item: Related) -> Iterator[str]:
    """The words of an article's text beside which claims of the take were checked, or decided by a person."""
    revision = draft.standing()
    for claim in revision.report.claims if revision is not None else ():
        for one in claim.evidence:
            if one.document in (item.id, item.handle) and one.field == "text":
                yield one.text


def shortened(text: str, most: int = 120) -> str:
    """A text as one line, cut between words where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rpartition(' ')[0] or line[: most - 1]}…"


def _words(text: str) -> str:
    """The words alone: a passage is shown without the marks and breaks of its text."""
    return " ".join(words(normalise(visible(text))))
