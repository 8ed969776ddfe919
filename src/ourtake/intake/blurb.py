"""A blurb for a story that brings none: its first sentences."""

from __future__ import annotations

from ourtake.text.sentences import sentences

BLURB_WORDS = 60


def first_sentences(text: str) -> str:
    """The first sentences of a Markdown text, up to about BLURB_WORDS words, without headings and lists."""
    kept: list[str] = []
    for paragraph in text.split("\n\n"):
        if paragraph.startswith(("#", "-", ">", "```", "|")):
            continue
        for span in sentences(paragraph):
            if kept and len(" ".join([*kept, span.text]).split()) > BLURB_WORDS:
                return " ".join(kept)
            kept.append(" ".join(span.text.split()))
    return " ".join(kept)
