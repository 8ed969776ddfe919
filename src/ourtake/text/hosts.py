"""Addresses that a reader sees in words: hosts, numbers of hosts, schemes, mail, wallets; written plainly or in
disguise. What the words of a link may show is judged more strictly, in link_words.py.

A text is read as a reader sees it: character references, escapes, invisible characters, emphasis and code marks,
full-width letters and look-alike dots and slashes are resolved first, and every finding is given back in the text's own
offsets.

A host is judged by its shape: labels, and a last one that is registered, reserved or reads like neither an English word
nor a file's ending.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ourtake.text.markdown import Span
from ourtake.text.parsed import kept
from ourtake.text.plain import HIDDEN, USUAL, allowed, is_usual

_GENERIC = (
    "com|org|net|edu|gov|mil|int|info|biz|name|pro|mobi|asia|jobs|travel|museum|coop|aero|app|dev|page|web|site|"
    "online|shop|store|blog|news|press|media|live|tech|cloud|digital|email|link|click|top|xyz|club|vip|icu|buzz|fun|"
    "life|today|world|space|website|agency|company|group|team|work|bank|finance|money|support|help|center|academy|"
    "social|video|wiki|zone|one|fyi|lol|win|bid|loan|london|berlin|paris|nyc|scot|wales|cymru|example|test|invalid|"
    "localhost|onion|arpa"
)
_COUNTRIES = (
    "ac|ad|ae|af|ag|ai|al|am|ao|aq|ar|as|at|au|aw|ax|az|ba|bb|bd|be|bf|bg|bh|bi|bj|bm|bn|bo|br|bs|bt|bw|by|bz|ca|cc|"
    "cd|cf|cg|ch|ci|ck|cl|cm|cn|co|cr|cu|cv|cw|cx|cy|cz|de|dj|dk|dm|do|dz|ec|ee|eg|er|es|et|eu|fi|fj|fk|fm|fo|fr|ga|"
    "gd|ge|gf|gg|gh|gi|gl|gm|gn|gp|gq|gr|gs|gt|gu|gw|gy|hk|hm|hn|hr|ht|hu|id|ie|il|im|in|io|iq|ir|is|it|je|jm|jo|jp|"
    "ke|kg|kh|ki|km|kn|kp|kr|kw|ky|kz|la|lb|lc|li|lk|lr|ls|lt|lu|lv|ly|ma|mc|md|me|mg|mh|mk|ml|mm|mn|mo|mp|mq|mr|ms|"
    "mt|mu|mv|mw|mx|my|mz|na|nc|ne|nf|ng|ni|nl|no|np|nr|nu|nz|om|pa|pe|pf|pg|ph|pk|pl|pm|pn|pr|ps|pt|pw|py|qa|re|ro|"
    "rs|ru|rw|sa|sb|sc|sd|se|sg|sh|si|sk|sl|sm|sn|so|sr|ss|st|su|sv|sx|sy|sz|tc|td|tf|tg|th|tj|tk|tl|tm|tn|to|tr|tt|"
    "tv|tw|tz|ua|ug|uk|us|uy|uz|va|vc|ve|vg|vi|vn|vu|wf|ws|ye|yt|za|zm|zw"
)
_OTHER_SCRIPTS = (
    "\u0440\u0444|\u0440\u0443\u0441|\u0443\u043a\u0440|\u0431\u0435\u043b|\u0441\u0440\u0431|\u043c\u043e\u043d|"
    "\u0431\u0433|\u0435\u044e|\u049b\u0430\u0437|\u043c\u043a\u0434|\u043e\u043d\u043b\u0430\u0439\u043d|"
    "\u0441\u0430\u0439\u0442|\u043e\u0440\u0433|\u4e2d\u56fd|\u4e2d\u570b|\u9999\u6e2f|\u53f0\u6e7e|\u53f0\u7063|"
    "\u516c\u53f8|\u7f51\u7edc|\u7f51\u5740|\ud55c\uad6d|\u0e44\u0e17\u0e22|\u092d\u093e\u0930\u0924|\u03b5\u03bb|"
    "\u03b5\u03c5"
)
LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_TOP = rf"(?:{_GENERIC}|{_COUNTRIES}|{_OTHER_SCRIPTS}|xn--[a-z0-9-]{{2,59}})"
_PORT = r":\d{1,5}(?![\w.])"
_PATH = r"(?:/|[?#](?=\w))[^\s<>\"'\u201c\u201d\u2019)\]\x00]*"
_NUMBER = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_HOST = re.compile(
    rf"(?<![^\W_])(?<![@.%&/\\-])(?P<host>(?:{LABEL}\.){{1,12}}(?P<top>{_TOP}))(?![^\W_]|@|-\w|"
    rf"\.[\w-])(?P<port>{_PORT})?(?P<path>{_PATH})?",
    re.IGNORECASE,
)
_IP = re.compile(
    rf"(?<![\w.])(?:(?:{_NUMBER}\.){{3}}{_NUMBER}(?![\w]|\.\d)|\[[0-9a-f]{{0,4}}(?::[0-9a-f]{{0,4}}){{2,7}}(?:%\w+)?\]|"
    rf"0x[0-9a-f]{{8}}(?=[:/]))"
    rf"(?P<port>{_PORT})?(?P<path>{_PATH})?",
    re.IGNORECASE,
)
_SCHEME = re.compile(
    r"(?<![\w.+-])(?P<scheme>[a-z][a-z0-9+.-]{1,20}):(?://|\\\\)[^\s<>\"'\u201c\u201d\u2019)\]\x00]+"
    r"|(?<![\w.+-])(?:bitcoin|ethereum|litecoin|monero|dogecoin|lightning|magnet|mailto|tel|sms|callto|facetime|skype|"
    r"whatsapp|viber|tg|"
    r"intent|market|geo|maps|xmpp|irc|news|urn|ipfs|nostr|javascript|vbscript|livescript|jar|blob|view-source|about|"
    r"data|file|ftp|sftp|ssh|"
    r"git|ws|wss|hxxps?|https?|zoommtg|slack|steam|spotify|ms-[a-z]+):(?=[\w+/%-])[^\s<>\"'\u201c\u201d\u2019)\]\x00]+",
    re.IGNORECASE,
)
_WORDY_SCHEMES = frozenset("data file news about geo maps market intent jar lightning steam slack tel git".split())
"""Schemes that are words as well: "data:three of four" is a slip of the keyboard. What follows must look like no
word.
"""
_MAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}@(?:{LABEL}\.){{1,8}}[^\W\d_]{{2,24}}(?!\w)", re.IGNORECASE)
_WWW = re.compile(r"(?<![\w.])www\.[^\s<>\"'\u201c\u201d\u2019)\]\x00]+", re.IGNORECASE)
_VERSION = re.compile(
    r"(?:\bv|\bversion|\brelease|\u00a7|\bsections?|\bclause|\bchapter|\bpart)\.?\s?\Z", re.IGNORECASE
)
_WALLET = re.compile(
    r"(?<!\w)(?:0[xX][0-9a-fA-F]{40}|(?:bc1|ltc1)[a-z0-9]{25,71}"
    r"|(?=\w{0,34}[a-z])(?=\w{0,34}[A-Z])[13][1-9A-HJ-NP-Za-km-z]{25,34})(?!\w)"
)
_SPACE = re.compile(r"[ \n]")
_WALLET_LENGTH = 26
_NEEDS = re.compile(rf"[.:@]|\w{{{_WALLET_LENGTH}}}")
_MASKED = re.compile(r"&[#A-Za-z]|[\[({]\s?dot", re.IGNORECASE)
"""What may become one of these signs once the text is read as a reader sees it."""


_PATTERNS = tuple(
    (pattern, re.compile(needs))
    for pattern, needs in (
        (_SCHEME, r":[\w+/%\\-]"),
        (_WWW, r"\.(?<=[wW]\.)"),
        (_MAIL, "@"),
        (_HOST, r"\.(?<=[^\W_]\.)[^\W\d_]"),
        (_IP, r"\.(?<=\d\.)\d|\[[0-9a-fA-F]*:|x(?<=0x)|X(?<=0X)"),
        (_WALLET, rf"\w{{{_WALLET_LENGTH}}}"),
    )
)
"""The patterns of addresses, each with what a text must have for it to match: most texts have none of it. What is
sought begins with a sign, which is found in a hundredth of the time that a letter or a digit before it would take.
"""

FILE_ENDINGS = frozenset("py md sh rs pl ps so ml cc mk st".split())
"""Top domains that are files' endings too: "main.py" names a file, "main.py/login" does not."""
_TOPS_THAT_ARE_WORDS = frozenset(
    "in it is so no to my at us me be by do am as de la to one name pro work team group help live life link news page "
    "press top today world store space win fun club center company online web test example media support travel jobs "
    "money bank video social zone".split()
)
"""Where one of these has a capital, a space was forgotten: "the end.In May"."""
SURE_TOPS = frozenset(f"{_GENERIC}|{_COUNTRIES}".split("|")) - _TOPS_THAT_ARE_WORDS
"""Top domains that mean nothing else: an address may be joined to one of them."""

_EXACT = re.compile(
    r"&(?:#[xX][0-9a-fA-F]{1,6};?|#\d{1,7};?|[A-Za-z][A-Za-z0-9]{1,31};)|\\[!-/:-@\[-`{-~]|\s?[\[({]\s?(?:\.|dot|DOT|"
    r"Dot)\s?[\])}]\s?|[`*~]+"
)
_SPECIAL = re.compile(rf"(?P<exact>{_EXACT.pattern})|[^\x00-\x7f{USUAL}]")
"""What is not seen as it is written, or may not be."""
_MARKS, _MARKS_OR_SIGNS = re.compile(r"[&\\\[({`*~]"), re.compile(rf"[&\\\[({{`*~]|[^\x00-\x7f{USUAL}]")
"""What each of these has: its first character, or its second after white space."""

_DOTS = dict.fromkeys("\u3002\uff0e\uff61\u2024\ufe52", ".")
_SLASHES = dict.fromkeys("\u2044\u2215\u29f8\uff0f\u2571", "/")
_COLONS = dict.fromkeys("\uff1a\ufe55\u2236\ua789", ":")
_LIKE = _DOTS | _SLASHES | _COLONS


class Shown(NamedTuple):
    """An address that a text shows: its place there, and `address` as a reader would type it.

    `kind`: a bare "host", one that is written as a "name" is ("Booking.com"), or an "address", which is any other.
    """

    span: Span
    address: str
    kind: Literal["address", "host", "name"] = "address"


class _Changed(NamedTuple):
    """A piece of a text that is seen otherwise than it is written: text[first:last] as seen[start:end]."""

    start: int
    end: int
    first: int
    last: int


class Seen(NamedTuple):
    """A text as it is seen, and the pieces in which it differs from the text, in order."""

    text: str
    changed: list[_Changed]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where seen[start:end], which is not empty, is in the text."""
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, at: int) -> tuple[int, int]:
        """Where a character of what is seen begins and ends in the text."""
        number = bisect_right(self.changed, at, key=lambda piece: piece.start) - 1
        if number < 0:
            return at, at + 1
        piece = self.changed[number]
        if at < piece.end:
            return piece.first, piece.last
        return at - piece.end + piece.last, at - piece.end + piece.last + 1


def seen_as(text: str) -> Seen:
    """A text as a reader sees it: without marks, escapes, references and invisible characters; look-alike signs are the
    plain ones.
    """
    if text.isascii() and not any(sign in text for sign in "&\\`*~[({"):
        return Seen(text, [])
    pieces: list[str] = []
    changed: list[_Changed] = []
    at = start = 0
    for match in _special(text):
        first, last = match.span()
        shown = _resolved(match[0]) if match["exact"] else _sign(text, first)
        pieces += [text[at:first], shown]
        start += first - at
        changed.append(_Changed(start, start + len(shown), first, last))
        start += len(shown)
        at = last
    return Seen("".join([*pieces, text[at:]]), changed)


def _special(text: str) -> Iterator[re.Match[str]]:
    """What _SPECIAL.finditer(text) gives; it is tried only where a mark is."""
    done = 0
    for mark in (_MARKS if is_usual(text) else _MARKS_OR_SIGNS).finditer(text):
        at = mark.start()
        if at < done:
            continue
        match = _SPECIAL.match(text, at - 1) if at > done and text[at - 1].isspace() else None
        match = match or _SPECIAL.match(text, at)
        if match:
            yield match
            done = match.end()


def _sign(text: str, index: int) -> str:
    sign = text[index]
    if sign in _LIKE:
        return _LIKE[sign]
    if HIDDEN.match(sign):
        return sign if allowed(text, index) else ""
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign


def _resolved(piece: str) -> str:
    if piece[0] == "&":
        plain = html.unescape(piece)
        return "".join(_LIKE.get(sign, sign) for sign in plain if not HIDDEN.match(sign))
    if piece[0] == "\\":
        return piece[1]
    return "" if piece[0] in "`*~" else "."


@kept
def addresses_shown(text: str) -> tuple[Shown, ...]:
    """Every address that a text shows, in order; those of one place are one."""
    if not _NEEDS.search(text) and not _MASKED.search(text) and text.isascii():
        return ()
    seen = seen_as(text)
    if not _NEEDS.search(seen.text):
        return ()
    found = [item for pattern, needs in _PATTERNS for item in _matches(pattern, needs, seen, text)]
    found.sort(key=lambda item: (item.span.start, -item.span.end))
    kept: list[Shown] = []
    for item in found:
        if not kept or item.span.start >= kept[-1].span.end:
            kept.append(item)
    return tuple(kept)


def _in_words(pattern: re.Pattern[str], needs: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """What pattern.finditer(text) gives, for a pattern that matches no white space: only words with what it needs are
    searched.
    """
    stop = 0
    for need in needs.finditer(text):
        if need.start() >= stop:
            start = max(text.rfind(" ", 0, need.start()), text.rfind("\n", 0, need.start())) + 1
            space = _SPACE.search(text, need.end())
            stop = space.start() if space else len(text)
            yield from pattern.finditer(text, start, stop)


def _matches(pattern: re.Pattern[str], needs: re.Pattern[str], seen: Seen, text: str) -> list[Shown]:
    found: list[Shown] = []
    if pattern is _WALLET and max(map(len, seen.text.split()), default=0) < _WALLET_LENGTH:
        return found
    for match in _in_words(pattern, needs, seen.text):
        words = match[0].rstrip(".,;:!?*_'\u2019\u2026")
        if not words or (pattern is _SCHEME and not _is_scheme(words)) or (pattern is _HOST and not _is_host(match)):
            continue
        if (
            pattern is _IP
            and not match["path"]
            and not match["port"]
            and _VERSION.search(seen.text[max(0, match.start() - 12) : match.start()])
        ):
            continue
        start, end = seen.span(match.start(), match.start() + len(words))
        kind = _kind(match) if pattern is _HOST else "address"
        found.append(Shown(Span(start, end, text[start:end]), words, kind))
    return found


def _is_scheme(words: str) -> bool:
    scheme, _, rest = words.partition(":")
    if rest.startswith(("//", "\\\\")):
        return len(rest) > 2
    return scheme.casefold() not in _WORDY_SCHEMES or re.search(r"[\d/@=;%+,]", rest) is not None


def _is_host(match: re.Match[str]) -> bool:
    top = match["top"]
    first = match["host"].removesuffix(f".{top}")
    if match["port"] or (match["path"] or "")[:1] in ("/", "?", "#"):
        return not (
            match["port"] is None
            and match["path"]
            and re.fullmatch(r"(?:[a-z]\.)+[a-z]{1,2}/?(?:[a-z]\.?)?", match[0], re.IGNORECASE)
        )
    if top.casefold() in _TOPS_THAT_ARE_WORDS and not top.islower() and not (top.isupper() and first.isupper()):
        return False
    if "." not in first and top.casefold() in FILE_ENDINGS:
        return False
    # Initials and abbreviations: "a.m.", "N.C.", "et.al".
    return re.search(r"[^\W_]{2}|\d", first) is not None and match["host"].casefold() != "et.al"


def _kind(match: re.Match[str]) -> Literal["address", "host", "name"]:
    """What a host is: an address with its port or path; a name where it is written as that of a publication or a firm
    is ("GOV.UK").
    """
    if match["port"] or match["path"]:
        return "address"
    return "name" if is_name(match["host"]) else "host"


def is_name(host: str) -> bool:
    """Whether a host is written as the name of a publication or a firm is."""
    labels = host.split(".")
    return len(labels) == 2 and labels[0].isascii() and labels[0][0].isupper()
