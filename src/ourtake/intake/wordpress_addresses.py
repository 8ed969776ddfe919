"""Where the posts of a WordPress export are: for links by number such as /?p=123, and by the user's own pattern.

An export is read once for this and once more for its articles.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping

from ourtake.intake.encoding import unescaped
from ourtake.intake.files import is_address
from ourtake.intake.internal_links import bare_host
from ourtake.intake.sites.permalink import export_address, export_values
from ourtake.intake.splitting import Splitter
from ourtake.text.words import canonical_url

_FIELD = re.compile(
    r"<(?:wp:|dc:)?(post_id|link|post_name|post_date|post_type|title|creator)>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</",
    re.DOTALL,
)
_CATEGORY = re.compile(r"<category domain=\"category\" nicename=\"([^\"]*)\"")
_BLOG = re.compile(r"<(wp:base_blog_url|link)>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)")
_BY_NUMBER = re.compile(
    r"(https?://[^\s()<>\"'?]*|(?<=[(\"'])[^\s()<>\"'?:]*)\?(?:[\w-]+=[\w.-]*&(?:amp;|\#0?38;)?){0,4}(?:p|page_id)=(\d+)"
    r"(?:&[^\s()<>\"'#]*|&(?:amp;|\#0?38;)[^\s()<>\"'#]*)?(?=[)\s\"'#])"
)
_ADDRESS = re.compile(r"https?://[^\s\"'<>()]+")
_TAGS = {
    "%year%": ":year",
    "%monthnum%": ":month",
    "%day%": ":day",
    "%hour%": ":hour",
    "%minute%": ":minute",
    "%second%": ":second",
    "%postname%": ":slug",
    "%post_id%": ":id",
    "%category%": ":category",
    "%author%": ":author",
}
"""WordPress's own names in a pattern of addresses, and ours."""


class ExportAddresses:
    """The addresses of an export's posts. `site`: the publication's, by default the one that the export names.

    `pattern`: the posts' addresses follow it instead of those that the export gives. Other types of items keep theirs.
    """

    def __init__(self, site: str = "", pattern: str = "") -> None:
        self.site = site
        for name, ours in _TAGS.items():
            pattern = pattern.replace(name, ours)
        self._pattern = pattern
        self._numbers: dict[str, str] = {}
        self._moved: dict[str, str] = {}

    def read(self, blocks: Iterable[bytes], names: tuple[str, ...]) -> None:
        """Learn the addresses of all items."""
        cutter = Splitter(blocks, names=names)
        for piece in cutter:
            if not self.site:
                blog = dict(reversed(_BLOG.findall(cutter.head)))
                self.site = blog.get("wp:base_blog_url") or blog.get("link") or ""
            fields = {name: unescaped(value) for name, value in reversed(_FIELD.findall(piece.text))}
            category = _CATEGORY.search(piece.text)
            old = html.unescape(fields.get("link", ""))
            new = self.of(fields, category[1] if category else "")
            if is_address(new) and "?" not in new and fields.get("post_id"):
                self._numbers[fields["post_id"]] = new
            if new != old and is_address(old):
                self._moved[canonical_url(old)] = new

    def values(self, fields: Mapping[str, str], category: str) -> dict[str, str]:
        """What a pattern may name of an item."""
        return export_values(
            slug=fields.get("post_name", "").strip(),
            title=unescaped(fields.get("title", "")),
            date=fields.get("post_date"),
            id=fields.get("post_id", "").strip(),
            author=fields.get("creator", "").strip(),
            category=category,
            categories=category,
        )

    def of(self, fields: Mapping[str, str], category: str) -> str:
        """The address of an item: by the pattern, else its own."""
        given = fields.get("link", "").strip()
        if not self._pattern or fields.get("post_type", "post").strip() != "post":
            return given
        return export_address(self._pattern, self.site, self.values(fields, category)) or given

    def rewritten(self, content: str, own: str) -> str:
        """A post's content with its links by number, and those to former addresses, as the addresses of the posts."""

        def by_number(match: re.Match[str]) -> str:
            ours = not match[1].startswith("http") or bare_host(match[1]) in {bare_host(own), bare_host(self.site)}
            return self._numbers.get(match[2], match[0]) if ours else match[0]

        content = _BY_NUMBER.sub(by_number, content) if self._numbers and "?" in content else content
        if not self._moved:
            return content
        return _ADDRESS.sub(lambda match: self._moved.get(canonical_url(html.unescape(match[0])), match[0]), content)
