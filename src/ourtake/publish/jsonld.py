"""A take as schema.org's OpinionNewsArticle in JSON-LD, as search engines and other programs read it."""

from __future__ import annotations

import json
from typing import Any

from ourtake.documents import Draft
from ourtake.publish.piece import ExportContext, Piece, makers_of, piece_of, utc_time, web_address
from ourtake.publish.rendered import disclosure_sentence, paragraphs_of, plain_words
from ourtake.text.words import count_words

_KINDS = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def render(draft: Draft, context: ExportContext) -> str:
    """The JSON-LD, indented. Raises InputError for a draft without a take."""
    return json.dumps(described(piece_of(draft, context)), ensure_ascii=False, indent=2) + "\n"


def described(piece: Piece) -> dict[str, Any]:
    """The properties of schema.org. Those without a value are left out."""
    context, source = piece.context, piece.draft.source
    name, home = context.publication, web_address(context.url)
    publisher = {"@type": "NewsMediaOrganization", "name": name, "url": home} if name else {}
    author = {"@type": "Person", "name": piece.author} if piece.author else publisher
    text = "" if piece.killed else "\n\n".join(paragraphs_of(piece))
    based_on = {
        "@type": "NewsArticle",
        "headline": source.title,
        "url": piece.source_url,
        "datePublished": source.published,
        "abstract": source.blurb,
        "publisher": {"@type": "Organization", "name": source.outlet},
    }
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "OpinionNewsArticle",
        "identifier": f"urn:ourtake:draft:{piece.draft.id}",
        "headline": piece.headline,
        "abstract": plain_words(piece.summary),
        "articleBody": text,
        "wordCount": count_words(piece.body) or None,
        "timeRequired": "" if piece.killed else f"PT{piece.minutes}M",
        "inLanguage": context.language,
        "keywords": list(piece.tags),
        "dateCreated": utc_time(piece.created),
        "dateModified": utc_time(piece.modified),
        "author": author,
        "publisher": publisher,
        "isBasedOn": based_on,
        "citation": [_cited(item.title, item.url, item.published) for item in piece.linked],
        "backstory": "" if piece.killed else f"A take on {source.outlet}'s story. {disclosure_sentence(piece)}",
        "digitalSourceType": source_kind(piece.draft),
        "creativeWorkStatus": _status(piece),
        "correction": [
            {"@type": "CorrectionComment", "text": one.text, "datePublished": one.day} for one in context.corrections
        ]
        or ([] if piece.killed else [{"@type": "CorrectionComment", "text": text} for text in piece.notices]),
        "usageInfo": piece.label,
    }
    if piece.killed:
        found["description"] = piece.notices[0]
    return {key: _filled(value) for key, value in found.items() if _filled(value)}


def source_kind(draft: Draft) -> str:
    """IPTC's digital source type of the standing take: what made it, model, program or person."""
    makers = makers_of(draft)
    if not makers.programs:
        return f"{_KINDS}digitalCreation"
    if makers.people:
        return f"{_KINDS}{'humanEdits' if makers.without_model else 'compositeWithTrainedAlgorithmicMedia'}"
    return f"{_KINDS}{'algorithmicMedia' if makers.without_model else 'trainedAlgorithmicMedia'}"


def _status(piece: Piece) -> str:
    if piece.killed:
        return "Withdrawn"
    return "Approved" if piece.context.signed else "Draft"


def _cited(title: str, url: str, published: str | None) -> dict[str, Any]:
    return {"@type": "NewsArticle", "headline": title, "url": web_address(url), "datePublished": published}


def _filled(value: Any) -> Any:
    """The value without parts that are empty."""
    if isinstance(value, dict):
        kept = {key: _filled(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner}
    if isinstance(value, list):
        return [_filled(item) for item in value if _filled(item)]
    return value
