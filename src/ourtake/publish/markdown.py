"""Published Markdown: YAML front matter, then the body with real addresses; what `export` writes and `check` reads."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

import yaml

from ourtake.checks.verdict import line_of
from ourtake.documents import Draft, Related, Source, Take
from ourtake.documents.makers import is_machine, joined, names_in, need_list
from ourtake.errors import InputError
from ourtake.intake.files import yaml_table
from ourtake.intake.source_keys import checked_keys
from ourtake.publish.piece import ExportContext, piece_of
from ourtake.text.plain import plain_line


def render(draft: Draft, context: ExportContext = ExportContext()) -> str:  # noqa: B008
    """The draft's standing take as published Markdown. A link that leads nowhere keeps its words and loses its
    brackets. A killed take leaves without its text.

    Raises InputError when no take was written.
    """
    piece = piece_of(draft, context)
    signed, makers = context.signed, piece.makers
    everybody = (*makers.writers, *makers.rewriters, *makers.editors)
    front = {
        "title": piece.headline if piece.killed else piece.revision.take.headline,
        **({"label": piece.label} if piece.label else {}),
        **({"notices": list(piece.notices)} if piece.notices else {}),
        **({"withdrawn": True} if piece.killed else {}),
        "source": _source(piece.draft.source),
        "summary": piece.summary,
        "tags": list(piece.tags),
        "related": [_listed(item) for item in piece.linked],
        # What the writer was offered and did not link to may still be where a number or a quotation comes from.
        "offered": [_listed(item) for item in piece.offered],
        "reading_minutes": piece.minutes,
        **({"publication": context.publication} if context.publication else {}),
        **({"form": draft.form} if draft.form != "long" else {}),
        "disclosure": {
            "written_by": joined(makers.writers),
            **({"rewritten_by": joined(makers.rewriters)} if makers.rewriters else {}),
            **({"edited_by": joined(makers.editors)} if makers.editors else {}),
            **({"makers": list(everybody)} if need_list(everybody) else {}),
            "reviewed_by": signed.person if signed else None,
            **({"reviewed_on": signed.day} if signed else {}),
            **({"contact": signed.contact} if signed and signed.contact else {}),
            "draft": draft.id,
            "checked": line_of(piece.revision.report),
        },
        "date": piece.revision.created[:10],
    }
    table = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{table}---\n\n{piece.notices[0] if piece.killed else piece.body}\n"


def _source(source: Source) -> dict[str, object]:
    """The source for the front matter. Its text is somebody else's: it is left out, and the key says so."""
    given = {key: getattr(source, key) for key in ("title", "outlet", "url", "published", "blurb")}
    author = {"author": source.author} if source.author else {}
    left_out = source.text_left_out or bool(source.text and source.text.strip())
    return given | author | ({"text_left_out": True} if left_out else {})


def _listed(item: Related) -> dict[str, object]:
    named: dict[str, object] = {"title": item.title, "url": item.url}
    return named | ({"published": item.published} if item.published else {})


class Published(NamedTuple):
    """A published take with what its front matter says about it. `related`: the articles offered, linked to or not.

    `listed`: whether it says which those were; `draft`: the id of its draft; `publication`: the publication's name.
    `form`: "short" where it is a short take. `makers`: who made it, the writers first; empty where it doesn't say.
    """

    take: Take
    source: Source
    related: tuple[Related, ...]
    listed: bool
    draft: str
    publication: str
    form: Literal["long", "short"] = "long"
    makers: tuple[str, ...] = ()


def read(text: str, name: str) -> Published:
    """A published take. Raises InputError naming the file and what is missing."""
    match = re.match(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)(.*)\Z", text.replace("\r\n", "\n"), re.DOTALL)
    if not match:
        raise InputError(
            f"{name} has no front matter.",
            "A published take begins with a line of three dashes, title, source and summary.",
        )
    front = yaml_table(match[1], name, first_line=2)
    if not isinstance(front.get("title"), str) or not isinstance(front.get("source"), dict):
        raise InputError(
            f"{name}: the front matter lacks title or source.", "See `ourtake export --to markdown` for the form."
        )
    given = checked_keys(front["source"], f"{name}: source")
    words = {key: str(given.get(key) or "") for key in ("title", "outlet", "url", "blurb", "author", "text")}
    left_out = {"text_left_out": given.get("text_left_out") is True}
    source = Source.model_validate(words | {"published": given.get("published")} | left_out)
    tags = front.get("tags") if isinstance(front.get("tags"), list | str) else ()
    take = Take(headline=front["title"], summary=str(front.get("summary") or ""), body=match[2].strip("\n"), tags=tags)
    listed = [front[key] for key in ("related", "offered") if isinstance(front.get(key), list)]
    rows = [row for found in listed for row in found if isinstance(row, dict) and row.get("url")]
    related = tuple(_article(row) for row in rows)
    disclosure = front.get("disclosure")
    said = disclosure if isinstance(disclosure, dict) else {}
    form: Literal["long", "short"] = "short" if front.get("form") == "short" else "long"
    draft, publication = str(said.get("draft") or ""), str(front.get("publication") or "")
    return Published(take, source, related, bool(listed), draft, publication, form, _makers(said))


def _makers(disclosure: dict[str, Any]) -> tuple[str, ...]:
    """Who made a published take, its writers first."""
    keys = ("makers",) if disclosure.get("makers") else ("written_by", "rewritten_by", "edited_by")
    given = (disclosure.get(key) for key in keys)
    names = (plain_line(str(name)) for value in given for name in (value if isinstance(value, list) else [value or ""]))
    # Older exports may have a program and a person in one text.
    parted = ((names_in(name) if any(map(is_machine, names_in(name))) else (name,)) for name in filter(None, names))
    return tuple(name for names in parted for name in names)


def _article(row: dict[str, Any]) -> Related:
    url = str(row["url"])
    return Related.model_validate(
        {"id": url, "url": url, "title": str(row.get("title") or ""), "published": row.get("published")}
    )
