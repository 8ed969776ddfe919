"""The gate between a model's words and a take: handles become the archive's own addresses, every other address goes.

It does not guess which addresses are harmful. A link may lead to an article that was offered, or to a single plain word (a handle that nobody
offered, which rule LNK001 finds); whatever else stands where a target stands becomes `removed-address`, which rule SAF004 finds and repair
mends. Before it looks, it takes off what hides an address from a reader of characters and not from a browser: character references,
invisible characters, escapes, HTML. A bare host name without a path ("Booking.com") is a name and stays.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from ourtake.documents import Related, handle_map
from ourtake.text.markdown import Link, definitions, links, rewritten
from ourtake.text.words import canonical_url
from ourtake.values import clean_text

REMOVED = "removed-address"
_MARK = f"[address removed]({REMOVED})"

_REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,6}|#\d{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
# The joiners U+200C and U+200D stay: Persian and emoji need them, and no browser reads an address across one.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
_ESCAPED_SIGN = re.compile(r"\\([:/@])|(?<!\d)\\(\.)")
_BRACED_HANDLE = re.compile(r"\(\s*<([A-Za-z0-9_-]+)>")
_FORMATTING = re.compile(r"</?(?:b|i|u|em|strong|p|br|small|mark|sub|sup|q|cite)\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|<[!?/]?[A-Za-z\[][^<>]*>", re.DOTALL)
_TAG_START = re.compile(r"(?<!\\)<(?=[A-Za-z/!?])")
_SIGNS = re.compile(r"[\[\]()<>!]")
_DEEPEST = 3
"""Images inside links are followed so deep; nobody writes them deeper but to break a parser."""

_WORD = re.compile(r"[A-Za-z0-9_-]*")
_REST = r"[^\s<>\"')\]\x00]"
_ADDRESS = re.compile(
    rf"(?:\b[a-z][a-z0-9+.-]{{1,20}}:)?(?://|\\\\){_REST}+|\bhttps?:{_REST}+|\bwww\.{_REST}+"
    rf"|\b(?:javascript|vbscript|mailto|blob|tel|sms|xmpp):{_REST}+|\bdata:[a-z/;,]{_REST}*[/;,]{_REST}*|\bfile:/{_REST}*"
    rf"|\b[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+|\b(?:[a-z0-9-]{{1,63}}\.){{1,8}}[a-z]{{2,24}}/{_REST}+",
    re.IGNORECASE,
)
_MAY_BE_ADDRESS = re.compile(r"[/@\\]|:(?=\S)|www\.", re.IGNORECASE)
"""Nothing that _ADDRESS finds is without one of these; it is much the faster of the two."""


def to_addresses(text: str, related: Sequence[Related]) -> str:
    """A model's Markdown with each known handle turned into its article's address, and every other address turned into `removed-address`."""
    known = handle_map(list(related))
    by_address = {canonical_url(item.url): item for item in known.values()}
    kept: list[str] = []

    def change(link: Link) -> str:
        words = to_words(link.anchor)
        hidden = words != link.anchor and _holds_address(link.anchor)
        article = known.get(link.target.strip().strip("#[]").lower()) or by_address.get(canonical_url(link.target))
        if article is not None and not link.image and not hidden:
            # A mark that no model can write (control characters were taken out) keeps the archive's own address from the sweep below.
            kept.append(escaped(article.url))
            return f"[{words}](\x00{len(kept) - 1}\x00)"
        if link.image or hidden or not _WORD.fullmatch(link.target):
            return f"[{words or 'address removed'}]({REMOVED})"
        return f"[{words}]({link.target})"

    text = _unmasked(text)
    if "<" in text:
        text = _BRACED_HANDLE.sub(r"(\1", text)
        text = _TAG_START.sub(r"\\<", _TAG.sub(_MARK, _FORMATTING.sub("", text)))
    defined = definitions(text)
    text = rewritten(text, change)
    for span, target in reversed(defined if "]:" in text else []):
        if target.lower() in known:
            text = text.replace(span.text, "", 1)
    # What is left of definitions is no definition any more, wherever a parser might see one.
    text = _swept(text.replace("]:", "]\\:"), _MARK)
    text = re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], text)
    if "![" in text:
        # All images are gone by now: an exclamation mark that came to stand before a link must not make it one.
        for link in reversed([found for found in links(text) if found.image]):
            text = f"{text[: link.start]}\\{text[link.start :]}"
    return text


def to_words(text: str, *, depth: int = 0) -> str:
    """A model's text for a place where Markdown has no business (a headline, a tag, a link's words): links keep their words, addresses go."""
    text = _unmasked(text)
    if "<" in text:
        text = _TAG.sub("", text)
    if depth == _DEEPEST:
        text = _SIGNS.sub(" ", text)
    elif "[" in text:
        text = rewritten(text, lambda link: to_words(link.anchor, depth=depth + 1))
    return _swept(text, "").strip()


def to_handles(text: str, related: Sequence[Related]) -> str:
    """The opposite: addresses of offered articles back to handles, as the model is shown its own passage."""
    by_address = {escaped(item.url): handle for handle, item in handle_map(list(related)).items()}
    return rewritten(text, lambda link: f"[{link.anchor}]({by_address[link.target]})" if link.target in by_address else text[link.start : link.end])


def escaped(address: str) -> str:
    """An address as it can stand between the round brackets of a link."""
    return address.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")


def _unmasked(text: str) -> str:
    while "&" in text and (plain := _REFERENCE.sub(lambda match: html.unescape(match[0]), text)) != text:
        text = plain
    text = clean_text(text)
    text = text if text.isascii() else _INVISIBLE.sub("", text)
    return _ESCAPED_SIGN.sub(lambda match: match[1] or match[2], text) if "\\" in text else text


def _holds_address(text: str) -> bool:
    return bool(_ADDRESS.search(text) or links(text) or _TAG.search(text))


def _swept(text: str, mark: str) -> str:
    if not _MAY_BE_ADDRESS.search(text):
        return text
    code = list(re.finditer(r"`[^`\n]*`", text)) if "`" in text else []

    def swap(match: re.Match[str]) -> str:
        found = match[0].rstrip(".,;:!?*_'\u2019\u201d")
        # In code a link is no link: there the bare word stands, which SAF004 finds as well.
        inside = any(span.start() <= match.start() < span.end() for span in code)
        return (REMOVED if inside and mark else mark) + match[0][len(found) :]

    return _ADDRESS.sub(swap, text)
