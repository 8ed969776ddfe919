"""A take as ninjs 3.1, IPTC's JSON for news, as agencies and newsroom systems exchange it."""

from __future__ import annotations

import json
from typing import Any

from ourtake.documents import Draft
from ourtake.publish.html import text_blocks
from ourtake.publish.jsonld import source_kind
from ourtake.publish.piece import ExportContext, Piece, piece_of, utc_time, web_address
from ourtake.publish.rendered import disclosure_sentence, paragraphs_of, plain_words
from ourtake.text.words import count_words

SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"


def render(draft: Draft, context: ExportContext) -> str:
    """The document, indented. Raises InputError for a draft without a take."""
    return json.dumps(_document(piece_of(draft, context)), ensure_ascii=False, indent=2) + "\n"


def _document(piece: Piece) -> dict[str, Any]:
    draft, context = piece.draft, piece.context
    found: dict[str, Any] = {
        "standard": {"name": "ninjs", "version": "3.1", "schema": SCHEMA},
        "uri": f"urn:ourtake:draft:{draft.id}",
        "type": "text",
        "representationType": "full",
        "version": str(piece.revision.number),
        "firstCreated": utc_time(piece.created),
        "versionCreated": utc_time(piece.modified),
        # "canceled": receivers must stop using it. "withheld": not approved, so not to be published as it is.
        "pubStatus": "canceled" if piece.killed else "usable" if context.signed else "withheld",
        "language": context.language,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": piece.headline}],
        "edNote": _note(piece),
        "by": piece.author or context.publication,
        "genres": [{"name": "Opinion", "uri": "http://cv.iptc.org/newscodes/genre/Opinion"}],
        "digitalSourceType": {"uri": source_kind(draft)},
        "infoSources": [_source(piece)],
        "copyrightHolder": context.publication,
    }
    if not piece.killed:
        found |= _text(piece)
    return {key: value for key, value in found.items() if value}


def _text(piece: Piece) -> dict[str, Any]:
    plain = "\n\n".join(paragraphs_of(piece))
    rich = "\n".join(block.html for block in text_blocks(piece))
    words = count_words(piece.body)
    return {
        "descriptions": [{"role": "summary", "contentType": "text/plain", "value": plain_words(piece.summary)}],
        "bodies": [
            {
                "role": "main",
                "contentType": "text/plain",
                "charCount": len(plain),
                "wordCount": words,
                "value": plain,
            },
            {"role": "richtext", "contentType": "text/html", "wordCount": words, "value": rich},
        ],
        "subjects": [{"name": tag, "rel": "about"} for tag in piece.tags],
        "associations": [
            {"name": item.title, "rel": "seeAlso", "uri": web_address(item.url), "type": "text"}
            for item in piece.linked
        ],
    }


def _note(piece: Piece) -> str:
    said = [piece.label, *piece.notices] if piece.killed else [piece.label, *piece.notices, disclosure_sentence(piece)]
    return " ".join(filter(None, said))


def _source(piece: Piece) -> dict[str, str]:
    source = piece.draft.source
    address = {"uri": piece.source_url} if piece.source_url else {}
    return {"name": source.outlet, "role": "originated-from", "literal": source.title} | address
