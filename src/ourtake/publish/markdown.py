"""Published Markdown: YAML front matter, then the body with real addresses; what `export` writes and `check` reads."""

from __future__ import annotations

import math
import re

import yaml

from ourtake.documents import Draft, Related, Source, Take
from ourtake.errors import InputError
from ourtake.intake.files import yaml_table
from ourtake.intake.source_keys import checked_keys
from ourtake.text.markdown import Link, links, rewritten, visible
from ourtake.text.words import canonical_url, count_words

WORDS_A_MINUTE = 230
"""Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019), rounded down."""


def render(draft: Draft) -> str:
    """The draft's standing take as published Markdown. A link that leads nowhere keeps its words and loses its brackets.

    Raises InputError when no take was written.
    """
    revision = draft.standing()
    if revision is None:
        raise InputError(f"Draft {draft.id} has no take to export: {draft.error or draft.status}.", "Draft it again.")
    take, source = revision.take, draft.source
    body = _without_broken_links(take.body)
    linked = {canonical_url(link.target) for link in links(body)}
    minutes = max(1, math.ceil(count_words(take.summary + "\n\n" + body) / WORDS_A_MINUTE))
    front = {
        "title": take.headline,
        "source": {"title": source.title, "outlet": source.outlet, "url": source.url, "published": source.published, "blurb": source.blurb},
        "summary": _without_broken_links(take.summary),
        "tags": list(take.tags),
        "related": [{"title": item.title, "url": item.url} for item in draft.related if canonical_url(item.url) in linked],
        "reading_minutes": minutes,
        "disclosure": {"written_by": revision.by, "reviewed_by": None, "draft": draft.id},
        "date": revision.created[:10],
    }
    return "---\n" + yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000) + "---\n\n" + body.strip() + "\n"


def _without_broken_links(text: str) -> str:
    def change(link: Link) -> str:
        web = not link.image and re.match(r"https?://", link.target)
        return text[link.start : link.end] if web else visible(link.anchor)

    return rewritten(text, change)


def read(text: str, name: str) -> tuple[Take, Source, tuple[Related, ...]]:
    """A published take, its source and its related articles. Raises InputError naming the file and what is missing."""
    match = re.match(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)(.*)\Z", text.replace("\r\n", "\n"), re.DOTALL)
    if not match:
        raise InputError(f"{name} has no front matter.", "A published take begins with a line of three dashes, title, source and summary.")
    front = yaml_table(match[1], name, first_line=2)
    if not isinstance(front.get("title"), str) or not isinstance(front.get("source"), dict):
        raise InputError(f"{name}: the front matter lacks title or source.", "See `ourtake export --to markdown` for the form.")
    given = checked_keys(front["source"], f"{name}: source")
    source = Source.model_validate(
        {key: str(given.get(key) or "") for key in ("title", "outlet", "url", "blurb")} | {"published": given.get("published")}
    )
    tags = front.get("tags") if isinstance(front.get("tags"), list | str) else ()
    take = Take(headline=front["title"], summary=str(front.get("summary") or ""), body=match[2].strip("\n"), tags=tags)
    listed = front.get("related")
    rows = [row for row in (listed if isinstance(listed, list) else []) if isinstance(row, dict) and row.get("url")]
    related = tuple(Related(id=str(row["url"]), url=str(row["url"]), title=str(row.get("title") or "")) for row in rows)
    return take, source, related
