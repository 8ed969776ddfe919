"""Which format a document is in, by how it begins: names and content types are often wrong."""

from __future__ import annotations

import re

from ourtake.intake.encoding import encoding_of
from ourtake.intake.splitting import root_of

HEAD = 1 << 16
"""Bytes that are enough to tell."""


def format_of(head: bytes, content_type: str = "") -> str | None:
    """rss, atom, sitemap, wxr, jsonl, html, or None; `head` is unpacked."""
    text = head.decode(encoding_of(head[:4096], content_type), "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return "jsonl"
    if re.match(r"https?://\S+\s*(?:\n|\Z)", text):
        return "sitemap"
    if not text.startswith("<"):
        return None
    root = root_of(text)
    name = re.split(r"[\s>/]", root[1:], maxsplit=1)[0].rsplit(":", 1)[-1].lower()
    if name == "rss" and ("wordpress.org/export/" in text or "<wp:wxr_version>" in text):
        return "wxr"
    known = {"rss": "rss", "rdf": "rss", "feed": "atom", "urlset": "sitemap", "sitemapindex": "sitemap", "html": "html"}
    if name in known:
        return known[name]
    return "html" if re.search(r"<(?:!doctype html|html|head|body|title)\b", text, re.IGNORECASE) else None
