"""What the words of a link show: an address or a number that is not that of the link's target deceives the reader.

The words of a link are read more suspiciously than prose, in several ways (`_readings`): as a reader sees them, with
what was pulled apart joined again ("quay . com", "q u a y . c o m", "quay dot com"), with letters of other alphabets
as the Latin ones that they look like, and backwards where a control character turns them round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from ourtake.text.hosts import FILE_ENDINGS, LABEL, addresses_shown, seen_as
from ourtake.text.plain import plain_line
from ourtake.text.words import canonical_url

_MAY = re.compile(r"[.:@/\\&\[({<\d]|[^\x00-\x7f]|\sdot\s", re.IGNORECASE)
"""What words must have to show any of this."""

_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
_TURNED = re.compile("[\u202b\u202e\u2067]|<bdo\\b|\\bdirection\\s*:|\\bdir\\s*=", re.IGNORECASE)
_PLAIN_TOP = "com|org|net|info|biz|gov|edu|io|co|uk|de|fr|ru|cn|app|xyz|onion|example"
"""Top domains that may be joined to what is before them; others are words too often."""

_JOINED = (
    (re.compile(r"/{2,}|\\+/*"), " "),
    (re.compile(r"(?<=\w)\s*[\[({]\s*(?:@|at)\s*[\])}]\s*(?=\w)", re.IGNORECASE), "@"),
    (re.compile(r"[\[({]\s*:\s*[\])}]"), ":"),
    (re.compile("[\u00b7\u2219\u2022\u2027\u06d4\u0589\ua4f8]"), "."),
    # "quay dot com", but not "the dot com bubble".
    (
        re.compile(
            rf"(?<=\w)(?<!\bthe)(?<!\ba)(?<!\ban)\s+dot\s+(?=(?:\w+\s+dot\s+){{0,3}}(?:{_PLAIN_TOP})\b)", re.IGNORECASE
        ),
        ".",
    ),
    (re.compile(r"(?<!\S)(?:[\w.:@/-]\s){3,40}[\w.:@/-](?!\S)"), None),
    (re.compile(rf"(?<=\w)\s*\.\s+(?=(?:{_PLAIN_TOP})\b)"), "."),
    # "quay .com" is an address where it is all that the link says; "every .gov site" is not.
    (re.compile(rf"\A(\S*\w)\s+(?=\.(?:{_PLAIN_TOP})\b\S*\Z)"), r"\1"),
    (re.compile(r"(?<=\d)\s*\.\s*(?=\d)"), "."),
)
"""What pulls an address apart, in order, and what takes its place; None: the white space in it goes."""

_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u04cf\u043a\u043c\u0442\u043d"
    "\u03b1\u03bf\u03c1\u03b5\u03b9\u03ba\u03bd\u03c4\u03c5\u0261\u0131\u1d0f",
    "aeopcyxijshdqwlkmthaopeikvtugio",
)
"""Letters of other alphabets that look like Latin ones."""

_UNKNOWN_TOP = re.compile(rf"(?<![\w@.%&/\\-])(?:{LABEL}\.){{1,12}}(?P<top>[a-z]{{2,24}})(?![\w-])")
_DASH = r"\-\u2010-\u2015\u2212"
_TELEPHONE = re.compile(rf"(?<![\w.,/-])(?:\+|00|\()?\d(?:[ ().{_DASH}/]{{0,2}}\d){{6,14}}(?![\w,]|\.\d)")
_NOT_A_TELEPHONE = re.compile(
    rf"(?:1[5-9]|20)\d\d ?[{_DASH}/] ?(?:1[5-9]|20)\d\d|\d{{4}}[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./]\d{{4}}"
    r"|(?:1[5-9]|20)\d\d/\d{1,4}|\d(?: \d)+|\d{1,3}(?: \d{3})+|\d{1,3}(?:\.\d{3})+|\d{1,9}(?:\.\d+)?"
)
_RANGE = re.compile(rf"(\d+) ?[{_DASH}] ?(\d+)")
_LETTERS_DIALLED = re.compile(r"(?<![\w-])(?:(?:\+?1|0)[ -]?8\d\d[ -]|8(?:00|33|44|55|66|77|88)-)[A-Z]{4,9}(?![\w-])")
"""1-800-FLOWERS; "850 HOMES planned" is not one."""

_ACCOUNT = re.compile(
    r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)|(?<!\w)\d{4}(?: \d{4}){3}(?!\w)"
)
_NUMBERS_OF_HOSTS = re.compile(
    r"(?<![\w:.])(?:0x[0-9a-f]{8}|(?:0\d{1,3}\.){3}0\d{1,3}"
    r"|(?=[0-9a-f:]*\d)(?:[0-9a-f]{1,4}:){2,7}(?:(?::?[0-9a-f]{1,4}){1,7}|:))(?![\w:])",
    re.IGNORECASE,
)

Kind = Literal["address", "host", "name", "telephone", "number"]


class Misleading(NamedTuple):
    """What a link's words show: `address` as a reader would type it, and what kind of thing it is (hosts.Shown, and
    a "telephone" number or another "number", of an account).
    """

    address: str
    kind: Kind


def another_address(words: str, *, url: str, title: str = "", text: str = "") -> Misleading | None:
    """The first address, host or number in a link's words that is not that of its target.

    One in the target's title is let through, and a host among other words that the target's text names: "how
    cloud.example was built".
    """
    if not _MAY.search(words):
        return None
    own = _host_of(canonical_url(url))
    titles = [reading.casefold() for reading in _readings(title)]
    for reading in _readings(words):
        for item in _shown(reading):
            if any(item.address.casefold() in one for one in titles):
                continue
            among = item.kind in ("host", "name") and len(words.split()) > len(item.address.split())
            if among and item.address.casefold() in text.casefold():
                continue
            if own and _leads_to(item.address, url=canonical_url(url), own=own):
                continue
            return item
    return None


def link_words(title: str) -> str:
    """An article's title as a link's words: plain text in which nothing is a mark of Markdown."""
    return re.sub(r"([\\\[\]`*_])", r"\\\1", plain_line(title))


def _readings(words: str) -> Iterator[str]:
    """What the words may be read as, each reading once."""
    plain = seen_as(_TAG.sub("", words) if "<" in words else words).text
    joined = plain
    for pattern, put in _JOINED:
        joined = pattern.sub(put if put is not None else lambda match: "".join(match[0].split()), joined)
    found = [plain, joined, joined.casefold().translate(_LOOK_ALIKES) if not joined.isascii() else joined]
    if _TURNED.search(words):
        found.append(plain[::-1])
    yield from dict.fromkeys(found)


def _shown(reading: str) -> Iterator[Misleading]:
    for item in addresses_shown(reading):
        yield Misleading(item.address, item.kind)
    for match in _UNKNOWN_TOP.finditer(reading):
        if match["top"] not in FILE_ENDINGS and _is_registered(match["top"]):
            yield Misleading(match[0], "host")
    for match in _TELEPHONE.finditer(reading):
        if match[0].startswith(("+", "(")) or not _is_a_quantity(match[0]):
            yield Misleading(match[0], "telephone")
    yield from (Misleading(match[0], "telephone") for match in _LETTERS_DIALLED.finditer(reading))
    yield from (Misleading(match[0], "number") for match in _ACCOUNT.finditer(reading))
    for match in _NUMBERS_OF_HOSTS.finditer(reading):
        if "::" in match[0] or ":" not in match[0] or match[0].count(":") == 7:
            yield Misleading(match[0], "address")


def _is_a_quantity(digits: str) -> bool:
    """Whether digits are a number, a date or a range of numbers, and nobody's telephone."""
    ends = _RANGE.fullmatch(digits)
    ascending = ends is not None and len(ends[1]) == len(ends[2]) and ends[1] < ends[2]
    return ascending or _NOT_A_TELEPHONE.fullmatch(digits) is not None


def _is_registered(top: str) -> bool:
    """Whether a top domain is one of those that exist: there are 1,400, and ".photography" is one."""
    from tld import get_tld

    return get_tld(f"https://a.{top}", fail_silently=True) is not None


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _leads_to(address: str, *, url: str, own: str) -> bool:
    """Whether an address is the target's own: its host alone, a domain that the host belongs to, or its whole
    address.
    """
    whole = address if re.match(r"https?://", address, re.IGNORECASE) else f"https://{address}"
    if "@" in address or not re.match(r"https?://[^:/?#]+(?:[/?#]|\Z)", whole, re.IGNORECASE):
        return False
    host = _host_of(whole.casefold())
    if whole.casefold().rstrip("/").removeprefix("https://").removeprefix("http://").removeprefix("www.") == host:
        return own == host or (own.endswith(f".{host}") and "." in host)
    return canonical_url(whole).replace("://www.", "://") == url.replace("://www.", "://")
