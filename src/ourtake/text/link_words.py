"""What the words of a link show: an address or a number that is not that of the link's target deceives the reader.

The words of a link are read more suspiciously than prose, in several ways (`_readings`): as a reader sees them, with
what was pulled apart joined again ("quay . com", "q u a y . c o m", "quay dot com"), with letters and digits as the
Latin letters that they look like, and backwards where a control character turns them round. What is shown then counts
unless the target has it: as its own address, in its title, or as a name in its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Literal, NamedTuple

from ourtake.text.hosts import FILE_ENDINGS, LABEL, SURE_TOPS, addresses_shown, is_name, seen_as
from ourtake.text.plain import plain_line
from ourtake.text.words import canonical_url, host_of

_MAY = re.compile(r"[.:@/\\&\[({<\d]|[^\x00-\x7f]|\sdot\s", re.IGNORECASE)
"""What words must have to show any of this."""

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--[^<>]*-->")
_TURNED = re.compile("[\u202b\u202e\u2067]|<bdo\\b|\\bdirection\\s*:|\\bdir\\s*=", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}|\\+/*")
_BRACKETED = re.compile(r"(?<!\s)\s*[\[({]\s*(?:(:)|@|at)\s*[\])}]\s*", re.IGNORECASE)
_SPELT = re.compile(r"(?<!\S)(?:[\w.:@/-]\s){3,40}[\w.:@/-](?!\S)")
_GAP = re.compile(r"(?<=\w)(?:\s*\.\s+|\s+\.|(?P<dot>\s+dot\s+))(?=(?P<next>\w+))", re.IGNORECASE)
"""A dot with white space around it, or the word."""

_ARTICLE = re.compile(r"\b(?:the|an?)\Z", re.IGNORECASE)
_ONE_OF = re.compile(r"\b[Aa]n? \Z")
_DOTS = dict.fromkeys(map(ord, "\u00b7\u2219\u2022\u2027\u06d4\u0589\ua4f8"), ".")
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u04cf\u043a\u043c\u0442\u043d"
    "\u0475\u050d\u03b1\u03bf\u03c1\u03b5\u03b9\u03ba\u03bd\u03c4\u03c5\u0261\u0131\u1d0f\u0585\u057d\u0570\u0578",
    "aeopcyxijshdqwlkmthvgaopeikvtugioouhn",
)
"""Letters of other alphabets that look like Latin ones."""

_FIGURES = str.maketrans("01358", "olesb")
_FIGURE_IN_TOP = re.compile(r"(?<=[a-z]\.)[a-z]+[01358][a-z0-9]*(?![\w.])", re.IGNORECASE)

_UNKNOWN_TOP = re.compile(rf"(?<![\w@.%&/\\-])(?:{LABEL}\.){{1,12}}(?P<top>[a-z]{{2,24}})(?![\w-])")
_DASH = r"\-\u2010-\u2015\u2212"
_FIGURES_APART = re.compile(rf"(?<![\w.,/-])(?:\+|00|\()?\d(?:[ ().{_DASH}/]{{0,2}}\d){{6,14}}(?![\w,]|[.{_DASH}/]\d)")
_LETTERS_DIALLED = re.compile(r"(?<![\w-])(?:\+?\d[ -])?\(?0?\d{3}\)?-[A-Z]{4,9}(?![\w-])")
"""1-800-FLOWERS; "850 HOMES planned" is not one."""

_SHORT_CODE = re.compile(r"\b[A-Z]{2,12} to (\d{4,8})(?!\w|[,.]\d| [a-z])")
"""What is sent to a number: "text HELP to 60777"."""

_ACCOUNT = re.compile(
    r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)|(?<!\w)\d{4}(?: \d{4}){3}(?!\w)"
)
_HANDLE = re.compile(r"(?<![\w.@/])@[^\W\d]\w{2,30}")
_HOST_IN_FIGURES = re.compile(
    r"(?<![\w:.])(?:0x[0-9a-f]{8}|0x[0-9a-f]{1,8}(?:\.(?:0x[0-9a-f]{1,8}|\d{1,10})){1,3}"
    r"|(?:0[\da-fx]{1,3}\.){3}0[\da-fx]{1,3})(?![\w:.])",
    re.I,
)
_COLONS = re.compile(r"(?<![\w:.])(?=[0-9a-f:]*\d)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?![\w:])", re.IGNORECASE)

Kind = Literal["address", "host", "name", "telephone", "number", "account"]


class Misleading(NamedTuple):
    """What a link's words show: `address` as a reader would type it, and what kind of thing it is (hosts.Shown, and a
    "telephone" number, another "number" of somebody's, or an "account" of a network: @name).
    """

    address: str
    kind: Kind


def another_address(words: str, *, url: str, title: str = "", text: str = "") -> Misleading | None:
    """The first address, host or number in a link's words that is not that of its target.

    One in the target's title is let through, and a host among other words that the target's text names: "how
    cloud.example was built". So is what is written as a name ("Booking.com") if the text has it.
    """
    if not _MAY.search(words):
        return None
    own = host_of(canonical_url(url))
    titles, known = [reading.casefold() for reading in _readings(title)], text.casefold()
    readings = _readings(words)
    plainly = "\n".join(readings[:2]).casefold()
    for reading in dict.fromkeys(readings):
        for item in dict.fromkeys(_shown(reading)):
            shown = item.address.casefold()
            if any(shown in one for one in titles):
                continue
            alone = len(words.split()) == len(item.address.split())
            if shown in known and (item.kind in ("name", "account") or (item.kind == "host" and not alone)):
                continue
            if item.kind == "account" and not text:
                continue
            if own and shown in plainly and _leads_to(item.address, url=canonical_url(url), own=own):
                continue
            return item
    return None


def link_words(title: str) -> str:
    """An article's title as a link's words: plain text in which nothing is a mark of Markdown."""
    return re.sub(r"([\\\[\]`*_])", r"\\\1", plain_line(title))


def _readings(words: str) -> tuple[str, ...]:
    """What the words may be read as: as they are seen, joined, and otherwise."""
    # Tags may be in a comment.
    plain = seen_as(_TAG.sub("", _TAG.sub("", words)) if "<" in words else words).text
    joined = _joined(plain)
    likened = joined if joined.isascii() else joined.casefold().translate(_LOOK_ALIKES)
    likened = _FIGURE_IN_TOP.sub(lambda match: match[0].translate(_FIGURES), likened)
    return plain, joined, likened, plain[::-1] if _TURNED.search(words) else plain


def _joined(text: str) -> str:
    """A text without what pulls an address apart."""
    text = _SLASHES.sub(" ", text).translate(_DOTS)
    text = _BRACKETED.sub(lambda match: match[1] or "@", text)
    text = _SPELT.sub(lambda match: "".join(match[0].split()), text)
    two = len(text.split()) == 2

    def closed(gap: re.Match[str]) -> str:
        following = gap["next"]
        if gap["dot"]:
            # "quay dot com", but not "the dot com bubble".
            joins = following in SURE_TOPS and not _ARTICLE.search(text, max(0, gap.start() - 4), gap.start())
        elif following.isdecimal():
            joins = text[gap.start() - 1].isdecimal()
        elif gap[0][-1] == ".":
            joins = two and following in SURE_TOPS  # "quay .com", but not "every .gov site"
        else:
            # A full stop may be before "de", as in "Mme. de Vries".
            joins = following in SURE_TOPS and (gap[0][0] != "." or len(following) > 2)
        return "." if joins else gap[0]

    return _GAP.sub(closed, text)


def _shown(reading: str) -> Iterator[Misleading]:
    found: list[tuple[int, str, Kind]] = [(item.span.start, *item[1:]) for item in addresses_shown(reading)]
    for match in _UNKNOWN_TOP.finditer(reading):
        if match["top"] not in FILE_ENDINGS and _is_registered(match["top"]):
            found.append((match.start(), match[0], "name" if is_name(match[0]) else "host"))
    for start, address, kind in found:
        # "What an AI.gov would do" names no host.
        if kind != "name" or not _ONE_OF.search(reading, max(0, start - 4), start):
            yield Misleading(address, kind)
    for match in _FIGURES_APART.finditer(reading):
        if _is_dialled(match[0]):
            yield Misleading(match[0], "telephone")
    yield from (Misleading(match[0], "telephone") for match in _LETTERS_DIALLED.finditer(reading))
    yield from (Misleading(match[1], "telephone") for match in _SHORT_CODE.finditer(reading))
    yield from (Misleading(match[0], "number") for match in _ACCOUNT.finditer(reading))
    yield from (Misleading(match[0], "account") for match in _HANDLE.finditer(reading))
    yield from (Misleading(match[0], "address") for match in _HOST_IN_FIGURES.finditer(reading))
    yield from (Misleading(match[0], "address") for match in _COLONS.finditer(reading) if _is_ip(match[0]))


def _is_dialled(figures: str) -> bool:
    """Whether figures are a telephone number, by the groups that they come in; a number, a date, a range or a reference
    are grouped otherwise.
    """
    if figures[0] in "+(":
        return True
    groups = re.findall(r"\d+", figures)
    sizes, first = [len(group) for group in groups], groups[0]
    if len(groups) == 1:
        return len(first) > 9
    if len(groups) == 2:
        return first[0] == "0" or (groups[1][0] == "0" and len(first) != 4)
    thousands = len(first) <= 3 and first[0] != "0" and set(sizes[1:]) == {3}
    dates = len(groups) % 3 == 0 and all(_is_date(groups[at : at + 3]) for at in range(0, len(groups), 3))
    return not (thousands or dates or set(sizes) == {1})


def _is_date(groups: list[str]) -> bool:
    """Whether three groups of figures are a year, which comes first or last, a month and a day."""
    year, *rest = sorted(groups, key=len, reverse=True)
    return len(year) == 4 and year[0] in "12" and max(map(len, rest)) <= 2 and groups[1] != year


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_registered(top: str) -> bool:
    """Whether a top domain is one of those that exist: there are 1,400, and ".photography" is one."""
    from tld import get_tld

    return get_tld(f"https://a.{top}", fail_silently=True) is not None


def _leads_to(address: str, *, url: str, own: str) -> bool:
    """Whether an address is the target's own: its host alone, a domain that the host belongs to, or its whole
    address.
    """
    whole = address if re.match(r"https?://", address, re.IGNORECASE) else f"https://{address}"
    if "@" in address or not re.match(r"https?://[^:/?#]+(?:[/?#]|\Z)", whole, re.IGNORECASE):
        return False
    host = host_of(whole.casefold())
    if whole.casefold().rstrip("/").removeprefix("https://").removeprefix("http://").removeprefix("www.") == host:
        return own == host or (own.endswith(f".{host}") and "." in host)
    return canonical_url(whole) == url
