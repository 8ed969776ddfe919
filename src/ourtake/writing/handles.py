"""The gate between a model's text and a take: handles become the archive's own addresses, all other addresses go.

It does not guess which addresses are harmful. A link may lead to an offered article, or to a single plain word (an
unknown handle, which rule LNK001 finds). Any other target becomes `removed-address`, which rule SAF004 finds and repair
fixes. First the gate undoes what hides an address from a reader of characters but not from a browser: character
references, invisible characters, escapes, HTML. A bare host ("Booking.com") may be a name and stays; SAF004 finds one
that is in no document. Link words that show an address other than the article's become the article's title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ourtake.documents import REMOVED, Related, handle_map
from ourtake.text.hosts import addresses_shown
from ourtake.text.link_words import another_address, link_words
from ourtake.text.markdown import Link, definitions, links, rewritten
from ourtake.text.plain import plain_line, unescaped, visible_only
from ourtake.text.words import canonical_url

_MARK = f"[address removed]({REMOVED})"

_ESCAPED_SIGN = re.compile(r"\\([:/@])|(?<!\d)\\(\.)")
_BRACED_HANDLE = re.compile(r"\(\s*<([A-Za-z0-9_-]+)>")
_FORMATTING = re.compile(r"</?(?:b|i|u|em|strong|p|br|small|mark|sub|sup|q|cite)\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|<[!?/]?[A-Za-z\[][^<>]*>|<[^\s<>@]+@[^\s<>]*>", re.DOTALL)
"""A tag, or what a renderer takes for an address of mail, which needs no letter ("<1@1>")."""

_TAG_START = re.compile(r"(?<!\\)<(?=[A-Za-z/!?]|[^\s<>@]+@)")
_SIGNS = re.compile(r"[\[\]()<>!]")
_BARE_WORDS = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_DEEPEST = 3
"""How deep images inside links are followed. Deeper ones are only written to break a parser."""

_ROUNDS = 8
"""How often tags are removed; only an attack nests them deeper."""

_ESCAPES = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "() <>\\"})
_WORD = re.compile(r"[A-Za-z0-9_-]*")
_REST = r"[^\s<>\"')\]\x00]"
_ADDRESS = re.compile(
    rf"(?:\b[a-z][a-z0-9+.-]{{1,20}}:)?(?://|\\\\){_REST}+|\bhttps?:{_REST}+|\bwww\.{_REST}+"
    rf"|\b(?:javascript|vbscript|mailto|blob|tel|sms|xmpp):{_REST}+|\bdata:[a-z/;,]{_REST}*[/;,]{_REST}*|"
    rf"\bfile:/{_REST}*"
    rf"|\b[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+|\b(?:[a-z0-9-]{{1,63}}\.){{1,8}}[a-z]{{2,24}}/{_REST}+",
    re.IGNORECASE,
)
_MAY_BE_ADDRESS = re.compile(r"[/@\\]|:(?=\S)|www\.", re.IGNORECASE)
"""Everything that _ADDRESS finds has one of these; this pattern is much faster."""


def with_addresses(text: str, related: Sequence[Related]) -> str:
    """A model's Markdown with the articles' addresses for handles, and `removed-address` for any other address."""
    known = handle_map(list(related))
    by_address = {canonical_url(item.url): item for item in known.values()}
    kept: list[str] = []

    def change(link: Link) -> str:
        words = without_markup(link.anchor)
        hidden = words != link.anchor and _holds_markup(link.anchor)
        article = known.get(link.target.strip().strip("#[]").lower()) or by_address.get(canonical_url(link.target))
        if article is not None and not link.image and not hidden:
            # A mark that no model can write (control characters were removed) protects the archive's own address when
            # all others are removed below.
            kept.append(escaped(article.url))
            if another_address(link.anchor, url=article.url, title=article.title, text=article.text):
                # The words look like another address, which would deceive the reader; the article's title does not.
                words = link_words(article.title)
            return f"[{words}](\x00{len(kept) - 1}\x00)"
        if link.image or hidden or not _WORD.fullmatch(link.target):
            return f"[{words or 'address removed'}]({REMOVED})"
        return f"[{words}]({link.target})"

    text = _unmask(text)
    if "<" in text:
        text = _BRACED_HANDLE.sub(r"(\1", text)
        text = _TAG_START.sub(r"\\<", _without_tags(text))
    defined = definitions(text)
    text = rewritten(text, change)
    for span, target in reversed(defined if "]:" in text else []):
        if target.lower() in known:
            text = text.replace(span.text, "", 1)
    # Whatever a parser could still read as a definition must not be one.
    text = _replace_addresses(text.replace("]:", "]\\:"), _MARK)
    text = re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], text)
    if "![" in text:
        # All images are gone by now; an exclamation mark that ended up before a link must not make it an image.
        for link in reversed([found for found in links(text) if found.image]):
            text = f"{text[: link.start]}\\{text[link.start :]}"
    return text


def _without_tags(text: str) -> str:
    """The text without its tags; formatting tags leave no trace. A removal can join what was apart ("<scr<b>ipt>"), so
    it is repeated until nothing changes; what is nested deeper than _ROUNDS loses its brackets.
    """
    for _ in range(_ROUNDS):
        before, text = text, _TAG.sub(_MARK, _FORMATTING.sub("", text))
        if text == before:
            return text
    return _TAG_START.sub("", text)


def without_markup(text: str, *, depth: int = 0) -> str:
    """A model's text for a field without Markdown (a headline, a tag): plain words on one line, without addresses."""
    if _BARE_WORDS.fullmatch(text):
        return text  # as most tags are: neither markup nor an address can be written so
    text = _unmask(text)
    if depth == _DEEPEST:
        text = _SIGNS.sub(" ", text)
    elif "[" in text:
        text = rewritten(text, lambda link: without_markup(link.anchor, depth=depth + 1))
    return plain_line(_replace_addresses(plain_line(text), ""))


def with_handles(text: str, related: Sequence[Related]) -> str:
    """The opposite of `with_addresses`: a passage as the model sees it, with handles for articles' addresses."""
    by_address = {escaped(item.url): handle for handle, item in handle_map(list(related)).items()}
    return rewritten(
        text,
        lambda link: (
            f"[{link.anchor}]({by_address[link.target]})" if link.target in by_address else text[link.start : link.end]
        ),
    )


def escaped(address: str) -> str:
    """An address in a form that is safe between the round brackets of a link."""
    return address.translate(_ESCAPES)


def _unmask(text: str) -> str:
    text = visible_only(unescaped(text))
    return _ESCAPED_SIGN.sub(lambda match: match[1] or match[2], text) if "\\" in text else text


def _holds_markup(text: str) -> bool:
    return bool(links(text) or _TAG.search(text))


def _replace_addresses(text: str, mark: str) -> str:
    """The text with `mark` for each address; a bare host stays, since it may be a name (SAF004 checks it)."""
    parts, last = [], 0
    code = list(re.finditer(r"`[^`\n]*`", text)) if "`" in text else []
    for start, end in _addresses(text):
        # A link doesn't work inside code: there the bare word is put, which SAF004 finds as well.
        inside = any(span.start() <= start < span.end() for span in code)
        parts += [text[last:start], REMOVED if inside and mark else mark]
        last = end
    return "".join([*parts, text[last:]])


def _addresses(text: str) -> list[tuple[int, int]]:
    """The spans of addresses, without bare hosts; overlapping ones are joined."""
    found = [shown.span[:2] for shown in addresses_shown(text) if shown.kind == "address"]
    for match in _ADDRESS.finditer(text) if _MAY_BE_ADDRESS.search(text) else ():
        found.append((match.start(), match.start() + len(match[0].rstrip(".,;:!?*_'\u2019\u201d"))))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        elif start < end:
            joined.append((start, end))
    return joined
