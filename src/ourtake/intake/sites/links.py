"""The links of a site's texts -> addresses: by path, by former path, by file, by a builder's own kinds of link."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from urllib.parse import unquote, urljoin, urlsplit

from ourtake.intake.internal_links import bare_host
from ourtake.intake.sites.base import Post, stem, without_day
from ourtake.text.markdown import links

_FILES = re.compile(r"\.(?:md|markdown|mkd|mdown|mdx|rst|ipynb)\Z", re.IGNORECASE)
_ASSET = re.compile(r"\.(?!html?\Z|php\Z|aspx?\Z|md\Z|mdx\Z|rst\Z)[A-Za-z][A-Za-z0-9]{1,4}\Z")
_MARK = re.compile(r"\A(?:\{(?:filename|attach|static)\}|\|filename\||link://(?:filename|slug)/|@site/|@/)")
_LIQUID_LINK = re.compile(r"\{%-?\s*(?:post_url|link)\s+(.+?)\s*-?%\}")
_HUGO_REF = re.compile(r"\{\{[<%]\s*(?:rel)?ref\s+(?:path\s*=\s*)?([\"'`]?)(.+?)\1(?:\s+[^{}]*?)?\s*[>%]\}\}")
_FILTERED = re.compile(r"\{\{-?\s*([\"'])([^\"'{}]*)\1\s*(?:\|[^{}]*)?-?\}\}")
_PREPENDED = re.compile(
    r"\{\{-?\s*(?:\.?[Ss]ite\.(?:base_?url|url|BaseURL|baseurl)|base_?url|\"?/\"?\s*\|\s*relative_url)\s*(?:\|[^{}]*)?-?\}\}"
)
_UNKNOWN = re.compile(r"(?<!!)\[([^\[\]]*)\]\((?!\{(?:filename|attach|static)\})[^()\s]*\{[{%][^()]*?[}%]\}[^()\s]*\)")


BY_NUMBER = re.compile(r"(?:\A|&)(?:p|page_id)=\d+(?:&|\Z)")


class LinkMap:
    """Where the posts of a site are. `base` is its address with the folder that it is served from; `root`: see Site."""

    def __init__(self, base: str, root: str = "") -> None:
        self._root = root
        self._base = base.rstrip("/")
        self._folder = urlsplit(self._base).path
        self._hosts = {bare_host(base)} - {""}
        self._paths: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._names: dict[str, dict[str, str]] = {}

    def add(self, post: Post, address: str) -> None:
        """Register a post under its address, its former ones, its file and its name."""
        for path in (
            address,
            *(
                one if one.startswith(("http://", "https://")) else f"{self._base}/{one.lstrip('/')}"
                for one in post.aliases
            ),
        ):
            key = _key(urlsplit(path).path)
            self._paths.setdefault(key, address)
            self._paths.setdefault(key.removesuffix(".html"), address)
        own = post.file.as_posix().casefold()
        bare = (post.file.parent / stem(post.file)).as_posix().casefold()
        self._files.setdefault(own, address)
        self._files.setdefault(bare, address)
        self._files.setdefault(bare.removesuffix("/index"), address)
        name, last = stem(post.file), posixpath.basename(_key(address).removesuffix(".html"))
        for one in {post.file.name.casefold(), name.casefold(), without_day(name).casefold(), last}:
            self._names.setdefault(one, {})[address] = post.language

    def find(self, target: str, post: Post, address: str) -> str | None:
        """The address of the post that a link in a post's text leads to; None if it leads to none."""
        target = target.strip()
        if not target or target[0] in "#?" or target.startswith(("mailto:", "tel:", "javascript:", "data:")):
            return None
        plain = unquote(re.split(r"[#?]", target, maxsplit=1)[0])
        if _MARK.match(target) or _FILES.search(plain):
            return self.file(plain, post)
        try:
            whole = urlsplit(urljoin(address, target))
        except ValueError:
            return None
        if bare_host(whole.geturl()) not in self._hosts:
            return None
        key = _key(whole.path)
        for path in (key, key.removesuffix(".html"), _key(f"{self._folder}{whole.path}")):
            if path in self._paths:
                return self._paths[path]
        return None

    def file(self, words: str, post: Post) -> str | None:
        """The address of the post in a file, named from the post's file or the site's folder on, or by its name."""
        marked = _MARK.sub("", words)
        beside = "" if marked.startswith("/") else post.file.parent.as_posix()
        name = marked.strip().strip("\"'`").lstrip("/")
        for path in (
            posixpath.join(beside, marked),
            name,
            posixpath.join("_posts", name),
            posixpath.join(self._root, name),
        ):
            key = posixpath.normpath(path).lstrip("/").casefold()
            if key in self._files:
                return self._files[key]
        tail = f"/{posixpath.normpath(name).casefold()}"
        found = {address for path, address in self._files.items() if path.endswith(tail)} if "/" in name else set()
        if len(found) == 1:
            return found.pop()
        last = posixpath.basename(name).casefold()
        return self._named(last, post) or self._named(_FILES.sub("", last), post)

    def _named(self, name: str, post: Post) -> str | None:
        """The only post of that name, or the only one in the language of the post that links to it."""
        found = self._names.get(name, {})
        same = [address for address, language in found.items() if language == post.language]
        return next(iter(found)) if len(found) == 1 else same[0] if len(same) == 1 else None

    def rewritten(self, body: str, post: Post, address: str) -> str:
        """The text with its links to other posts of the site as whole addresses."""
        if "{" in body:
            body = self._without_templates(body, post)
        edits: dict[tuple[int, int], str] = {}
        for link in links(body) if "](" in body or "]:" in body or "<http" in body or "][" in body else ():
            if link.image:
                continue
            if found := self.find(link.target, post, address):
                edits[link.target_start, link.target_end] = found
            elif _MARK.match(unquote(link.target.strip())):
                edits[link.start, link.end] = link.anchor  # only the builder knows where it leads: the words stay
        for (start, end), found in sorted(edits.items(), reverse=True):
            body = body[:start] + found + body[end:]
        return body

    def _without_templates(self, body: str, post: Post) -> str:
        def named(group: int) -> Callable[[re.Match[str]], str]:
            return lambda match: self.file(match[group].strip("\"'"), post) or match[group].strip("\"'")

        body = _LIQUID_LINK.sub(named(1), body)
        body = _HUGO_REF.sub(lambda match: self._referred(match[2], post), body)
        body = _PREPENDED.sub("", body)
        body = _FILTERED.sub(lambda match: match[2], body)
        # What only the builder can work out is not an address: the words stay, without a link.
        return _UNKNOWN.sub(lambda match: match[1], body) if "](" in body else body

    def _referred(self, words: str, post: Post) -> str:
        bare = words.split("#")[0]
        folder = post.file.parent
        return self.file(bare, post) or self.find(bare, post, f"{self._base}/{folder.as_posix()}/") or words


def could_be_an_article(target: str) -> bool:
    """Whether an address of the publication could be an article's: not its front page, not a file such as a picture.
    A front page with a number (/?p=12) is WordPress's short address of a post.
    """
    parts = urlsplit(target)
    return bool(parts.path.strip("/") or BY_NUMBER.search(parts.query)) and not _ASSET.search(parts.path)


def _key(path: str) -> str:
    path = re.sub(r"/index\.html?\Z", "", unquote(path), flags=re.IGNORECASE)
    return re.sub(r"/{2,}", "/", path).rstrip("/").casefold()
