"""The body of a site's file -> Markdown without what only its builder understands: shortcodes, template tags, imports
of MDX, comments, HTML.
"""

from __future__ import annotations

import html
import re

from ourtake.intake.encoding import INLINE

_FENCE = re.compile(
    r"^(?P<mark> {0,3}(?:`{3,}|~{3,}))[^\n]*\n.*?(?:^(?P=mark)[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMPORT = re.compile(
    r"^import\s+(?:(?:[\w*][^\n;]*?|\{[^{}]*\})\s+from\s+)?[\"'][^\"'\n]+[\"'];?[ \t]*$",
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"^export\s+(?:const|let|var|default|function|async|class|\{).*?(?=\n[ \t]*\n|\Z)", re.MULTILINE | re.DOTALL
)
_JSX_COMMENT = re.compile(r"\{/\*.*?\*/\}", re.DOTALL)
_COMPONENT = re.compile(
    r"(?:(?<!\w)<|</)[A-Z][\w.]*(?:\s+(?:[\w:@-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}))?|\{\.\.\.[^{}]*\}))*\s*/?>|</?>"
)
_SHOWN = re.compile(r"\{\{([<%])/\*(.*?)\*/([>%])\}\}", re.DOTALL)
_SHORTCODE = re.compile(r"\{\{[<%].*?[>%]\}\}", re.DOTALL)
_LIQUID = re.compile(r"\{%-?.*?-?%\}", re.DOTALL)
_LIQUID_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{[^{}]*\}\}")
_ADMONITION = re.compile(r"^[ \t]*:{3,}[^\n]*$|^(?:!!!|\?\?\?\+?)[ \t]+\w[^\n]*$", re.MULTILINE)
_KRAMDOWN = re.compile(r"^[ \t]*\{:[^{}\n]*\}[ \t]*$|\{:[^{}\n]*\}|[ \t]*\{#[\w-]+\}[ \t]*$", re.MULTILINE)
_NOTE_TEXT = re.compile(r"^\[\^[^\]\n]+\]:[ \t]*", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^[^\]\n]+\]")
_LINK = re.compile(r"<a\b([^<>]*)>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_DROPPED = re.compile(
    r"<(script|style|iframe|svg|noscript|video|audio|object|form|button)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
_BLOCK = (
    "address article aside blockquote caption col colgroup dd details div dl dt figcaption figure footer h1 h2 h3 h4 "
    "h5 h6 header hr input label li main nav ol p picture pre section source summary table tbody td tfoot th thead tr "
    "ul"
)
_ATTRIBUTES = r"(?:\s[^<>]*)?"
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(_BLOCK.split())}){_ATTRIBUTES}/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(INLINE.split())}){_ATTRIBUTES}/?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?!lt;|gt;|#60;|#62;)(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_H1 = re.compile(r"\A\s*(?:#[ \t]+(?P<one>[^\n]+?)[ \t]*#*[ \t]*(?:\n|\Z)|(?P<two>[^\n]+)\n=+[ \t]*(?:\n|\Z))")


def plain_body(body: str, *, mdx: bool, html_file: bool = False) -> str:
    """The text of a body. `mdx`: its capitalised tags are components. `html_file`: it is HTML, not Markdown."""
    if html_file:
        from ourtake.intake.html_text import markdown_of  # noqa: PLC0415 (lxml takes long to load)

        return markdown_of(_templates(body))
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\x00{len(kept) - 1}\x00"

    body = body.replace("\x00", "")
    body = _FENCE.sub(keep, body) if "```" in body or "~~~" in body else body
    body = _CODE.sub(keep, body) if "`" in body else body
    if mdx:
        body = _COMPONENT.sub("", _EXPORT.sub("", _IMPORT.sub("", _JSX_COMMENT.sub("", body))))
    body = _templates(body) if "{" in body else body
    body = _ADMONITION.sub("", body) if ":::" in body or "!!!" in body or "???" in body else body
    if "[^" in body:
        body = _NOTE_MARK.sub("", _NOTE_TEXT.sub("", body))
    body = _without_html(body) if "<" in body else body
    body = _ENTITY.sub(lambda match: html.unescape(match[0]), body) if "&" in body else body
    body = re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], body)
    body = re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], body)  # code within a fence that was kept later
    return re.sub(r"\n[ \t]*(?:\n[ \t]*)+\n", "\n\n", body).strip()


def heading_of(body: str) -> tuple[str, str]:
    """The first heading of the highest level where the text begins with one, and the text without it."""
    match = _H1.match(body)
    return ((match["one"] or match["two"]).strip(), body[match.end() :]) if match else ("", body)


def _templates(body: str) -> str:
    """Without template tags and shortcodes; what a pair of them encloses stays."""
    shown: list[str] = []

    def keep(match: re.Match[str]) -> str:
        shown.append(f"{{{{{match[1]}{match[2]}{match[3]}}}}}")
        return f"\x01{len(shown) - 1}\x01"

    for pattern, put in _TEMPLATES:
        body = pattern.sub(keep if put is None else put, body)
    return re.sub("\x01(\\d+)\x01", lambda match: shown[int(match[1])], body)


_TEMPLATES: tuple[tuple[re.Pattern[str], str | None], ...] = (
    (_SHOWN, None),
    (_SHORTCODE, ""),
    (_LIQUID_COMMENT, ""),
    (_LIQUID, ""),
    (_EXPRESSION, ""),
    (_KRAMDOWN, ""),
)


def _without_html(body: str) -> str:
    """Links as Markdown, and no tags that HTML knows; "Vec<T>" is not one of them."""

    def link(match: re.Match[str]) -> str:
        href = _HREF.search(match[1])
        words = " ".join(_INLINE_TAG.sub("", match[2]).split())
        target = next((one for one in href.groups() if one is not None), "") if href else ""
        target = re.sub(r"\s", "%20", html.unescape(target).strip()).replace("(", "%28").replace(")", "%29")
        return f"[{words}]({target})" if words and target else words

    body = _DROPPED.sub("", _COMMENT.sub("", body))
    body = _BREAK.sub("\n", _LINK.sub(link, body))
    return _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", body))
